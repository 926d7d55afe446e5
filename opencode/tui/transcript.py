"""The loaded stretch of a session, as items for a pane; knows nothing of screens and jobs."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace

from opencode.tui.copying import Spot
from opencode.tui.render.blocks import Entry, Rendered
from opencode.tui.render.compose import HEAD, YOU, Fold, Item, ItemKey, compose
from opencode.tui.render.find import Place, places_in, sought
from opencode.tui.searching import Hit
from opencode.tui.window import Window

__all__ = ["Transcript"]


class Transcript:
    """A window over messages, what is folded, and the items that come of it."""

    def __init__(self, user: str = YOU) -> None:
        """`user` is what the user of the session is called, who need not be the reader."""
        self._user = user
        self.window: Window[Rendered] = Window(key=lambda message: message.seq)
        self.items: list[Item] = []
        self.below: frozenset[str] = frozenset()
        """Ids of the sessions that this one started; `update` takes note of them."""
        self._keys: list[ItemKey] = []
        self._folds: dict[tuple[int, int], bool] = {}
        self._unfolded = False
        self._gapless = False
        """Whether numbers are places: none was deleted when the end was loaded last."""

    def clear(self) -> None:
        """Forget everything; neither end is known to be loaded then."""
        self.window.replace((), starts=False, ends=False)
        self._folds.clear()
        self._unfolded = False
        self._gapless = False
        self.update()

    def update(self) -> None:
        """Make the items anew after the window or the folds changed."""
        self.items = compose(
            self.window.items,
            self._folds,
            complete=self.window.ends,
            unfolded=self._unfolded,
            below=self.below,
            user=self._user,
        )
        self._keys = [item.key for item in self.items]
        if self.window.ends and self.window.items:
            self._gapless = self.last_seq() == self.window.total

    def offset_of(self, seq: int) -> int | None:
        """Return how many messages come before one; None when that cannot be told."""
        return seq - 1 if self._gapless else None

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

    def has_folds(self) -> bool:
        """Whether there are tools or thoughts to fold or unfold."""
        return any(item.folds is not None and item.folds[1] != HEAD for item in self.items)

    def toggle_all(self) -> None:
        """Unfold all tools and thoughts, or fold them again; messages stay as they are."""
        self._unfolded = not self._unfolded
        self._folds = {key: shut for key, shut in self._folds.items() if key[1] == HEAD}
        self.update()

    def reveal(self, seq: int, part: int) -> Fold | None:
        """Unfold what shows a part of a message; None when the message is not loaded.

        That is the entry of a tool call for the result of it.
        """
        at = self.window.index_of(seq)
        if at is None:
            return None
        entries = self.window.items[at].entries
        number = next((n for n, entry in enumerate(entries) if entry.part == part), HEAD)
        fold = (seq, number)
        if number != HEAD and entries[number].kind == "result":
            fold = self._call_of(entries[number]) or fold
        self._folds[fold] = False
        self._folds[fold[0], HEAD] = False
        self.update()
        return fold

    def locate(self, fold: Fold, hit: Hit, pattern: re.Pattern[str]) -> tuple[int, Place] | None:
        """Return the item with a hit, and its place there; `fold` is from `reveal`.

        The last line of its part stands in for what is not shown.
        """
        begin = bisect_left(self._keys, (*fold, 0))
        entry = self._entry(hit)
        if begin == len(self.items) or entry is None:
            return None
        paragraphs = sought(entry)
        places = places_in(paragraphs, pattern) if hit.shown else []
        last = Place(len(paragraphs) - 1, 0)
        place = places[hit.number] if hit.number < len(places) else (places or [last])[-1]
        number = place.paragraph + self._above(begin, entry)
        for index in range(begin, len(self.items)):
            item = self.items[index]
            if item.key[:2] != fold:
                break
            if number < len(item.paragraphs):
                return index, replace(place, paragraph=number)
            number -= len(item.paragraphs)
        return None

    def _entry(self, hit: Hit) -> Entry | None:
        at = self.window.index_of(hit.seq)
        entries = self.window.items[at].entries if at is not None else ()
        return next((entry for entry in entries if entry.part == hit.part), None)

    def _above(self, begin: int, entry: Entry) -> int:
        """Return how many paragraphs stand above an entry's own, from the item `begin` on."""
        above = int(self.items[begin].head)
        if entry.kind == "result":
            _, first = self.entry_at(begin)
            above += len(sought(first)) if first and first.kind == "call" else 1
        return above

    def entry_at(self, index: int) -> tuple[Rendered, Entry | None]:
        """Return the message of an item, and its entry; None for a head of its own."""
        seq, number, _ = self._keys[index]
        at = self.window.index_of(seq)
        message = self.window.items[at or 0]
        return message, message.entries[number] if 0 <= number < len(message.entries) else None

    def spot(self, index: int) -> Spot:
        """Return what the cursor stands on, for those who read it from the database."""
        message, entry = self.entry_at(index)
        if entry is None or entry.kind not in {"call", "result", "reasoning"}:
            return Spot(message.id)
        parts = [(message.id, entry.part)]
        if entry.kind == "call" and entry.call_id:
            parts += [
                (other.id, result.part)
                for other in self.window.items
                for result in other.entries
                if result.kind == "result" and result.call_id == entry.call_id
            ][:1]
        return Spot(message.id, tuple(parts))

    def _call_of(self, result: Entry) -> Fold | None:
        for message in self.window.items:
            for number, entry in enumerate(message.entries):
                if entry.kind == "call" and result.call_id and entry.call_id == result.call_id:
                    return message.seq, number
        return None

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
