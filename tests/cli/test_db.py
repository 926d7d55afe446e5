from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from opencode.db.kept_projects import KEPT
from opencode.db.migrations import shipped_migrations
from opencode.parts import Text
from opencode.store import Store
from tests.cli.conftest import Opencode

LATEST = len(shipped_migrations("sqlite"))


@pytest.fixture
def database(store: Store) -> Path:
    """The database file, with a session of one message in it."""
    session = store.sessions.create(title="One")
    store.messages.append(session.id, role="user", parts=[Text("Hello")])
    return Path(store.provider.location)


@pytest.fixture
def manual(checkout: Path, database: Path) -> None:
    """Migrations of the database are from now on applied by hand."""
    config = {"sessionProvider": {"autoMigrate": False}}
    (checkout / ".opencode.json").write_text(json.dumps(config))


def rolled_back(opencode: Opencode, steps: int = 1) -> list[str]:
    """Undo migrations and return their ids, the oldest first."""
    applied: list[str] = opencode("db", "status", "--json").json["applied"]
    assert opencode("db", "rollback", "--steps", str(steps), "--yes").code == 0
    return applied[-steps:]


def test_status(opencode: Opencode, database: Path) -> None:
    status = opencode("db", "status", "--json").json
    applied = status.pop("applied")
    assert applied[0] == "0001_initial"
    assert status == {
        "provider": "sqlite",
        "location": str(database),
        "server_version": f"SQLite {sqlite3.sqlite_version}",
        "schema_version": len(applied),
        "pending": [],
        "sessions": 1,
        "messages": 1,
        "files": 0,
        "size_bytes": status["size_bytes"],
        "project_id": "github.com/acme/app",
    }
    out = opencode("db", "status").out
    assert f"location       {database}\n" in out
    assert "pending        none\n" in out


def test_status_of_a_database_that_is_not_there_makes_none(
    opencode: Opencode, checkout: Path
) -> None:
    status = opencode("db", "status", "--json").json
    assert (status["applied"], status["sessions"], status["size_bytes"]) == ([], 0, 0)
    assert len(status["pending"]) == LATEST
    assert not (checkout / ".opencode").exists()


def test_status_tells_what_is_pending_and_applies_nothing(
    opencode: Opencode, database: Path
) -> None:
    undone = rolled_back(opencode, 2)
    for _ in range(2):
        assert opencode("db", "status", "--json").json["pending"] == undone
    assert "opencode db migrate applies what is pending" in opencode("db", "status").err


@pytest.mark.usefixtures("manual")
def test_migrate(opencode: Opencode) -> None:
    undone = rolled_back(opencode)
    refused = opencode("session", "list")
    assert refused.code == 1
    assert f"  {undone[0]}\nhint: run `opencode db migrate`" in refused.err
    assert "`opencode db migrate --dry-run` prints the SQL" in refused.err
    done = opencode("db", "migrate")
    assert (done.code, done.out) == (0, "")
    assert f"applied 1 migration: {undone[0]}\n" in done.err
    assert "the database as it was before: /" in done.err
    assert opencode("session", "list").code == 0
    assert opencode("db", "migrate").err == "nothing to do: the database is up to date\n"


@pytest.mark.usefixtures("manual")
def test_a_dry_run_prints_the_sql(opencode: Opencode) -> None:
    assert opencode("db", "migrate", "--dry-run").err == "nothing is pending\n"
    undone = rolled_back(opencode)
    done = opencode("db", "migrate", "--dry-run")
    assert (done.code, done.err) == (0, "")
    assert "BEGIN IMMEDIATE;" in done.out
    assert undone[0] in done.out
    assert opencode("db", "status", "--json").json["pending"] == undone


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    ("arguments", "version"), [([], LATEST - 1), (["--steps", "2"], LATEST - 2), (["--to", "5"], 5)]
)
def test_rollback(opencode: Opencode, arguments: list[str], version: int) -> None:
    applied = opencode("db", "status", "--json").json["applied"]
    done = opencode("db", "rollback", *arguments, "--yes")
    assert (done.code, done.out) == (0, "")
    assert f"undone: {', '.join(reversed(applied[version:]))}\n" in done.err
    backup = Path(done.err.partition("as it was before: ")[2].splitlines()[0])
    assert backup.is_file()
    assert "the next command applies them again" in done.err
    assert opencode("db", "status", "--json").json["schema_version"] == version
    assert len(opencode("session", "list", "--json").json) == 1


