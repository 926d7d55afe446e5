"""The sessions of a listing, read by jobs into the window of a forest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import TYPE_CHECKING

from opencode.models import Session
from opencode.tui import listing
from opencode.tui.branches import Forest
from opencode.tui.listing import Wanted
from opencode.tui.loading import Stretch
from opencode.tui.screens.base import Command, Host
from opencode.tui.window import PAGE, Side

if TYPE_CHECKING:
    from opencode.store import Store

__all__ = ["SessionFeed"]

PAGE_KEY, COUNT_KEY, CHILDREN_KEY = "sessions.page", "sessions.count", "sessions.children"

Done = Callable[[Stretch[Session]], None]


class SessionFeed:
    """Has pages of a listing read, counted, and the sessions below theirs found.

    A `done` gets what was read in place of what there is, and hands it to `take`.
    """

    def __init__(
        self,
        host: Host,
        forest: Forest,
        keeping: Callable[[], AbstractContextManager[None]],
        counted: Command,
    ) -> None:
        """Inside `keeping` rows come and go while the reader stays where he is."""
        self.wanted = Wanted()
        self._host = host
        self._forest = forest
        self._window = forest.window
        self._keeping = keeping
        self._counted = counted

    def first_page(self, done: Done) -> None:
        """Read the beginning of the listing."""
        self._replace(partial(listing.first_page, wanted=self.wanted), done)

    def last_page(self, done: Done) -> None:
        """Read its end."""
        self._replace(partial(listing.last_page, wanted=self.wanted), done)

    def around(self, anchors: Sequence[str], done: Done, *, top: bool, size: int = PAGE) -> None:
        """Read it where the first of these sessions stands that still exists; see `reload`."""
        work = partial(listing.reload, wanted=self.wanted, anchors=anchors, top=top, size=size)
        self._replace(work, done)

    def take(self, stretch: Stretch[Session], offset: int | None) -> None:
        """Show what was read; `offset` is needed only when it begins in the middle."""
        self._window.replace(stretch.items, starts=stretch.starts, ends=stretch.ends, offset=offset)
        self._forest.update()
        self.find_children(stretch.items)

    def follow(self, first: int, last: int) -> None:
        """Read on where the reader comes near an end of the window; he sees its items so far."""
        for side in self._window.wanted(first, last):
            self._read_on(side)

    def find_children(self, sessions: Sequence[Session], key: str = "") -> None:
        """Have the marks put on sessions that started others, and those read that are shown.

        `key` sets this apart from what else is asked for at the same time.
        """
        if not sessions:
            return

        def found(children: listing.Children) -> None:
            with self._keeping():
                self._forest.learn(children.asked, children.counts, children.sessions)

        work = partial(
            listing.children,
            ids=[session.id for session in sessions],
            unfolded=self._forest.unfolded,
        )
        self._host.submit(work, found, key=f"{CHILDREN_KEY}.{key}")

    def _replace(self, work: Callable[[Store], Stretch[Session]], done: Done) -> None:
        def counted(total: int) -> None:
            self._window.counted(total)
            self._counted()

        self._host.submit(work, done, key=PAGE_KEY)
        self._host.submit(partial(listing.count, wanted=self.wanted), counted, key=COUNT_KEY)

    def _read_on(self, side: Side) -> None:
        window = self._window
        generation = window.generation
        edge = window.edge(side)
        load = listing.page_before if side == "before" else listing.page_after

        def done(stretch: Stretch[Session]) -> None:
            if window.arrived(side, generation):
                self._grow(side, stretch)

        def failed(_: Exception) -> bool:
            window.arrived(side, generation)
            return False

        work = partial(load, wanted=self.wanted, edge=edge)
        self._host.submit(work, done, key=f"{PAGE_KEY}.{side}", failed=failed)

    def _grow(self, side: Side, stretch: Stretch[Session]) -> None:
        with self._keeping():
            self._window.grow(side, stretch.items, starts=stretch.starts, ends=stretch.ends)
            self._forest.update()
        self.find_children(stretch.items, key=side)
