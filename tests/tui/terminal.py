"""A program in a terminal of its own: a pty, and pyte for the screen."""

from __future__ import annotations

import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyte

from tests.conftest import PROJECT

PATIENCE = 30.0
"""Seconds until a test gives up; none waits that long when all is well."""

KEYS = {
    "enter": "\r",
    "esc": "\x1b",
    "down": "\x1b[B",
    "up": "\x1b[A",
    "right": "\x1b[C",
    "f2": "\x1bOQ",
    "ctrl c": "\x03",
    "ctrl o": "\x0f",
    "ctrl s": "\x13",
    "ctrl u": "\x15",
    "ctrl z": "\x1a",
}

# Makes the terminal the process's own, as a login does, and becomes the program.
LAUNCH = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""

MODE = re.compile(rb"\x1b\[\?([0-9;]+)([hl])")


class Screen(pyte.Screen):
    """Forgets the alternate screen's content when that is left, as a terminal does."""

    def report_device_status(self, mode: int = 0, **_: Any) -> None:
        """Answer nothing: pyte would write into the program's input."""


class Terminal:
    """A running program, its screen, and the modes it has switched on and off."""

    def __init__(
        self,
        *command: str | Path,
        cwd: Path,
        size: tuple[int, int] = (80, 24),
        env: Mapping[str, str] | None = None,
        inherit: bool = True,
    ) -> None:
        """`env` is added to the caller's environment, or is all there is unless `inherit`."""
        self.raw = b""
        self._master, self._slave = os.openpty()
        self._open = [self._slave, self._master]
        self.screen = Screen(*size)
        self._stream = pyte.ByteStream(self.screen)
        self._set_size(size)
        self.before = termios.tcgetattr(self._slave)
        self.process = subprocess.Popen(
            [sys.executable, "-c", LAUNCH, *map(str, command)],
            stdin=self._slave,
            stdout=self._slave,
            stderr=self._slave,
            cwd=cwd,
            env={**(os.environ if inherit else {}), "PYTHONPATH": str(PROJECT), **(env or {})},
            start_new_session=True,
        )

    @classmethod
    def opencode(cls, *args: str | Path, **options: Any) -> Self:
        """Start the program as its users do."""
        return cls(sys.executable, "-m", "opencode", *args, **options)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.hang_up()

    def hang_up(self) -> None:
        """Take the terminal away from the program."""
        while self._open:
            os.close(self._open.pop())

    def lines(self) -> list[str]:
        return [line.rstrip() for line in self.screen.display]

    def text(self) -> str:
        return "\n".join(self.lines())

    def press(self, *keys: str) -> Terminal:
        """Type keys, by their names or as they are."""
        for key in keys:
            os.write(self._master, KEYS.get(key, key).encode())
        return self

    def paste(self, words: bytes) -> Terminal:
        """Paste as a terminal does, which waits while the program is busy."""
        os.set_blocking(self._master, False)
        left = memoryview(b"\x1b[200~" + words + b"\x1b[201~")
        deadline = time.monotonic() + PATIENCE
        while left:
            assert time.monotonic() < deadline, f"{len(left)} bytes were not taken"
            self._read(0)
            if select.select([], [self._master], [], 0.05)[1]:
                left = left[os.write(self._master, left[:4096]) :]
        os.set_blocking(self._master, True)
        return self

    def wait_for(
        self, *wanted: str | Callable[[str], bool], patience: float = PATIENCE
    ) -> Terminal:
        """Read until all of this is on the screen."""
        for one in wanted:
            self._read_until(partial(self._shows, one), str(one), patience)
        return self

    def wait_without(self, *words: str) -> Terminal:
        """Read until none of this is on the screen any more."""
        return self.wait_for(lambda text: not any(word in text for word in words))

    def rest(self, seconds: float = 0.3) -> Terminal:
        """Read until nothing has been drawn for a while."""
        while self._read(seconds):
            pass
        return self

    def wait(self) -> int:
        """Read until the program has ended; returns its exit code, negative after a signal."""
        self._read_until(lambda: self.process.poll() is not None, "the end")
        self._read(0)
        assert self.process.returncode is not None
        return self.process.returncode

    def resize(self, columns: int, rows: int) -> Terminal:
        self._set_size((columns, rows))
        self.screen.resize(rows, columns)
        return self

    def modes(self) -> set[int]:
        """DEC private modes that are switched on; 25 is the cursor, 7 goes on in the next line."""
        on = {7, 25}
        for numbers, state in MODE.findall(self.raw):
            for number in map(int, numbers.split(b";")):
                (on.add if state == b"h" else on.discard)(number)
        return on

    def settings(self) -> list[Any]:
        """What `stty` would show."""
        return termios.tcgetattr(self._slave)

    def _shows(self, wanted: str | Callable[[str], bool]) -> bool:
        text = self.text()
        return wanted(text) if callable(wanted) else wanted in text

    def _set_size(self, size: tuple[int, int]) -> None:
        columns, rows = size
        fcntl.ioctl(self._slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def _read_until(self, done: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
        deadline = time.monotonic() + patience
        while not done():
            assert time.monotonic() < deadline, f"no {what!r} in:\n{self.text()}"
            self._read(0.05)

    def _read(self, seconds: float) -> bool:
        """Read what there is; wait for it for a while at most; whether there was any."""
        before = len(self.raw)
        while select.select([self._master], [], [], seconds)[0]:
            data = os.read(self._master, 65536)
            self.raw += data
            self._stream.feed(data)
            seconds = 0
        return len(self.raw) > before
