"""Sessions of 20,000 messages and messages of 1.2 MB: quick, right, and in little memory."""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from opencode.parts import Text, ToolResult
from opencode.store import Store
from opencode.tui.screens.session import SessionScreen
from opencode.tui.window import LIMIT
from tests.tui.conftest import StartDriver
from tests.tui.driver import NOW, Driver
from tests.tui.stores import add_session, database_of, new_store
from tests.tui.terminal import Terminal

MANY = 20_000


def write_many(store: Store, session_id: str, number: int) -> None:
    """Messages `word 1` and so on, every thousandth of them with a needle in it."""
    rows = [
        (
            f"m{n}",
            session_id,
            n,
            "assistant" if n % 2 else "user",
            json.dumps(
                [{"type": "text", "data": {"text": f"word {n}" + " needle" * (n % 1000 == 0)}}]
            ),
            NOW,
            NOW,
        )
        for n in range(1, number + 1)
    ]
    with closing(sqlite3.connect(database_of(store))) as database, database:
        database.executemany(
            "INSERT INTO messages (id, session_id, seq, role, parts, created_at, updated_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            rows,
        )
        database.execute(
            "UPDATE sessions SET last_seq = ?, message_count = ? WHERE id = ?",
            (number, number, session_id),
        )


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with new_store(tmp_path_factory.mktemp("many")) as store:
        add_session(store, "Many", id="many")
        write_many(store, "many", MANY)
        yield store


def inside(driver: Driver) -> Any:
    """The pane of the session that is open."""
    screen = driver.app.layers[-1]
    assert isinstance(screen, SessionScreen)
    return screen._conversation.pane


def test_from_end_to_end(many: Store, drive: StartDriver) -> None:
    driver = drive(many).press("enter")
    assert "of 20,000" in driver.header()
    assert "word 20000" in driver.text()
    assert driver.press("g").header().rstrip().endswith(" of 20,000")
    assert "word 1" in driver.lines()[4]
    driver.press(*["page down"] * 30)
    assert "word 1\n" not in driver.text()
    assert "20,000" in driver.press("G").header()
    assert "word 20000" in driver.text()


def test_little_of_it_is_in_memory(many: Store, drive: StartDriver) -> None:
    driver = drive(many).press("enter", "g")
    for _ in range(10):
        driver.press(*["page down"] * 20)
        pane = inside(driver)
        assert len(pane.transcript.window.items) <= LIMIT
        assert len(pane.blocks._made) <= len(pane.transcript.items) <= 2 * LIMIT


def test_finding(many: Store, drive: StartDriver) -> None:
    driver = drive(many).press("enter", "g", "/").type("needle").press("enter")
    assert " 1 of 20 " in driver.header()
    assert "word 1000 needle" in driver.text()
    assert "word 2000 needle" in driver.press("n").text()
    assert "word 1000 needle" in driver.press("N").text()
    assert "word 20000 needle" in driver.press("N").text()
    assert " 20 of 20 " in driver.header()
    driver.press("esc", "/", "ctrl u").type("not there").press("enter")
    assert "“not there” is not in this session." in driver.footer()


@pytest.fixture
def large(store: Store) -> Store:
    """A session with messages of 1.2 MB: Markdown, one line, and output of a tool."""
    lines = "\n".join(f"* line {n} with **words** in `it`" for n in range(30_000))
    output = "\n".join(f"{n}: output" for n in range(80_000))
    add_session(
        store,
        "Large",
        id="large",
        said=[
            ("assistant", [Text(f"# begin\n\n{lines}\n\nlast needle")]),
            ("user", [Text("x" * 1_200_000)]),
            ("user", [Text("漢字" * 200_000)]),
            ("tool", [ToolResult("c", "", f"{output}\nneedle")]),
            ("user", [Text("the end")]),
        ],
    )
    return store


def test_messages_of_12_mb(
    large: Store, drive: StartDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver = drive(large).press("enter")
    assert "the end" in driver.text()
    driver.press("g")
    assert "begin" in driver.text()
    driver.press("z", *["page down"] * 50, "G", "z", "g")
    driver.press("/").type("needle").press("enter")
    assert " 1 of 2 " in driver.header()
    driver.press("n")
    assert " 2 of 2 " in driver.header()
    monkeypatch.setenv("PAGER", "cat")
    driver.press("esc", "g", "o")
    (text,) = driver.terminal.texts
    assert text.endswith("last needle")
    assert len(text) > 1_000_000


def memory(terminal: Terminal) -> int:
    """Resident memory in MB."""
    status = Path(f"/proc/{terminal.process.pid}/status").read_text()
    (line,) = [line for line in status.splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) // 1024


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_memory_stays_flat_from_one_end_to_the_other(many: Store) -> None:
    directory = database_of(many).parent
    env = {
        "OPENCODE_DATA_DIRECTORY": str(directory),
        "OPENCODE_PROJECT_ID": many.project.project_id,
    }
    with Terminal.opencode(cwd=directory, env=env) as terminal:
        terminal.wait_for("1 of 1").press("enter").wait_for("of 20,000", "word 20000")
        terminal.press("g").wait_for("1–").press(*[" "] * 100).rest()
        before = memory(terminal)
        for _ in range(8):
            terminal.press(*[" "] * 100).rest()
        terminal.press("G").wait_for("word 20000").press("g").wait_for("1–6 of 20,000")
        assert memory(terminal) - before < 40
