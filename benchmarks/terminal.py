"""A program in a terminal, timed from outside: from a key to the last byte of its answer."""

from __future__ import annotations

import fcntl
import os
import re
import select
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

__all__ = ["TimedTerminal"]

PATIENCE = 60.0
PAUSE = 0.003
"""Seconds without output after which a frame is complete."""
QUIET = 0.02
"""Seconds without output after which all that a key led to is complete."""


class TimedTerminal:
    """A running program and what it has written; nothing is made of that, which would take time."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        cwd: Path,
        environment: Mapping[str, str],
        size: tuple[int, int],
    ) -> None:
        columns, rows = size
        self._master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.output = b""
        self.started = time.perf_counter()
        self._process = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=cwd,
            env=environment,
            start_new_session=True,
        )
        os.close(slave)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.terminate()
        # Whoever restores the terminal wants what it writes to be read.
        while self._process.poll() is None:
            self._read(0.05)
        os.close(self._master)

    def until(self, pattern: bytes) -> float:
        """Return when this had been written, by the clock of `started`."""
        deadline = time.monotonic() + PATIENCE
        while not re.search(pattern, self.output):
            if time.monotonic() > deadline or not self._read(PATIENCE):
                raise RuntimeError(f"no {pattern!r} after {self.output[-2000:]!r}")
        return time.perf_counter()

    def press(self, key: bytes) -> float:
        """Return the seconds from a key to the end of the frame that answers it."""
        self.rest()
        pressed = answered = time.perf_counter()
        os.write(self._master, key)
        wait = PATIENCE
        while self._read(wait):
            answered = time.perf_counter()
            wait = PAUSE
        return answered - pressed

    def press_until(self, key: bytes, pattern: bytes) -> float:
        """Return the seconds from a key until this was written."""
        self.rest()
        self.output = b""
        pressed = time.perf_counter()
        os.write(self._master, key)
        return self.until(pattern) - pressed

    def rest(self, seconds: float = QUIET) -> float:
        """Read until nothing was written for a while; return when the last was."""
        last = time.perf_counter()
        while self._read(seconds):
            last = time.perf_counter()
        return last

    def memory(self) -> float:
        """Return the resident memory in MB."""
        pages = Path(f"/proc/{self._process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE") / 1e6

    def cpu(self) -> float:
        """Return the seconds of processor time that all threads have used so far."""
        threads = Path(f"/proc/{self._process.pid}/task").glob("*/schedstat")
        return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9

    def _read(self, seconds: float) -> bool:
        """Read what there is, waiting for it so long; whether there was any."""
        if not select.select([self._master], [], [], seconds)[0]:
            return False
        try:
            self.output = self.output[-100_000:] + os.read(self._master, 65536)
        except OSError:  # the program has ended
            return False
        return True
