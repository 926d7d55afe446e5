"""Two panes side by side where there is room, else only the left one; headings above them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import urwid

from opencode import text
from opencode.tui.format import Run
from opencode.tui.widgets.base import Box, Click
from opencode.tui.widgets.lines import blank, line, stack, text_canvas
from opencode.tui.widgets.row import MARGINS

__all__ = ["WIDE", "Split", "list_columns"]

WIDE = 100
"""From so many columns on there are two panes."""

LIST_MIN, LIST_MAX = 48, 84

INDENT = 2
"""Columns before the heading, above the marker of the row with the cursor."""


def list_columns(columns: int) -> int:
    """Return how many columns the left pane gets."""
    if columns < WIDE:
        return columns
    return max(LIST_MIN, min(LIST_MAX, columns // 2))


class Split(Box):
    """The list with its column headings, and the preview beside it."""

    def __init__(
        self,
        left: Box,
        heading: Callable[[int], str],
        right_heading: Callable[[], Sequence[Run]],
        on_pane: Callable[[Box], None] = lambda _: None,
        on_heading: Callable[[int, int], None] = lambda _, __: None,
    ) -> None:
        """`on_pane` is told which pane was clicked.

        `on_heading` is told which column of the list's heading was, and how many that has.
        """
        super().__init__()
        self._left = left
        self.right: Box | None = None
        """Blank as long as there is none."""
        self._heading = heading
        self._right_heading = right_heading
        self._on_pane = on_pane
        self._on_heading = on_heading
        self.alone = False
        """Whether the left pane has the whole width, because the right one has nothing to show."""

    def draw(self, columns: int, rows: int) -> urwid.Canvas:
        if not rows:
            return blank(columns, 0)
        width = self._left_columns(columns)
        left = self._list(width, rows)
        if width == columns:
            return left
        rest = columns - width - 1
        divider = text_canvas([("border", "\n".join(["│"] * rows))], 1)
        beside = [line([(None, " "), *self._right_heading()], rest)]
        if self.right is not None:
            beside.append(self.right.render((rest, max(0, rows - 1))))
        right = stack(beside, rest, rows)
        return urwid.CanvasJoin(
            [
                (left, None, True, width),
                (divider, None, False, 1),
                (right, None, False, rest),
            ]
        )

    def mouse(self, columns: int, rows: int, click: Click) -> bool:
        width = self._left_columns(columns)
        left = click.column < width
        if click.row < 1:
            return left and self._click_heading(click, max(0, width - MARGINS))
        pane, first, inner = (
            (self._left, 0, width) if left else (self.right, width + 1, columns - width - 1)
        )
        if pane is None:
            return False
        inside = click._replace(row=click.row - 1, column=click.column - first)
        if inside.column < 0 or not pane.mouse(inner, rows - 1, inside):
            return False
        if click.button == 1:
            self._on_pane(pane)
        return True

    def _click_heading(self, click: Click, columns: int) -> bool:
        column = click.column - INDENT
        if click.event != "mouse press" or click.button != 1 or not 0 <= column < columns:
            return False
        self._on_heading(column, columns)
        return True

    def _left_columns(self, columns: int) -> int:
        return columns if self.alone else list_columns(columns)

    def _list(self, columns: int, rows: int) -> urwid.Canvas:
        heading = text.pad(self._heading(max(0, columns - MARGINS)), max(0, columns - MARGINS))
        return stack(
            [
                line([(None, " " * INDENT), ("heading", heading)], columns),
                self._left.render((columns, max(0, rows - 1))),
            ],
            columns,
            rows,
        )
