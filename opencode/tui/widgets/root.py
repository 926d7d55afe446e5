"""The whole screen: header, the current screen, footer, status block, dialogs on top."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

import urwid

from opencode import text
from opencode.tui.format import Run
from opencode.tui.keymap import shown_keys
from opencode.tui.screens.base import Layer
from opencode.tui.theme import ATTRIBUTES
from opencode.tui.widgets.base import Box, Click, Size
from opencode.tui.widgets.lines import blank, ends, line, paint, stack, text_canvas
from opencode.tui.widgets.notices import MAX_ROWS, fits, notice_canvas
from opencode.tui.widgets.statusblock import StatusBlock, status_rows

__all__ = ["MIN_COLUMNS", "MIN_ROWS", "Frame", "Root"]

MIN_COLUMNS, MIN_ROWS = 40, 10

HINTS_BESIDE_INPUT = 60
"""Columns from which there is room for them."""


class Frame(Protocol):
    """What the program tells about itself when it is drawn."""

    @property
    def layers(self) -> Sequence[Layer]:
        """Screens and dialogs, the topmost last."""

    @property
    def offline(self) -> bool:
        """Whether the database is out of reach, and what is shown is old."""

    def status(self) -> tuple[str, str, str, str]:
        """Return project id, provider, session title, and how the connection stands if badly."""

    def notice_runs(self) -> Sequence[Run]:
        """Return what there is to say, if anything."""

    def drop_notice(self) -> None:
        """Say it no more."""

    def spinner(self) -> str:
        """Return a sign that work is going on, or nothing."""

    def key(self, key: str) -> bool:
        """Take a key; whether it meant something."""

    def click(self, columns: int, rows: int, click: Click) -> bool:
        """Take a mouse event in the current screen's pane of this size."""

    def dragged(self) -> None:
        """Take note that the mouse was dragged."""

    def resized(self, size: tuple[int, int]) -> None:
        """Take note that the screen has another size."""

    def failing(self, error: Exception) -> None:
        """Take note that something could not be drawn."""


