"""Saying that something lets wait, while it does."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["WORTH_MENTIONING", "Tell", "told_when_slow"]

Tell = Callable[[str], None]
"""Shows a line to the user; called from a thread of its own or the one that waits."""

WORTH_MENTIONING = 1.0
"""Seconds after which a wait is worth mentioning."""


@contextmanager
def told_when_slow(
    tell: Tell | None, text: Callable[[], str], *, seconds: float = WORTH_MENTIONING
) -> Iterator[None]:
    """Tell `text()` once when the block takes longer than `seconds`; never after its end."""
    if tell is None:
        yield
        return
    ended = threading.Event()
    lock = threading.Lock()

    def watch() -> None:
        if ended.wait(seconds):
            return
        with lock:
            if not ended.is_set():
                tell(text())

    threading.Thread(target=watch, name="opencode-patience", daemon=True).start()
    try:
        yield
    finally:
        with lock:
            ended.set()
