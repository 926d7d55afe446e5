from __future__ import annotations

from pathlib import Path

import pytest

from tests.tools.conftest import Spoil
from tools import PROJECT
from tools.checks import plans
from tools.querygen.problems import SqlProblems


def test_the_queries_of_the_program_are_answered_from_indexes() -> None:
    assert plans.check(PROJECT) == []


@pytest.mark.parametrize(
    ("index", "query", "complaint"),
    [
        ("sessions_updated", "list_all_sessions_by_updated", "reads a whole table or index: SCAN"),
        ("sessions_cost", "list_all_sessions_by_cost", "sorts: USE TEMP B-TREE FOR ORDER BY"),
        ("sessions_parent_cost", "list_roots_by_cost", "does not show parent_session_id=?"),
        ("messages_session_seq", "list_messages", "sorts: USE TEMP B-TREE FOR ORDER BY"),
    ],
)
def test_a_listing_without_its_index_is_found(
    project: Path, index: str, query: str, complaint: str
) -> None:
    last = project / "migrations" / "sqlite" / "9999_drop.sql"
    others = ["idx_sessions_parent_created", "idx_sessions_parent_updated"]
    names = [f"idx_{index}", *(others if "parent" in index else [])]
    last.write_text("".join(f"DROP INDEX {name};\n" for name in names))
    found = [problem for problem in plans.check(project) if f": {query}: " in problem]
    assert any(complaint in problem for problem in found), found
    assert all(problem.startswith(f"{project}/sql/sqlite/") for problem in found)


def test_a_listing_that_sorts_is_found(project: Path, spoil: Spoil) -> None:
    spoil("sql/sqlite/sessions.sql", "ORDER BY created_at, id;", "ORDER BY lower(title), id;")
    (problem,) = [problem for problem in plans.check(project) if "list_children" in problem]
    assert "sorts: USE TEMP B-TREE FOR ORDER BY" in problem


def test_an_exception_that_is_not_needed_is_found(project: Path, spoil: Spoil) -> None:
    spoil(
        "sql/sqlite/maintenance.sql",
        "row_number() OVER (ORDER BY unnumbered.created_at,",
        "row_number() OVER (ORDER BY",
    )
    spoil("sql/sqlite/maintenance.sql", "ORDER BY unnumbered.rowid", "ORDER BY unnumbered.seq")
    problems = plans.check(project)
    assert any(line.endswith("no query needs the exception number_messages") for line in problems)


def test_a_statement_that_sqlite_refuses_is_found(project: Path, spoil: Spoil) -> None:
    path = spoil("sql/sqlite/files.sql", "    files.content,\n", "    files.contents,\n")
    with pytest.raises(SqlProblems) as caught:
        plans.check(project)
    (problem,) = caught.value.problems
    assert problem.startswith(f"{path}:")
    assert problem.endswith("no such column: files.contents")


def test_every_exception_has_its_reason() -> None:
    assert all(plans.EXCEPTIONS.values())
