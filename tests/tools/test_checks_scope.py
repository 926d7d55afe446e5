from __future__ import annotations

from pathlib import Path

import pytest
import sqlglot

from tests.tools.conftest import Spoil
from tools import PROJECT
from tools.checks import scope

SCOPED = "sessions.project_id = :project_id"
CORRELATED = "FROM sessions WHERE sessions.id = files.session_id"
JOIN = "INNER JOIN sessions ON files.session_id = sessions.id"


def problems(sql: str) -> list[str]:
    return list(scope.unscoped(sqlglot.parse_one(sql, dialect="sqlite")))


def test_the_statements_of_the_program_are_scoped() -> None:
    assert scope.check(PROJECT) == []


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT id FROM sessions WHERE project_id = :project_id AND (id = :a OR id = :b)",
        f"SELECT files.id FROM files {JOIN} WHERE {SCOPED}",
        f"SELECT f.id FROM files f, sessions WHERE {SCOPED} AND sessions.id = f.session_id",
        "UPDATE sessions SET title = :title WHERE project_id = :project_id AND id = :id",
        f"DELETE FROM files WHERE EXISTS (SELECT 1 {CORRELATED} AND {SCOPED})",
        "INSERT INTO sessions (id, project_id) VALUES (:id, :project_id)",
        f"INSERT INTO files (id, session_id) SELECT :id, sessions.id FROM sessions WHERE {SCOPED}",
        "SELECT 1",
    ],
)
def test_scoped_statements_pass(sql: str) -> None:
    assert problems(sql) == []


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT id FROM sessions",
        "SELECT id FROM sessions WHERE id = :id OR project_id = :project_id",
        "SELECT id FROM sessions WHERE project_id = :id",
        "SELECT id FROM sessions WHERE project_id <> :project_id",
        "SELECT a.id FROM sessions a, sessions b WHERE a.project_id = :project_id",
        "SELECT a.id FROM sessions a, files WHERE project_id = :project_id",
        f"SELECT files.id FROM files LEFT JOIN sessions ON {SCOPED}",
        f"SELECT files.id FROM files, sessions WHERE {SCOPED}",
        f"SELECT files.id FROM files {JOIN}",
        "SELECT id FROM files WHERE session_id = :session_id",
        f"SELECT id FROM files WHERE EXISTS (SELECT 1 FROM sessions WHERE {SCOPED})",
        "SELECT (SELECT count(*) FROM messages) AS n",
        f"SELECT id FROM sessions WHERE {SCOPED} AND id IN (SELECT session_id FROM messages)",
        "UPDATE sessions SET project_id = :project_id",
        "DELETE FROM sessions WHERE id = :id",
        "INSERT INTO sessions (id) VALUES (:id)",
        "INSERT INTO sessions (id, project_id) VALUES (:id, 'acme')",
        "INSERT INTO files (id, session_id) VALUES (:id, :session_id)",
        "INSERT INTO files (id, session_id) SELECT :id, sessions.id FROM sessions",
        f"INSERT INTO files (id, session_id) SELECT :id, :s FROM sessions WHERE {SCOPED}",
        "WITH x AS (SELECT id FROM sessions) SELECT id FROM x",
    ],
)
def test_statements_that_leave_the_project_are_found(sql: str) -> None:
    assert problems(sql)


@pytest.mark.parametrize("dialect", ["sqlite", "mysql"])
def test_the_place_is_told(project: Path, spoil: Spoil, dialect: str) -> None:
    path = spoil(
        f"sql/{dialect}/sessions.sql",
        "SET title = :title\nWHERE project_id = :project_id AND id = :id",
        "SET title = :title\nWHERE project_id <> :project_id AND id = :id",
    )
    (problem,) = scope.check(project)
    number = int(problem.removeprefix(f"{path}:").partition(":")[0])
    assert path.read_text().splitlines()[number - 1].startswith("-- name: rename_session")


def test_an_exception_that_is_not_needed_is_found(project: Path) -> None:
    for path in project.glob("sql/*/maintenance.sql"):
        path.unlink()
    (problem,) = scope.check(project)
    assert problem.endswith("no query needs the exception maintenance.*")


def test_every_exception_has_its_reason() -> None:
    assert all(scope.EXCEPTIONS.values())