def test_a_dry_run_of_a_rollback_prints_sql_that_does_it(
    opencode: Opencode, database: Path
) -> None:
    done = opencode("db", "rollback", "--to", "3", "--dry-run")
    assert (done.code, done.err) == (0, "")
    assert opencode("db", "status", "--json").json["schema_version"] == LATEST
    with closing(sqlite3.connect(database)) as connection:
        connection.executescript(done.out)
    assert opencode("db", "status", "--json").json["schema_version"] == 3
    assert opencode("db", "check").code == 0
    assert opencode("session", "list", "--json").json[0]["title"] == "One"
    assert opencode("db", "rollback", "--to", "99", "--dry-run").code == 2


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    "arguments",
    [[], ["--to", "99", "--yes"], ["--steps", "99", "--yes"], ["--to", str(LATEST), "--yes"]],
)
def test_a_rollback_that_cannot_be_changes_nothing(
    opencode: Opencode, arguments: list[str]
) -> None:
    assert opencode("db", "rollback", *arguments).code == 2
    assert opencode("db", "status", "--json").json["schema_version"] == LATEST


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    ("to", "lost"),
    [
        (LATEST - 1, "lost with it: no data"),
        (6, "lost with them: the authors of 2 sessions"),
        (4, "the authors of 2 sessions, the numbers of 1 message"),
        (3, "the authors of 2 sessions, the numbers of 1 message"),
        (3, f"kept for the next upgrade: the projects (2) of 2 sessions, in the table {KEPT}"),
        (1, "the authors of 2 sessions, the summaries of 1 session, the numbers of 1 message"),
        (0, "lost with them: 2 sessions, 1 message, 1 file version"),
    ],
)
def test_a_rollback_tells_what_it_destroys_before_it_asks(
    opencode: Opencode, store: Store, database: Path, to: int, lost: str
) -> None:
    session = store.in_project("other").sessions.create()
    store.in_project("other").files.record(session.id, path="a", content="")
    damage(database, f"UPDATE sessions SET summary_message_id = 'x' WHERE id = '{session.id}'")
    done = opencode("db", "rollback", "--to", str(to))
    assert (done.code, done.out) == (2, "")
    assert f"{lost}\n" in done.err
    assert done.err.index(lost) < done.err.index("add --yes")
    assert opencode("db", "status", "--json").json["schema_version"] == LATEST


def damage(database: Path, *statements: str) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def break_count(database: Path) -> None:
    damage(database, "UPDATE sessions SET message_count = 7")


def test_check_finds_and_fixes(opencode: Opencode, database: Path) -> None:
    assert opencode("db", "check").err == "nothing is wrong\n"
    assert opencode("db", "check", "--json").json == {"ok": True, "problems": [], "notes": []}
    break_count(database)
    found = opencode("db", "check", "--json")
    assert found.code == 1
    assert found.json["ok"] is False
    assert [problem["kind"] for problem in found.json["problems"]] == ["counts"]
    done = opencode("db", "check")
    assert (done.code, done.out.count("--fix repairs it")) == (1, 1)
    fixed = opencode("db", "check", "--fix")
    assert (fixed.code, fixed.out.count("(repaired)")) == (0, 1)
    assert opencode("db", "check").code == 0


def snapshot(directory: Path) -> dict[str, bytes]:
    """The files of a directory, but for those that SQLite makes for a reader."""
    shared = ("-wal", "-shm")
    return {
        file.name: file.read_bytes()
        for file in directory.iterdir()
        if not file.name.endswith(shared)
    }


def test_check_upgrades_nothing(opencode: Opencode, checkout: Path, go_database: Path) -> None:
    before = snapshot(go_database.parent)
    done = opencode("db", "check")
    assert done.code == 0
    assert done.err.startswith("migrations are pending, which db migrate applies: 0003_")
    assert snapshot(go_database.parent) == before


