"""The program itself in a terminal: at rest, while one writes, while an editor has it."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from opencode.parts import Text
from opencode.store import open_store
from tests.tui.terminal import Terminal
from tests.tui.test_process import assert_left_as_found


def waits(process: int) -> list[int]:
    """How often each thread of a process has gone to sleep, its main thread first."""
    tasks = sorted(Path(f"/proc/{process}/task").iterdir(), key=lambda path: int(path.name))
    return [
        int(line.split()[1])
        for task in tasks
        for line in (task / "status").read_text().splitlines()
        if line.startswith("voluntary_ctxt_switches")
    ]


def wait_for_looks(terminal: Terminal, number: int) -> None:
    """Wait until threads other than the main one have been awake so many times."""
    before = sum(waits(terminal.process.pid)[1:])
    terminal.wait_for(lambda _: sum(waits(terminal.process.pid)[1:]) >= before + number)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_at_rest_the_event_loop_sleeps_while_the_database_is_watched(checkout: Path) -> None:
    with Terminal.opencode(cwd=checkout) as terminal:
        terminal.wait_for("1 of 6", "? help").rest(1.0)
        # The first looks pass while urwid still waits for the terminal's answers.
        wait_for_looks(terminal, 3)
        main, drawn = waits(terminal.process.pid)[0], len(terminal.raw)
        wait_for_looks(terminal, 3)
        assert waits(terminal.process.pid)[0] == main
        assert len(terminal.raw) == drawn


def test_another_programs_session_appears_by_itself(checkout: Path) -> None:
    with Terminal.opencode(cwd=checkout) as terminal:
        terminal.wait_for("1 of 6", "? help")
        with open_store(checkout) as store:
            store.sessions.create(title="From elsewhere")
        terminal.wait_for("From elsewhere", "of 7")


def test_pasted_lines_are_one_message(checkout: Path) -> None:
    with Terminal.opencode(cwd=checkout) as terminal:
        terminal.wait_for("1 of 6", "? help").press("enter").wait_for("of 10")
        terminal.press("i").wait_for("── Message")
        terminal.press("\x1b[200~one\rq\r\x1b[31mthree\x1b[201~").wait_for("three")
        terminal.press("enter").wait_for("of 11")
        with open_store(checkout) as store:
            (part,) = store.messages.list("implement")[-1].parts
        assert isinstance(part, Text)
        assert part.text.startswith("one\nq\n")


def test_a_paste_of_5_mb_holds_nothing_up(checkout: Path) -> None:
    words = "\n".join(f"{n:>8}\tof them" for n in range(300_000))
    with Terminal.opencode(cwd=checkout) as terminal:
        terminal.wait_for("1 of 6", "? help").press("enter").wait_for("of 10")
        terminal.press("i").wait_for("── Message")
        terminal.paste(words.encode()).wait_for("[text of 300,000 lines]")
        terminal.press("!").wait_for("lines]!").press("enter").wait_for("of 11")
        with open_store(checkout) as store:
            (part,) = store.messages.list("implement")[-1].parts
        assert part == Text(f"{words}!")
        terminal.paste(b"x" * 8_000_001).wait_for("Not pasted: 8.0 MB")


ENDS: dict[str, Callable[[Terminal], object]] = {
    "leaving": lambda terminal: (
        terminal.press("esc").wait_for("The draft is kept.").press("ctrl c")
    ),
    "SIGTERM": lambda terminal: terminal.process.terminate(),
    "SIGHUP": lambda terminal: terminal.process.send_signal(signal.SIGHUP),
    "SIGINT": lambda terminal: terminal.process.send_signal(signal.SIGINT),
    "terminal closed": lambda terminal: terminal.hang_up(),
}


def typing(checkout: Path) -> Terminal:
    """The first session's prompt, with what was typed there before."""
    terminal = Terminal.opencode(cwd=checkout)
    terminal.wait_for("1 of 6", "? help").press("enter").wait_for("of 10")
    return terminal.press("i").wait_for("── Message")


@pytest.mark.parametrize("end", ENDS)
def test_a_draft_outlives_the_program(checkout: Path, end: str) -> None:
    with typing(checkout) as terminal:
        # Not waited for: the last characters are in no file yet.
        ENDS[end](terminal.press(*"half a thought").wait_for("half a thought"))
        terminal.process.wait(30)
    with typing(checkout) as terminal:
        terminal.wait_for("half a thought")


def test_a_draft_outlives_being_killed_soon_after(checkout: Path) -> None:
    directory = checkout / ".opencode" / "opencode.db.drafts"
    with typing(checkout) as terminal:
        terminal.press(*"half a thought").wait_for("half a thought")
        terminal.wait_for(
            lambda _: any("thought" in f.read_text() for f in directory.glob("*.json"))
        )
        terminal.process.kill()
        terminal.process.wait(30)
    with typing(checkout) as terminal:
        terminal.wait_for("half a thought").press("enter").wait_for("of 11")
        terminal.wait_for(lambda _: not list(directory.glob("*.json")))


CRASH = """
import sys
from opencode.__main__ import main
from opencode.tui.widgets.root import Root

press = Root.keypress

def keypress(self, size, key):
    if key == "f9":
        raise ZeroDivisionError("a mistake in the program")
    return press(self, size, key)

Root.keypress = keypress
sys.exit(main())
"""


def test_a_draft_outlives_a_mistake_in_the_program(checkout: Path) -> None:
    with Terminal(sys.executable, "-c", CRASH, cwd=checkout) as terminal:
        terminal.wait_for("1 of 6", "? help").press("enter").wait_for("of 10")
        terminal.press("i").wait_for("── Message").press(*"half").wait_for("half")
        terminal.press("\x1b[20~")
        assert terminal.wait() == 1
        assert "unexpected ZeroDivisionError" in terminal.text()
        assert_left_as_found(terminal)
    with typing(checkout) as terminal:
        terminal.wait_for("half")


def test_the_editor_has_the_terminal_to_itself(checkout: Path, tmp_path: Path) -> None:
    script = tmp_path / "editor"
    script.write_text('#!/bin/sh\necho "editing now"\nread line\nprintf "%s" "$line" >> "$1"\n')
    script.chmod(0o755)
    with Terminal.opencode(cwd=checkout, env={"VISUAL": str(script)}) as terminal:
        terminal.wait_for("1 of 6", "? help").press("enter").wait_for("of 10")
        terminal.press("i").wait_for("── Message").press("a").press("\x05")
        terminal.wait_for("editing now")
        assert 1049 not in terminal.modes()
        terminal.press("nd b", "\r").wait_for("── Message", "and b")
        assert {1049, 2004} <= terminal.modes()
        terminal.press("enter").wait_for("of 11")
        terminal.press("ctrl c").wait_for(lambda text: "── Message" not in text)
        terminal.press("ctrl c")
        assert terminal.wait() == 0
