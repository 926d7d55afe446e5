"""The check itself runs here on every server of the tests, MySQL among them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from opencode.db.mysql_session import MySQLConnection
from opencode.db.queries import Query, read_queries
from tests.servers.plugin import NEEDS_DATABASES
from tests.tools.conftest import Spoil
from tools import PROJECT
from tools.checks import mysql_plans
from tools.servers.server import Server
from tools.servers.sources import DSNS, SERVERS

QUERIES = read_queries(PROJECT / "sql" / "mysql")
NAMED = {query.name: query for query in QUERIES}
READS_MORE = [
    ("get_session", "AND id = :id", "AND lower(id) = :id"),
    # Passes over all rows of the same cost.
    (
        "list_sessions_by_cost",
        "(cost < :cost OR (cost = :cost AND id < :id))",
        "(cost, id) < (:cost, :id)",
    ),
    # Sorts the whole project.
    ("list_roots_before_updated", "ORDER BY updated_at, id", "ORDER BY updated_at, title"),
    ("list_messages_before", "messages.seq < :seq", "messages.seq + 0 < :seq"),
    ("count_roots", "project_id = :project_id\n    AND", "coalesce(project_id) = :project_id AND"),
    ("rename_session", "project_id = :project_id AND id", "project_id = :project_id AND lower(id)"),
]


@pytest.fixture
def connection(mysql_database: str) -> Iterator[MySQLConnection]:
    """To a database with the rows of the check."""
    with mysql_plans.seeded(mysql_database, PROJECT / "migrations" / "mysql") as connection:
        yield connection


def changed(name: str, old: str, new: str) -> Query:
    query = NAMED[name]
    assert old in query.sql
    return query._replace(sql=query.sql.replace(old, new))


def test_queries_read_no_more_than_they_may(connection: MySQLConnection) -> None:
    assert mysql_plans.unbounded(connection, QUERIES) == []
    for name, old, new in READS_MORE:
        query = changed(name, old, new)
        problems = mysql_plans.unbounded(connection, [query])
        assert len(problems) == 1, name
        assert problems[0].startswith(f"{query.place}: {name} reads ")
        assert ": sessions " in problems[0], "what EXPLAIN says is missing"


def test_a_missing_index_and_a_wrong_column_are_found(connection: MySQLConnection) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX idx_sessions_parent_cost ON sessions")
    problems = mysql_plans.unbounded(connection, [NAMED["list_roots_by_cost"]])
    assert ["is refused: " in problem for problem in problems] == [True]
    wrong = changed("get_file", "files.content", "files.contents")
    assert "contents" in mysql_plans.unbounded(connection, [wrong])[0]


def test_verify_fails_for_a_query_that_reads_too_much(
    mysql_server: Server, project: Path, spoil: Spoil, monkeypatch: pytest.MonkeyPatch
) -> None:
    if mysql_server.restricted:
        pytest.skip(NEEDS_DATABASES)
    monkeypatch.setenv(DSNS, mysql_server.admin_dsn)
    path = spoil("sql/mysql/sessions.sql", "AND id >= :first_id", "AND lower(id) >= :first_id")
    outcome = mysql_plans.check(project)
    assert outcome.made
    assert outcome.note.startswith(mysql_server.product)
    (problem,) = outcome.problems
    assert problem.startswith(f"{path}:")
    assert "list_sessions_by_prefix reads" in problem
    assert problem.endswith(f"({outcome.note})")


def test_statements_that_no_server_takes_are_a_problem(
    mysql_server: Server, project: Path, spoil: Spoil, monkeypatch: pytest.MonkeyPatch
) -> None:
    if mysql_server.restricted:
        pytest.skip(NEEDS_DATABASES)
    monkeypatch.setenv(DSNS, mysql_server.admin_dsn)
    spoil("migrations/mysql/0007_session_author.sql", "author VARCHAR", "author VARCHARS")
    (problem,) = mysql_plans.check(project).problems
    assert "VARCHARS" in problem


def test_without_a_server_it_is_not_run_unless_one_is_demanded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(SERVERS, "container")
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    outcome = mysql_plans.check(PROJECT)
    assert (outcome.word, outcome.problems) == ("not run", [])
    assert outcome.note == f"{DSNS} is not set; no Docker engine answers"
    monkeypatch.setenv(mysql_plans.REQUIRED, "1")
    assert mysql_plans.check(PROJECT).word == "failed"


def test_a_setting_that_cannot_be_used_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SERVERS, "postgres")
    (problem,) = mysql_plans.check(PROJECT).problems
    assert "unknown word 'postgres'" in problem


def test_every_query_has_a_case_or_is_an_exception(monkeypatch: pytest.MonkeyPatch) -> None:
    assert mysql_plans.uncovered(QUERIES) == []
    added = NAMED["get_file"]._replace(name="get_folder")
    (problem,) = mysql_plans.uncovered([*QUERIES, added])
    assert problem.startswith(f"{added.place}: get_folder is neither asked")
    (problem,) = mysql_plans.uncovered([query for query in QUERIES if query.name != "get_file"])
    assert problem.endswith("there is no query get_file")
    monkeypatch.setattr(mysql_plans, "EXCEPTIONS", {**mysql_plans.EXCEPTIONS, "get_*": "why"})
    (problem,) = mysql_plans.uncovered(QUERIES)
    assert problem.endswith("no query needs the exception get_*")


def test_every_exception_has_its_reason() -> None:
    assert all(mysql_plans.EXCEPTIONS.values())
