"""The program itself in a terminal: what it shows, and how it leaves the terminal."""

from __future__ import annotations

import json
import re
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from opencode.parts import Text, ToolCall, ToolResult
from opencode.store import open_store
from tests.conftest import GitRepository
from tests.tui.conftest import Golden
from tests.tui.stores import Said, add_session
from tests.tui.terminal import Terminal

PROJECT_ID = "github.com/acme/app"

# Alternate screen, mouse, bracketed paste, focus reports.
TAKEN = {1049, 1000, 2004, 1004}
CURSOR = 25


def assert_left_as_found(terminal: Terminal) -> None:
    assert not terminal.modes() & TAKEN
    assert CURSOR in terminal.modes()
    assert terminal.settings() == terminal.before
    assert "Traceback" not in terminal.text()


@contextmanager
def started(checkout: Path, *args: str) -> Iterator[Terminal]:
    with Terminal.opencode(*args, cwd=checkout) as terminal:
        yield terminal.wait_for("Implement session provider feature", "1 of 6", "? help")


def test_start_look_around_and_quit(checkout: Path) -> None:
    with started(checkout) as terminal:
        assert terminal.modes() & TAKEN == TAKEN
        assert f"Project: {PROJECT_ID} | Provider: local" in terminal.text()
        terminal.press("enter").wait_for("All tests pass now.", "of 10")
        terminal.press("esc").wait_for("1 of 6")
        terminal.press("/", *"flaky").wait_for("1 of 1", "matching flaky")
        terminal.press("esc").wait_for("of 6")
        terminal.press("?").wait_for("Keys").press("q").press("q")
        assert terminal.wait() == 0
        assert_left_as_found(terminal)


def test_the_frame_stays_where_the_terminal_counts_columns_in_its_own_way(checkout: Path) -> None:
    with open_store(checkout) as store:
        store.sessions.create(title="👨\u200d👩\u200d👧 हिन्दी का शीर्षक 🇩🇪 e\u0301")
    with Terminal.opencode(cwd=checkout) as terminal:
        terminal.wait_for("? help", "1 of 7")
        rows = [terminal.screen.buffer[number] for number in range(20, 24)]
        assert [row[0].data + row[79].data for row in rows] == ["┌┐", "││", "││", "└┘"]
        assert terminal.text().count("│") == 4
        terminal.press("q")
        assert terminal.wait() == 0
        assert 7 in terminal.modes()


def test_what_is_wrong_with_the_configuration_is_told(checkout: Path) -> None:
    (checkout / ".opencode.json").write_text('{"theme": "purple", "agents": {}}')
    with Terminal.opencode(cwd=checkout) as terminal:
        terminal.wait_for("1 of 6", "The configuration gives 1 warning; see the log with l.")
        terminal.press("l").wait_for("1 record", "theme 'purple' is ignored").press("q", "q")
        assert terminal.wait() == 0


def test_ctrl_c_ends_it(checkout: Path) -> None:
    with started(checkout) as terminal:
        terminal.press("ctrl c")
        assert terminal.wait() == 0
        assert_left_as_found(terminal)


@pytest.mark.parametrize(
    "number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT], ids=lambda s: s.name
)
def test_signals_end_it_in_good_order(checkout: Path, number: signal.Signals) -> None:
    with started(checkout) as terminal:
        terminal.process.send_signal(number)
        assert terminal.wait() == 128 + number
        assert_left_as_found(terminal)


def test_ctrl_s_does_not_freeze_it(checkout: Path) -> None:
    with started(checkout) as terminal:
        terminal.press("ctrl s", "down").wait_for("2 of 6").press("q")
        assert terminal.wait() == 0


def test_esc_is_a_key_of_its_own(checkout: Path) -> None:
    with started(checkout) as terminal:
        terminal.press("n").wait_for("New session:")
        terminal.press("esc").wait_for("enter open")


