"""A terminal's screen as characters with their places and looks."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import pyte
    from pyte.screens import Char

__all__ = ["Cell", "Colours", "Look", "cells"]

ORDINARY_END = 0x250
"""Every monospace font has what comes before."""


class Colours(NamedTuple):
    """What a terminal has of its own."""

    text: str
    back: str
    edge: str
    """The window's border."""


class Look(NamedTuple):
    """How a character is written."""

    colour: str
    bold: bool = False
    italic: bool = False
    underlined: bool = False


class Cell(NamedTuple):
    """A character and where it begins, in columns."""

    column: int
    columns: int
    text: str
    look: Look
    back: str

    @property
    def ordinary(self) -> bool:
        """Whether any font has it, in one column."""
        return self.columns == 1 and len(self.text) == 1 and ord(self.text) < ORDINARY_END

    @property
    def blank(self) -> bool:
        """Whether nothing is to be seen of it."""
        return self.text == " " and not self.look.underlined


def cells(screen: pyte.Screen, row: int, colours: Colours) -> list[Cell]:
    """Return a row; what pyte keeps after a wide character is no cell of its own."""
    line = screen.buffer[row]
    found = []
    for column in range(screen.columns):
        char = line[column]
        if not char.data:
            continue
        cursor = (screen.cursor.x, screen.cursor.y) == (column, row) and not screen.cursor.hidden
        wide = column + 1 < screen.columns and not line[column + 1].data
        look, back = _look(char, colours, inverted=cursor)
        found.append(Cell(column, 1 + wide, char.data, look, back))
    return found


def _look(char: Char, colours: Colours, *, inverted: bool) -> tuple[Look, str]:
    front, back = _colour(char.fg, colours.text), _colour(char.bg, colours.back)
    if char.reverse != inverted:
        front, back = back, front
    return Look(front, char.bold, char.italics, char.underscore), back


def _colour(name: str, default: str) -> str:
    """Return a colour of pyte's; the 16 old ones look different in every terminal."""
    if name == "default":
        return default
    if len(name) != len("rrggbb"):
        raise ValueError(f"{name} is not a true colour")
    return f"#{name}"
