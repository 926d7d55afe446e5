"""What `db check` finds, and what it repairs."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from opencode.parts import Text
from opencode.store import Store, open_store


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
        ("orphaned-sessions", "UPDATE sessions SET parent_session_id = 'x' WHERE id = 'child'"),
    ],
)
def test_what_can_be_repaired_is(store: Store, database: Path, kind: str, statement: str) -> None:
    store.sessions.create(id="parent")
    store.sessions.create(id="child", parent="parent")
    store.messages.append("parent", role="user", parts=[Text("x")], id="message")
    updated_at = store.sessions.get("parent").updated_at
    damage(database, statement)

    assert kinds(store) == [kind]
    report = store.check(fix=True)
    assert [(p.kind, p.count, p.fixed) for p in report.problems] == [(kind, 1, True)]
    assert report.ok
    assert kinds(store) == []
    owner = next(p.project_id for p in store.projects.list() if p.messages)
    assert [m.seq for m in store.in_project(owner).messages.list("parent")] in ([1], [2])
    assert store.in_project(owner).sessions.get("parent").updated_at >= updated_at


def test_orphaned_rows_are_told_but_never_deleted(store: Store, database: Path) -> None:
    store.sessions.create(id="gone")
    store.messages.append("gone", role="user", parts=[Text("x")])
    store.files.record("gone", path="a", content="x")
    damage(database, "PRAGMA foreign_keys = OFF", "DELETE FROM sessions WHERE id = 'gone'")
    report = store.check(fix=True)
    assert [p.kind for p in report.problems] == ["orphaned-messages", "orphaned-files"]
    assert not report.ok


def test_a_changed_schema_is_told(store: Store, database: Path) -> None:
    damage(database, "DROP INDEX idx_sessions_updated")
    report = store.check()
    assert [p.kind for p in report.problems] == ["schema"]
    assert "idx_sessions_updated" in report.problems[0].message