def test_suspend_and_resume(checkout: Path) -> None:
    """Under a shell with job control, which is the only one who can be asked to."""
    with Terminal("/bin/sh", "-im", cwd=checkout, env={"PS1": "ready> "}) as terminal:
        terminal.wait_for("ready>")
        shell = terminal.settings()
        terminal.press(f"{sys.executable} -m opencode", "enter").wait_for("1 of 6", "? help")
        for _ in range(2):
            terminal.press("ctrl z").wait_for(lambda _: not terminal.modes() & TAKEN)
            terminal.wait_for(lambda text: "topped" in text)
            terminal.press("fg", "enter").wait_for(lambda _: terminal.modes() & TAKEN == TAKEN)
            terminal.wait_for("of 6", "? help").press("down").wait_for(
                lambda text: "Implement" in text
            )
        terminal.press("ctrl c").wait_for(lambda _: not terminal.modes() & TAKEN)
        terminal.press("enter").wait_for(lambda _: terminal.settings() == shell)
        terminal.press("exit", "enter", "exit", "enter")
        terminal.wait()


def test_resizing(checkout: Path) -> None:
    with started(checkout) as terminal:
        terminal.resize(140, 40).wait_for("All tests pass now.")
        assert len(terminal.lines()[-1]) == 140
        terminal.resize(60, 11).wait_for(
            lambda text: "Project: " in text.splitlines()[-1] and "┌" not in text
        )
        terminal.resize(39, 11).wait_for("needs 40x10, this is 39x11")
        for columns in range(40, 120, 7):
            terminal.resize(columns, columns // 3)
        terminal.resize(80, 24).wait_for("Fix flaky", "? help", "└" + "─" * 78 + "┘")
        terminal.press("q")
        assert terminal.wait() == 0


def test_pasted_text_is_not_taken_for_keys(checkout: Path) -> None:
    with started(checkout) as terminal:
        terminal.press("\x1b[200~dyq\rdyq\r\x1b[201~").wait_for("Nothing to paste into here.")
        terminal.press("n").wait_for("New session:")
        terminal.press("\x1b[200~two\rlines\x1b[201~").wait_for("New session: two lines")
        terminal.press("enter").wait_for("of 7", "▌ two lines")


def test_mouse(checkout: Path) -> None:
    with started(checkout) as terminal:
        terminal.press("\x1b[<0;10;4M\x1b[<0;10;4m").wait_for("2 of 6")
        terminal.press("\x1b[<0;10;4M\x1b[<0;10;4m" * 2).wait_for("It fails once in ten runs.")
        terminal.press("\x1b[<0;3;20M\x1b[<0;3;20m").wait_for("2 of 6")
        terminal.press("d").wait_for("Delete session?").press("\x1b[<0;1;1M\x1b[<0;1;1m")
        terminal.wait_without("Delete session?")
        terminal.press("\x1b[<0;9;9M\x1b[<32;12;9M\x1b[<0;12;9m").wait_for("To select text")
    with started(checkout, "--no-mouse") as terminal:
        assert 1000 not in terminal.modes()


@pytest.mark.parametrize("no_color", ["1", ""])
def test_colours(checkout: Path, no_color: str) -> None:
    with Terminal.opencode(cwd=checkout, env={"NO_COLOR": no_color}) as terminal:
        terminal.wait_for("1 of 6", "? help")
        assert (b"38;5;" in terminal.raw) == (not no_color)


HOSTILE = (
    "osc \x1b]52;c;ZXZpbA==\x07\x1b]0;evil\x07 end",
    "csi \x1b[2J\x1b[10;10H\x1b[?1049l end",
    "c1 \x9b2J\x9d0;evil\x9c\x90q\x9c end",
    "bidi \u202egnp.exe\u202c \u2066x\u2069 end",
    "dcs \x1bPq#0;2;0;0;0\x1b\\ end",
    "wide 日本語 e\u0301\u0301 end",
    "bell \x07\x08\x7f\x00 end",
)
CONTROLS = (b"]52;c", b"evil\x07", b"[10;10H", b"\xc2\x9b", b"\x1bP", "\u202e".encode())


def as_tool(text: str) -> list[Said]:
    return [
        ("assistant", [ToolCall("c", text, f'{{"command": {json.dumps(text)}}}')]),
        ("tool", [ToolResult("c", "", text)]),
    ]


def test_stored_text_cannot_control_the_terminal(git_repository: GitRepository) -> None:
    root = git_repository()
    with open_store(root) as store:
        for title in HOSTILE:
            add_session(store, title, said=[("user", [Text(title)]), *as_tool(title)])
    with Terminal.opencode(cwd=root) as terminal:
        terminal.wait_for("1 of 7", "? help")
        rows = [line for line in terminal.lines() if re.search(r" end +3 +0 +\$0\.00 ", line)]
        assert len(rows) == 7
        for _ in HOSTILE:
            terminal.press("enter").wait_for("you · ", "of 3", " end").press("esc")
            terminal.wait_for("of 7").press("down")
        for sequence in CONTROLS:
            assert sequence not in terminal.raw
        assert terminal.modes() & TAKEN == TAKEN
        assert terminal.lines()[-1] == "└" + "─" * 78 + "┘"


def test_configuration_errors_are_told_on_the_ordinary_screen(checkout: Path) -> None:
    (checkout / ".opencode.json").write_text('{"sessionProvider": {"type": "postgres"}}')
    with Terminal.opencode(cwd=checkout) as terminal:
        assert terminal.wait() == 2
        assert "sessionProvider.type" in terminal.text()
        assert_left_as_found(terminal)


def test_a_database_that_is_none_is_told_on_the_ordinary_screen(checkout: Path) -> None:
    (checkout / ".opencode" / "opencode.db").write_bytes(b"not a database" * 1000)
    with Terminal.opencode(cwd=checkout) as terminal:
        assert terminal.wait() == 1
        assert not terminal.modes() & TAKEN
        assert terminal.settings() == terminal.before
        assert "opencode.db" in terminal.text()
        assert "Traceback" not in terminal.text()


def test_the_terminal_goes_away(checkout: Path) -> None:
    with started(checkout) as terminal:
        terminal.hang_up()
        assert terminal.process.wait(30) == 129


def without_ages(lines: list[str]) -> list[str]:
    """The screen with the last column, which depends on today's date, made the same."""
    return [re.sub(r"(\$\d+\.\d\d) .{8}(?= |$)", r"\1 --------", line) for line in lines]


Keys = tuple[str, ...]
FIXTURE_STATES: dict[str, tuple[Keys, str | Callable[[str], bool]]] = {
    "sessions": (("g",), "1 of 6"),
    "session": (("enter",), "of 458"),
    "session-start": (("enter", "g"), "1–"),
    "help": (("?",), "Keys"),
    "delete": (("d",), "go with it"),
}


@pytest.mark.parametrize("size", [(80, 24), (140, 40)], ids="{0[0]}x{0[1]}".format)
@pytest.mark.parametrize("state", FIXTURE_STATES)
def test_database_of_the_go_program(
    go_database: Path,
    git_repository: GitRepository,
    golden_digest: Golden,
    state: str,
    size: tuple[int, int],
) -> None:
    git_repository("checkout", remote="git@github.com:marot/spotter.git")
    keys, wanted = FIXTURE_STATES[state]
    with Terminal.opencode(cwd=go_database.parent.parent, size=size) as terminal:
        terminal.wait_for("1 of 6", "Upgraded this database")
        if size[0] >= 100:
            terminal.wait_for("of 458")
        for key in keys:
            terminal.press(key)
        terminal.wait_for(wanted, lambda text: "Upgraded" not in text)
        golden_digest(f"go-{state}-{size[0]}x{size[1]}", without_ages(terminal.rest().lines()))
        terminal.press("ctrl c")
        assert terminal.wait() == 0
        assert_left_as_found(terminal)


EMBEDDED = """
import gc, sys
from opencode import open_store
from opencode.tui import run

def settings():
    return gc.get_threshold(), sys.getswitchinterval()

before = settings()
with open_store() as store:
    code = run(store, theme="light")
    print("left with", code, "and", store.sessions.count(), "sessions,", settings() == before)
"""


def test_a_store_that_was_open_stays_open(checkout: Path) -> None:
    with Terminal(sys.executable, "-c", EMBEDDED, cwd=checkout) as terminal:
        terminal.wait_for("1 of 6").press("d").wait_for("go with it").press("y", "q")
        assert terminal.wait() == 0
        assert "left with 0 and 5 sessions, True" in terminal.text()
        assert_left_as_found(terminal)
