"""What lies outside the screen: the terminal itself, and programs that get it for a while.

There is no other way to run a program that needs the terminal.
"""

from __future__ import annotations

import os
import signal
import subprocess
import termios
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from opencode.tui.terminal import TerminalScreen

__all__ = ["Nowhere", "Outside", "TerminalOutside"]

KEYS = (signal.SIGINT, signal.SIGQUIT)
"""Signals of keys, which reach all programs of the terminal and are meant for the other one."""


class Outside(Protocol):
    """The terminal, as screens use it."""

    def send(self, sequence: str) -> None:
        """Send a control sequence of ours to the terminal."""

    def run(self, command: Sequence[str]) -> int:
        """Let a program have the terminal until it ends; returns its exit code.

        The screen comes back in any case. Raises `OSError` when it cannot be started.
        """


class Nowhere:
    """Where there is no terminal."""

    def send(self, sequence: str) -> None:
        """Do nothing."""

    def run(self, command: Sequence[str]) -> int:
        raise OSError("there is no terminal")


class TerminalOutside:
    """The terminal that the program runs in."""

    def __init__(self, screen: TerminalScreen) -> None:
        self._screen = screen

    def send(self, sequence: str) -> None:
        self._screen.write(sequence)
        self._screen.flush()

    def run(self, command: Sequence[str]) -> int:
        screen = self._screen
        screen.stop()
        try:
            with _settings_kept(), _keys_for_others():
                return subprocess.run(command, check=False).returncode
        finally:
            screen.start()
            screen.clear()
            screen.measure()


@contextmanager
def _settings_kept() -> Iterator[None]:
    """Undo what a program did to the terminal's settings that could not end in good order."""
    if not os.isatty(0):
        yield
        return
    before = termios.tcgetattr(0)
    try:
        yield
    finally:
        # The terminal may have gone in the meantime.
        with suppress(termios.error):
            termios.tcsetattr(0, termios.TCSADRAIN, before)


@contextmanager
def _keys_for_others() -> Iterator[None]:
    """Take no notice of ctrl-c; unlike an ignored signal, a handler is not inherited."""
    before = {number: signal.signal(number, lambda *_: None) for number in KEYS}
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)
