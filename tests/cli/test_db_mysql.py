"""`opencode db` where a server differs from a file."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from opencode.db.lock import server_lock
from tests.cli.conftest import Opencode
from tests.db.mysqlclient import run_sql
from tools.servers.account import Account


@pytest.fixture
def database(mysql_database: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The DSN of the empty database that the commands use."""
    monkeypatch.setenv("OPENCODE_SESSION_PROVIDER_TYPE", "mysql")
    monkeypatch.setenv("OPENCODE_MYSQL_DSN", mysql_database)
    return mysql_database


def test_status_tells_how_the_pool_stands(opencode: Opencode, database: str) -> None:
    assert opencode("session", "new").code == 0
    status = opencode("db", "status", "--json").json
    assert (status["provider"], status["sessions"], status["pending"]) == ("mysql", 1, [])
    assert status["pool"] == {
        "max_connections": 10,
        "max_idle": 5,
        "in_use": 0,
        "idle": 1,
        "waiting": 0,
        "opened": 1,
        "lost": 0,
    }
    lines = opencode("db", "status").out.splitlines()
    assert "pool           0 in use and 1 idle of at most 10 connections" in lines


def test_unlock_tells_who_holds_the_lock(opencode: Opencode, database: str) -> None:
    free = opencode("db", "unlock")
    assert (free.code, free.out) == (0, "no process holds the migration lock\n")
    with closing(Account.parse(database).connect()) as upgrading, server_lock(upgrading):
        held = opencode("db", "unlock")
    assert (held.code, held.out) == (1, "")
    assert held.err.startswith("error: connection ")
    assert "have an administrator KILL the connection" in held.err


def test_a_copy_into_a_file_is_the_servers_business(opencode: Opencode, database: str) -> None:
    done = opencode("db", "backup", "copy.db")
    assert (done.code, done.out) == (2, "")
    assert "mysqldump" in done.err


def test_projects_of_a_team_come_back_after_a_rollback(
    opencode: Opencode, database: str, checkout: Path
) -> None:
    """No directory of this machine holds the database, and none is asked for."""
    for project in ("one", "two", "three"):
        assert opencode("-P", project, "session", "new").code == 0
    before = opencode("project", "list", "--json").json
    undone = opencode("db", "rollback", "--to", "3", "--yes")
    assert (undone.code, "the projects (3) of 3 sessions" in undone.err) == (0, True)
    assert not (checkout / ".opencode").exists()
    listed = opencode("-P", "zzz", "project", "list", "--json")
    assert listed.code == 0
    assert "given back: the projects of 3 sessions" in listed.err
    assert "filled in: the project" not in listed.err
    assert listed.json == before


def test_sessions_without_a_project_get_that_of_the_directory(
    opencode: Opencode, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What `-P` names is only what is looked at."""
    assert opencode("session", "new").code == 0
    own = opencode("project", "show", "--json").json["project_id"]
    for variable, project in (("", own), ("mine", "mine")):
        if variable:
            monkeypatch.setenv("OPENCODE_PROJECT_ID", variable)
        run_sql(Account.parse(database), "UPDATE sessions SET project_id = ''")
        done = opencode("-P", "zzz", "session", "list")
        assert f"filled in: the project {project} of 1 session" in done.err
