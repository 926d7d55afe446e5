"""Work that must not hold up the screen: it is done elsewhere, in order, and results come back.

A job with a key makes earlier jobs of that key stale: those not begun are skipped, and their
results are dropped. Jobs without a key (writes) are always done and always reported.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from opencode.tui.guards import WorkZone

__all__ = ["Job", "Jobs", "Watch"]

T = TypeVar("T")


@dataclass(slots=True)
class Job:
    """One piece of work; the result, or the error, is filled in by whoever runs it."""

    key: str | None
    number: int
    work: Callable[[], Any]
    done: Callable[[Any], None]
    failed: Callable[[Exception], None]
    submitted: float
    result: Any = None
    error: Exception | None = None
    skipped: bool = field(default=False)


class Watch(NamedTuple):
    """Something to be looked at again and again, until it is not what is known any more."""

    look: Callable[[], object]
    known: object
    seconds: float
    noticed: Callable[[Any], None]
    failed: Callable[[Exception], None]


class Jobs:
    """Bookkeeping common to all runners; `ThreadJobs` is the one of the program.

    Everything but the work itself happens on the thread of the event loop.
    """

    def __init__(
        self,
        guard: AbstractContextManager[Any],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.zone = WorkZone()
        self._guard = guard
        self._clock = clock
        self._latest: dict[str, int] = {}
        self._pending: dict[int, Job] = {}
        self._finished: deque[Job] = deque()
        self._number = 0
        self._closing = False
        self._watch: Watch | None = None

    @property
    def busy(self) -> int:
        """How many jobs are waiting, running, or finished but not delivered."""
        return len(self._pending)

    @property
    def oldest(self) -> float | None:
        """When the oldest pending job was submitted, by the clock."""
        return min((job.submitted for job in self._pending.values()), default=None)

    def submit(
        self,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None],
        *,
        key: str | None = None,
    ) -> None:
        """Have `work` done; then either `done` gets its result or `failed` its error."""
        self._number += 1
        job = Job(key, self._number, work, done, failed, self._clock())
        if key is not None:
            self._latest[key] = job.number
        self._pending[job.number] = job
        self._start(job)

    def forget(self, key: str) -> None:
        """Make all jobs of a key stale: nobody wants their results any more."""
        self._latest[key] = 0

    def watch(
        self,
        look: Callable[[], T],
        known: T,
        seconds: float,
        noticed: Callable[[T], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Look every so many seconds; once it is not what is `known`, or fails, say so and stop.

        Only one thing is watched. Nothing but the thread that looks is woken meanwhile.
        """
        self._watch = Watch(look, known, seconds, noticed, failed)

    def unwatch(self) -> None:
        """Look no more."""
        self._watch = None

    def deliver(self) -> None:
        """Hand out the results there are."""
        while self._finished:
            job = self._finished.popleft()
            self._pending.pop(job.number, None)
            if job.skipped or self._stale(job) or (self._closing and job.key is not None):
                continue
            with self._guard:
                if job.error is not None:
                    job.failed(job.error)
                else:
                    job.done(job.result)

    def close(self, last: Callable[[], Any] = lambda: None, timeout: float = 5) -> bool:
        """Skip reads, let writes finish, do `last`; whether that was done within the time.

        A read that has begun is waited for only as long as it does not annoy.
        """
        raise NotImplementedError

    def _start(self, job: Job) -> None:
        """Have a job run, and see to it that it comes among the finished ones."""
        raise NotImplementedError

    def _run(self, job: Job) -> None:
        """Do a job's work, in whatever thread this is."""
        if self._stale(job) or (self._closing and job.key is not None):
            job.skipped = True
            return
        with self.zone:
            try:
                job.result = job.work()
            except Exception as error:  # noqa: BLE001  travels to the loop's thread as it is
                job.error = error

    def _look(self, watch: Watch) -> Job | None:
        """Look; returns what tells of it if there is something to tell."""
        job = Job(
            None,
            0,
            watch.look,
            lambda seen: self._notice(watch, watch.noticed, seen),
            lambda error: self._notice(watch, watch.failed, error),
            0,
        )
        self._run(job)
        return job if job.error is not None or job.result != watch.known else None

    def _notice(self, watch: Watch, tell: Callable[[Any], None], what: object) -> None:
        if self._watch is watch:
            self._watch = None
            tell(what)

    def _stale(self, job: Job) -> bool:
        return job.key is not None and self._latest[job.key] != job.number
