"""Pasted text, taken out of the terminal's input as a whole before keys are made of it.

As keys, 5 MB would take the better part of a minute.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

__all__ = ["BEGIN", "END", "MAX_BYTES", "PasteCutter"]

BEGIN, END = b"\x1b[200~", b"\x1b[201~"

MAX_BYTES = 8_000_000
"""What can be pasted at once."""
PASTE_TIMEOUT = 10.0
"""Seconds after which what comes is a key again: a terminal that forgot the end takes none away."""


class PasteCutter:
    """Leaves of a paste only its beginning and its end among the keys; `pasted` has the rest."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.pasted: deque[tuple[str, int]] = deque()
        """Texts, and how many bytes they had; of one with too many the text is missing."""
        self._pasting: bytearray | None = None
        self._dropped = 0
        self._clock = clock
        self._heard = 0.0

    @property
    def pasting(self) -> bool:
        """Whether the end of a paste is still to come."""
        return self._pasting is not None

    def __call__(self, data: bytes) -> bytes:
        """Take some input; returns what of it are keys."""
        keys = bytearray()
        heard, self._heard = self._heard, self._clock()
        if self._pasting is not None and self._heard - heard > PASTE_TIMEOUT:
            data = END + data
        while data:
            if self._pasting is None:
                before, begin, data = data.partition(BEGIN)
                keys += before + begin
                self._pasting = bytearray() if begin else None
            else:
                ended, data = self._take(self._pasting, data)
                keys += END if ended else b""
        return bytes(keys)

    def _take(self, pasting: bytearray, data: bytes) -> tuple[bool, bytes]:
        """Take what is pasted; whether the paste is at its end, and what comes after it."""
        searched = max(0, len(pasting) - len(END) + 1)
        pasting += data
        end = pasting.find(END, searched)
        if end < 0:
            self._drop(pasting)
            return False, b""
        size = end + self._dropped
        words = pasting[:end].decode("utf-8", "replace") if size <= MAX_BYTES else ""
        self.pasted.append((words, size))
        self._pasting, self._dropped = None, 0
        return True, bytes(pasting[end + len(END) :])

    def _drop(self, pasting: bytearray) -> None:
        """Keep no more than is of use; the end may have begun already."""
        if len(pasting) > MAX_BYTES + len(END):
            surplus = len(pasting) - len(END)
            self._dropped += surplus
            del pasting[:surplus]
