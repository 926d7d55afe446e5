"""Databases of other programs: the Go OpenCode's are taken over, all others left alone."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import threading
from pathlib import Path

import pytest

from opencode.db.migrations import shipped_migrations
from opencode.db.survey import status
from opencode.db.target import SQLiteTarget
from opencode.errors import NewerSchema, SchemaDrift, SchemaError
from tests.db.databases import (
    GOOSE_VERSIONS,
    PROJECT,
    backups,
    dump,
    make_go_database,
    opened,
    record_goose,
    rows,
    upgrade_file,
)

IDS = [migration.id for migration in shipped_migrations("sqlite")]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / ".opencode" / "opencode.db"


def refused(path: Path) -> SchemaError:
    """The error of an upgrade that must not have touched anything."""
    before = dump(path, leave_out=()), checksum(path)
    with pytest.raises(SchemaError) as caught:
        upgrade_file(path)
    assert (dump(path, leave_out=()), checksum(path)) == before
    assert not backups(path)
    return caught.value


def checksum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_what_goose_has_applied_is_marked_and_not_run_again(path: Path) -> None:
    make_go_database(path)
    report = upgrade_file(path)
    assert list(report.adopted) == IDS[:2]
    assert list(report.applied) == IDS[2:]
    log = "SELECT operation FROM _yoyo_log ORDER BY migration_id"
    assert [row[0] for row in rows(path, log)] == ["mark"] * 2 + ["apply"] * (len(IDS) - 2)
    assert rows(path, "SELECT version_id FROM goose_db_version ORDER BY id") == [
        (0,),
        *((version,) for version in GOOSE_VERSIONS),
    ]


def test_a_migration_the_go_program_lacks_is_entered_into_its_ledger_too(path: Path) -> None:
    make_go_database(path, migrations=1)
    report = upgrade_file(path)
    assert list(report.adopted) == IDS[:1]
    assert list(report.applied) == IDS[1:]
    latest = "SELECT version_id, is_applied FROM goose_db_version ORDER BY id DESC LIMIT 1"
    assert rows(path, latest) == [(GOOSE_VERSIONS[1], 1)]


def test_the_last_line_of_a_version_counts(path: Path) -> None:
    make_go_database(path)
    with opened(path) as connection:
        record_goose(connection, GOOSE_VERSIONS[1], is_applied=False)
        connection.execute("ALTER TABLE sessions DROP COLUMN summary_message_id")
    assert list(upgrade_file(path).adopted) == IDS[:1]


def test_a_rollback_is_entered_into_the_go_programs_ledger(path: Path) -> None:
    from opencode.db.upgrade import rollback

    make_go_database(path)
    upgrade_file(path)
    rollback(SQLiteTarget(path), to=1)
    versions = rows(path, "SELECT version_id FROM goose_db_version ORDER BY id")
    assert versions == [(0,), (GOOSE_VERSIONS[0],)]


def test_a_fresh_goose_ledger_without_tables_is_filled(path: Path) -> None:
    make_go_database(path, migrations=0, sessions=0)
    report = upgrade_file(path)
    assert list(report.applied) == IDS
    assert rows(path, "SELECT version_id FROM goose_db_version ORDER BY id")[1:] == [
        (version,) for version in GOOSE_VERSIONS
    ]


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        ("DROP TRIGGER update_files_updated_at", "trigger files.update_files_updated_at is miss"),
        ("DROP INDEX idx_messages_session_id", "index messages.idx_messages_session_id is missing"),
        ("ALTER TABLE sessions ADD COLUMN project_id TEXT", "column sessions.project_id is not kn"),
        ("ALTER TABLE sessions DROP COLUMN summary_message_id", "column sessions.summary_message_"),
        ("DROP TABLE files", "table files is missing"),
    ],
)
def test_a_schema_that_is_not_what_goose_claims_is_refused(
    path: Path, change: str, difference: str
) -> None:
    make_go_database(path)
    with opened(path) as connection:
        connection.execute(change)
    error = refused(path)
    assert isinstance(error, SchemaDrift)
    assert error.differences[0].startswith(difference)
    assert difference in error.message
    assert status(SQLiteTarget(path)).problems == error.differences


def test_the_second_migration_without_the_first_is_refused(path: Path) -> None:
    make_go_database(path)
    with opened(path) as connection:
        connection.execute(
            "DELETE FROM goose_db_version WHERE version_id = ?", (GOOSE_VERSIONS[0],)
        )
    problem = "0001_initial: not applied, though a later one is"
    assert problem in refused(path).message
    assert status(SQLiteTarget(path)).problems == (problem,)


def test_a_newer_go_program_is_refused(path: Path) -> None:
    make_go_database(path)
    with opened(path) as connection:
        record_goose(connection, 20260101000000)
    error = refused(path)
    assert isinstance(error, NewerSchema)
    assert error.unknown == ("20260101000000",)


def test_a_lost_ledger_is_refused(path: Path) -> None:
    make_go_database(path)
    with opened(path) as connection:
        connection.execute("DROP TABLE goose_db_version")
    error = refused(path)
    assert isinstance(error, SchemaDrift)
    assert "no ledger" in error.message
    assert error.hint


def test_a_ledger_that_does_not_know_of_the_tables_is_refused(path: Path) -> None:
    make_go_database(path)
    with opened(path) as connection:
        connection.execute("DELETE FROM goose_db_version WHERE version_id > 0")
    assert "no ledger tells which migrations it has" in refused(path).message


@pytest.mark.parametrize("journal", ["DELETE", "WAL"])
def test_another_programs_database_is_left_alone(path: Path, journal: str) -> None:
    path.parent.mkdir()
    with opened(path) as connection:
        connection.execute(f"PRAGMA journal_mode = {journal}")
        connection.executescript("CREATE TABLE bookmarks (id); CREATE TABLE sessions (cookie);")
    error = refused(path)
    assert error.message == (
        f"{path} belongs to another program: it has other tables (bookmarks, sessions)"
    )
    assert "data.directory" in error.hint


def test_another_programs_goose_database_is_left_alone(path: Path) -> None:
    make_go_database(path, migrations=0, sessions=0)
    with opened(path) as connection:
        connection.execute("CREATE TABLE invoices (id)")
        record_goose(connection, 20200101000000)
    assert "belongs to another program" in refused(path).message


def test_the_typescript_opencode_is_recognised(fixtures: Path, path: Path) -> None:
    path.parent.mkdir()
    shutil.copyfile(fixtures / "opencode-1.18" / "opencode.db", path)
    assert "the newer OpenCode in TypeScript" in refused(path).message


def test_a_ledger_left_behind_by_yoyos_list_does_not_hinder(path: Path) -> None:
    make_go_database(path)
    with opened(path) as connection:
        connection.execute("CREATE TABLE _yoyo_migration (migration_hash, migration_id, x)")
        connection.execute("ALTER TABLE _yoyo_migration RENAME COLUMN x TO applied_at_utc")
    assert list(upgrade_file(path).adopted) == IDS[:2]


# What the Go OpenCode itself runs, as sqlc generated it for that program.
GO_SESSION = """
INSERT INTO sessions (
    id, parent_session_id, title, message_count, prompt_tokens, completion_tokens, cost,
    summary_message_id, updated_at, created_at
) VALUES (?, ?, ?, ?, ?, ?, ?, null, strftime('%s', 'now'), strftime('%s', 'now'))
RETURNING id, parent_session_id, title, message_count, prompt_tokens, completion_tokens, cost,
    updated_at, created_at, summary_message_id
