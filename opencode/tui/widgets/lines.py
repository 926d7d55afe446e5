"""Canvases of single lines and of stacked lines, the bricks of everything drawn."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from functools import lru_cache

import urwid

from opencode import text
from opencode.tui.format import Run, join_ends

__all__ = ["blank", "ends", "line", "paint", "stack", "steadied", "text_canvas"]


def text_canvas(
    runs: Sequence[Run], columns: int, *, wrap: str = "clip", align: str = "left"
) -> urwid.Canvas:
    """Return runs of text laid out in a number of columns, one row or more."""
    if columns < 1:
        return urwid.SolidCanvas(" ", 0, 1)
    markup = [run for run in runs if run[1]] or ""
    widget = urwid.Text(markup, wrap=urwid.WrapMode(wrap), align=urwid.Align(align))
    return widget.render((columns,))


def steadied(runs: Iterable[Run]) -> list[Run]:
    """Return runs that terminals count alike, for what has something at its right."""
    return [(name, text.steady(part)) for name, part in runs]


def line(runs: Sequence[Run], columns: int) -> urwid.Canvas:
    """Return one row."""
    return _line(tuple(runs), columns)


# Most rows of a frame are those of the frame before.
@lru_cache(maxsize=512)
def _line(runs: tuple[Run, ...], columns: int) -> urwid.Canvas:
    return text_canvas(steadied((name, part.replace("\n", " ")) for name, part in runs), columns)


def ends(left: Iterable[Run], right: Iterable[Run], columns: int) -> urwid.Canvas:
    """Return one row with something at either end and a column of space around it."""
    inner = join_ends(left, right, max(0, columns - 2))
    return line([(None, " "), *inner], columns)


def blank(columns: int, rows: int) -> urwid.Canvas:
    """Return empty rows."""
    return urwid.SolidCanvas(" ", columns, rows)


def stack(canvases: Iterable[urwid.Canvas], columns: int, rows: int) -> urwid.CompositeCanvas:
    """Return the canvases one below the other, cut or filled up to `rows` rows."""
    shown = [(canvas, None, False) for canvas in canvases if canvas.rows()]
    if not shown:
        return urwid.CompositeCanvas(blank(columns, rows))
    canvas = urwid.CanvasCombine(shown)
    missing = rows - canvas.rows()
    if missing:
        canvas.pad_trim_top_bottom(0, missing)
    return canvas


def paint(canvas: urwid.Canvas, attributes: Mapping[Hashable, str]) -> urwid.CompositeCanvas:
    """Return the canvas with attributes replaced."""
    painted = urwid.CompositeCanvas(canvas)
    painted.fill_attr_apply(attributes)
    return painted
