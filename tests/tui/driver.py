"""Drives the interface like a user, one key at a time, without a terminal, threads or waiting."""

from __future__ import annotations

import heapq
import subprocess
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from typing import TypeVar

import urwid
from urwid.testing import ScriptedScreen, render_runs

from opencode.store import Store
from opencode.tui import Known, theme
from opencode.tui.app import App
from opencode.tui.guards import CallGuard
from opencode.tui.screens.base import Command
from tests.tui.inline import InlineJobs

T = TypeVar("T")

NOW = 1_770_000_000
"""Monday, 2 February 2026, 02:40 UTC."""


class Timers:
    """A clock that moves only when it is told to."""

    def __init__(self) -> None:
        self.time = 0.0
        self._numbers = count()
        self._waiting: list[tuple[float, int, Command]] = []
        self._cancelled: set[object] = set()

    def later(self, seconds: float, callback: Command) -> object:
        number = next(self._numbers)
        heapq.heappush(self._waiting, (self.time + seconds, number, callback))
        return number

    def cancel(self, handle: object) -> None:
        self._cancelled.add(handle)

    def run_until(self, moment: float, between: Command) -> None:
        """Call back whatever is due by then."""
        while self._waiting and self._waiting[0][0] <= moment:
            due, number, callback = heapq.heappop(self._waiting)
            self.time = max(self.time, due)
            if number not in self._cancelled:
                callback()
                between()
        self.time = moment

    def due(self) -> bool:
        return bool(self._waiting) and self._waiting[0][0] <= self.time

    def pending(self) -> int:
        return sum(number not in self._cancelled for _, number, _ in self._waiting)


class TimedJobs(InlineJobs):
    """Looks at what is watched when the test's clock says so."""

    def __init__(self, guard: CallGuard, timers: Timers) -> None:
        super().__init__(guard, clock=lambda: timers.time)
        self._timers = timers

    def watch(
        self,
        look: Callable[[], T],
        known: T,
        seconds: float,
        noticed: Callable[[T], None],
        failed: Callable[[Exception], None],
    ) -> None:
        super().watch(look, known, seconds, noticed, failed)
        watch = self._watch
        assert watch is not None

        def due() -> None:
            if self._watch is not watch:
                return
            told = self._look(watch)
            if told is None:
                self._timers.later(seconds, due)
            else:
                self._finished.append(told)
                self.deliver()

        self._timers.later(seconds, due)


class Terminal:
    """Takes the place of the terminal: remembers what was sent, and runs programs without one."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.commands: list[list[str]] = []
        self.texts: list[str] = []
        """What the files held that the programs were given."""
        self.error: OSError | None = None
        """What starting a program fails with."""

    def send(self, sequence: str) -> None:
        self.sent.append(sequence)

    def run(self, command: Sequence[str]) -> int:
        self.commands.append(list(command))
        if self.error is not None:
            raise self.error
        self.texts.append(Path(command[-1]).read_text())
        quiet = subprocess.DEVNULL
        return subprocess.run(command, stdin=quiet, stdout=quiet, check=False).returncode


class Driver:
    """The program with a screen that records what is drawn."""

    def __init__(
        self,
        opener: Callable[[], Store],
        *,
        size: tuple[int, int] = (80, 24),
        settle: bool = True,
        owns_store: bool = True,
        known: Callable[[], Known] = Known,
    ) -> None:
        self.timers = Timers()
        self.ended = False
        self.screen = ScriptedScreen(size=size)
        self.app = App(
            opener,
            self.timers,
            self._make_jobs,
            now=lambda: NOW,
            clock=lambda: self.timers.time,
            owns_store=owns_store,
            fence=True,
            known=known,
        )
        self.terminal = Terminal()
        self.app.outside = self.terminal
        self.loop = urwid.MainLoop(self.app.root, theme.palette("dark"), screen=self.screen)
        self.app.start()
        self.draw()
        if settle:
            self.settle()

    @property
    def jobs(self) -> InlineJobs:
        jobs = self.app.work.database
        assert isinstance(jobs, InlineJobs)
        return jobs

    @property
    def errands(self) -> InlineJobs:
        errands = self.app.work.errands
        assert isinstance(errands, InlineJobs)
        return errands

    def press(self, *keys: str, settle: bool = True) -> Driver:
        """Press keys; after each one everything it started is done."""
        for key in keys:
            try:
                self.loop.process_input([key])
            except urwid.ExitMainLoop:
                self.ended = True
                return self
            if settle:
                self.settle()
        return self

    def type(self, text: str) -> Driver:
        return self.press(*text)

    def click(self, column: int, row: int, button: int = 1, event: str = "mouse press") -> Driver:
        self.loop.process_input([(event, button, column, row)])
        self.settle()
        return self

    def resize(self, columns: int, rows: int) -> Driver:
        self.screen.size = (columns, rows)
        self.loop.screen_size = None
        self.draw()
        self.settle()
        return self

    def advance(self, seconds: float) -> Driver:
        """Let time pass."""
        self._guarded(lambda: self.timers.run_until(self.timers.time + seconds, self._work))
        return self

    def settle(self) -> None:
        """Do all jobs, and what waits for a moment of rest (filter, preview), and draw."""
        self._guarded(self._work)
        self.advance(0.13)
        self.draw()

    def draw(self) -> None:
        self.loop.draw_screen()
        if self.timers.due():
            self._guarded(lambda: self.timers.run_until(self.timers.time, lambda: None))
            self.loop.draw_screen()

    def lines(self) -> list[str]:
        """What is on the screen, without blanks at the ends of lines."""
        self.draw()
        return [line.rstrip() for line in self.screen.last_text]

    def text(self) -> str:
        return "\n".join(self.lines())

    def header(self) -> str:
        return self.lines()[0]

    def words(self) -> str:
        """What is on the screen as one line, wherever it was wrapped between words."""
        return " ".join(self.text().split())

    def footer(self) -> str:
        """The line above the status block."""
        from opencode.tui.widgets.statusblock import status_rows

        return self.lines()[-1 - status_rows(self.screen.size[1])]

    def attributes(self) -> set[object]:
        """Names of all attributes on the screen."""
        runs = render_runs(self.app.root, self.screen.size, focus=True)
        return {attribute for row in runs for attribute, _ in row}

    def _work(self) -> None:
        runners = [self.jobs, self.errands]
        while any(jobs.busy for jobs in runners):
            for jobs in runners:
                jobs.settle()

    def _guarded(self, step: Command) -> None:
        try:
            step()
        except urwid.ExitMainLoop:
            self.ended = True

    def _make_jobs(self, guard: CallGuard, name: str) -> InlineJobs:
        return TimedJobs(guard, self.timers)
