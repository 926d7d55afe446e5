"""Finding words by a few of their letters."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Match", "match"]

START, NEXT, GAP = 8, 5, 1
"""Points for a letter that begins a word or follows the one before; taken off for each jump."""


@dataclass(frozen=True, slots=True)
class Match:
    """How well a text matches, and which of its characters do."""

    score: int
    positions: frozenset[int]


def match(typed: str, text: str) -> Match | None:
    """Return how the letters of `typed` are found in `text`, in their order; None when not.

    Case and blanks do not matter. Of several ways the best is taken.
    """
    letters = [letter for letter in typed.lower() if not letter.isspace()]
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = text
    # ways[n]: the best way to place the letters so far with the last one at n.
    ways: dict[int, tuple[int, tuple[int, ...]]] = {-1: (0, ())}
    for letter in letters:
        ways = _placed(letter, lowered, ways)
        if not ways:
            return None
    score, positions = max(ways.values(), key=lambda way: way[0])
    return Match(score, frozenset(positions))


def _placed(
    letter: str, text: str, ways: dict[int, tuple[int, tuple[int, ...]]]
) -> dict[int, tuple[int, tuple[int, ...]]]:
    placed: dict[int, tuple[int, tuple[int, ...]]] = {}
    for at, character in enumerate(text):
        if character != letter:
            continue
        points = START if at == 0 or not text[at - 1].isalnum() else 0
        before = [
            (score + (NEXT if at == last + 1 and last >= 0 else -GAP), positions)
            for last, (score, positions) in ways.items()
            if last < at
        ]
        if before:
            score, positions = max(before, key=lambda way: way[0])
            placed[at] = score + points, (*positions, at)
    return placed
