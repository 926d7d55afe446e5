"""What a terminal sees: width, colours, questions; run in one, as a user does."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import termios
import time
from pathlib import Path
from typing import Self

import pytest

from opencode.store import Store
from tests.cli.factories import HOSTILE
from tests.conftest import PROJECT

PATIENCE = 30.0


class Terminal:
    """`opencode ARGS` on a pseudo-terminal of 80 columns."""

    def __init__(self, checkout: Path, *arguments: str, columns: int = 80) -> None:
        self._master, slave = os.openpty()
        termios.tcsetwinsize(slave, (24, columns))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "opencode", *arguments],
            cwd=checkout,
            env={**os.environ, "PYTHONPATH": str(PROJECT)},
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)
        self.shown = ""

    def wait_for(self, text: str) -> None:
        """Read until the text shows, or until the program ends."""
        deadline = time.monotonic() + PATIENCE
        while text not in self.shown or not text:
            assert time.monotonic() < deadline, self.shown
            if not select.select([self._master], [], [], 1)[0]:
                continue
            try:
                data = os.read(self._master, 65536)
            except OSError:  # Linux: the other side is closed
                break
            if not data:
                break
            self.shown += data.decode()
        assert text in self.shown

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    def interrupt(self) -> None:
        self._process.send_signal(signal.SIGINT)

    def end(self) -> int:
        """Wait for the end; the exit code."""
        self.wait_for("")
        return self._process.wait(PATIENCE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._master)
        self._process.kill()
        self._process.wait()


def run(checkout: Path, *arguments: str, columns: int = 80) -> tuple[int, list[str]]:
    """Exit code and lines shown."""
    with Terminal(checkout, *arguments, columns=columns) as terminal:
        return terminal.end(), terminal.shown.splitlines()


@pytest.mark.parametrize("columns", [60, 80, 140])
def test_a_list_fits_the_terminal(checkout: Path, store: Store, columns: int) -> None:
    session = store.sessions.create(title="A long title " * 20)
    code, (heading, line, total) = run(checkout, "session", "list", columns=columns)
    assert code == 0
    assert heading.startswith("\x1b[1mID ")
    assert len(line) == columns
    assert line.startswith(f"{session.id[:13]}  A long title")
    assert "…" in line
    assert total == "1 session in project github.com/acme/app"


def test_a_shown_id_can_be_typed(checkout: Path, store: Store) -> None:
    for number in range(5):
        store.sessions.create(title=f"Session {number}")
    _, lines = run(checkout, "session", "list")
    for line in lines[1:6]:
        code, shown = run(checkout, "session", "show", line.split()[0])
        assert code == 0
        assert shown[0] in {f"\x1b[1mSession {number}\x1b[0m" for number in range(5)}


def test_no_color(checkout: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    store.sessions.create(title="One")
    assert "\x1b" not in "".join(run(checkout, "session", "list")[1])


def test_hostile_text_cannot_reach_the_terminal(checkout: Path, store: Store) -> None:
    session = store.sessions.create(title=HOSTILE)
    store.files.record(session.id, path="x", content=HOSTILE)
    for arguments in (
        ("session", "list"),
        ("session", "show", session.id),
        ("session", "show", session.id, "--json"),
        ("file", "show", session.id, "x"),
        ("file", "diff", session.id),
    ):
        code, lines = run(checkout, *arguments)
        shown = "\n".join(lines)
        assert code == 0
        assert "\x1b]" not in shown
        assert "\x1b[2J" not in shown
        assert "\x9b" not in shown
        assert "\u202e" not in shown


def test_deleting_asks(checkout: Path, store: Store) -> None:
    session = store.sessions.create(title="One")
    for answer, code, left in (("n\r", 1, 1), ("\x04", 1, 1), ("y\r", 0, 0)):
        with Terminal(checkout, "session", "delete", session.id) as terminal:
            terminal.wait_for("Delete? It cannot be undone. [y/N] ")
            assert "to delete: 1 session, 0 messages, 0 file versions" in terminal.shown
            terminal.type(answer)
            assert terminal.end() == code
        assert store.sessions.count() == left


def test_ctrl_c_at_a_question(checkout: Path, store: Store) -> None:
    session = store.sessions.create(title="One")
    with Terminal(checkout, "session", "delete", session.id) as terminal:
        terminal.wait_for("[y/N] ")
        terminal.interrupt()
        assert terminal.end() == 130
    assert terminal.shown.splitlines()[-1] == "interrupted"
    assert "Traceback" not in terminal.shown
    assert store.sessions.count() == 1


def test_a_message_without_text_on_a_terminal(checkout: Path, store: Store) -> None:
    session = store.sessions.create()
    code, lines = run(checkout, "message", "add", session.id)
    assert code == 2
    assert lines[0].endswith("there is no text")


def test_an_upgrade_leaves_no_trace_of_its_progress(go_database: Path, checkout: Path) -> None:
    code, lines = run(checkout, "session", "list", columns=120)
    assert code == 0
    shown = "\n".join(lines)
    assert "[" in shown.partition("took over")[0]
    assert "took over a database of the Go OpenCode" in shown.rpartition("\x1b[K")[2]


def test_the_interface_tells_afterwards_what_it_did_to_the_database(
    go_database: Path, checkout: Path
) -> None:
    with Terminal(checkout, "--no-mouse", "--theme", "mono") as terminal:
        terminal.wait_for("did you push?")
        terminal.type("q")
        assert terminal.end() == 0
    afterwards = terminal.shown.rpartition("\x1b[?1049l")[2]
    assert "took over a database of the Go OpenCode" in afterwards
    assert "the database as it was before: " in afterwards


def test_a_broken_configuration_is_told_before_the_interface_starts(checkout: Path) -> None:
    (checkout / ".opencode.json").write_text("{")
    code, lines = run(checkout)
    assert code == 2
    assert lines[0].startswith("\x1b[31m\x1b[1merror: ")
    assert "\x1b[?1049h" not in "".join(lines)
