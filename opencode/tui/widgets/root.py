"""The whole screen: header, the current screen, footer, status block, dialogs on top."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import urwid

from opencode import text
from opencode.tui.format import Run
from opencode.tui.screens.base import Layer, uppermost_screen
from opencode.tui.theme import ATTRIBUTES
from opencode.tui.widgets.base import Box, Click, Size
from opencode.tui.widgets.footer import click_footer, footer_canvas, has_room
from opencode.tui.widgets.lines import blank, ends, paint, stack, text_canvas
from opencode.tui.widgets.notices import MAX_ROWS, notice_canvas
from opencode.tui.widgets.statusblock import StatusBlock, status_rows

__all__ = ["MIN_COLUMNS", "MIN_ROWS", "Frame", "Root"]

MIN_COLUMNS, MIN_ROWS = 40, 10


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
        if self.too_small or not click.event.endswith("press"):
            return False
        if click.row in self._covered:
            self._frame.drop_notice()
            return True
        top = self._frame.layers[-1]
        footer = _body_rows(rows) + 1
        if click.row == footer and click.button == 1:
            key = click_footer(top, self._frame.notice_runs(), columns, click.column)
            if key is not None or top.prompt is not None or not top.is_overlay:
                return key is not None and self._frame.key(key)
        if top.is_overlay:
            return self._click_overlay(top, columns, footer, click)
        if not 1 <= click.row < footer or (click.button == 1 and _asks_about_its_row(top)):
            return False
        return self._frame.click(columns, footer - 1, click._replace(row=click.row - 1))

    def _click_overlay(self, top: Layer, columns: int, rows: int, click: Click) -> bool:
        """Take a click within a box for what is there, and one beside it for closing it."""
        drawn = top.overlay(columns, rows)
        box = drawn.canvas
        left, above = _corner(box, columns, rows)
        column, row = click.column - left, click.row - above
        if not (0 <= column < box.cols() and 0 <= row < box.rows()):
            return click.button == 1 and self._frame.key("esc")
        if drawn.pane:
            inner = box.cols() - 4, box.rows() - 2
            inside = click._replace(column=column - 2, row=row - 1)
            within = 0 <= inside.column < inner[0] and 0 <= inside.row < inner[1]
            return within and self._frame.click(*inner, inside)
        key = drawn.key_at(column, row)
        return bool(key) and click.button == 1 and self._frame.key(str(key))

    def _draw(self, columns: int, rows: int) -> urwid.Canvas:
        if self.too_small:
            return _centred(
                f"needs {MIN_COLUMNS}x{MIN_ROWS}, this is {columns}x{rows}", columns, rows
            )
        self._covered = range(0)
        layers = self._frame.layers
        screen = uppermost_screen(layers)
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
                footer_canvas(layers[-1], self._frame.notice_runs(), columns),
                self.status.render((columns, status)),
            ],
            columns,
            rows,
        )
        taken = 1
        for layer in layers[layers.index(screen) + 1 :]:
            box = layer.overlay(columns, rows - status - 1).canvas
            left, above = _corner(box, columns, rows - status - 1)
            canvas = urwid.CanvasOverlay(box, canvas, left, above)
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
        if not notice or has_room(top, notice, columns):
            return canvas
        body = _body_rows(canvas.rows())
        foot = screen.foot_rows(columns, body)
        end = body + 1 - foot if foot or top.prompt is not None else body + 2
        most = max(1, min(MAX_ROWS, end - taken, body - 1))
        drawn = notice_canvas(notice, columns, most)
        self._covered = range(end - drawn.rows(), end)
        return urwid.CanvasOverlay(drawn, canvas, 0, self._covered.start)

    def _header(self, screen: Layer, columns: int) -> urwid.Canvas:
        left, right = screen.header()
        spinner = self._frame.spinner()
        if spinner:
            right = [("marker", f"{spinner} "), *right]
        return ends(left, right, columns)


def _asks_about_its_row(top: Layer) -> bool:
    """Whether something is typed for the row with the cursor, which has to stay there."""
    prompt = top.prompt
    return prompt is not None and prompt.in_footer and not prompt.moves_list


def _body_rows(rows: int) -> int:
    return rows - status_rows(rows) - 2


def _corner(box: urwid.Canvas, columns: int, rows: int) -> tuple[int, int]:
    """Return the column and the row at which a box begins that stands in the middle."""
    return max(0, (columns - box.cols()) // 2), max(0, (rows - box.rows()) // 2)


def _centred(words: str, columns: int, rows: int) -> urwid.Canvas:
    if not columns or not rows:
        return blank(columns, rows)
    message = text_canvas([("warning", text.truncate(words, columns))], columns, align="center")
    return stack([blank(columns, (rows - 1) // 2), message], columns, rows)
