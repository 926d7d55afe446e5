"""A database of many sessions, of which the latest has many messages."""

from __future__ import annotations

import json
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from opencode import open_store

__all__ = ["MESSAGES", "SESSIONS", "fill"]

SESSIONS = 100_000
MESSAGES = 20_000

QUESTION = "Why does the second `connect()` hang when the server restarts?"
ANSWER = """\
The pool hands out a socket that the server has closed already. What to do:

- *ping* before a connection is handed out, when it was idle for a while
- throw it away when that **fails**

```python
def checkout(self) -> Connection:
    return self._ping(self._free.pop())
```
"""


def fill(directory: Path) -> None:
    """Write `opencode.db`: `session 0`, the latest, which is called `long`, and 99,999 others."""
    file = directory / "opencode.db"
    environment = {"HOME": str(directory), "OPENCODE_PROJECT_ID": "bench"}
    open_store(directory, dsn=f"sqlite:///{file}", environ=environment).close()
    now = int(time.time())
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.executemany(
            "INSERT INTO sessions (id, project_id, title, author, updated_at, created_at) "
            "VALUES (?, 'bench', ?, 'bench', ?, ?)",
            (
                (f"s{n:06}" if n else "long", f"session {n}", now - n, now - n)
                for n in range(SESSIONS)
            ),
        )
        parts = [_parts(QUESTION), _parts(ANSWER)]
        connection.executemany(
            "INSERT INTO messages (id, session_id, seq, role, parts, created_at, updated_at) "
            "VALUES (?, 'long', ?, ?, ?, ?, ?)",
            (
                (f"m{n}", n + 1, ("user", "assistant")[n % 2], parts[n % 2], now, now)
                for n in range(MESSAGES)
            ),
        )
        connection.execute(
            "UPDATE sessions SET message_count = ?, last_seq = ?, updated_at = ? WHERE id = 'long'",
            (MESSAGES, MESSAGES, now),
        )


def _parts(text: str) -> str:
    return json.dumps([{"type": "text", "data": {"text": text}}])
