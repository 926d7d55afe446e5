"""One item of a conversation on the screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import urwid

from opencode import text
from opencode.tui.format import Run, join_ends, runs_width, truncate_runs
from opencode.tui.render.blocks import BLANK, Paragraph
from opencode.tui.widgets.base import Flow, Mark
from opencode.tui.widgets.lines import blank, line, stack, text_canvas
from opencode.tui.widgets.table import table_canvas

__all__ = ["Block"]

MARKER = "▌"
MAX_TEXT = 120
MIN_TEXT = 8
"""Columns that indents leave for text, however narrow the pane."""


class Block(Flow):
    """Paragraphs below each other; a bar at the left marks them when they have the cursor."""

    def __init__(
        self,
        paragraphs: Sequence[Paragraph],
        lead: Sequence[Paragraph] = (),
        hint: Sequence[Run] = (),
    ) -> None:
        """`hint`: at the right end of the first line, which is clipped, when it has the cursor."""
        super().__init__()
        self._paragraphs = tuple(paragraphs)
        self._lead = tuple(lead)
        self._hint = tuple(hint)
        self._drawn: tuple[int, urwid.Canvas, urwid.Canvas] | None = None

    def height(self, columns: int) -> int:
        lead, content = self._canvases(columns)
        return lead.rows() + content.rows()

    def lead(self, columns: int) -> int:
        return self._canvases(columns)[0].rows()

    def row_of(self, columns: int, attribute: str) -> int | None:
        lead, content = self._canvases(columns)
        for number, row in enumerate(content.content()):
            if any(name == attribute for name, *_ in row):
                return lead.rows() + number
        return None

    def draw(self, columns: int, mark: Mark) -> urwid.Canvas:
        lead, content = self._canvases(columns)
        rows = content.rows()
        if self._hint and mark == "active":
            content = self._hinting(content, columns)
        if columns > 1:
            bar = [("marker", "\n".join([MARKER if mark == "active" else " "] * rows))]
            content = urwid.CanvasJoin(
                [
                    (text_canvas(bar, 1), None, False, 1),
                    (content, None, False, columns - 1),
                ]
            )
            lead = urwid.CanvasJoin(
                [
                    (blank(1, lead.rows()), None, False, 1),
                    (lead, None, False, columns - 1),
                ]
            )
        return stack([lead, content], columns, rows + lead.rows())

    def _hinting(self, content: urwid.Canvas, columns: int) -> urwid.Canvas:
        inner = max(1, columns - 1)
        first = _paragraph(self._paragraphs[0], inner, self._hint)
        rest = urwid.CompositeCanvas(content)
        if rest.rows() == 1:
            return first
        rest.trim(1)
        return stack([first, rest], inner, content.rows())

    def _canvases(self, columns: int) -> tuple[urwid.Canvas, urwid.Canvas]:
        """Return lead and content without the bar's column; they are kept for one width."""
        if self._drawn is None or self._drawn[0] != columns:
            inner = max(1, columns - 1) if columns else 0
            self._drawn = (
                columns,
                _stacked(self._lead, inner),
                _stacked(self._paragraphs or (BLANK,), inner),
            )
        return self._drawn[1:]


def _stacked(paragraphs: Sequence[Paragraph], columns: int) -> urwid.Canvas:
    drawn = [_paragraph(paragraph, columns) for paragraph in paragraphs]
    return stack(drawn, columns, sum(canvas.rows() for canvas in drawn))


def _paragraph(paragraph: Paragraph, columns: int, hint: tuple[Run, ...] = ()) -> urwid.Canvas:
    if not columns:
        return blank(0, 1)
    # One column stays free at the right end, as on the left; very long lines are hard to read.
    usable = max(1, min(columns - 1, MAX_TEXT))
    indent = max(0, min(paragraph.indent - 1, usable - MIN_TEXT))
    room = usable - indent
    if paragraph.table is not None:
        canvas = table_canvas(paragraph.table, room)
    elif paragraph.frame is not None:
        canvas = _framed(paragraph, room)
    elif paragraph.wrap == "clip":
        canvas = line(_clipped(paragraph, room, hint), room)
    else:
        canvas = _wrapped(paragraph, room)
    return urwid.CanvasJoin(
        [
            *([(blank(indent, canvas.rows()), None, False, indent)] if indent else []),
            (canvas, None, False, columns - indent),
        ]
    )


def _clipped(paragraph: Paragraph, columns: int, hint: tuple[Run, ...]) -> list[Run]:
    right = [paragraph.right] if paragraph.right[1] else []
    if hint and runs_width((*paragraph.tail, *right, *hint)) <= columns * 2 // 3:
        right = [*hint, *right]
    elif runs_width((*paragraph.tail, *right)) > columns // 2:
        right = []
    room = max(0, columns - runs_width((*paragraph.tail, *right)) - len(right))
    before = (paragraph.first, *paragraph.runs)
    left = room - runs_width(before)
    runs = truncate_runs((*before, *_echo(paragraph, left)), room)
    return join_ends([*runs, *paragraph.tail], right, columns)


def _echo(paragraph: Paragraph, columns: int) -> Sequence[Run]:
    whole = columns < MIN_TEXT or runs_width(paragraph.echo) <= columns
    if whole or not paragraph.keeps_end:
        return paragraph.echo
    space, *words = paragraph.echo
    room = columns - runs_width([space])
    kept: list[Run] = []
    for attribute, part in reversed(words):
        kept.insert(0, (attribute, text.truncate(part, room, side="left")))
        room -= text.width(part)
        if room <= 0:
            break
    return [space, *kept]


def _wrapped(paragraph: Paragraph, columns: int) -> urwid.Canvas:
    hang = text.width(paragraph.first[1])
    if hang >= columns:
        return text_canvas(paragraph.runs, columns, wrap=paragraph.wrap)
    content = text_canvas(paragraph.runs, columns - hang, wrap=paragraph.wrap)
    if not hang:
        return content
    return urwid.CanvasJoin(
        [
            (_margin(paragraph, hang, content.rows()), None, False, hang),
            (content, None, False, columns - hang),
        ]
    )


def _margin(paragraph: Paragraph, columns: int, rows: int) -> urwid.Canvas:
    return stack(_marks(paragraph, columns, rows), columns, rows)


def _marks(paragraph: Paragraph, columns: int, rows: int) -> Iterator[urwid.Canvas]:
    yield line([paragraph.first], columns)
    if rows > 1:
        attribute, mark = paragraph.rest
        yield text_canvas([(attribute, "\n".join([mark] * (rows - 1)))], columns)


def _framed(paragraph: Paragraph, columns: int) -> urwid.Canvas:
    if columns < MIN_TEXT:
        return text_canvas(paragraph.runs, columns, wrap="any")
    label = f" {paragraph.frame} " if paragraph.frame else ""
    label = text.truncate(label, columns - 4)
    content = text_canvas(paragraph.runs, columns - 4, wrap=paragraph.wrap)
    rows = content.rows()
    side = [("border", "\n".join(["│"] * rows))]
    body = urwid.CanvasJoin(
        [
            (text_canvas(side, 1), None, False, 2),
            (content, None, False, columns - 3),
            (text_canvas(side, 1), None, False, 1),
        ]
    )
    above = "┌" + label + "─" * (columns - 2 - text.width(label)) + "┐"
    below = "└" + "─" * (columns - 2) + "┘"
    drawn = [
        *([line([("border", above)], columns)] if paragraph.opens else []),
        body,
        *([line([("border", below)], columns)] if paragraph.closes else []),
    ]
    return stack(drawn, columns, rows + paragraph.opens + paragraph.closes)
