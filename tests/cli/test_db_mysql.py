"""`opencode db` where a server differs from a file."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from opencode.db.lock import server_lock
from opencode.db.migrations import shipped_migrations
from tests.cli.conftest import Opencode
from tests.db.mysqlclient import run_sql
from tools.servers.account import Account

LATEST = len(shipped_migrations("mysql"))


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


def test_what_concerns_the_whole_team_is_said_before_it_is_asked(
    opencode: Opencode, database: str
) -> None:
    assert opencode("session", "new").code == 0
    own = opencode("project", "show", "--json").json["project_id"]
    rollback = opencode("db", "rollback")
    assert rollback.code == 2
    told = rollback.err.partition("there is no terminal")[0]
    assert "this is a shared database: it changes for the whole team, no copy is made" in told
    assert "the next start of anybody whose autoMigrate is on applies it again" in told
    move = opencode("project", "move", own, "other")
    assert move.code == 2
    assert "a shared database" in move.err.partition("there is no terminal")[0]


def test_a_rollback_by_hand_is_one_of_the_program(opencode: Opencode, database: str) -> None:
    assert opencode("-P", "mine", "session", "new").code == 0
    script = opencode("db", "rollback", "--to", "3", "--dry-run").out
    account = Account.parse(database)
    run_sql(account, script)
    status = opencode("db", "status", "--json").json
    assert (status["schema_version"], len(status["pending"])) == (3, LATEST - 3)
    assert opencode("db", "check").out == ""
    assert [one["project_id"] for one in opencode("project", "list", "--json").json] == ["mine"]


def test_times_in_the_ledger_are_utc_wherever_the_sql_is_run(
    opencode: Opencode, database: str
) -> None:
    script = opencode("db", "migrate", "--dry-run").out
    account = Account.parse(database)
    run_sql(account, f"SET time_zone = '+05:00';\n{script}")
    assert opencode("session", "new").code == 0
    with closing(account.connect()) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT MAX(ABS(TIMESTAMPDIFF(MINUTE, applied_at_utc, UTC_TIMESTAMP())))"
            " FROM (SELECT CONVERT_TZ(applied_at_utc, @@session.time_zone, '+00:00')"
            " AS applied_at_utc FROM _yoyo_migration) AS ledger"
        )
        row = cursor.fetchone()
    assert row is not None
    assert row[0] < 30
