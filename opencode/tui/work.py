"""What is being done: in the database's thread and in the one for errands, and the sign of it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from opencode.tui.access import Access, Opened
from opencode.tui.guards import CallGuard
from opencode.tui.jobs import Jobs
from opencode.tui.live import KEY as LIVE_KEY
from opencode.tui.outages import Outages
from opencode.tui.screens.base import Command, Place
from opencode.tui.signs import Spinner, Timers

if TYPE_CHECKING:
    from opencode.store import Store

__all__ = ["Work"]

T = TypeVar("T")

Failed = Callable[[Exception], bool]

log = logging.getLogger(__name__)

SILENT = 5.0
"""Seconds after which a database that has not answered is called so."""


class Work:
    """Gives work to the threads and passes on what comes of it; `Host` says how it is asked for."""

    def __init__(
        self,
        opener: Callable[[], Store],
        make_jobs: Callable[[CallGuard, str], Jobs],
        guard: CallGuard,
        outages: Outages,
        timers: Timers,
        clock: Callable[[], float],
        *,
        owns_store: bool,
        fence: bool,
    ) -> None:
        self.database = make_jobs(guard, "database")
        self.errands = make_jobs(guard, "errands")
        self.spinner = Spinner((self.database, self.errands), timers, clock)
        self._access = Access(opener, self.database.zone, owned=owns_store, fence=fence)
        self._outages = outages
        self._clock = clock

    @property
    def silent(self) -> bool:
        """Whether the database owes an answer for so long that the user should know."""
        oldest = self.database.oldest
        return oldest is not None and self._clock() - oldest >= SILENT

    @property
    def waits_for(self) -> str:
        """What the database's thread waits for, if it does and that is known."""
        return self._access.waits_for

    def open(self, done: Callable[[Opened], None], failed: Callable[[Exception], None]) -> None:
        """Open the database."""
        self.database.submit(self._access.open, done, failed, key="open")
        self.spinner.watch()

    def switch_project(self, project_id: str, done: Callable[[Place], None]) -> None:
        """Look at another project."""
        self.submit(lambda _: self._access.switch(project_id), done, key="project")

    def submit(
        self,
        work: Callable[[Store], T],
        done: Callable[[T], None],
        *,
        key: str | None = None,
        failed: Failed | None = None,
    ) -> None:
        """Have the store asked."""

        def succeeded(result: T) -> None:
            self._outages.succeeded(key)
            done(result)

        def went_wrong(error: Exception) -> None:
            typing = self._outages.interrupts(key)
            if failed is not None and failed(error):
                self._outages.answered(error, key)
            else:
                self._outages.failed(error, again, key, hold=typing)

        def again() -> None:
            self.submit(work, done, key=key, failed=failed)

        self.database.submit(lambda: self._access.run(work), succeeded, went_wrong, key=key)
        if key != LIVE_KEY:
            self.spinner.watch()

    def aside(
        self,
        work: Callable[[], T],
        done: Callable[[T], None],
        *,
        key: str | None = None,
        failed: Failed | None = None,
    ) -> None:
        """Have something done that needs no database."""

        def went_wrong(error: Exception) -> None:
            if failed is None or not failed(error):
                self._outages.failed(error, lambda: None, None)

        self.errands.submit(work, done, went_wrong, key=key)
        self.spinner.watch()

    def watch(
        self,
        look: Callable[[Store], T],
        known: T,
        seconds: float,
        noticed: Callable[[T], None],
        *,
        failed: Failed,
        again: Command,
    ) -> None:
        """Have the store looked at in the background."""

        def saw(result: T) -> None:
            self._outages.succeeded(LIVE_KEY)
            noticed(result)

        def went_wrong(error: Exception) -> None:
            if not failed(error):
                typing = self._outages.interrupts(LIVE_KEY)
                self._outages.failed(error, again, LIVE_KEY, hold=typing)

        work = partial(self._access.run, look)
        self.database.watch(work, known, seconds, saw, went_wrong)

    def await_return(self, seconds: float, back: Command) -> None:
        """Have it looked in the background whether a database that was lost is there again."""
        self.database.watch(self._access.is_back, False, seconds, lambda _: back(), _log_failure)

    def look_for_return(self, back: Command) -> None:
        """Look whether a database that was lost is there again, without waiting for the time."""

        def looked(is_back: bool) -> None:
            if is_back:
                back()

        self.database.submit(self._access.is_back, looked, _log_failure, key="return")

    def deliver(self) -> None:
        """Hand out the results that are ready."""
        self.database.deliver()
        self.errands.deliver()
        self.spinner.rest()

    def close(self, flush: Command) -> None:
        """Finish what was begun, and close the database if it is ours.

        `flush` writes to disk what must not be lost: at once, and again with what became of the
        last writes to the database, which may take their time.
        """
        self.errands.close()
        flush()
        if not self.database.close(self._access.close):
            log.warning("the database did not answer in time; left without closing it")
        self.database.deliver()
        flush()


def _log_failure(error: Exception) -> None:
    log.warning("whether the database is back cannot be told: %s", error)
