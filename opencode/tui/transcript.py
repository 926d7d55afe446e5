"""The loaded stretch of a session, as items for a pane; knows nothing of screens and jobs."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from opencode.tui.render.blocks import Rendered
from opencode.tui.render.compose import HEAD, Item, ItemKey, compose
from opencode.tui.window import Window

__all__ = ["Transcript"]


class Transcript:
    """A window over messages, what is folded, and the items that come of it."""

    def __init__(self) -> None:
        self.window: Window[Rendered] = Window(key=lambda message: message.seq)
        self.items: list[Item] = []
        self._keys: list[ItemKey] = []
        self._folds: dict[tuple[int, int], bool] = {}
        self._unfolded = False

    def clear(self) -> None:
        """Forget everything; neither end is known to be loaded then."""
        self.window.replace((), starts=False, ends=False)
        self._folds.clear()
        self._unfolded = False
        self.update()

    def update(self) -> None:
        """Make the items anew after the window or the folds changed."""
        self.items = compose(
            self.window.items,
            self._folds,
            complete=self.window.ends,
            unfolded=self._unfolded,
        )
        self._keys = [item.key for item in self.items]

    def index_near(self, key: ItemKey) -> int:
        """Return where an item stands, or the last one before its place."""
        return max(0, bisect_right(self._keys, key) - 1)

    def toggle(self, index: int) -> int:
        """Fold or unfold what an item belongs to; returns where that begins now."""
        item = self.items[index]
        if item.folds is None:
            return index
        self._folds[item.folds] = not item.folded
        self.update()
        return min(bisect_left(self._keys, (*item.folds, 0)), len(self.items) - 1)

    def toggle_all(self) -> None:
        """Unfold all tools and thoughts, or fold them again; messages stay as they are."""
        self._unfolded = not self._unfolded
        self._folds = {key: shut for key, shut in self._folds.items() if key[1] == HEAD}
        self.update()

    def neighbour(self, index: int, direction: int) -> int:
        """Return the next item with a message's head, or the one before; else stay."""
        steps = range(index + 1, len(self.items)) if direction > 0 else range(index - 1, -1, -1)
        return next((step for step in steps if self.items[step].head), index)

    def message_index(self, index: int) -> int:
        """Return where an item's message stands in the window."""
        found = self.window.index_of(self._keys[index][0])
        return 0 if found is None else found

    def place(self, first: int, last: int) -> str:
        """Return `40–42 of 42` for the items in sight."""
        total = self.window.total
        if not self.items or total is None or last < first:
            return ""
        begin, end = (self.window.place(self.message_index(index)) for index in (first, last))
        if begin is None or end is None:
            return f"… of {total:,}"
        total = max(total, end)
        return f"{begin:,} of {total:,}" if begin == end else f"{begin:,}–{end:,} of {total:,}"

    def last_seq(self) -> int:
        """Return the number of the last loaded message, 0 when there is none."""
        return self.window.items[-1].seq if self.window.items else 0

    def count_after(self, messages: Sequence[Rendered], seq: int) -> int:
        """Return how many messages came after one."""
        return sum(message.seq > seq for message in messages)
