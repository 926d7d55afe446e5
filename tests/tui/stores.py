"""Small databases for the tests of the interface, the same every time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path

from opencode.parts import Finish, Part, Reasoning, Text, ToolCall, ToolResult
from opencode.store import Store, open_store
from tests.tui.driver import NOW

PROJECT = "github.com/opencode-ai/opencode"

MINUTE, HOUR, DAY = 60, 3_600, 86_400

Said = tuple[str, Sequence[Part]]
"""Role and parts of a message."""


def new_store(directory: Path, project: str = PROJECT) -> Store:
    """A store in a database of its own at `directory`/opencode.db."""
    directory.mkdir(parents=True, exist_ok=True)
    return open_store(directory, project=project, dsn=f"sqlite:///{directory / 'opencode.db'}")


def add_session(
    store: Store,
    title: str = "A session",
    *,
    id: str | None = None,
    said: Iterable[Said] = (),
    age: int = 0,
    tokens: int = 0,
    cost: float = 0.0,
) -> str:
    """Add a session whose last activity was `age` seconds before NOW; returns its id."""
    session = store.sessions.create(title=title, id=id)
    last = 0
    for seq, (role, parts) in enumerate(said, 1):
        model = "gpt-5" if role == "assistant" else None
        store.messages.append(
            session.id, role=role, parts=parts, model=model, id=f"{session.id}-{seq}"
        )
        last = seq
    if tokens or cost:
        store.sessions.add_usage(session.id, prompt_tokens=tokens, cost=cost)
    moment = NOW - age
    with closing(sqlite3.connect(database_of(store), isolation_level=None)) as database:
        database.execute(
            "UPDATE messages SET created_at = ? + (seq - ?) * 20, updated_at = ? "
            "WHERE session_id = ?",
            (moment, last, moment, session.id),
        )
        database.execute(
            "UPDATE sessions SET created_at = ?, updated_at = ? WHERE id = ?",
            (moment - HOUR, moment, session.id),
        )
    return session.id


def database_of(store: Store) -> Path:
    return Path(store.provider.location)


def usual_sessions(store: Store) -> None:
    """The sessions of the drawings: six, of all kinds."""
    add_session(
        store,
        "Implement session provider feature",
        id="implement",
        said=conversation(),
        age=2 * MINUTE,
        tokens=128_400,
        cost=1.93,
    )
    usual_files(store, "implement")
    add_session(
        store,
        "Fix flaky migration test on MySQL 8",
        id="flaky",
        said=[("user", [Text("It fails once in ten runs.")])],
        age=HOUR,
        tokens=40_200,
        cost=0.51,
    )
    add_session(
        store,
        "Explain why the pool keeps dead connections after the server was restarted",
        id="pool",
        age=3 * HOUR,
        tokens=9_100,
        cost=0.12,
    )
    add_session(
        store, "日本語のタイトルでも桁がそろう", id="wide", age=5 * HOUR, tokens=1_200, cost=0.01
    )
    add_session(store, "", id="untitled", age=3 * DAY)
    add_session(
        store,
        "Retry policy for transient errors",
        id="retry",
        age=14 * DAY + 40 * DAY,
        tokens=58_800,
        cost=0.71,
    )


def usual_files(store: Store, session_id: str) -> None:
    """A file of three versions and one of one; nothing else about the session changes."""
    old = "".join(f"line {n}\n" for n in range(1, 21))
    new = old.replace("line 5\n", "line five\nand a half\n").replace("line 18\n", "")
    before = store.sessions.get(session_id)
    for content in (old, old + "more\n", new):
        store.files.record(session_id, path="opencode/db/pool.py", content=content)
    store.files.record(session_id, path="README.md", content="# Read me\n")
    with closing(sqlite3.connect(database_of(store), isolation_level=None)) as database:
        database.execute(
            "UPDATE sessions SET updated_at = ? WHERE id = ?", (before.updated_at, session_id)
        )


def conversation() -> list[Said]:
    """One of everything that agents write."""
    return [
        ("user", [Text("Why does the second connect() hang when MySQL restarts?")]),
        (
            "assistant",
            [
                Reasoning("The pool may hold a socket that is closed.\nLet me look."),
                Text(
                    "The pool hands out a socket the server has already closed.\n\n"
                    "## What to do\n\n"
                    "- ping before the connection is handed out, but only when it has been idle "
                    "for longer than a few seconds\n"
                    "- throw it away when that fails\n\n"
                    "```python\n"
                    "def checkout(self) -> Connection:\n"
                    "    connection.ping(reconnect=False)\n"
                    "```\n"
                    "That is all."
                ),
                Finish("tool_use", NOW),
            ],
        ),
        (
            "assistant",
            [ToolCall("call-1", "bash", '{"command": "pytest -x tests/db"}'), Finish("tool_use")],
        ),
        ("tool", [ToolResult("call-1", "", lines(1_204)), Finish("stop")]),
        ("assistant", [ToolCall("call-2", "read", '{"file_path": "opencode/db/pool.py"}')]),
        ("tool", [ToolResult("call-2", "", "class Pool:\n    pass")]),
        ("assistant", [ToolCall("call-3", "bash", '{"command": "make lint"}')]),
        ("tool", [ToolResult("call-3", "", "error: one\nerror: two", is_error=True)]),
        ("assistant", [ToolCall("call-4", "edit", '{"file_path": "a.py", "old_string": "x\\ny"}')]),
        ("assistant", [Text("All tests pass now."), Finish("max_tokens")]),
    ]


def lines(number: int) -> str:
    return "\n".join(f"line {n} of the output" for n in range(1, number + 1))


def many_sessions(store: Store, number: int) -> None:
    """Sessions `session 0` (the newest) to `session number-1`, written with plain SQL."""
    rows = [(f"s{n:06}", PROJECT, f"session {n}", NOW - n, NOW - n) for n in range(number)]
    with closing(sqlite3.connect(database_of(store))) as database, database:
        database.executemany(
            "INSERT INTO sessions (id, project_id, title, updated_at, created_at) "
            "VALUES (?, ?, ?, ?, ?)",
            rows,
        )


def many_messages(store: Store, session_id: str, number: int) -> None:
    with store.transaction():
        for n in range(number):
            role = "assistant" if n % 2 else "user"
            store.messages.append(session_id, role=role, parts=[Text(f"message {n + 1}")])
