"""A gate between the event loop and the threads: work begins when the frame is drawn."""

from __future__ import annotations

import threading

__all__ = ["FrameFirst"]

FRAME_TIMEOUT = 0.05
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
        self._drawn.wait(FRAME_TIMEOUT)
