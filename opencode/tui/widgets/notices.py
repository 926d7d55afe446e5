"""What there is to say, in as many rows as it needs: a path that is cut is of no use."""

from __future__ import annotations

from collections.abc import Sequence

import urwid

from opencode import text
from opencode.tui.format import Run, runs_width
from opencode.tui.widgets.lines import line, stack, text_canvas

__all__ = ["MAX_ROWS", "fits", "notice_canvas"]

MAX_ROWS = 6

MARGIN = 1

IN_THE_LOG = " (all of it: l)"
"""Ends what is shortened; the log has the whole."""


def fits(runs: Sequence[Run], columns: int) -> bool:
    """Whether it needs no more than one row of so many columns."""
    return runs_width(runs) <= columns - 2 * MARGIN


def notice_canvas(runs: Sequence[Run], columns: int, most: int) -> urwid.CompositeCanvas:
    """Return it in at most so many rows, below a line if there is room for one."""
    inner = max(1, columns - 2 * MARGIN)
    words = text_canvas(runs, inner, wrap="space")
    if words.rows() > most:
        words = text_canvas(_shortened(runs, inner, most), inner, wrap="space")
    shown = urwid.CompositeCanvas(words)
    shown.pad_trim_left_right(MARGIN, columns - inner - MARGIN)
    rows = min(shown.rows(), most)
    if rows == most:
        return stack([shown], columns, rows)
    return stack([line([("border", "─" * columns)], columns), shown], columns, rows + 1)


def _shortened(runs: Sequence[Run], columns: int, rows: int) -> list[Run]:
    """Leave out the middle: what went wrong stands at the beginning, where at the end."""
    attribute = runs[0][0]
    words = "".join(part for _, part in runs)
    for room in range(columns * rows - len(IN_THE_LOG), 1, -1):
        head = text.truncate(words, room // 2)
        tail = text.truncate(words, room - room // 2, side="left").removeprefix("…")
        shown: list[Run] = [(attribute, head + tail), ("dim", IN_THE_LOG)]
        if text_canvas(shown, columns, wrap="space").rows() <= rows:
            return shown
    return [(attribute, text.truncate(words, columns))]
