"""Characters that are drawn, because those of fonts leave gaps between rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

__all__ = ["CELL_HEIGHT", "CELL_WIDTH", "Rect", "is_drawn", "merged", "polygon", "rectangles"]

CELL_WIDTH, CELL_HEIGHT = 9, 20
"""Pixels of a column and of a row; 9 is what monospace fonts of 15 pixels mostly take."""

MIDDLE_X, MIDDLE_Y = 4, 9
"""Where the one pixel of a line lies within its cell."""

# Whether a line goes from the middle to the left, right, top and bottom.
LINES = {
    "─": (True, True, False, False),
    "│": (False, False, True, True),
    "┌": (False, True, False, True),
    "┐": (True, False, False, True),
    "└": (False, True, True, False),
    "┘": (True, False, True, False),
    "├": (False, True, True, True),
    "┤": (True, False, True, True),
    "┬": (True, True, False, True),
    "┴": (True, True, True, False),
    "┼": (True, True, True, True),
}

# Left, top, width and height in a cell.
BARS = {
    "█": (0, 0, CELL_WIDTH, CELL_HEIGHT),
    "▌": (0, 0, 4, CELL_HEIGHT),
    "▐": (5, 0, 4, CELL_HEIGHT),
    "▀": (0, 0, CELL_WIDTH, 10),
    "▄": (0, 10, CELL_WIDTH, 10),
}

# Corners in a cell.
TRIANGLES = {
    "▸": ((2, 6), (7, 10), (2, 14)),
    "▾": ((1, 7), (8, 7), (4.5, 13)),
}


class Rect(NamedTuple):
    """A filled rectangle, in pixels."""

    x: int
    y: int
    width: int
    height: int
    colour: str


def is_drawn(text: str) -> bool:
    """Whether a character is one of these."""
    return text in LINES or text in BARS or text in TRIANGLES


def rectangles(text: str, column: int, row: int, colour: str) -> Iterator[Rect]:
    """Yield what makes up a character of a frame or a bar; nothing for others."""
    x, y = column * CELL_WIDTH, row * CELL_HEIGHT
    if text in BARS:
        left, top, width, height = BARS[text]
        yield Rect(x + left, y + top, width, height, colour)
    if text not in LINES:
        return
    left, right, top, bottom = LINES[text]
    if left or right:
        begin = 0 if left else MIDDLE_X
        end = CELL_WIDTH if right else MIDDLE_X + 1
        yield Rect(x + begin, y + MIDDLE_Y, end - begin, 1, colour)
    if top or bottom:
        begin = 0 if top else MIDDLE_Y
        end = CELL_HEIGHT if bottom else MIDDLE_Y + 1
        yield Rect(x + MIDDLE_X, y + begin, 1, end - begin, colour)


def polygon(text: str, column: int, row: int) -> str:
    """Return the path of a triangle; nothing for other characters."""
    if text not in TRIANGLES:
        return ""
    x, y = column * CELL_WIDTH, row * CELL_HEIGHT
    return "M" + "L".join(f"{x + dx:g} {y + dy:g}" for dx, dy in TRIANGLES[text]) + "Z"


def merged(rects: Iterable[Rect]) -> list[Rect]:
    """Return the rectangles with those that touch made one, first in rows, then in columns.

    Between two that only touch, a picture that is scaled would show a line.
    """
    rows = _joined(rects)
    return [_turned(rect) for rect in _joined(map(_turned, rows))]


def _joined(rects: Iterable[Rect]) -> list[Rect]:
    joined: list[Rect] = []
    for rect in sorted(rects, key=lambda rect: (rect.y, rect.height, rect.colour, rect.x)):
        if joined and _meet(joined[-1], rect):
            last = joined.pop()
            joined.append(last._replace(width=last.width + rect.width))
        else:
            joined.append(rect)
    return joined


def _meet(left: Rect, right: Rect) -> bool:
    end = left.x + left.width
    return (left.y, left.height, left.colour, end) == (right.y, right.height, right.colour, right.x)


def _turned(rect: Rect) -> Rect:
    return Rect(rect.y, rect.x, rect.height, rect.width, rect.colour)
