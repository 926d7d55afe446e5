"""The widgets of a conversation, with what is found in it marked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from opencode.tui.format import Run
from opencode.tui.render.compose import Item, ItemKey
from opencode.tui.render.find import Place, marked
from opencode.tui.searching import Hit
from opencode.tui.transcript import Transcript
from opencode.tui.widgets.block import Block

__all__ = ["MarkedBlocks"]


class MarkedBlocks:
    """Makes a widget for each item and keeps it; knows the present hit of a search."""

    def __init__(self, transcript: Transcript, hint: Sequence[Run] = ()) -> None:
        """`hint`: what is said beside the cursor on what is folded."""
        self.hit: Hit | None = None
        """The hit that is to be seen, once its message is loaded."""
        self._transcript = transcript
        self._hint = hint
        self._made: dict[ItemKey, tuple[Item, Block]] = {}
        self._pattern: re.Pattern[str] | None = None
        self._current: tuple[ItemKey, Place] | None = None
        """The item with the present hit, and its place there."""

    def widget(self, item: Item) -> Block:
        """Return an item's widget, the same one for as long as the item stays the same."""
        known = self._made.get(item.key)
        if known is None or known[0] is not item:
            same = known is not None and known[0] == item
            block = known[1] if known and same else self._block(item)
            known = self._made[item.key] = item, block
        return known[1]

    def keep(self, keys: Iterable[ItemKey]) -> None:
        """Forget the widgets of all other items."""
        self._made = {key: self._made[key] for key in keys if key in self._made}

    def highlight(self, pattern: re.Pattern[str] | None) -> None:
        """Mark what matches, or nothing."""
        self._pattern, self.hit, self._current = pattern, None, None
        self._made.clear()

    def locate(self) -> int | None:
        """Mark the present hit and unfold it; returns its item, None when it is not loaded."""
        if self.hit is None or self._pattern is None:
            return None
        fold = self._transcript.reveal(self.hit.seq, self.hit.part)
        if fold is None:
            return None
        found = self._transcript.locate(fold, self.hit, self._pattern)
        index = found[0] if found else self._transcript.index_near((*fold, 0))
        self._current = (self._transcript.items[index].key, found[1]) if found else None
        self._made.clear()
        return index

    def _block(self, item: Item) -> Block:
        hint = self._hint if item.folded else ()
        if self._pattern is None:
            return Block(item.paragraphs, item.lead, hint)
        current = self._current[1] if self._current and self._current[0] == item.key else None
        return Block(marked(item.paragraphs, self._pattern, current), item.lead, hint)
