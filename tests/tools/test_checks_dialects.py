from __future__ import annotations

from pathlib import Path

import pytest

from opencode.errors import IncompleteInstallation
from tests.tools.conftest import Spoil
from tools import PROJECT
from tools.checks import dialects


def test_the_dialects_of_the_program_are_alike() -> None:
    assert dialects.check(PROJECT) == []


@pytest.mark.parametrize(
    ("pattern", "old", "new", "complaint"),
    [
        ("sql/mysql/files.sql", "list_files(", "list_all_files(", "list_files is missing in"),
        (
            "sql/mysql/files.sql",
            "count_files(project_id, ids)$",
            "count_files(ids, project_id)$",
            "count_files(project_id, ids)$ is count_files(ids, project_id)$",
        ),
        (
            "sql/mysql/files.sql",
            "count_files(project_id, ids)$",
            "count_files(project_id, ids)",
            "count_files(project_id, ids)$ is count_files(project_id, ids)",
        ),
        ("sql/*/files.sql", "-- Insert one version of a file.\n", "", "needs a comment"),
        (
            "sql/*/files.sql",
            "-- Insert one version of a file.",
            f"-- Insert {'a ' * 50}file.",
            "the first sentence of its comment is longer than",
        ),
        (
            "sql/mysql/files.sql",
            "-- Insert one version of a file.",
            "-- Insert a file.",
            "the other dialect says it in other words",
        ),
    ],
)
def test_queries_that_differ_are_found(
    project: Path, spoil: Spoil, pattern: str, old: str, new: str, complaint: str
) -> None:
    spoil(pattern, old, new)
    problems = dialects.check(project)
    assert any(complaint in problem for problem in problems), problems
    assert all(".sql:" in problem for problem in problems)


def test_a_query_that_is_there_twice_is_refused(project: Path) -> None:
    path = project / "sql" / "mysql" / "files.sql"
    (project / "sql" / "mysql" / "more.sql").write_text(path.read_text(encoding="utf-8"))
    with pytest.raises(IncompleteInstallation, match=r"more\.sql:\d+: .* is already at"):
        dialects.check(project)


def test_a_file_of_one_dialect_only_is_found(project: Path) -> None:
    path = project / "sql" / "mysql" / "more.sql"
    path.write_text("-- name: more()\n-- More.\nSELECT 1;\n")
    assert dialects.check(project) == [f"{path}: this file is missing in the other dialect"]


def test_queries_in_another_order_are_found(project: Path) -> None:
    path = project / "sql" / "mysql" / "projects.sql"
    more = "-- name: more()\n-- More.\nSELECT 1;\n\n"
    path.write_text(f"{path.read_text()}\n{more}")
    other = project / "sql" / "sqlite" / "projects.sql"
    other.write_text(other.read_text().replace("-- name:", f"{more}-- name:", 1))
    (problem,) = dialects.check(project)
    assert "more stands where" in problem


def test_a_migration_of_one_dialect_only_is_found(project: Path) -> None:
    path = project / "migrations" / "mysql" / "0007_session_author.sql"
    path.rename(path.with_name("0007_author.sql"))
    assert dialects.check(project) == [
        f"{project}/migrations/sqlite/0007_session_author.sql:1: there is no mysql/{path.name}",
        f"{project}/migrations/mysql/0007_author.sql:1: there is no sqlite/0007_author.sql",
        f"{project}/migrations/mysql/0007_author.sql:1: it has no .rollback.sql",
        f"{path.with_suffix('.rollback.sql')}:1: there is no migration that it rolls back",
    ]


def test_a_migration_without_rollback_is_found(project: Path) -> None:
    for dialect in ("sqlite", "mysql"):
        (project / "migrations" / dialect / "0002_session_summary.rollback.sql").unlink()
    problems = dialects.check(project)
    assert [problem.partition(": ")[2] for problem in problems] == ["it has no .rollback.sql"] * 2


def test_a_gap_in_the_numbers_is_found(project: Path) -> None:
    for path in project.glob("migrations/*/0002_*"):
        path.unlink()
    assert any("its number should be 0002" in problem for problem in dialects.check(project))
