"""The footer's hints: as many keys as fit, each of which can be clicked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from opencode import text
from opencode.tui.format import Run
from opencode.tui.keymap import first_keys, shown_keys

__all__ = ["hint_at", "hint_runs"]

BETWEEN = 2
"""Columns after a hint."""


def hint_runs(place: str, columns: int) -> list[Run]:
    """Return the keys of a place, as many as fit; the last one, help, is never left out."""
    hints = shown_keys(place)
    runs: list[Run] = []
    for keys, words in (hints[number] for number in _fitting(hints, columns)):
        runs += [("key", keys), ("dim", f" {words}{' ' * BETWEEN}")]
    *all_but_last, (attribute, words) = runs
    return [*all_but_last, (attribute, words.rstrip())]


def hint_at(place: str, columns: int, column: int) -> str | None:
    """Return the key that is meant by a click on a column of the hints."""
    hints = shown_keys(place)
    for number in _fitting(hints, columns):
        shown, words = hints[number]
        keys = first_keys(place)[number]
        if 0 <= column < text.width(shown):
            return _nearest(shown.split("/") if len(keys) > 1 else [shown], keys, column)
        width = text.width(shown) + 1 + text.width(words)
        if 0 <= column < width:
            return keys[0]
        column -= width + BETWEEN
    return None


def _nearest(labels: list[str], keys: tuple[str, ...], column: int) -> str:
    """Return the key whose label is at a column, or ends before it."""
    for label, key in zip(labels, keys, strict=True):
        column -= text.width(label) + 1
        if column < 0:
            return key
    return keys[-1]


def _fitting(hints: Sequence[tuple[str, str]], columns: int) -> Iterator[int]:
    """Yield the numbers of those that are shown."""
    *hints, last = hints
    room = columns - text.width(" ".join(last))
    for number, hint in enumerate(hints):
        room -= text.width(" ".join(hint)) + BETWEEN
        if room < 0:
            break
        yield number
    yield len(hints)
