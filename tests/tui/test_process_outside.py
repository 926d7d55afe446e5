"""Pager and clipboard in a real terminal."""

from __future__ import annotations

import base64
from pathlib import Path

from tests.tui.doubles import script
from tests.tui.terminal import Terminal
from tests.tui.test_process import TAKEN, assert_left_as_found


def opened(checkout: Path, **env: str) -> Terminal:
    clean = {"TMUX": "", "DISPLAY": "", "WAYLAND_DISPLAY": "", "TERM": "xterm-256color"}
    terminal = Terminal.opencode(cwd=checkout, env={**clean, **env})
    terminal.wait_for("1 of 6").press("enter").wait_for("All tests pass now.", "of 10")
    return terminal


def test_the_pager_has_the_terminal_until_it_ends(checkout: Path, tmp_path: Path) -> None:
    """Keys are its own, ctrl-c included, and afterwards everything is as before."""
    pager = script(
        tmp_path,
        "trap 'echo interrupted' INT",
        'cat "$1"; echo; echo here it is',
        'while :; do read line; [ "$line" = bye ] && break; done',
        "exit 3",
    )
    with opened(checkout, PAGER=pager) as terminal:
        terminal.press("o").wait_for("here it is")
        assert not terminal.modes() & TAKEN
        terminal.press("ctrl c").wait_for("interrupted").press(*"bye", "enter")
        terminal.wait_for("ended with code 3", "of 10", "All tests pass now.")
        assert terminal.modes() & TAKEN == TAKEN
        terminal.press("esc").wait_for("1 of 6").press("ctrl c")
        assert terminal.wait() == 0
        assert_left_as_found(terminal)


def test_a_pager_that_cannot_be_started(checkout: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.write_text("#!/no/such/interpreter\n")
    broken.chmod(0o755)
    with opened(checkout, PAGER=str(broken)) as terminal:
        terminal.press("o").wait_for(lambda text: "cannot be started" in " ".join(text.split()))
        assert terminal.modes() & TAKEN == TAKEN
        terminal.press("q", "q")
        assert terminal.wait() == 0
        assert_left_as_found(terminal)


def test_copying_through_the_terminal(checkout: Path) -> None:
    with opened(checkout) as terminal:
        terminal.press("y").wait_for("Copy what?", "session id").press("y")
        terminal.wait_for("Asked the terminal to copy message · 1 line (OSC 52).")
        words = base64.b64encode(b"All tests pass now.")
        assert b"\x1b]52;c;" + words + b"\x07" in terminal.raw
