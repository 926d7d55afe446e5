"""Whose turn it is while the interface runs: keys and frames first, then threads and garbage."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["SETTLED", "FrameFirst", "responsive", "settle"]

SETTLED = 1.0
"""Seconds after the start by which the modules are loaded."""

PATIENCE = 0.05
"""Seconds that work waits at most; a program that the user looks at meanwhile draws no frame."""


class FrameFirst:
    """Has the threads begin what a key led to only when the answer to the key is drawn.

    Python runs one thread at a time: a frame that takes turns with them takes twice as long.
    """

    def __init__(self) -> None:
        self._drawn = threading.Event()
        self._drawn.set()
        self._draws = False
        """Whether there is a loop that draws; what a start asks for does not wait."""

    def hold(self) -> None:
        """Have work wait for the next frame; called by the loop's thread, as `drawn` is."""
        if self._draws:
            self._drawn.clear()

    def drawn(self) -> None:
        """Let work begin."""
        self._draws = True
        self._drawn.set()

    def wait(self) -> None:
        """Wait for the frame, in another thread."""
        self._drawn.wait(PATIENCE)


@contextmanager
def responsive() -> Iterator[None]:
    """Have Python look for no garbage while it starts, and change threads more often.

    A key must not wait 5 ms, the default, again and again for the thread that reads the database
    and renders what it read.
    """
    thresholds, interval = gc.get_threshold(), sys.getswitchinterval()
    gc.set_threshold(200_000, 20, 50)
    sys.setswitchinterval(0.0005)
    try:
        yield
    finally:
        gc.unfreeze()
        gc.set_threshold(*thresholds)
        sys.setswitchinterval(interval)


def settle() -> None:
    """Look for garbage from now on, seldom, and no more among what the start has loaded."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
