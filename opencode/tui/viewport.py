"""Which items of a list a pane shows, and which one has the cursor.

Heights are asked for near the cursor only, so a list may be of any length. The place is kept as
"the cursor's item begins at this row of the pane": items may come and go above it without moving
what the reader looks at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

__all__ = ["Slice", "Viewport"]


@dataclass(frozen=True, slots=True)
class Slice:
    """Part of one item as it stands in the pane: `skip` of its rows are hidden above."""

    index: int
    skip: int
    rows: int


class Viewport:
    """A pane of `rows` rows over `count` items of `height(index)` rows each."""

    def __init__(self) -> None:
        self.cursor = 0
        self.offset = 0
        """The row of the pane where the cursor's item begins; below 0 when scrolled into it."""
        self.rows = 0
        self.count = 0
        self._height: Callable[[int], int] = lambda _: 1
        self._lead: Callable[[int], int] = lambda _: 0

    def attach(
        self,
        rows: int,
        count: int,
        height: Callable[[int], int],
        lead: Callable[[int], int] = lambda _: 0,
    ) -> None:
        """Tell the pane's present size and content, before a move or a layout.

        The first `lead` rows of an item's height do not show that the cursor stands on it.
        """
        self.rows, self.count, self._height, self._lead = rows, count, height, lead
        self.cursor = max(0, min(self.cursor, count - 1))

    def slices(self) -> list[Slice]:
        """Return what is shown, top down; never more than `rows` rows."""
        if not self.count or self.rows < 1:
            return []
        self._settle()
        first, top = self.cursor, self.offset
        while top > 0 and first > 0:
            first -= 1
            top -= self._height(first)
        shown = []
        for index, begin, height in self._downwards(first, top):
            skip = max(0, -begin)
            visible = min(height - skip, self.rows - max(0, begin))
            if visible > 0:
                shown.append(Slice(index, skip, visible))
        return shown

    def select(self, index: int, *, top: bool = False) -> None:
        """Put the cursor on an item, at the top of the pane or with as little motion as can be."""
        index = max(0, min(index, self.count - 1))
        if not top:
            row = self._row_of(index)
            height = self._height(index) if self.count else 1
            self.offset = max(0, min(row, self.rows - min(height, self.rows)))
        else:
            self.offset = 0
        self.cursor = index

    def step(self, direction: int) -> None:
        """Go one line down (1) or up (-1): to the next item, or within one that is taller."""
        if not self.count:
            return
        self._settle()
        if direction > 0:
            self._down()
        else:
            self._up()
        self._settle()

    def page(self, lines: int) -> None:
        """Scroll by `lines` (negative: up); the cursor stays where it was on the screen.

        Where nothing is left to scroll the cursor goes on to the first or last item.
        """
        if not self.count:
            return
        self._settle()
        row = max(0, self.offset)
        moved = self._scroll(lines)
        if moved == lines:
            self._cursor_to_row(row)
        elif lines > 0:
            self.end()
        else:
            self.home()

    def scroll(self, lines: int) -> None:
        """Scroll as a mouse wheel does: the cursor moves only when it would leave the pane."""
        if not self.count:
            return
        self._settle()
        stood = self.cursor
        self._scroll(lines)
        row = self._row_of(stood)
        if row + self._height(stood) <= 0:
            self._cursor_to_row(0)
        elif row + self._lead(stood) >= self.rows:
            self._cursor_to_row(self.rows - 1)
        else:
            self._rename_cursor(stood)

    def home(self) -> None:
        """Go to the first item."""
        self.cursor, self.offset = 0, 0

    def end(self) -> None:
        """Go to the last item and show its end."""
        if self.count:
            self.cursor = self.count - 1
            self.offset = self.rows - self._height(self.cursor)
            self._settle()

    @property
    def at_top(self) -> bool:
        """Whether the first item's first row is shown."""
        shown = self.slices()
        return not shown or (shown[0].index == 0 and shown[0].skip == 0)

    @property
    def at_end(self) -> bool:
        """Whether the last item's last row is shown."""
        shown = self.slices()
        if not shown:
            return True
        last = shown[-1]
        return last.index == self.count - 1 and last.skip + last.rows == self._height(last.index)

    def index_at(self, row: int) -> int | None:
        """Return the item shown at a row of the pane."""
        for part in self.slices():
            if row < part.rows:
                return part.index
            row -= part.rows
        return None

    def _downwards(self, index: int, row: int) -> Iterator[tuple[int, int, int]]:
        while index < self.count and row < self.rows:
            height = self._height(index)
            yield index, row, height
            row += height
            index += 1

    def _settle(self) -> None:
        """Keep the cursor in sight and leave no empty rows that items could fill."""
        height = self._height(self.cursor)
        lead = self._lead(self.cursor)
        self.offset = max(1 - height, min(self.offset, self.rows - 1 - lead))
        below = self.offset
        for _, row, height in self._downwards(self.cursor, self.offset):
            below = row + height
        if below < self.rows:
            self.offset += self.rows - below
        self.offset = min(self.offset, self._above(self.offset))

    def _above(self, needed: int) -> int:
        """Return how many rows there are before the cursor, counted up to `needed`."""
        rows, index = 0, self.cursor
        while rows < needed and index > 0:
            index -= 1
            rows += self._height(index)
        return rows

    def _row_of(self, index: int) -> int:
        """Return the row an item begins at; far from the pane, any row outside of it."""
        row, at = self.offset, self.cursor
        while at < index and row < self.rows:
            row += self._height(at)
            at += 1
        while at > index and row > 0:
            at -= 1
            row -= self._height(at)
        if at == index:
            return row
        return self.rows if at < index else -self._height(index)

    def _down(self) -> None:
        height = self._height(self.cursor)
        below = self.offset + height
        if below > self.rows:
            self.offset -= 1
        elif self.cursor + 1 < self.count:
            self.cursor += 1
            self.offset = min(below, self.rows - 1 - self._lead(self.cursor))

    def _up(self) -> None:
        if self.offset < 0:
            self.offset += 1
        elif self.cursor > 0:
            self.cursor -= 1
            begin = self.offset - self._height(self.cursor)
            self.offset = begin + (self.offset <= 0)

    def _scroll(self, lines: int) -> int:
        """Move the content by `lines` as far as there is any; returns how far it went."""
        self.offset -= lines
        self._walk_into_pane()
        wanted = self.offset
        self._settle()
        return lines - (self.offset - wanted)

    def _walk_into_pane(self) -> None:
        """Give the cursor to a neighbour while its item lies outside the pane."""
        while self.offset + self._height(self.cursor) <= 0 and self.cursor + 1 < self.count:
            self.offset += self._height(self.cursor)
            self.cursor += 1
        while self.offset + self._lead(self.cursor) >= self.rows and self.cursor > 0:
            self.cursor -= 1
            self.offset -= self._height(self.cursor)

    def _cursor_to_row(self, row: int) -> None:
        """Give the cursor to the item at a row of the pane, or to the last one above it."""
        for part in self.slices():
            if row < part.rows or part.index == self.count - 1:
                hidden = part.skip + part.rows <= self._lead(part.index)
                self._rename_cursor(max(0, part.index - hidden))
                return
            row -= part.rows

    def _rename_cursor(self, index: int) -> None:
        """Move the cursor without moving the content."""
        while self.cursor < index:
            self.offset += self._height(self.cursor)
            self.cursor += 1
        while self.cursor > index:
            self.cursor -= 1
            self.offset -= self._height(self.cursor)
