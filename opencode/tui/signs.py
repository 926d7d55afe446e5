"""Small signs of life: what there is to say in the footer, and that work is going on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from opencode import text
from opencode.tui.format import Run
from opencode.tui.jobs import Jobs

__all__ = ["Notice", "Spinner", "Timers"]

NOTICE_SECONDS = 5.0
READ_IN_A_SECOND = 12
"""Characters."""

FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
SPINNER_AFTER = 0.15
SPINNER_STEP = 0.12
LONG = 3.0
"""Seconds after which it is told how long the work has taken."""


class Timers(Protocol):
    """Calls back later, on the thread of the event loop."""

    def later(self, seconds: float, callback: Callable[[], None]) -> object:
        """Return a handle for `cancel`."""

    def cancel(self, handle: object) -> None:
        """Do nothing when it was called already."""


class Notice:
    """A line that goes with the next key; an error stays until then, other news for a while."""

    def __init__(self, timers: Timers) -> None:
        self.runs: list[Run] = []
        self._timers = timers
        self._timer: object = None

    def say(self, words: str, attribute: str = "notice") -> None:
        """Say something instead of what was said before."""
        self.drop()
        self.runs = [(attribute, text.clean_line(words))]
        if attribute == "notice":
            seconds = max(NOTICE_SECONDS, len(words) / READ_IN_A_SECOND)
            self._timer = self._timers.later(seconds, self.drop)

    def drop(self) -> None:
        """Say nothing any more."""
        self.runs = []
        if self._timer is not None:
            self._timers.cancel(self._timer)
            self._timer = None


class Spinner:
    """Turns while a job takes longer than one notices; without jobs there is no timer."""

    def __init__(self, jobs: Sequence[Jobs], timers: Timers, clock: Callable[[], float]) -> None:
        self._jobs = jobs
        self._timers = timers
        self._clock = clock
        self._frame = -1
        self._waited = 0.0
        self._timer: object = None

    @property
    def sign(self) -> str:
        """What to show, if anything: `⠋`, and after a while `⠋ 12 s`."""
        if self._frame < 0:
            return ""
        frame = FRAMES[self._frame % len(FRAMES)]
        return f"{frame} {self._waited:.0f} s" if self._waited >= LONG else frame

    def watch(self) -> None:
        """Look after a job that was just submitted."""
        if self._timer is None:
            self._timer = self._timers.later(SPINNER_AFTER, self._turn)

    def rest(self) -> None:
        """Go away when nothing is left to do."""
        if not any(jobs.busy for jobs in self._jobs):
            self._frame = -1

    def _turn(self) -> None:
        self._timer = None
        begun = [jobs.oldest for jobs in self._jobs if jobs.oldest is not None]
        if not begun:
            self._frame = -1
            return
        self._waited = self._clock() - min(begun)
        if self._waited >= SPINNER_AFTER:
            self._frame += 1
        self._timer = self._timers.later(SPINNER_STEP, self._turn)