def test_check_tells_of_sessions_without_a_project(opencode: Opencode, database: Path) -> None:
    damage(database, "UPDATE sessions SET project_id = NULL", "UPDATE messages SET seq = NULL")
    assert [problem["kind"] for problem in opencode("db", "check", "--json").json["problems"]] == [
        "projects",
        "numbers",
    ]
    assert "1 session without a project (--fix repairs it)" in opencode("db", "check").out
    assert opencode("db", "check", "--fix").code == 0
    assert opencode("db", "check").code == 0


def test_check_without_a_database_makes_none(opencode: Opencode, checkout: Path) -> None:
    done = opencode("db", "check")
    assert (done.code, done.err.startswith("nothing to check: ")) == (0, True)
    assert not (checkout / ".opencode").exists()


@pytest.mark.usefixtures("manual")
def test_check_when_migrations_are_applied_by_hand(opencode: Opencode, database: Path) -> None:
    rolled_back(opencode, LATEST - 3)
    break_count(database)
    found = opencode("db", "check", "--fix", "--json").json
    assert [(p["kind"], p["fixed"]) for p in found["problems"]] == [("counts", False)]
    assert "0004_" in found["notes"][0]
    assert "nothing was repaired" in found["notes"][-1]


NEWER = (
    "INSERT INTO _yoyo_migration (migration_hash, migration_id, applied_at_utc) "
    "VALUES ('x', '0099_future', '2030-01-01')"
)


def test_a_newer_database_can_be_looked_at(opencode: Opencode, database: Path) -> None:
    damage(database, NEWER, "ALTER TABLE sessions RENAME COLUMN message_count TO messages")
    status = opencode("db", "status", "--json").json
    assert (status["unknown"], status["sessions"]) == (["0099_future"], 1)
    told = opencode("db", "status")
    assert "newer          0099_future\n" in told.out
    assert "a newer program upgraded the database" in told.err
    checked = opencode("db", "check")
    assert (checked.code, checked.out) == (0, "")
    assert "a newer program upgraded the database (0099_future)" in checked.err


def test_a_damaged_database_is_checked_as_far_as_it_goes(
    opencode: Opencode, store: Store, database: Path
) -> None:
    for _ in range(300):
        store.sessions.create(title="x" * 500)
    store.close()
    content = bytearray(database.read_bytes())
    for page in range(len(content) // 4096 * 2 // 3, len(content) // 4096):
        content[page * 4096 : page * 4096 + 4096] = b"\xff" * 4096
    database.write_bytes(content)
    found = opencode("db", "check", "--fix", "--json")
    assert found.code == 1
    assert {problem["kind"] for problem in found.json["problems"]} == {"integrity"}
    assert database.read_bytes() == content


def test_backup(opencode: Opencode, database: Path, tmp_path: Path) -> None:
    file = tmp_path / "copy.db"
    done = opencode("db", "backup", str(file))
    assert (done.code, done.out, done.err) == (0, "", f"written to {file}\n")
    connection = sqlite3.connect(file)
    assert connection.execute("SELECT title FROM sessions").fetchall() == [("One",)]
    connection.close()
    assert opencode("db", "backup", str(file)).code == 2


def test_unlock(opencode: Opencode, database: Path) -> None:
    done = opencode("db", "unlock")
    assert (done.code, done.out) == (0, "no process holds the migration lock\n")


@pytest.mark.parametrize(
    ("content", "code", "message"),
    [(b"not a database" * 100, 1, "is not a SQLite database"), (b"SQLite format 3\0", 1, "")],
)
def test_a_damaged_file_is_told_and_left_alone(
    opencode: Opencode, checkout: Path, content: bytes, code: int, message: str
) -> None:
    file = checkout / ".opencode" / "opencode.db"
    file.parent.mkdir()
    file.write_bytes(content)
    for command in (["session", "list"], ["db", "status"], ["db", "migrate"], ["db", "check"]):
        done = opencode(*command)
        assert (done.code, done.out) == (code, "")
        assert done.err.startswith("error: ")
        assert message in done.err
        assert "Traceback" not in done.err
        assert file.read_bytes() == content


def test_a_locked_database_is_a_temporary_error(
    opencode: Opencode, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENCODE_SQLITE_BUSY_TIMEOUT", "0")
    other = sqlite3.connect(database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    done = opencode("session", "new")
    other.close()
    assert done.code == 3
    assert done.err.startswith("error: ")
    assert "\nhint: " in done.err