"""
GO_MESSAGE = """
INSERT INTO messages (id, session_id, role, parts, model, created_at, updated_at)
VALUES (?, ?, ?, ?, ?, strftime('%s', 'now'), strftime('%s', 'now'))
RETURNING id, session_id, role, parts, model, created_at, updated_at, finished_at
"""
GO_FILE = """
INSERT INTO files (id, session_id, path, content, version, created_at, updated_at)
VALUES (?, ?, ?, ?, ?, strftime('%s', 'now'), strftime('%s', 'now'))
RETURNING id, session_id, path, content, version, created_at, updated_at
"""
GO_UPDATE_SESSION = """
UPDATE sessions
SET title = ?, prompt_tokens = ?, completion_tokens = ?, summary_message_id = ?, cost = ?
WHERE id = ?
RETURNING id, parent_session_id, title, message_count, prompt_tokens, completion_tokens, cost,
    updated_at, created_at, summary_message_id
"""
GO_UPDATE_MESSAGE = """
UPDATE messages SET parts = ?, finished_at = ?, updated_at = strftime('%s', 'now') WHERE id = ?
"""
GO_UPDATE_FILE = """
UPDATE files SET content = ?, version = ?, updated_at = strftime('%s', 'now') WHERE id = ?
RETURNING id, session_id, path, content, version, created_at, updated_at
"""


def write_as_go(connection: sqlite3.Connection, session: str) -> None:
    """A session with two messages and a file, written and then changed."""
    made = connection.execute(GO_SESSION, (session, None, "From Go", 0, 0, 0, 0.0)).fetchall()
    assert made[0][2] == "From Go"
    for message in (f"{session}-b", f"{session}-a"):
        row = (message, session, "assistant", "[]", "claude")
        assert connection.execute(GO_MESSAGE, row).fetchall()[0][0] == message
    connection.execute(GO_UPDATE_MESSAGE, ('[{"type":"text"}]', 1_800_000_000, f"{session}-b"))
    connection.execute(GO_FILE, (f"{session}-f", session, "a.go", "x", "initial")).fetchall()
    connection.execute(GO_UPDATE_FILE, ("y", "v1", f"{session}-f")).fetchall()
    changed = connection.execute(
        GO_UPDATE_SESSION, ("Renamed", 10, 20, f"{session}-b", 0.5, session)
    ).fetchall()
    assert (changed[0][2], changed[0][3]) == ("Renamed", 2)


def test_the_go_program_goes_on_writing_and_our_next_start_fills_in(path: Path) -> None:
    make_go_database(path)
    upgrade_file(path)
    with opened(path) as connection:
        write_as_go(connection, "go-1")
        times = "SELECT id, updated_at FROM sessions ORDER BY id"
        before = connection.execute(times).fetchall()
    report = upgrade_file(path)
    assert (report.backfilled.sessions, report.backup, report.applied) == (1, None, ())
    assert rows(path, times) == before
    assert rows(path, "SELECT project_id, last_seq FROM sessions WHERE id = 'go-1'") == [
        (PROJECT, 2)
    ]
    numbers = "SELECT id, seq, finished_at FROM messages WHERE session_id = 'go-1' ORDER BY seq"
    assert rows(path, numbers) == [("go-1-b", 1, 1_800_000_000), ("go-1-a", 2, None)]
    assert not any(row[0] is None for row in rows(path, "SELECT seq FROM messages"))


def test_the_go_program_may_write_during_the_upgrade(path: Path) -> None:
    make_go_database(path, sessions=60, messages=10)
    stop = threading.Event()
    written = 0

    def write() -> None:
        nonlocal written
        with opened(path) as connection:
            connection.execute("PRAGMA busy_timeout = 60000")
            while not stop.wait(0.002):  # leaves the upgrade its turn
                row = (f"live-{written}", "session-0001", "user", "[]", None)
                connection.execute(GO_MESSAGE, row).fetchall()
                written += 1

    writer = threading.Thread(target=write)
    writer.start()
    upgrade_file(path)
    stop.set()
    writer.join()
    upgrade_file(path)
    numbers = rows(path, "SELECT seq FROM messages WHERE session_id = 'session-0001' ORDER BY seq")
    assert numbers == [(number,) for number in range(1, 11 + written)]
    session = "SELECT message_count, last_seq FROM sessions WHERE id = 'session-0001'"
    assert rows(path, session) == [(10 + written, 10 + written)]


def test_the_go_program_deletes_what_is_there(path: Path) -> None:
    make_go_database(path)
    upgrade_file(path)
    with opened(path) as connection:
        connection.execute("DELETE FROM messages WHERE id = ?", ("session-0001-999",))
        left = connection.execute("SELECT message_count FROM sessions WHERE id = 'session-0001'")
        assert left.fetchone() == (3,)
        connection.execute("DELETE FROM messages WHERE session_id = ?", ("session-0001",))
        connection.execute("DELETE FROM files WHERE session_id = ?", ("session-0001",))
        connection.execute("DELETE FROM sessions WHERE id = ?", ("session-0000",))
    counts = "SELECT (SELECT count(*) FROM sessions), (SELECT count(*) FROM messages)"
    assert rows(path, counts) == [(2, 4)]


SESSION_COLUMNS = (
    "id, parent_session_id, title, message_count, prompt_tokens, completion_tokens, cost,"
    "summary_message_id, updated_at, created_at"
)
MESSAGE_COLUMNS = "id, session_id, role, parts, model, created_at, updated_at, finished_at"
EVERYTHING = (
    f"SELECT {SESSION_COLUMNS} FROM sessions ORDER BY rowid",
    f"SELECT {MESSAGE_COLUMNS} FROM messages ORDER BY rowid",
    "SELECT * FROM files ORDER BY rowid",
)


def test_the_real_database_is_taken_over_whole(go_database: Path) -> None:
    """Everything that was there still is, in the same words and order; see the fixtures' README."""
    original = checksum(go_database)
    before = [rows(go_database, sql) for sql in EVERYTHING]
    assert checksum(go_database) == original
    report = upgrade_file(go_database)
    assert [rows(go_database, sql) for sql in EVERYTHING] == before
    assert [len(found) for found in before] == [9, 1031, 19]
    assert (report.backfilled.sessions, report.backfilled.messages) == (9, 1031)
    assert rows(go_database, "SELECT DISTINCT project_id FROM sessions") == [(PROJECT,)]
    in_order = (
        "SELECT count(*) FROM (SELECT seq, row_number() OVER"
        " (PARTITION BY session_id ORDER BY created_at, rowid) AS place FROM messages)"
        " WHERE seq = place"
    )
    assert rows(go_database, in_order) == [(1031,)]
    assert rows(go_database, "SELECT count(*) FROM sessions WHERE last_seq = message_count") == [
        (9,)
    ]
    assert report.backup in backups(go_database)
    assert report.backup is not None
    assert [rows(report.backup, sql) for sql in EVERYTHING] == before
    with opened(go_database) as connection:
        write_as_go(connection, "go-1")
    assert upgrade_file(go_database).backfilled.sessions == 1
