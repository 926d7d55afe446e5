"""Typed bases for the widgets: urwid leaves open whether a size has none, one or two numbers."""

from __future__ import annotations

from typing import ClassVar, Literal, NamedTuple, cast

import urwid

__all__ = ["Box", "Click", "Flow", "Mark", "Size"]

Size = tuple[()] | tuple[int] | tuple[int, int]

Mark = Literal["none", "active", "idle"]
"""Whether the cursor stands on an item, and whether its pane is the one that gets the keys."""


class Click(NamedTuple):
    """A mouse event at a place of the widget; buttons 4 and 5 are the wheel."""

    event: str
    button: int
    column: int
    row: int


class Box(urwid.Widget):
    """A widget that fills the columns and rows it is given.

    Canvases are not kept: what is drawn changes behind the widget's back, and drawing is cheap.
    Keys are left to the screens, which know what they mean.
    """

    _sizing = frozenset([urwid.Sizing.BOX])
    _selectable = True
    no_cache: ClassVar[list[str]] = ["render"]

    def draw(self, columns: int, rows: int) -> urwid.Canvas:
        """Return a canvas of exactly this size."""
        raise NotImplementedError

    def mouse(self, columns: int, rows: int, click: Click) -> bool:
        """Take a mouse event; whether it meant something."""
        return False

    def render(self, size: Size, focus: bool = False) -> urwid.Canvas:
        return self.draw(*cast("tuple[int, int]", size))

    def keypress(self, size: Size, key: str) -> str | None:
        return key

    def mouse_event(
        self, size: Size, event: str, button: int, col: int, row: int, focus: bool
    ) -> bool:
        return self.mouse(*cast("tuple[int, int]", size), Click(event, button, col, row))


class Flow(urwid.Widget):
    """A widget that takes as many rows as it needs."""

    _sizing = frozenset([urwid.Sizing.FLOW])
    _selectable = True
    no_cache: ClassVar[list[str]] = ["render", "rows"]

    def height(self, columns: int) -> int:
        """Return how many rows it takes."""
        raise NotImplementedError

    def lead(self, columns: int) -> int:
        """Return how many of the rows come before what the cursor marks."""
        return 0

    def row_of(self, columns: int, attribute: str) -> int | None:
        """Return the first row in which something has an attribute."""
        return None

    def draw(self, columns: int, mark: Mark) -> urwid.Canvas:
        """Return a canvas of that many rows."""
        raise NotImplementedError

    def rows(self, size: Size, focus: bool = False) -> int:
        return self.height(cast("tuple[int]", size)[0])

    def render(self, size: Size, focus: bool = False) -> urwid.Canvas:
        return self.draw(cast("tuple[int]", size)[0], "active" if focus else "none")

    def keypress(self, size: Size, key: str) -> str | None:
        return key
