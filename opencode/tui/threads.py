"""A thread that does jobs, and looks at what is watched while there are none."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from opencode.tui.framefirst import FrameFirst
from opencode.tui.jobs import Job, Jobs, Watch

__all__ = ["ThreadJobs"]

T = TypeVar("T")

READ_PATIENCE = 0.5
"""Seconds that a read which nobody needs any more may keep the program from ending."""


class ThreadJobs(Jobs):
    """Runs jobs in one thread of its own; `wake` is called there when a result is ready."""

    def __init__(
        self,
        guard: AbstractContextManager[Any],
        wake: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
        *,
        frame: FrameFirst | None = None,
        name: str = "",
    ) -> None:
        """`frame`: what is drawn before a job begins."""
        super().__init__(guard, clock)
        self._frame = frame or FrameFirst()
        self._wake = wake
        self._queue: SimpleQueue[Job | None] = SimpleQueue()
        # A daemon: a server that does not answer must not keep the program from ending.
        self._thread = threading.Thread(target=self._work, name=name or None, daemon=True)
        self._thread.start()

    def close(self, last: Callable[[], Any] = lambda: None, timeout: float = 5) -> bool:
        self._closing = True
        self._frame.drawn()
        writes = any(job.key is None for job in self._pending.values())
        self._queue.put(_uncounted(last))
        self._queue.put(None)
        self._thread.join(timeout if writes else min(timeout, READ_PATIENCE))
        return not self._thread.is_alive()

    def watch(
        self,
        look: Callable[[], T],
        known: T,
        seconds: float,
        noticed: Callable[[T], None],
        failed: Callable[[Exception], None],
    ) -> None:
        super().watch(look, known, seconds, noticed, failed)
        # The thread may be asleep without an end.
        self._queue.put(_uncounted(lambda: None))

    def _start(self, job: Job) -> None:
        self._frame.hold()
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
                if watch is not None and watch is self._watch:
                    due = time.monotonic() + watch.seconds
                    self._tell(self._look(watch))
                continue
            if job is None:
                return
            self._frame.wait()
            self._run(job)
            self._tell(job if job.number else None)

    def _tell(self, job: Job | None) -> None:
        if job is not None:
            self._finished.append(job)
            self._wake()


def _uncounted(work: Callable[[], Any]) -> Job:
    """Make a job that nobody submitted and nobody waits for."""
    return Job(None, 0, work, lambda _: None, lambda _: None, 0)
