"""Tables, laid out in as many columns as there are."""

from __future__ import annotations

from collections.abc import Sequence

import urwid

from opencode.tui.format import Run, runs_width
from opencode.tui.render.blocks import Align, Table
from opencode.tui.widgets.lines import blank, line, stack, text_canvas

__all__ = ["fitting", "table_canvas"]

BETWEEN = " │ "
MIN_TEXT = 8
MIN_CELL = 12
"""Columns below which a cell is hard to read, unless it needs no more."""


def fitting(widths: Sequence[int], room: int) -> list[int]:
    """Return widths that fit: the widest columns give way, down to 12 columns each."""
    fit = list(widths)
    while sum(fit) > room and max(fit) > MIN_CELL:
        widest = max(fit)
        below = max([width for width in fit if width < widest], default=0)
        wide = [number for number, width in enumerate(fit) if width == widest]
        surplus = sum(fit) - room
        lowest = max(MIN_CELL, below, widest - -(-surplus // len(wide)))
        for number in wide:
            fit[number] = lowest
    return fit


def table_canvas(table: Table, columns: int) -> urwid.Canvas:
    """Return the rows of a table, cells wrapped; where there is no room, one cell below another.

    Every cell has its heading beside it then.
    """
    between = len(BETWEEN) * (len(table.widths) - 1)
    widths = fitting(table.widths, columns - between)
    if sum(widths) + between > columns:
        return _records(table, columns)
    drawn: list[urwid.Canvas] = []
    for number, row in enumerate(table.rows):
        drawn.append(_row(row, widths, table.aligns, columns))
        if table.heading and not number:
            drawn.append(line([("border", "─┼─".join("─" * width for width in widths))], columns))
    return stack(drawn, columns, sum(canvas.rows() for canvas in drawn))


def _row(
    row: Sequence[tuple[Run, ...]], widths: Sequence[int], aligns: Sequence[Align], columns: int
) -> urwid.Canvas:
    cells = [
        text_canvas(cell, width, wrap="space", align=align)
        for cell, width, align in zip(row, widths, aligns, strict=True)
    ]
    rows = max(cell.rows() for cell in cells)
    parts: list[tuple[urwid.Canvas, None, bool, int]] = []
    for number, (cell, width) in enumerate(zip(cells, widths, strict=True)):
        if number:
            bar = text_canvas([("border", "\n".join([BETWEEN] * rows))], len(BETWEEN))
            parts.append((bar, None, False, len(BETWEEN)))
        parts.append((stack([cell], width, rows), None, False, width))
    used = sum(part[3] for part in parts)
    if columns > used:
        parts.append((blank(columns - used, rows), None, False, columns - used))
    return urwid.CanvasJoin(parts)


def _records(table: Table, columns: int) -> urwid.Canvas:
    label = min(max(map(runs_width, table.heads), default=0), columns // 3)
    widths = (label, columns - label - len(BETWEEN))
    body = table.rows[table.heading :]
    if not label or widths[1] < MIN_TEXT or not body:
        return _list(table, columns)
    rule = line([("border", "─┼─".join("─" * width for width in widths))], columns)
    drawn: list[urwid.Canvas] = []
    for number, row in enumerate(body):
        # Hits of a search are marked in the heading's own row, which is shown once.
        first = table.heading and not number
        heads = table.rows[0] if first else table.heads
        drawn += [] if first else [rule]
        drawn += [
            _row(pair, widths, ("left", "left"), columns) for pair in zip(heads, row, strict=True)
        ]
    return stack(drawn, columns, sum(canvas.rows() for canvas in drawn))


def _list(table: Table, columns: int) -> urwid.Canvas:
    drawn = [text_canvas(cell, columns, wrap="space") for row in table.rows for cell in row]
    return stack(drawn, columns, sum(canvas.rows() for canvas in drawn))
