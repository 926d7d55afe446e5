"""A real database of the Go OpenCode: taken over whole, and still usable by its own program."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest

from opencode.store import open_store
from tests.conftest import GitRepository, RunOpencode

PROJECT = "github.com/acme/app"
TABLES = ("sessions", "messages", "files")


@pytest.fixture
def checkout(go_database: Path, git_repository: GitRepository) -> Path:
    """A checkout of acme/app with the Go program's database in it."""
    go_database.chmod(0o644)
    return git_repository("checkout")


def rows(database: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(sql).fetchall()


def test_nothing_is_lost_and_all_is_filed(checkout: Path, go_database: Path) -> None:
    before = {
        table: rows(go_database, f"SELECT id, updated_at, created_at FROM {table} ORDER BY rowid")
        for table in TABLES
    }
    order = rows(go_database, "SELECT session_id, id FROM messages ORDER BY created_at, rowid")
    untouched = sha256(go_database.read_bytes()).hexdigest()

    with open_store(checkout) as store:
        assert store.project.project_id == PROJECT
        assert store.upgraded is not None
        assert store.upgraded.backup is not None
        assert store.upgraded.backup.parent == go_database.parent
        assert sha256(store.upgraded.backup.read_bytes()).hexdigest() == untouched
        assert store.sessions.count() == 6
        assert store.sessions.count(children=True) == 9
        for session in store.sessions.list(children=True).items:
            messages = store.messages.list(session.id)
            assert [m.id for m in messages] == [id for owner, id in order if owner == session.id]
            assert [m.seq for m in messages] == list(range(1, len(messages) + 1))
        assert store.check().ok
        status = store.status()
        assert (status.sessions, status.messages, status.files) == (9, 1031, 19)

    for table, expected in before.items():
        sql = f"SELECT id, updated_at, created_at FROM {table} ORDER BY rowid"
        assert rows(go_database, sql) == expected
    assert rows(go_database, "SELECT DISTINCT project_id FROM sessions") == [(PROJECT,)]


def test_json_export_is_what_sqlite_reads_from_the_untouched_file(
    checkout: Path, go_database: Path, run_opencode: RunOpencode
) -> None:
    with closing(sqlite3.connect(f"file:{go_database}?mode=ro", uri=True)) as connection:
        before = {
            id: [
                (*row[:3], json.loads(row[3]), *row[4:])
                for row in connection.execute(
                    "SELECT id, role, model, parts, created_at, updated_at, finished_at "
                    "FROM messages WHERE session_id = ? ORDER BY created_at, rowid",
                    (id,),
                )
            ]
            for (id,) in connection.execute("SELECT id FROM sessions")
        }
    for session_id, expected in before.items():
        shown = run_opencode("session", "show", session_id, "--json", cwd=checkout)
        assert shown.returncode == 0, shown.stderr
        document = json.loads(shown.stdout)
        assert document["project_id"] == PROJECT
        assert [
            (
                *(m["id"], m["role"], m["model"], m["parts"]),
                *(m["created_at"], m["updated_at"], m["finished_at"]),
            )
            for m in document["messages"]
        ] == expected


def test_the_go_program_can_go_on(checkout: Path, go_database: Path) -> None:
    open_store(checkout).close()
    with closing(sqlite3.connect(go_database, isolation_level=None)) as go:
        go.execute("PRAGMA foreign_keys = ON")
        go.execute(
            "INSERT INTO sessions (id, parent_session_id, title, message_count, prompt_tokens, "
            "completion_tokens, cost, summary_message_id, updated_at, created_at) VALUES "
            "('go-1', NULL, 'by go', 0, 0, 0, 0.0, NULL, strftime('%s', 'now'), "
            "strftime('%s', 'now')) RETURNING *"
        ).fetchall()
        for number in range(3):
            go.execute(
                "INSERT INTO messages (id, session_id, role, parts, model, created_at, "
                "updated_at) VALUES (?, 'go-1', 'user', '[]', NULL, strftime('%s', 'now'), "
                "strftime('%s', 'now')) RETURNING *",
                (f"go-message-{number}",),
            ).fetchall()
        go.execute(
            "UPDATE messages SET parts = ?, finished_at = ?, updated_at = strftime('%s', 'now') "
            "WHERE id = 'go-message-1'",
            ('[{"type":"text","data":{"text":"hi"}}]', 1770000000),
        )
        go.execute(
            "UPDATE sessions SET title = 'renamed by go', prompt_tokens = 5, "
            "completion_tokens = 6, summary_message_id = NULL, cost = 0.5 "
            "WHERE id = 'go-1' RETURNING *"
        ).fetchall()
        go.execute(
            "INSERT INTO files (id, session_id, path, content, version, created_at, updated_at) "
            "VALUES ('go-file', 'go-1', 'a.go', 'x', 'initial', strftime('%s', 'now'), "
            "strftime('%s', 'now')) RETURNING *"
        ).fetchall()
        go.execute("DELETE FROM messages WHERE id = 'go-message-0'")
        go.execute("DELETE FROM sessions WHERE id = '6513270e-269e-4d37-b2a7-4de452e6b438'")

    with open_store(checkout) as store:
        assert store.upgraded is not None
        assert store.upgraded.backup is None
        session = store.sessions.get("go-1")
        assert (session.title, session.message_count, session.cost) == ("renamed by go", 2, 0.5)
        assert [m.seq for m in store.messages.list("go-1")] == [2, 3]
        assert store.files.latest("go-1", "a.go").content == "x"
        assert store.sessions.count() == 6
        assert store.check().ok
