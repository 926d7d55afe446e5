"""What the Go OpenCode writes appears by itself, where the reader is not disturbed by it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Self

from tests.tui.terminal import Terminal

# Its statements, in a process of its own that knows nothing of ours.
GO = """
import json, sqlite3, sys
go = sqlite3.connect(sys.argv[1], isolation_level=None)
go.execute("PRAGMA foreign_keys = ON")
for line in sys.stdin:
    go.execute(*json.loads(line))
    print("done", flush=True)
"""

NEW_SESSION = (
    "INSERT INTO sessions (id, parent_session_id, title, message_count, prompt_tokens,"
    " completion_tokens, cost, summary_message_id, updated_at, created_at)"
    " VALUES (?, ?, ?, 0, 0, 0, 0.0, NULL, strftime('%s', 'now'), strftime('%s', 'now'))"
)
NEW_MESSAGE = (
    "INSERT INTO messages (id, session_id, role, parts, model, created_at, updated_at)"
    " VALUES (?, ?, 'user', ?, NULL, strftime('%s', 'now'), strftime('%s', 'now'))"
)
CHANGED_MESSAGE = (
    "UPDATE messages SET parts = ?, finished_at = ?, updated_at = strftime('%s', 'now')"
    " WHERE id = ?"
)
CHANGED_SESSION = (
    "UPDATE sessions SET title = ?, prompt_tokens = ?, completion_tokens = ?,"
    " summary_message_id = NULL, cost = ? WHERE id = ?"
)


class Go:
    """The other program."""

    def __init__(self, database: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", GO, str(database)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def run(self, statement: str, *values: object) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps([statement, values]), file=self._process.stdin, flush=True)
        assert self._process.stdout.readline() == "done\n"


def text(words: str) -> str:
    return f'[{{"type":"text","data":{{"text":"{words}"}}}}]'


def test_what_the_go_program_writes_appears(checkout: Path) -> None:
    with (
        Terminal.opencode(cwd=checkout, size=(140, 40)) as terminal,
        Go(checkout / ".opencode" / "opencode.db") as go,
    ):
        terminal.wait_for("1 of 6", "? help").press("down").wait_for("2 of 6", "▌ Fix flaky")
        go.run(NEW_SESSION, "go-1", None, "begun by the Go program")
        terminal.wait_for("begun by the Go program", "3 of 7", "▌ Fix flaky")
        go.run(NEW_SESSION, "go-2", "go-1", "a task of it")
        terminal.wait_for("▸ 1", "3 of 7")
        go.run(CHANGED_SESSION, "called otherwise", 1_000, 200, 0.75, "go-1")
        terminal.wait_for("called otherwise", "▌ Fix flaky")
        for number in range(2):
            go.run(NEW_MESSAGE, f"go-m{number}", "flaky", text(f"word {number}"))
        terminal.wait_for("word 1", "▌ Fix flaky")
        terminal.press("enter").wait_for("of 3").press("g").wait_for("▌▾ you")
        for number in range(30):
            go.run(NEW_MESSAGE, f"go-n{number}", "flaky", text(f"news {number}"))
        terminal.wait_for("of 33", "↓ 30 new", "▌  It fails once")
        go.run(CHANGED_MESSAGE, text("word after word"), 1_770_000_000, "go-m0")
        terminal.wait_for("word after word", "▌  It fails once")
        go.run("DELETE FROM messages WHERE id = ?", "go-m1")
        terminal.wait_for("of 32").wait_without("word 1")
        go.run("DELETE FROM sessions WHERE id = ?", "implement")
        terminal.press("esc").wait_for("of 6").wait_without("Implement session")
        assert "▌ Fix flaky" in terminal.text()
