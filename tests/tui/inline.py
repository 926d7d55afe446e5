"""Jobs for tests that need no thread."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from opencode.tui.jobs import Job, Jobs


class InlineJobs(Jobs):
    """Runs jobs when it is told to, so nothing happens behind their back."""

    def __init__(
        self,
        guard: AbstractContextManager[Any],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(guard, clock)
        self._waiting: deque[Job] = deque()

    def close(self, last: Callable[[], Any] = lambda: None, timeout: float = 5) -> bool:
        self._closing = True
        while self._waiting:
            job = self._waiting.popleft()
            self._run(job)
            self._finished.append(job)
        last()
        return True

    def settle(self) -> None:
        """Run and deliver until nothing is left to do."""
        while self._waiting:
            self.step()

    def step(self) -> None:
        """Run and deliver the next one."""
        job = self._waiting.popleft()
        self._run(job)
        self._finished.append(job)
        self.deliver()

    def _start(self, job: Job) -> None:
        self._waiting.append(job)
