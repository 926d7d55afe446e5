"""The footer's hints: as many keys as fit, each of which can be clicked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from opencode import text
from opencode.tui.format import Run
from opencode.tui.keymap import Hint, key_label

__all__ = ["hint_at", "hint_runs"]

BETWEEN = 2
"""Columns after a hint."""


def hint_runs(hints: Sequence[Hint], columns: int) -> list[Run]:
    """Return as many of the hints as fit; the last one, help, is never left out."""
    runs: list[Run] = []
    for hint in _fitting(hints, columns):
        runs += [(None, " " * BETWEEN)] if runs else []
        runs += [("key", hint.label), ("dim", f" {hint.words}")]
    return runs


def hint_at(hints: Sequence[Hint], columns: int, column: int) -> str | None:
    """Return the key that is meant by a click on a column of the hints."""
    for hint in _fitting(hints, columns):
        if 0 <= column < text.width(hint.label):
            return _nearest(hint.keys, column)
        if 0 <= column < _width(hint):
            return hint.keys[0]
        column -= _width(hint) + BETWEEN
    return None


def _nearest(keys: tuple[str, ...], column: int) -> str:
    """Return the key whose label is at a column, or ends before it."""
    for key in keys:
        column -= text.width(key_label(key)) + 1
        if column < 0:
            return key
    return keys[-1]


def _fitting(hints: Sequence[Hint], columns: int) -> Iterator[Hint]:
    """Yield those that are shown."""
    room = columns - sum(map(_width, hints[-1:]))
    for hint in hints[:-1]:
        room -= _width(hint) + BETWEEN
        if room < 0:
            break
        yield hint
    yield from hints[-1:]


def _width(hint: Hint) -> int:
    return text.width(hint.label) + 1 + text.width(hint.words)
