from __future__ import annotations

from pathlib import Path

import pytest

from tests.tools.conftest import Spoil
from tools import PROJECT
from tools.checks import querier
from tools.querygen.problems import SqlProblems
from tools.querygen.querier import QUERIER


def find(project: Path) -> list[str]:
    with pytest.raises(SqlProblems) as caught:
        querier.check(project)
    return caught.value.problems


def test_the_querier_of_the_program_is_up_to_date() -> None:
    assert querier.check(PROJECT) == []


def test_generating_twice_gives_the_same(project: Path) -> None:
    assert querier.check(project) == []


def test_a_stale_file_is_found(project: Path, spoil: Spoil) -> None:
    path = spoil("opencode/db/querier.py", "class Querier:", "class Querier:  # changed")
    (problem,) = querier.check(project)
    assert problem.startswith(f"{path}:")
    assert "stale" in problem


def test_a_missing_file_is_stale(project: Path) -> None:
    (project / QUERIER).unlink()
    assert querier.check(project) == [f"{project / QUERIER}:1: stale, run `make generate`"]


@pytest.mark.parametrize("dialect", ["sqlite", "mysql"])
def test_a_column_that_does_not_exist_is_found(project: Path, spoil: Spoil, dialect: str) -> None:
    path = spoil(f"sql/{dialect}/files.sql", "    files.content,\n", "    files.contents,\n")
    problems = find(project)
    assert any("contents" in problem for problem in problems)
    assert all(problem.startswith(f"{path}:") for problem in problems)


def test_sqlc_on_sqlite_names_the_line_of_the_statement(project: Path, spoil: Spoil) -> None:
    path = spoil("sql/sqlite/projects.sql", "GROUP BY project_id", "GROUP project_id")
    (problem, *_) = find(project)
    number = int(problem.removeprefix(f"{path}:").partition(":")[0])
    assert path.read_text().splitlines()[number - 1].startswith("-- name: list_projects")


@pytest.mark.parametrize(
    ("pattern", "old", "new", "complaint"),
    [
        (
            "migrations/mysql/0001_initial.sql",
            "cost DOUBLE NOT NULL",
            "cost BIGINT NOT NULL",
            "the type of cost is not the same everywhere: sqlc says float and int",
        ),
        (
            "migrations/mysql/0007_session_author.sql",
            "author VARCHAR(255)",
            "author VARCHAR(255) NOT NULL",
            "author may be NULL in one dialect only",
        ),
        (
            "sql/mysql/files.sql",
            "    files.version,\n    files.created_at,",
            "    files.created_at,\n    files.version,",
            "result columns differ between dialects",
        ),
        (
            "sql/*/projects.sql",
            "    max(updated_at) AS updated_at",
            "    max(updated_at) AS last_activity",
            "the type of last_activity is not the same everywhere: sqlc says nothing",
        ),
    ],
)
def test_dialects_that_differ_in_their_results_are_found(
    project: Path, spoil: Spoil, pattern: str, old: str, new: str, complaint: str
) -> None:
    spoil(pattern, old, new)
    problems = find(project)
    assert any(complaint in problem for problem in problems), problems
    assert all(problem.partition(": ")[0].rpartition(":")[2].isdigit() for problem in problems)


def test_an_exception_that_is_not_needed_is_found(project: Path, spoil: Spoil) -> None:
    spoil("sql/*/maintenance.sql", "    max(messages.seq) AS highest_seq", "    0 AS highest_seq")
    assert any(
        problem.endswith("no query needs the exception check_seq.highest_seq")
        for problem in find(project)
    )


def test_a_model_whose_fields_stand_in_another_order_is_found(project: Path, spoil: Spoil) -> None:
    spoil(
        "opencode/models.py",
        "    children: int\n    messages: int\n    updated_at: int\n",
        "    messages: int\n    children: int\n    updated_at: int\n",
    )
    (problem,) = find(project)
    assert "no query returns the fields of Project" in problem
