"""A scrolling pane over any number of items, of which it asks only for those in sight."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Protocol

import urwid

from opencode.tui.format import Run
from opencode.tui.viewport import Viewport
from opencode.tui.widgets.base import Box, Click, Flow, Mark
from opencode.tui.widgets.lines import blank, stack, text_canvas

__all__ = ["ListView", "Source"]

WHEEL_ROWS = 3
DOUBLE_CLICK = 0.4
"""Seconds between the two clicks."""

NOWHERE = -1, float("-inf")
"""Item and moment of a click before the first one."""


class Source(Protocol):
    """Where a pane gets its items from; all calls must be quick."""

    def count(self) -> int:
        """Return how many items are loaded."""

    def widget(self, index: int) -> Flow:
        """Return the item's widget, the same one for as long as the item stays the same."""


class ListView(Box):
    """The pane; `on_move` is called when the cursor or what is in sight changed.

    `on_open` is called by a double click, `on_click` by a single one.
    """

    def __init__(
        self,
        source: Source,
        *,
        on_move: Callable[[], None] = lambda: None,
        on_open: Callable[[], None] = lambda: None,
        on_click: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self.viewport = Viewport()
        self.placeholder: Sequence[Sequence[Run]] = ()
        """Lines shown in the middle of the pane while there are no items."""
        self.active = True
        """Whether keys go to this pane."""
        self._source = source
        self._on_move = on_move
        self._on_open = on_open
        self._on_click = on_click
        self._clock = clock
        self._size = (80, 20)
        self._clicked = NOWHERE

    def draw(self, columns: int, rows: int) -> urwid.Canvas:
        self._attach(columns, rows)
        if not self._source.count():
            return self._empty(columns, rows)
        drawn = []
        for part in self.viewport.slices():
            mark: Mark = "active" if self.active else "idle"
            canvas = self._source.widget(part.index).draw(
                columns, mark if part.index == self.viewport.cursor else "none"
            )
            shown = urwid.CompositeCanvas(canvas)
            if part.rows != canvas.rows():
                shown.trim(part.skip, part.rows)
            drawn.append(shown)
        return stack(drawn, columns, rows)

    def mouse(self, columns: int, rows: int, click: Click) -> bool:
        """Scroll with the wheel, select with a click, open with a double click."""
        if click.event != "mouse press":
            return False
        self._attach(columns, rows)
        if click.button in {4, 5}:
            self.viewport.scroll(WHEEL_ROWS if click.button == 5 else -WHEEL_ROWS)
            self._changed()
            return True
        index = self.viewport.index_at(click.row)
        if click.button != 1 or index is None:
            return False
        last, moment = self._clicked
        if last == index and self._clock() - moment < DOUBLE_CLICK:
            self._clicked = NOWHERE
            self._on_open()
            return True
        self._clicked = index, self._clock()
        self.viewport.select(index)
        self._changed()
        self._on_click()
        return True

    def move(self, command: str) -> bool:
        """Do one of the key map's commands for moving; whether it is one."""
        self._attach(*self._size)
        rows = max(1, self._size[1])
        moves: dict[str, Callable[[], None]] = {
            "down": lambda: self.viewport.step(1),
            "up": lambda: self.viewport.step(-1),
            "half-page-down": lambda: self.viewport.page(max(1, rows // 2)),
            "half-page-up": lambda: self.viewport.page(-max(1, rows // 2)),
            "page-down": lambda: self.viewport.page(max(1, rows - 1)),
            "page-up": lambda: self.viewport.page(-max(1, rows - 1)),
            "first": self.viewport.home,
            "last": self.viewport.end,
        }
        if command not in moves:
            return False
        moves[command]()
        self._changed()
        return True

    def select(self, index: int, *, top: bool = False) -> None:
        """Put the cursor on an item and bring it into sight."""
        self._attach(*self._size)
        self.viewport.select(index, top=top)
        self._changed()

    def reveal(self, index: int, attribute: str) -> None:
        """Put the cursor on an item and bring what has an attribute there into sight."""
        self._attach(*self._size)
        self.viewport.select(index)
        columns, rows = self._size
        row = self._source.widget(index).row_of(columns, attribute)
        if row is not None and not 0 <= self.viewport.offset + row < rows:
            self.viewport.offset = rows // 3 - row
        self._changed()

    def visible(self) -> tuple[int, int]:
        """Return the first and the last item in sight; (0, -1) when there is none."""
        self._attach(*self._size)
        shown = self.viewport.slices()
        return (shown[0].index, shown[-1].index) if shown else (0, -1)

    def at_top(self) -> bool:
        """Whether nothing is loaded above what is in sight."""
        self._attach(*self._size)
        return self.viewport.at_top

    def at_end(self) -> bool:
        """Whether nothing is loaded below what is in sight."""
        self._attach(*self._size)
        return self.viewport.at_end

    def reads_end(self) -> bool:
        """Whether the cursor stands on the last item and the end of that is in sight."""
        self._attach(*self._size)
        return 0 < self._source.count() == self.viewport.cursor + 1 and self.viewport.at_end

    def _attach(self, columns: int, rows: int) -> None:
        """Tell the viewport how things are; who looked at the end still does after a resize."""
        if (columns, rows) != self._size:
            to_end = self.reads_end()
            self._size = columns, rows
            self._attach(columns, rows)
            if to_end:
                self.viewport.end()
        source = self._source
        self.viewport.attach(
            rows,
            source.count(),
            lambda index: source.widget(index).height(columns),
            lambda index: source.widget(index).lead(columns),
        )

    def _changed(self) -> None:
        self._invalidate()
        self._on_move()

    def _empty(self, columns: int, rows: int) -> urwid.Canvas:
        lines = [
            text_canvas(runs, columns, wrap="space", align="center") for runs in self.placeholder
        ]
        height = sum(canvas.rows() for canvas in lines)
        above = max(0, (rows - height) // 2)
        return stack([blank(columns, above), *lines], columns, rows)
