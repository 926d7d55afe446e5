"""Work that must not hold up the screen: one thread does it, in order, and results come back.

A job with a key makes earlier jobs of that key stale: those not begun are skipped, and their
results are dropped. Jobs without a key (writes) are always done and always reported.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from opencode.tui.guards import WorkZone

__all__ = ["InlineJobs", "Jobs", "ThreadJobs", "Watch"]

T = TypeVar("T")

READ_PATIENCE = 0.5
"""Seconds that a read which nobody needs any more may keep the program from ending."""


@dataclass(slots=True)
class _Job:
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


@dataclass(frozen=True, slots=True)
class Watch:
    """Something to be looked at again and again, until it is not what is known any more."""

    look: Callable[[], object]
    known: object
    seconds: float
    noticed: Callable[[], None]


class Jobs:
    """Bookkeeping common to all runners; use `ThreadJobs`, or `InlineJobs` in tests.

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
        self._pending: dict[int, _Job] = {}
        self._finished: deque[_Job] = deque()
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
        job = _Job(key, self._number, work, done, failed, self._clock())
        if key is not None:
            self._latest[key] = job.number
        self._pending[job.number] = job
        self._start(job)

    def forget(self, key: str) -> None:
        """Make all jobs of a key stale: nobody wants their results any more."""
        self._latest[key] = 0

    def watch(
        self,
        look: Callable[[], object],
        known: object,
        seconds: float,
        noticed: Callable[[], None],
    ) -> None:
        """Look every so many seconds; once it is not what is `known`, or fails, say so and stop.

        Only one thing is watched. Nothing but the thread that looks is woken meanwhile.
        """
        self._watch = Watch(look, known, seconds, noticed)

    def unwatch(self) -> None:
        """Look no more."""
        self._watch = None

    def deliver(self) -> None:
        """Hand out the results there are."""
        while self._finished:
            job = self._finished.popleft()
            self._pending.pop(job.number, None)
            if job.skipped or self._stale(job):
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
        self._closing = True
        self._run(_Job(None, 0, last, _ignore, _ignore, 0))
        return True

    def _start(self, job: _Job) -> None:
        raise NotImplementedError

    def _run(self, job: _Job) -> None:
        if self._stale(job) or (self._closing and job.key is not None):
            job.skipped = True
            return
        with self.zone:
            try:
                job.result = job.work()
            except Exception as error:  # noqa: BLE001  travels to the loop's thread as it is
                job.error = error

    def _differs(self, watch: Watch) -> bool:
        """Look; whether there is something to notice."""
        with self.zone:
            try:
                return watch.look() != watch.known
            except Exception:  # noqa: BLE001  whoever looks next gets it again, and can report it
                return True

    def _notice(self, watch: Watch) -> None:
        if self._watch is watch:
            self._watch = None
            watch.noticed()

    def _stale(self, job: _Job) -> bool:
        return job.key is not None and self._latest[job.key] != job.number


def _ignore(_: object) -> None:
    pass


class ThreadJobs(Jobs):
    """Runs jobs in one thread of its own; `wake` is called there when a result is ready."""

    def __init__(
        self,
        guard: AbstractContextManager[Any],
        wake: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
        *,
        name: str = "",
    ) -> None:
        super().__init__(guard, clock)
        self._wake = wake
        self._queue: SimpleQueue[_Job | None] = SimpleQueue()
        # A daemon: a server that does not answer must not keep the program from ending.
        self._thread = threading.Thread(target=self._work, name=name or None, daemon=True)
        self._thread.start()

    def close(self, last: Callable[[], Any] = lambda: None, timeout: float = 5) -> bool:
        self._closing = True
        writes = any(job.key is None for job in self._pending.values())
        self._queue.put(_Job(None, 0, last, _ignore, _ignore, 0))
        self._queue.put(None)
        self._thread.join(timeout if writes else min(timeout, READ_PATIENCE))
        return not self._thread.is_alive()

    def watch(
        self,
        look: Callable[[], object],
        known: object,
        seconds: float,
        noticed: Callable[[], None],
    ) -> None:
        super().watch(look, known, seconds, noticed)
        # The thread may be asleep without an end.
        self._queue.put(_Job(None, 0, lambda: None, _ignore, _ignore, 0))

    def _start(self, job: _Job) -> None:
        self._queue.put(job)

    def _work(self) -> None:
        watched: Watch | None = None
        due = 0.0
        while True:
            watch = None if self._closing else self._watch
            if watch is not watched:
                watched, due = watch, time.monotonic() + (watch.seconds if watch else 0)
            try:
                job = self._queue.get(timeout=max(0, due - time.monotonic()) if watch else None)
            except Empty:
                if watch is not None:
                    due = time.monotonic() + watch.seconds
                    self._look(watch)
                continue
            if job is None:
                return
            self._run(job)
            if job.number:
                self._finished.append(job)
                self._wake()

    def _look(self, watch: Watch) -> None:
        if self._watch is watch and self._differs(watch):
            noticing = _Job(None, 0, lambda: None, lambda _: self._notice(watch), _ignore, 0)
            self._finished.append(noticing)
            self._wake()


class InlineJobs(Jobs):
    """Runs jobs when it is told to, for tests: nothing happens behind their back."""

    def __init__(
        self,
        guard: AbstractContextManager[Any],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(guard, clock)
        self._waiting: deque[_Job] = deque()

    def settle(self) -> None:
        """Run and deliver until nothing is left to do."""
        while self._waiting:
            job = self._waiting.popleft()
            self._run(job)
            self._finished.append(job)
            self.deliver()

    def _start(self, job: _Job) -> None:
        self._waiting.append(job)
