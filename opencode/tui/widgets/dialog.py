"""Boxes drawn over a screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import urwid

from opencode import text
from opencode.tui.format import Run, runs_width
from opencode.tui.widgets.lines import blank, line, stack, steadied, text_canvas

__all__ = ["Area", "Button", "Overlay", "boxed", "dialog"]

MAX_COLUMNS = 78
GAP = 6
"""Columns between choices."""


@dataclass(frozen=True, slots=True)
class Button:
    """Words in a dialog; a click on them does what the key does."""

    key: str
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Area:
    """Columns of a row that stand for a key; `end` is the first one after them."""

    row: int
    begin: int
    end: int
    key: str


@dataclass(frozen=True, slots=True)
class Overlay:
    """A box to be drawn over a screen, and what of it can be clicked."""

    canvas: urwid.Canvas
    areas: tuple[Area, ...] = ()
    pane: bool = False
    """Whether the layer's widget is what the border is drawn around."""

    def key_at(self, column: int, row: int) -> str | None:
        """Return the key that a place of the canvas stands for."""
        for area in self.areas:
            if area.row == row and area.begin <= column < area.end:
                return area.key
        return None


def dialog(
    title: str,
    lines: Sequence[Sequence[Run] | Button],
    choices: Sequence[Button],
    columns: int,
    rows: int,
    *,
    attribute: str = "error",
) -> Overlay:
    """Return wrapped lines and the choices in a box of at most `rows` rows.

    Where there is not room for everything the choices stay.
    """
    content = [line.runs if isinstance(line, Button) else line for line in lines]
    together = GAP * (len(choices) - 1) + sum(runs_width(button.runs) for button in choices)
    longest = max(together, *map(runs_width, content))
    inner = max(1, min(longest, MAX_COLUMNS - 4, columns - 8))
    drawn = [text_canvas(steadied(runs), inner, wrap="space") for runs in content]
    below = _in_rows(choices, inner)
    shown = min(sum(canvas.rows() for canvas in drawn), max(1, rows - 2 - len(below)))
    space = int(shown < max(1, rows - 2 - len(below)))
    areas = [*_line_areas(lines, drawn, shown, inner), *_choice_areas(below, shown + space)]
    canvas = stack(
        [stack(drawn, inner, shown), blank(inner, space), *(_buttons(row, inner) for row in below)],
        inner,
        shown + space + len(below),
    )
    return Overlay(boxed(title, canvas, attribute=attribute), tuple(map(_within_border, areas)))


def _in_rows(choices: Sequence[Button], columns: int) -> list[list[Button]]:
    """Return the choices row by row; one that does not fit beside others is in the next."""
    rows: list[list[Button]] = []
    room = 0
    for button in choices:
        needed = GAP + runs_width(button.runs)
        if not rows or needed > room:
            rows.append([])
            room = columns + GAP
        rows[-1].append(button)
        room -= needed
    return rows


def _buttons(row: Sequence[Button], columns: int) -> urwid.Canvas:
    gap: Run = (None, " " * GAP)
    return line([run for button in row for run in (*button.runs, gap)], columns)


def _line_areas(
    lines: Sequence[Sequence[Run] | Button], drawn: Sequence[urwid.Canvas], rows: int, columns: int
) -> Iterator[Area]:
    row = 0
    for content, canvas in zip(lines, drawn, strict=True):
        for at in range(row, min(row + canvas.rows(), rows)):
            if isinstance(content, Button):
                yield Area(at, 0, columns, content.key)
        row += canvas.rows()


def _choice_areas(rows: Sequence[Sequence[Button]], first: int) -> Iterator[Area]:
    for row, buttons in enumerate(rows, first):
        column = 0
        for button in buttons:
            end = column + runs_width(button.runs)
            yield Area(row, column, end, button.key)
            column = end + GAP


def _within_border(area: Area) -> Area:
    return replace(area, row=area.row + 1, begin=area.begin + 2, end=area.end + 2)


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
