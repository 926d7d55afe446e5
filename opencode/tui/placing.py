"""What is drawn stays in its columns, however wide the terminal thinks a character is.

urwid writes a row from left to right and trusts the terminal to count columns as it does itself.
With letters that bear marks, many scripts of India and its neighbours, and emoji, terminals do not.
A row with such characters is written twice: blank where they are, then from the first of them on
with the cursor set to where each group of words belongs. Where they take more room than thought
they go on into the blanks that follow, and no further.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator
from typing import TYPE_CHECKING, Literal, NamedTuple

from opencode import text

if TYPE_CHECKING:
    import urwid

__all__ = ["PlacedCanvas"]

Segment = tuple[Hashable, Literal["0", "U"] | None, bytes]

# Control sequences; urwid writes those of the charset "U" as they are, and counts none of them.
WRAP_OFF, WRAP_ON = b"\x1b[?7l", b"\x1b[?7h"

BLANKS = re.compile(r"( {2,}|^ +| +$)")

# Letters with marks, and what has no column; jamo that join; pictures, of which there are more in
# every year's Unicode. Blocks that hold nothing of the kind are left out, for speed.
DOUBTFUL = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0590-\u05cf\u0600-\u061c\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u0700-\u109f\u1160-\u11ff\u135d-\u135f\u1700-\u1cff\u1dc0-\u1dff\u200b-\u200f\u20d0-\u20ff"
    "\u2cef-\u2cf1\u2de0-\u2dff\u302a-\u302f\u3099\u309a\ua66f-\ua67f\ua800-\uabff\ufb1e"
    "\ufe00-\ufe0f\ufe20-\ufe2f\U00010a00-\U00011fff\U00016a00-\U00016fff\U0001d165-\U0001d244"
    "\U0001e000-\U0001e95f\U0001f000-\U0001faff\U000e0000-\U000e01ef]"
)


class PlacedCanvas:
    """A canvas whose doubtful characters come with their columns; for a terminal that is drawn to.

    It has only what `draw_screen` asks for.
    """

    def __init__(self, canvas: urwid.Canvas) -> None:
        self.canvas = canvas

    @property
    def cursor(self) -> tuple[int, int] | None:
        """The cursor's place."""
        cursor: tuple[int, int] | None = self.canvas.cursor
        return cursor

    def rows(self) -> int:
        """Return the height."""
        rows: int = self.canvas.rows()
        return rows

    def content(self) -> Iterator[list[Segment]]:
        """Yield the rows."""
        last = self.canvas.rows() - 1
        for number, row in enumerate(self.canvas.content()):
            if any(map(_is_doubtful, row)):
                yield _placed(row, bottom=number == last)
            else:
                yield row


class _Piece(NamedTuple):
    """Words that flow; blanks are pieces of their own."""

    attribute: Hashable
    words: str
    column: int
    width: int

    @property
    def doubtful(self) -> bool:
        return DOUBTFUL.search(self.words) is not None


def _is_doubtful(segment: Segment) -> bool:
    _, charset, run = segment
    return charset is None and not run.isascii() and bool(DOUBTFUL.search(_decoded(run)))


def _placed(row: list[Segment], *, bottom: bool) -> list[Segment]:
    pieces = list(_pieces(row))
    first = next(number for number, piece in enumerate(pieces) if piece.doubtful)
    placed: list[Segment] = [(None, "U", WRAP_OFF)]
    for piece in pieces:
        words = " " * piece.width if piece.doubtful else piece.words
        placed.append((piece.attribute, None, words.encode()))
    for piece in pieces[first:]:
        if not piece.words.isspace():
            placed += [
                (None, "U", _to(piece.column)),
                (piece.attribute, None, piece.words.encode()),
            ]
    placed.append((None, "U", WRAP_ON))
    if bottom and pieces[-1].words.isspace():
        # urwid would take the bottom right corner for something to be moved into its place.
        end = pieces[-1]
        placed += [
            (None, "U", _to(end.column + end.width - 1)),
            (end.attribute, None, b" "),
        ]
    return placed


def _pieces(row: list[Segment]) -> Iterator[_Piece]:
    column = 0
    for attribute, _, run in row:
        for words in BLANKS.split(_decoded(run)):
            if words:
                width = text.width(words)
                yield _Piece(attribute, words, column, width)
                column += width


def _decoded(run: bytes) -> str:
    return run.decode("utf-8", "replace")


def _to(column: int) -> bytes:
    return b"\x1b[%dG" % (column + 1)
