"""Boxes drawn over a screen."""

from __future__ import annotations

from collections.abc import Sequence

import urwid

from opencode import text
from opencode.tui.format import Run, runs_width
from opencode.tui.widgets.lines import blank, line, stack, text_canvas

__all__ = ["boxed", "dialog"]

MAX_COLUMNS = 78


def dialog(
    title: str,
    lines: Sequence[Sequence[Run]],
    choices: Sequence[Run],
    columns: int,
    rows: int,
    *,
    attribute: str = "error",
) -> urwid.CompositeCanvas:
    """Return wrapped lines and the choices in a box of at most `rows` rows.

    Where there is not room for everything the choices stay.
    """
    longest = max(map(runs_width, (*lines, choices)))
    inner = max(1, min(longest, MAX_COLUMNS - 4, columns - 8))
    drawn = [text_canvas(runs, inner, wrap="space") for runs in lines]
    below = text_canvas(choices, inner, wrap="space")
    height = sum(canvas.rows() for canvas in drawn)
    room = max(1, rows - 2 - below.rows())
    space = int(height < room)
    return boxed(
        title,
        stack(
            [stack(drawn, inner, min(height, room)), blank(inner, space), below],
            inner,
            min(height, room) + space + below.rows(),
        ),
        attribute=attribute,
    )


def boxed(title: str, content: urwid.Canvas, *, attribute: str = "title") -> urwid.CompositeCanvas:
    """Return a canvas within a border that bears a title."""
    columns, rows = content.cols() + 4, content.rows()
    label = text.truncate(f" {title} ", columns - 2)
    above: list[Run] = [
        ("border", "┌"),
        (attribute, label),
        ("border", "─" * (columns - 2 - text.width(label)) + "┐"),
    ]
    side = text_canvas([("border", "\n".join(["│"] * rows))], 1)
    body = urwid.CanvasJoin(
        [
            (side, None, False, 2),
            (content, None, False, columns - 3),
            (side, None, False, 1),
        ]
    )
    below = line([("border", "└" + "─" * (columns - 2) + "┘")], columns)
    return stack([line(above, columns), body, below], columns, rows + 2)
