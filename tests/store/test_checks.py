"""What `db check` finds, and what it repairs."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from opencode.parts import Text
from opencode.store import Store, open_store

LONG_AGO = 1_500_000_000


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "opencode.db"


@pytest.fixture
def store(tmp_path: Path, database: Path) -> Iterator[Store]:
    with open_store(tmp_path, project="acme", dsn=f"sqlite:///{database}") as opened:
        yield opened


def damage(database: Path, *statements: str) -> None:
    connection = sqlite3.connect(database, isolation_level=None)
    for statement in statements:
        connection.execute(statement)
    connection.close()


def sessions(database: Path, columns: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(f"SELECT {columns} FROM sessions ORDER BY id").fetchall()


def kinds(store: Store) -> list[str]:
    return [problem.kind for problem in store.check().problems]


def test_a_healthy_store_has_no_problems(store: Store) -> None:
    session = store.sessions.create()
    store.messages.append(session.id, role="user", parts=[Text("x")])
    store.sessions.create(parent=session.id)
    report = store.check()
    assert (report.problems, report.notes, report.ok) == ((), (), True)


def test_a_deleted_message_leaves_a_note_only(store: Store) -> None:
    session = store.sessions.create()
    first = store.messages.append(session.id, role="user", parts=[])
    store.messages.append(session.id, role="user", parts=[])
    store.messages.delete(first.id)
    report = store.check()
    assert report.ok
    assert "gaps" in report.notes[0]


@pytest.mark.parametrize(
    ("kind", "statement"),
    [
        ("counts", "UPDATE sessions SET message_count = 7 WHERE id = 'parent'"),
        ("seq", "UPDATE sessions SET last_seq = 0 WHERE id = 'parent'"),
        ("projects", "UPDATE sessions SET project_id = NULL WHERE id = 'parent'"),
        ("numbers", "UPDATE messages SET seq = NULL WHERE id = 'message'"),
    ],
)
def test_what_can_be_repaired_is(store: Store, database: Path, kind: str, statement: str) -> None:
    store.sessions.create(id="parent")
    store.sessions.create(id="child", parent="parent")
    store.messages.append("parent", role="user", parts=[Text("x")], id="message")
    # The last number of `child` is beyond those in use: its last message was deleted.
    gone = store.messages.append("child", role="user", parts=[])
    store.messages.append("child", role="user", parts=[])
    store.messages.delete(gone.id)
    damage(database, statement, f"UPDATE sessions SET updated_at = {LONG_AGO}")
    damage(database, "UPDATE sessions SET last_seq = 9 WHERE id = 'child'")

    assert kinds(store) == [kind]
    report = store.check(fix=True)
    assert [(p.kind, p.count, p.fixed) for p in report.problems] == [(kind, 1, True)]
    assert report.ok
    assert kinds(store) == []
    _, (owner,) = sessions(database, "project_id")
    assert isinstance(owner, str)
    assert [m.seq for m in store.in_project(owner).messages.list("parent")] in ([1], [2])
    assert sessions(database, "updated_at") == [(LONG_AGO,), (LONG_AGO,)]
    assert sessions(database, "last_seq")[0] == (9,)


def test_a_count_that_is_too_low_does_not_stop_a_delete(store: Store, database: Path) -> None:
    """As the Go OpenCode left them: it counted in its own head."""
    session = store.sessions.create()
    message = store.messages.append(session.id, role="user", parts=[Text("x")])
    damage(database, "UPDATE sessions SET message_count = 0")
    store.messages.delete(message.id)
    assert store.sessions.get(session.id).message_count == 0


def test_orphaned_rows_are_told_but_never_deleted(store: Store, database: Path) -> None:
    store.sessions.create(id="gone")
    store.messages.append("gone", role="user", parts=[Text("x")])
    store.files.record("gone", path="a", content="x")
    damage(database, "PRAGMA foreign_keys = OFF", "DELETE FROM sessions WHERE id = 'gone'")
    report = store.check(fix=True)
    assert [p.kind for p in report.problems] == ["orphaned-messages", "orphaned-files"]
    assert not report.ok


def test_a_sub_session_without_its_parent_stays_one(store: Store, database: Path) -> None:
    store.sessions.create(id="parent")
    store.sessions.create(id="child", parent="parent")
    damage(database, "DELETE FROM sessions WHERE id = 'parent'")
    report = store.check(fix=True)
    assert (report.ok, report.problems) == (True, ())
    assert report.notes == ("1 sub-session of a session that is gone: --all lists all",)
    assert store.sessions.get("child").parent_session_id == "parent"


def test_a_changed_schema_is_never_repaired_upon(store: Store, database: Path) -> None:
    store.sessions.create(id="one-1")
    damage(
        database, "DROP TRIGGER update_sessions_updated_at", "UPDATE sessions SET message_count = 7"
    )
    report = store.check(fix=True)
    assert [(p.kind, p.fixed) for p in report.problems] == [("schema", False), ("counts", False)]
    assert "nothing was repaired" in report.notes[-1]


def test_a_changed_schema_is_told(store: Store, database: Path) -> None:
    damage(database, "DROP INDEX idx_sessions_updated")
    report = store.check()
    assert [p.kind for p in report.problems] == ["schema"]
    assert "idx_sessions_updated" in report.problems[0].message
