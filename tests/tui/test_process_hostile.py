"""Stored text that tries to control the terminal: no screen lets any of it through."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from opencode.parts import Binary, Finish, ImageURL, Reasoning, Text, ToolCall, ToolResult
from opencode.store import Store, open_store
from opencode.tui.draftfiles import DraftFiles
from opencode.tui.drafts import Kept
from tests.db.fakemysql import fake_mysql
from tests.tui.terminal import Terminal
from tools.servers.account import Account

PROJECT = "github.com/acme/app"

# The numbers and words are nothing that the program would ever send by itself.
ATTACKS = {
    "title": "\x1b]0;evil66\x07",
    "clipboard": "\x1b]52;c;ZXZpbDY2\x1b\\",
    "link": "\x1b]8;;http://evil66/\x1b\\x\x1b]8;;\x1b\\",
    "cursor": "\x1b[6666;6666H\x1b[6666A",
    "colour": "\x1b[38;2;66;66;66m\x1b[6666m",
    "erase": "\x1b[2J\x1b[3J\x1bc\x1b[!p",
    "modes": "\x1b[?6666h\x1b[?1049l\x1b[?25l\x1b=",
    "answers": "\x1b[6n\x1b[c\x1b[>q\x1bP$qm\x1b\\\x1b[?66$p",
    "8-bit": "\x9b6666H\x9d0;evil66\x9c\x90q66\x9c\x85\x8e\x8f",
    "unfinished": "\x1b]0;evil66",
    "unfinished csi": "\x1b[6666",
    "cut in two": "\x1b\x1b[[6666H\x1b]0;\x1b]0;evil66\x07",
    "bidi": "\u202egnp.evil66\u202c\u2066x\u2069\u061c\u200e\u200f",
    "invisible": "\u200b\u2060\ufeff\u00ad\U000e0041\U000e0042\u2028\u2029",
    "overwriting": "evil66\rgood\b\b\b\x7f\x00\x0b\x0c\x07\x05\x0e\x0f",
}

# What urwid and `placing` send: cursor, colours, erasing of lines, modes, character sets, and
# questions at the start; and our own way to the clipboard.
OURS = re.compile(
    rb"\x1b\[[0-9;]*[ABCDGHKmhl]|\x1b\[\?[0-9]+(?:[hl]|\$p)|\x1b[78()>][0B]?|[\x0e\x0f]"
    rb"|\x1b\]52;c;[A-Za-z0-9+/=]*\x07"
)
FORBIDDEN = re.compile(
    "[\x00-\x07\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\U000e0000-\U000e0fff]"
)
TRACES = re.compile(rb"6666|66;66|\?66|\?1049l.*\?1049h|ZXZpbDY2", re.DOTALL)


def assert_harmless(raw: bytes) -> None:
    sequences = b" ".join(OURS.findall(raw))
    assert not TRACES.search(sequences)
    shown = OURS.sub(b"", raw).decode()
    around = [shown[max(0, at.start() - 40) : at.end() + 40] for at in FORBIDDEN.finditer(shown)]
    assert not around


def fill(store: Store, attack: str) -> None:
    """A project that has the attack wherever the store lets anything in."""
    words = f"end {attack} end"
    session = store.sessions.create(id="main", title=words)
    parts = [
        Text(f"# {words}\n\n- {words}\n\n> {words}\n\n|a|b|\n|-|-|\n|{words}|{words}|\n"),
        Text(f"```{words}\n{words}\n```\n[{words}](http://x/{attack}) `{words}` **{words}**"),
        Reasoning(words),
        ImageURL(words),
        Binary(words, words, b"x"),
        Finish(words),
    ]
    store.messages.append(session.id, role="assistant", parts=parts, model=words)
    call = ToolCall("call", words, json.dumps({"command": words, words: words}))
    store.messages.append(session.id, role="assistant", parts=[call])
    result = ToolResult("call", words, words, metadata=words, is_error=True)
    store.messages.append(session.id, role="tool", parts=[result])
    diff = f"--- {words}\n+++ {words}\n@@ -1 +1 @@\n-{words}\n+{words}\n"
    store.messages.append(session.id, role="tool", parts=[ToolResult("x", "edit", diff)])
    store.messages.append(session.id, role="user", parts=[Text(words)], id="last")
    store.sessions.create(id="below", title=words, parent="main")
    for content in (f"{words}\none\n", f"{words}\ntwo {words}\n"):
        store.files.record("main", path="a.py", content=content)
    store.sessions.create(id="elsewhere", title=words)
    store.sessions.create(id="a", title="second end")
    store.messages.append("a", role="user", parts=[Text("x")])


def poison(execute: Callable[..., object], attack: str) -> None:
    """What the store refuses, but a database may hold all the same."""
    words = f"end {attack} end"
    execute("UPDATE sessions SET project_id = ? WHERE id = 'elsewhere'", f"end/{attack}/end")
    execute(
        "UPDATE messages SET role = ?, model = ? WHERE id <> 'last'",
        f"end{attack[:20]}",
        words[:60],
    )
    execute("UPDATE files SET path = ?", f"src/{words}.py")
    broken = json.dumps([{"type": words, "data": {"text": words}}, {"type": "text", "data": words}])
    execute("UPDATE messages SET parts = ? WHERE session_id = 'a'", broken)
    # One time for all, so that the order is that of the ids.
    execute("UPDATE sessions SET author = ?, updated_at = 1750000000", words)


STEPS = (
    *[("", "end"), ("enter", "of 5"), ("G", "of 5"), ("z", "of 5"), ("g", "of 5")],
    *[("y", "Copy what?"), ("G", "Copy what?"), ("enter", "the terminal to copy"), ("/", "find:")],
    *[("end", "find: end"), ("enter", " 1 of "), ("n", " 2 of "), ("esc", "- 2 of ")],
    *[("f", "version"), ("enter", "→"), ("s", "two"), ("w", "write to:"), ("esc", "-write to:")],
    *[("q", "version"), ("q", "of 5"), ("r", "Title:"), ("esc", "-Title:"), ("i", "── Message")],
    *[("!", "!"), ("esc", "The draft is kept"), ("d", "Delete session?"), ("n", "of 5")],
    *[("E", "Export"), ("m", "Wrote"), ("l", "Log"), ("q", "of 5"), (">", "end"), ("q", "of 5")],
    *[("q", "Sessions"), ("+", "end"), ("/", "enter ok"), ("end", "matching end")],
    *[("enter", "enter open"), ("esc", "-matching"), (":", "Commands"), ("esc", "-Commands")],
    *[("G", "2 of 2"), ("enter", "of 1"), ("z", "of 1"), ("q", "2 of 2")],
    *[("P", "projects"), ("j", "projects"), ("enter", "end")],
)


def look_at_everything(terminal: Terminal) -> None:
    for keys, wanted in STEPS:
        terminal.press(*(keys if keys == "end" else [keys] if keys else []))
        if wanted.startswith("-"):
            terminal.wait_without(wanted[1:])
        else:
            terminal.wait_for(wanted)
        terminal.rest(0.05)


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_no_screen_lets_it_through(tmp_path: Path, attack: str) -> None:
    # The directory's name is shown too; a slash, or nothing at all, no name can have.
    directory = tmp_path / re.sub("[/\0]", "", attack)
    directory.mkdir()
    dsn = f"sqlite:///{tmp_path}/opencode.db"
    with open_store(tmp_path, project=PROJECT, dsn=dsn) as store:
        fill(store, attack)
    database = tmp_path / "opencode.db"
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        poison(lambda sql, *values: connection.execute(sql, values), attack)
    drafts = DraftFiles(tmp_path / "opencode.db.drafts")
    drafts.write([Kept("main", PROJECT, f"end {attack} end", {})])
    env = {"OPENCODE_DATA_DIRECTORY": str(tmp_path), "OPENCODE_PROJECT_ID": PROJECT}
    with Terminal.opencode(cwd=directory, env=env) as terminal:
        look_at_everything(terminal)
        terminal.press("ctrl c").wait()
    assert_harmless(terminal.raw)
    assert terminal.process.returncode == 0


@pytest.fixture
def execute_on(mysql_database: str) -> Iterator[Callable[..., object]]:
    with closing(Account.parse(mysql_database).connect()) as connection:
        cursor = connection.cursor()
        yield lambda sql, *values: cursor.execute(sql.replace("?", "%s"), values)


@pytest.mark.parametrize("name", ["title", "cursor", "8-bit", "bidi"])
def test_no_screen_lets_it_through_from_a_server(
    mysql_database: str, execute_on: Callable[..., object], tmp_path: Path, name: str
) -> None:
    """Authors are shown there."""
    with open_store(tmp_path, project=PROJECT, dsn=mysql_database) as store:
        fill(store, ATTACKS[name])
    poison(execute_on, ATTACKS[name])
    env = {
        "OPENCODE_SESSION_PROVIDER_TYPE": "mysql",
        "OPENCODE_MYSQL_DSN": mysql_database,
        "OPENCODE_PROJECT_ID": PROJECT,
    }
    with Terminal.opencode(cwd=tmp_path, env=env) as terminal:
        terminal.wait_for("Author", "end")
        look_at_everything(terminal)
        terminal.press("ctrl c").wait()
    assert_harmless(terminal.raw)


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_errors_of_a_server_do_not_let_it_through(tmp_path: Path, attack: str) -> None:
    words = f"end {attack} end"
    with fake_mysql(refusals=[(1040, words)] * 3 + [(1045, words)] * 99) as server:
        env = {
            "OPENCODE_SESSION_PROVIDER_TYPE": "mysql",
            "OPENCODE_MYSQL_DSN": f"mysql://u:p@127.0.0.1:{server.port}/d?tls=false",
            "OPENCODE_PROJECT_ID": PROJECT,
        }
        with Terminal.opencode(cwd=tmp_path, env=env) as terminal:
            assert terminal.wait() == 2
            assert "end" in terminal.text()
    assert_harmless(terminal.raw)
