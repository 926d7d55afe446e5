"""`opencode db` where a server differs from a file."""

from __future__ import annotations

from contextlib import closing

import pytest

from opencode.db.lock import server_lock
from tests.cli.conftest import Opencode
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
