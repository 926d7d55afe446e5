"""The store on SQLite against sqlite3 doing the same statements by hand."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Comparison, compare
from opencode import open_store
from opencode.parts import Text
from opencode.store.ids import new_id

SESSIONS = 2_000
MESSAGES = 1_000
PARTS = '[{"type":"text","data":{"text":"hello"}}]'
LIST = """
SELECT id, project_id, parent_session_id, title, message_count, prompt_tokens, completion_tokens,
    cost, summary_message_id, author, updated_at, created_at
FROM sessions WHERE project_id = ? AND parent_session_id IS NULL
ORDER BY updated_at DESC, id DESC LIMIT 51
"""
MESSAGE = "SELECT id, session_id, seq, role, parts, model, created_at, updated_at, finished_at"


def run(directory: Path) -> Iterator[Comparison]:
    """Compare opening, listing, appending and reading."""
    environment: dict[str, str] = {"HOME": str(directory)}
    file = directory / "bench.db"
    dsn = f"sqlite:///{file}"
    with open_store(directory, project="bench", dsn=dsn, environ=environment) as store:
        with store.transaction():
            for number in range(SESSIONS):
                session = store.sessions.create(title=f"session {number}", author="bench")
            for _ in range(MESSAGES):
                store.messages.append(session.id, role="user", parts=[Text("hello")])
        target = store.sessions.create(title="appended to", author="bench")
        plain_target = store.sessions.create(title="appended to by hand", author="bench")
        plain = _connect(file)

        def opened() -> None:
            open_store(directory, project="bench", dsn=dsn, environ=environment).close()

        def opened_by_hand() -> None:
            connection = _connect(file)
            connection.execute("SELECT migration_id FROM _yoyo_migration").fetchall()
            connection.close()

        def appended_by_hand() -> None:
            _append(plain, plain_target.id)

        yield compare("open and close the store", opened, opened_by_hand, calls=5)
        yield compare(
            "list the 50 latest sessions",
            lambda: store.sessions.list(limit=50),
            lambda: plain.execute(LIST, ("bench",)).fetchall(),
            calls=50,
        )
        yield compare(
            "append a message",
            lambda: store.messages.append(target.id, role="user", parts=[Text("hello")]),
            appended_by_hand,
            calls=50,
        )
        yield compare(
            f"read {MESSAGES:,} messages with their parts",
            lambda: store.messages.list(session.id),
            lambda: plain.execute(
                f"{MESSAGE} FROM messages WHERE session_id = ? ORDER BY seq", (session.id,)
            ).fetchall(),
            calls=5,
        )
        plain.close()


def _connect(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, isolation_level=None, timeout=60)
    for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _append(connection: sqlite3.Connection, session_id: str) -> None:
    message_id = new_id()
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(
        "UPDATE sessions SET message_count = message_count + 1, last_seq = last_seq + 1 "
        "WHERE project_id = ? AND id = ?",
        ("bench", session_id),
    )
    connection.execute(
        "INSERT INTO messages (id, session_id, seq, role, parts, created_at, updated_at) "
        "SELECT ?, id, last_seq, 'user', ?, unixepoch(), unixepoch() FROM sessions WHERE id = ?",
        (message_id, PARTS, session_id),
    )
    connection.execute(f"{MESSAGE} FROM messages WHERE id = ?", (message_id,)).fetchone()
    connection.execute("COMMIT")