class Root(Box):
    """Draws layers and hands them keys and clicks."""

    def __init__(self, frame: Frame) -> None:
        super().__init__()
        self.status = StatusBlock()
        self._frame = frame
        self.size = (0, 0)
        """Columns and rows of the screen when it was drawn last."""
        self._covered = range(0)
        """Rows that what there is to say took from the pane."""

    @property
    def too_small(self) -> bool:
        """Whether there is no room to show anything."""
        return self.size[0] < MIN_COLUMNS or self.size[1] < MIN_ROWS

    def draw(self, columns: int, rows: int) -> urwid.Canvas:
        if (columns, rows) != self.size:
            self.size = columns, rows
            self._frame.resized(self.size)
        try:
            return self._draw(columns, rows)
        except Exception as error:  # noqa: BLE001  an error here would end the loop
            self._frame.failing(error)
            return _centred("This cannot be drawn; the log says why (l).", columns, rows)

    def keypress(self, size: Size, key: str) -> str | None:
        return None if self._frame.key(key) else key

    def mouse(self, columns: int, rows: int, click: Click) -> bool:
        if click.event == "mouse drag":
            self._frame.dragged()
            return True
        if click.row in self._covered:
            self._frame.drop_notice()
            return True
        top = self._frame.layers[-1]
        body = _body_rows(rows)
        if self.too_small or top.is_overlay or not 1 <= click.row <= body:
            return False
        return self._frame.click(columns, body, replace(click, row=click.row - 1))

    def _draw(self, columns: int, rows: int) -> urwid.Canvas:
        if self.too_small:
            return _centred(
                f"needs {MIN_COLUMNS}x{MIN_ROWS}, this is {columns}x{rows}", columns, rows
            )
        self._covered = range(0)
        layers = self._frame.layers
        screen = next(layer for layer in reversed(layers) if not layer.is_overlay)
        status = status_rows(rows)
        self.status.show(*self._frame.status())
        body_rows = _body_rows(rows)
        body: urwid.Canvas = screen.widget.render((columns, body_rows), focus=True)
        if self._frame.offline:
            body = paint(body, dict.fromkeys((None, *ATTRIBUTES), "offline"))
        canvas: urwid.Canvas = stack(
            [
                self._header(screen, columns),
                body,
                self._footer(layers[-1], columns),
                self.status.render((columns, status)),
            ],
            columns,
            rows,
        )
        taken = 1
        for layer in layers:
            if layer.is_overlay:
                box = layer.overlay(columns, rows - status - 1)
                canvas = _over(box, canvas, rows - status - 1)
                taken = max(taken, (rows - status - 1 + box.rows() + 1) // 2)
        return self._with_notice(canvas, screen, columns, taken)

    def _with_notice(
        self, canvas: urwid.Canvas, screen: Layer, columns: int, taken: int
    ) -> urwid.Canvas:
        """Put what does not fit into the footer over the foot of the pane.

        The pane stays as large as it is, so that nothing in it moves; what is typed there, and
        dialogs, which end in the row `taken`, are left as they are.
        """
        notice = self._frame.notice_runs()
        top = self._frame.layers[-1]
        if not notice or self._in_footer(top, notice, columns):
            return canvas
        body = _body_rows(canvas.rows())
        foot = screen.foot_rows(columns, body)
        end = body + 1 - foot if foot or top.prompt is not None else body + 2
        most = max(1, min(MAX_ROWS, end - taken, body - 1))
        drawn = notice_canvas(notice, columns, most)
        self._covered = range(end - drawn.rows(), end)
        return urwid.CanvasOverlay(drawn, canvas, 0, self._covered.start)

    def _in_footer(self, top: Layer, notice: Sequence[Run], columns: int) -> bool:
        """Whether there is room for it there."""
        if top.prompt is not None and top.prompt.in_footer:
            return top.prompt.has_room(notice, columns)
        return fits(notice, columns)

    def _header(self, screen: Layer, columns: int) -> urwid.Canvas:
        left, right = screen.header()
        spinner = self._frame.spinner()
        if spinner:
            right = [("marker", f"{spinner} "), *right]
        return ends(left, right, columns)

    def _footer(self, top: Layer, columns: int) -> urwid.Canvas:
        notice = self._frame.notice_runs()
        if not self._in_footer(top, notice, columns):
            notice = ()
        if top.prompt is not None and top.prompt.in_footer:
            hints = _hints("input", columns) if columns >= HINTS_BESIDE_INPUT else []
            return top.prompt.canvas(columns, notice or hints)
        if notice:
            return line([(None, " "), *notice], columns)
        place = top.prompt.place if top.prompt is not None else top.place
        return line([(None, " "), *_hints(place, columns - 2)], columns)


def _hints(place: str, columns: int) -> list[Run]:
    """Return the keys of a place, as many as fit; the last one, help, is never left out."""
    *hints, last = shown_keys(place)
    room = columns - len(last[0]) - len(last[1]) - 1
    runs: list[Run] = []
    for keys, words in hints:
        room -= len(keys) + len(words) + 3
        if room < 0:
            break
        runs += [("key", keys), ("dim", f" {words}  ")]
    return [*runs, ("key", last[0]), ("dim", f" {last[1]}")]


def _body_rows(rows: int) -> int:
    return rows - status_rows(rows) - 2


def _over(top: urwid.Canvas, canvas: urwid.Canvas, rows: int) -> urwid.Canvas:
    left = max(0, (canvas.cols() - top.cols()) // 2)
    above = max(0, (rows - top.rows()) // 2)
    return urwid.CanvasOverlay(top, canvas, left, above)


def _centred(words: str, columns: int, rows: int) -> urwid.Canvas:
    if not columns or not rows:
        return blank(columns, rows)
    message = text_canvas([("warning", text.truncate(words, columns))], columns, align="center")
    return stack([blank(columns, (rows - 1) // 2), message], columns, rows)
