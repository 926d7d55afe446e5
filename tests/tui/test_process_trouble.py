"""The program in bad surroundings: nothing is lost, nothing hangs, and it is told what is wrong."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from opencode.parts import Text
from opencode.store import open_store
from tests.conftest import GitRepository
from tests.test_surroundings import mounted, needs_root, read_only
from tests.tui.doubles import script
from tests.tui.stores import usual_sessions
from tests.tui.terminal import Terminal
from tests.tui.test_process import TAKEN, assert_left_as_found

IMPATIENT = {"OPENCODE_SQLITE_BUSY_TIMEOUT": "0.5"}


@contextmanager
def started(checkout: Path, **env: str) -> Iterator[Terminal]:
    with Terminal.opencode(cwd=checkout, env=env) as terminal:
        yield terminal.wait_for("1 of 6", "? help")


def leave(terminal: Terminal) -> None:
    terminal.process.terminate()
    assert terminal.wait() == 128 + signal.SIGTERM
    assert_left_as_found(terminal)


def titles(checkout: Path) -> set[str]:
    with open_store(checkout) as store:
        return {session.title for session in store.sessions.list().items}


@contextmanager
def locked(checkout: Path, *statements: str) -> Iterator[None]:
    """Held by another program."""
    path = checkout / ".opencode" / "opencode.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        for statement in statements:
            other.execute(statement)
        yield


def test_locked_at_the_start(checkout: Path) -> None:
    with Terminal.opencode(cwd=checkout, env=IMPATIENT) as terminal:
        with locked(checkout, "PRAGMA locking_mode = EXCLUSIVE", "BEGIN EXCLUSIVE"):
            terminal.wait_for("Cannot reach the session database", "is locked by another process")
            terminal.press("r").wait_for(" attempts)")
        terminal.press("r").wait_for("1 of 6", "Provider: local")
        leave(terminal)


def test_who_has_locked_the_file_is_told_while_it_is_waited_for(checkout: Path) -> None:
    who = f"is locked by process {os.getpid()} ("
    with (
        locked(checkout, "PRAGMA locking_mode = EXCLUSIVE", "BEGIN EXCLUSIVE"),
        Terminal.opencode(cwd=checkout) as terminal,
    ):
        terminal.wait_for("Opening the session database", who, "waiting for up to 60 s")
    with started(checkout) as terminal:
        with locked(checkout, "BEGIN IMMEDIATE"):
            terminal.press("r").wait_for("Title:").press(*"!", "enter")
            terminal.wait_for(f"The database {who}", "up to 60 s.", " · locked")
            terminal.press("down").wait_for("2 of 6")
        terminal.wait_for("Renamed to “Implement session provider feature!”.")
        terminal.wait_without("locked")
        leave(terminal)


def test_locked_while_something_is_written(checkout: Path) -> None:
    with started(checkout, **IMPATIENT) as terminal:
        with locked(checkout, "BEGIN IMMEDIATE"):
            terminal.press("r").wait_for("Title:").press(*"!", "enter")
            terminal.wait_for("Cannot reach the session database", "is locked by another process")
            terminal.press("esc").wait_without("Cannot reach").wait_for("feature!")
            terminal.press("esc").wait_without("Title:").press("down").wait_for("2 of 6")
            terminal.press("enter").wait_for("of 1").press("i").wait_for("── Message")
            terminal.press(*"not lost", "enter").wait_for("is locked by another process")
        terminal.press("r").wait_for("1–2 of 2", "  not lost")
        terminal.press("esc").wait_for("? help")
        leave(terminal)


@pytest.mark.parametrize("what", ["database", "directory"])
def test_read_only(checkout: Path, what: str) -> None:
    directory = checkout / ".opencode"
    with started(checkout) as terminal:
        with read_only(directory / "opencode.db" if what == "database" else directory):
            # SQLite keeps its own files open for writing.
            terminal.press("enter").wait_for("of 10").press("i").wait_for("── Message")
            terminal.press(*"not lost")
            if what == "directory":
                terminal.wait_for("not kept on disk: Read-only file system")
            else:
                terminal.wait_for("  not lost")
        terminal.press("!").wait_without("not kept")
        terminal.press("enter").wait_for("of 11", "not lost!")
        leave(terminal)


def test_a_directory_that_goes_and_comes_back(checkout: Path, tmp_path: Path) -> None:
    directory = checkout / ".opencode"
    with started(checkout) as terminal:
        directory.rename(tmp_path / "away")
        terminal.wait_for("Cannot reach the session database", "is gone", "Implement session")
        terminal.press("r").wait_for(" attempts)")  # others may have failed meanwhile
        terminal.press("esc").wait_without("Cannot reach").press("n").wait_for("New session:")
        terminal.press(*"not lost", "enter").wait_for("Cannot reach the session database")
        assert not directory.exists()
        (tmp_path / "away").rename(directory)
        terminal.press("r").wait_for("Started “not lost”.", "of 7")
        leave(terminal)
    assert "not lost" in titles(checkout)


@pytest.fixture
def small_disk(git_repository: GitRepository) -> Iterator[Path]:
    """A checkout whose data directory is a disk of 2 MB."""
    root = git_repository()
    directory = root / ".opencode"
    directory.mkdir()
    with mounted(directory, "-t", "tmpfs", "-o", "size=2m,mode=700", "tmpfs"):
        with open_store(root) as store:
            usual_sessions(store)
        yield root


@contextmanager
def filled(directory: Path) -> Iterator[None]:
    """No room is left."""
    file = directory / "large"
    with file.open("wb", buffering=0) as large, suppress(OSError):
        while True:
            large.write(b"x" * 4096)
    yield
    file.unlink()


@needs_root
def test_a_full_disk(small_disk: Path) -> None:
    with started(small_disk) as terminal:
        terminal.press("enter").wait_for("of 10").press("i").wait_for("── Message")
        with filled(small_disk / ".opencode"):
            terminal.press(*"not lost").wait_for("not kept on disk: No space left on device")
            terminal.paste(b"word " * 60_000).wait_for("[text of 300.0 kB]").press("enter")
            terminal.wait_for("No space left on the disk", "  not lost[text of 300.0 kB]")
            terminal.press("esc").wait_for("The draft stays while the program runs")
            terminal.press("r").wait_for("Title:").press("ctrl u", *"x" * 500, "enter")
            terminal.wait_for(lambda text: "No space left" in text or "Renamed" in text)
            if "Title:" in terminal.text():
                terminal.press("esc").wait_without("Title:")
            terminal.press("q").wait_for("of 6").press("q").wait_for("leave again to lose it")
        terminal.press("enter").wait_for("of 10").press("i").wait_for("not lost[text of")
        terminal.press("enter").wait_for("of 11").press("esc").wait_for("? help")
        leave(terminal)
    with open_store(small_disk) as store:
        (part,) = store.messages.list("implement")[-1].parts
        assert part == Text(f"not lost{'word ' * 60_000}")
        assert store.check().ok


def test_a_storm_of_resizes(checkout: Path) -> None:
    chance = random.Random(1)
    with started(checkout) as terminal:
        terminal.press("enter").wait_for("of 10").press("i").wait_for("── Message").press(*"typed")
        for number in range(200):
            terminal.resize(chance.randint(1, 250), chance.randint(1, 80))
            if number % 20 == 0:
                terminal.resize(1, 1).rest(0.01)
        terminal.resize(100, 30).wait_for("of 10", "── Message", "  typed", "└" + "─" * 98 + "┘")
        shown = terminal.rest().lines()
        terminal.resize(101, 30).rest()
        terminal.resize(100, 30).wait_for("└" + "─" * 98 + "┘")
        assert terminal.rest().lines() == shown
        terminal.press("ctrl u")
        leave(terminal)


def test_the_size_changes_while_a_program_has_the_terminal(checkout: Path, tmp_path: Path) -> None:
    pager = script(tmp_path, "echo reading; read line")
    with started(checkout, PAGER=pager) as terminal:
        terminal.press("enter").wait_for("of 10").press("o").wait_for("reading")
        terminal.resize(120, 35).press("enter").wait_for("of 10", "└" + "─" * 118 + "┘")
        leave(terminal)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=lambda n: n.name)
def test_ended_while_a_program_has_the_terminal(
    checkout: Path, tmp_path: Path, number: signal.Signals
) -> None:
    editor = script(tmp_path, "echo editing", "read line", 'echo edited > "$1"')
    with started(checkout, EDITOR=editor) as terminal:
        terminal.press("enter").wait_for("of 10").press("i").wait_for("── Message")
        terminal.press(*"typed").wait_for("  typed").press("\x05").wait_for("editing")
        terminal.process.send_signal(number)
        terminal.press("enter")
        assert terminal.wait() == 128 + number
        assert_left_as_found(terminal)
    with started(checkout) as terminal:
        terminal.press("enter").wait_for("of 10").press("i").wait_for("── Message", "  edited")


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["kill -9 $$"], "was ended by SIGKILL"),
        (["stty raw -echo; printf '\\033[?1000h\\033[2J'; exit 1"], "ended with code 1"),
        (["exec /no/such/program"], "ended with code 12"),
    ],
)
def test_programs_that_break_the_terminal(
    checkout: Path, tmp_path: Path, lines: list[str], words: str
) -> None:
    program = script(tmp_path, *lines)
    with started(checkout, PAGER=program, EDITOR=program) as terminal:
        terminal.press("enter").wait_for("of 10").press("o").wait_for(f"a program {words}")
        assert terminal.modes() & TAKEN == TAKEN
        terminal.press("i").wait_for("── Message").press(*"typed", "\x05")
        terminal.wait_for(f"a program {words}", "  typed").press("!").wait_for("typed!")
        leave(terminal)


def test_suspended_while_a_pager_has_the_terminal(checkout: Path, tmp_path: Path) -> None:
    pager = script(tmp_path, "echo reading", "read line", "exit 7")
    env = {"PS1": "ready> ", "PAGER": pager}
    with Terminal("/bin/sh", "-im", cwd=checkout, env=env) as terminal:
        terminal.wait_for("ready>").press(f"{sys.executable} -m opencode", "enter")
        terminal.wait_for("1 of 6", "? help").press("enter").wait_for("of 10").press("o")
        terminal.wait_for("reading").press("ctrl z")
        terminal.wait_for("topped", lambda text: text.rstrip().endswith("ready>"))
        terminal.press("fg", "enter")
        terminal.wait_for(lambda text: text.rstrip().endswith("-m opencode")).press("enter")
        terminal.wait_for("ended with code 7", "of 10", "All tests pass now.")
        terminal.press("ctrl c").wait_for(lambda _: not terminal.modes() & TAKEN)
        # What is typed before that is thrown away with the keys that nobody has read.
        terminal.wait_for(lambda text: text.rstrip().endswith("ready>"))
        terminal.press("exit", "enter", "exit", "enter")
        terminal.wait()
