"""The stretch of a long listing that is in memory, and where it stands in the whole.

A listing is read in keyset pages from either end. The window grows towards where the reader goes
and gives up rows at its other side, so memory stays flat whatever the table holds.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Generic, Literal, TypeVar

__all__ = ["LIMIT", "MARGIN", "PAGE", "Side", "Window"]

T = TypeVar("T")

Side = Literal["before", "after"]

PAGE = 100
"""Rows fetched at once."""
MARGIN = 40
"""Another page is asked for when fewer rows than this are left in its direction."""
LIMIT = 400
"""Rows kept at most."""


@dataclass(slots=True)
class Window(Generic[T]):
    """Consecutive items of a listing, in display order, each with a key of its own."""

    key: Callable[[T], Hashable]
    items: list[T] = field(default_factory=list)
    starts: bool = True
    """Whether the first item is the listing's first."""
    ends: bool = True
    """Whether the last item is the listing's last."""
    offset: int | None = 0
    """How many items of the listing come before; None when that cannot be told."""
    total: int | None = None
    """How many items the listing has; None until they were counted."""
    generation: int = 0
    """Counts replacements: a page that was asked for before one is of no use after it."""
    _asked: set[Side] = field(default_factory=set)

    def replace(
        self, items: Sequence[T], *, starts: bool, ends: bool, offset: int | None = None
    ) -> None:
        """Show another stretch; `offset` is needed only when it begins in the middle."""
        self.items = list(items)
        self.starts, self.ends = starts, ends
        self.generation += 1
        self._asked.clear()
        self.offset = 0 if starts else offset
        self._count_from_end()

    def holds_one(self) -> bool:
        """Whether there is only one item in the whole listing."""
        return self.starts and self.ends and len(self.items) == 1

    def edge(self, side: Side) -> T:
        """Return the item after or before which a page on that side goes on."""
        return self.items[0 if side == "before" else -1]

    def grow(self, side: Side, page: Sequence[T], *, starts: bool, ends: bool) -> None:
        """Add a page on one side; `starts` and `ends` tell where the listing does so."""
        if side == "before":
            self.prepend(page, starts=starts)
        else:
            self.append(page, ends=ends)

    def append(self, page: Sequence[T], *, ends: bool) -> int:
        """Add the page that follows; returns how many items were given up at the front."""
        self.items.extend(page)
        self.ends = ends
        surplus = max(0, len(self.items) - LIMIT)
        if surplus:
            del self.items[:surplus]
            self.starts = False
            if self.offset is not None:
                self.offset += surplus
        self._count_from_end()
        return surplus

    def prepend(self, page: Sequence[T], *, starts: bool) -> int:
        """Add the page that goes before; returns by how many items the others moved down."""
        self.items[:0] = page
        self.starts = starts
        surplus = max(0, len(self.items) - LIMIT)
        if surplus:
            del self.items[-surplus:]
            self.ends = False
        if starts:
            self.offset = 0
        elif self.offset is not None:
            self.offset = max(1, self.offset - len(page))
        return len(page)

    def remove(self, keys: frozenset[Hashable]) -> None:
        """Forget items that were deleted."""
        before = len(self.items)
        self.items = [item for item in self.items if self.key(item) not in keys]
        if self.total is not None:
            self.total = max(len(self.items), self.total - (before - len(self.items)))

    def counted(self, total: int) -> None:
        """Take in how many items the listing has."""
        self.total = total
        self._count_from_end()

    def index_of(self, key: Hashable) -> int | None:
        """Return where an item stands in the window."""
        for index, item in enumerate(self.items):
            if self.key(item) == key:
                return index
        return None

    def place(self, index: int) -> int | None:
        """Return an item's place in the whole listing, from 1."""
        return None if self.offset is None else self.offset + index + 1

    def wanted(self, first_shown: int, last_shown: int) -> list[Side]:
        """Return the sides on which another page should be fetched now, each only once."""
        sides: list[Side] = []
        if not self.starts and first_shown < MARGIN:
            sides.append("before")
        if not self.ends and last_shown >= len(self.items) - MARGIN:
            sides.append("after")
        sides = [side for side in sides if side not in self._asked and self.items]
        self._asked.update(sides)
        return sides

    def hold(self) -> None:
        """Want no page on either side until what there is was replaced."""
        self._asked.update(("before", "after"))

    def arrived(self, side: Side, generation: int) -> bool:
        """Take note that a page came, or failed to; whether it still fits."""
        if generation != self.generation:
            return False
        self._asked.discard(side)
        return True

    def _count_from_end(self) -> None:
        if self.starts:
            self.offset = 0
            if self.ends:
                self.total = len(self.items)
        elif self.ends and self.total is not None:
            self.offset = max(0, self.total - len(self.items))
