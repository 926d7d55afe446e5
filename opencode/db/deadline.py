"""Time limits: one deadline for several steps, pauses within it, and calls that may hang."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

__all__ = ["Backoff", "Clock", "Deadline", "call_within"]

T = TypeVar("T")

Clock = Callable[[], float]
"""Seconds that never go backwards, like `time.monotonic`."""


_LAST_ATTEMPT = 1.0
"""Seconds before the deadline at which the last attempt begins, where there are as many."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """The moment by which everything must be done, `seconds` from when it is made."""

    seconds: float
    clock: Clock = time.monotonic
    start: float = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "start", self.clock())

    def remaining(self) -> float:
        """Return the seconds left, 0 when it has passed."""
        return max(0.0, self.seconds - self.elapsed())

    def elapsed(self) -> float:
        """Return the seconds gone."""
        return self.clock() - self.start


@dataclass(slots=True)
class Backoff:
    """Pauses between attempts: full jitter, below a bound that doubles each time.

    Clients that failed together spread out, instead of coming back together.  The last attempt
    comes shortly before the deadline, so that what passes in time is not missed.
    """

    base: float = 0.02
    cap: float = 1.0
    sleep: Callable[[float], None] = time.sleep
    uniform: Callable[[float, float], float] = random.uniform
    pauses: int = 0
    last: bool = False
    """Whether the last attempt is under way."""

    def pause(self, deadline: Deadline) -> bool:
        """Wait before the next attempt; False, at once, when there is to be none."""
        remaining = deadline.remaining()
        if self.last or not remaining:
            return False
        bound = min(self.cap, self.base * 2.0 ** min(self.pauses, 30))
        seconds = self.uniform(0, bound)
        latest = remaining - min(_LAST_ATTEMPT, remaining / 2)
        if seconds > latest:
            seconds = latest
            self.last = True
        self.pauses += 1
        self.sleep(seconds)
        return True


class _Call(Generic[T]):
    """A call in a thread of its own, and who gets its result."""

    def __init__(self, function: Callable[[], T], discard: Callable[[T], None]) -> None:
        self.function = function
        self.discard = discard
        self.lock = threading.Lock()
        self.done = threading.Event()
        self.abandoned = False
        self.results: list[T] = []
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            result = self.function()
        except BaseException as error:  # noqa: BLE001  raised again where the call was made
            self.error = error
            self.done.set()
            return
        with self.lock:
            late = self.abandoned
            self.results.append(result)
        self.done.set()
        if late:
            self.discard(result)

    def wait(self, seconds: float) -> T:
        try:
            finished = self.done.wait(seconds)
        except BaseException:  # an interrupt by the user
            if not self.abandon():
                self.discard(self.results[0])
            raise
        if not finished and self.abandon():
            raise TimeoutError
        self.done.wait()
        if self.error is not None:
            raise self.error
        return self.results[0]

    def abandon(self) -> bool:
        """Give up waiting; False when the result has come at the last moment."""
        with self.lock:
            self.abandoned = not self.results
            return self.abandoned


def call_within(seconds: float, function: Callable[[], T], *, discard: Callable[[T], None]) -> T:
    """Return `function()`; it goes on alone, in its own thread, when it takes longer.

    For what knows no time limit of its own: resolving names, a handshake of many small reads.
    `discard` gets a result that comes too late.

    Raises:
        TimeoutError: It took longer.
    """
    call = _Call(function, discard)
    threading.Thread(target=call.run, name="opencode-call", daemon=True).start()
    return call.wait(seconds)
