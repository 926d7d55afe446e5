"""Python as the interface needs it: quick to change threads, and seldom looking for garbage."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["SETTLED", "responsive", "settle"]

SETTLED = 1.0
"""Seconds after the start by which the modules are loaded."""


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
