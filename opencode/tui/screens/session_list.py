"""The list of sessions as a pane: a window over the database that follows the cursor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from opencode.models import Session
from opencode.tui import loading
from opencode.tui.format import Run, session_row
from opencode.tui.loading import Stretch
from opencode.tui.screens.base import Command, Host
from opencode.tui.widgets.base import Flow
from opencode.tui.widgets.listview import ListView
from opencode.tui.widgets.row import Row
from opencode.tui.window import Side, Window

if TYPE_CHECKING:
    from opencode.store import Store

__all__ = ["SessionList"]

PAGE_KEY, COUNT_KEY = "sessions.page", "sessions.count"

NEIGHBOURS = 3
"""Sessions on either side of the cursor that stand in for one that was deleted elsewhere."""


class SessionList:
    """A pane over the sessions that match a filter, latest activity first."""

    def __init__(self, host: Host, *, on_change: Command, on_open: Command) -> None:
        self.filter = ""
        self.view = ListView(self, on_move=self._moved, on_open=on_open)
        self.loaded = False
        """Whether the first page has arrived."""
        self._host = host
        self._on_change = on_change
        self._window: Window[Session] = Window(
            key=lambda session: session.id, starts=False, ends=False
        )
        self._rows: dict[str, tuple[Session, Row]] = {}
        self._known: frozenset[str] = frozenset()
        self._new_above = 0

    def count(self) -> int:
        return len(self._window.items)

    def widget(self, index: int) -> Flow:
        session = self._window.items[index]
        known = self._rows.get(session.id)
        if known is None or known[0] is not session:
            known = session, Row(partial(self._row, session))
            self._rows[session.id] = known
        return known[1]

    @property
    def selected(self) -> Session | None:
        """The session the cursor is on."""
        items = self._window.items
        return items[min(self.view.viewport.cursor, len(items) - 1)] if items else None

    def place(self) -> list[Run]:
        """Return `1 of 100,000`, and `↑ 2 new` when there are some above what is in sight."""
        window = self._window
        if not self.loaded:
            return []
        if not window.items:
            return [("dim", "no sessions")]
        place = window.place(self.view.viewport.cursor)
        total = "…" if window.total is None else f"{max(window.total, place or 0):,}"
        shown = "…" if place is None else f"{place:,}"
        runs: list[Run] = [("dim", f"{shown} of {total}")]
        if self._new_above:
            runs += [("dim", " · "), ("new", f"↑ {self._new_above:,} new")]
        return runs

    def load(self, filter: str | None = None, *, select: str | None = None) -> None:
        """Read the list from its top, with another filter if one is given."""
        if filter is not None:
            self.filter = filter
        self._submit(
            partial(loading.first_page, filter=self.filter),
            partial(self._loaded, select=select),
        )

    def reload(self, select: str | None = None) -> None:
        """Read again what is loaded; the cursor stays on its session, or goes to `select`."""
        if not self.loaded:
            self.load()
            return
        anchors = (select,) if select else self._anchors()
        window = self._window
        self._submit(
            partial(
                loading.reload,
                filter=self.filter,
                anchors=anchors,
                top=window.starts,
                size=len(window.items),
            ),
            partial(self._reloaded, anchors=anchors),
        )

    def move(self, command: str) -> bool:
        """Move the cursor; the first and the last page may have to be fetched."""
        if command == "first" and not self._window.starts:
            self._submit(
                partial(loading.first_page, filter=self.filter),
                partial(self._replaced, go_to="first"),
            )
        elif command == "last" and not self._window.ends:
            self._submit(
                partial(loading.last_page, filter=self.filter),
                partial(self._replaced, go_to="last"),
            )
        else:
            return self.view.move(command)
        return True

    def remove(self, session_id: str) -> None:
        """Take a session out that was deleted; the cursor goes to the one after it."""
        self._window.remove(frozenset({session_id}))
        self._moved()

    def replace(self, session: Session) -> None:
        """Show a session as it is now, at its old place."""
        index = self._window.index_of(session.id)
        if index is not None:
            self._window.items[index] = session
        self._on_change()

    def _row(self, session: Session, width: int) -> list[Run]:
        return session_row(session, width, self._host.now())

    def _submit(
        self,
        work: Callable[[Store], Stretch[Session]],
        done: Callable[[Stretch[Session]], None],
    ) -> None:
        self._host.submit(work, done, key=PAGE_KEY)
        pattern = self.filter
        self._host.submit(
            lambda store: store.sessions.count(filter=pattern), self._counted, key=COUNT_KEY
        )

    def _counted(self, total: int) -> None:
        self._window.counted(total)
        self._on_change()

    def _loaded(self, stretch: Stretch[Session], select: str | None) -> None:
        self._take(stretch, offset=0)
        index = self._window.index_of(select) if select else None
        self.view.viewport.home()
        self.view.select(index or 0)

    def _replaced(self, stretch: Stretch[Session], go_to: str) -> None:
        self._take(stretch, offset=None)
        self.view.move(go_to)

    def _reloaded(self, stretch: Stretch[Session], anchors: Sequence[str]) -> None:
        window, viewport = self._window, self.view.viewport
        place = (window.offset or 0) + viewport.cursor
        found = [index for anchor in anchors for index in _index_of(stretch, anchor)]
        cursor = found[0] if found else min(viewport.cursor, max(0, len(stretch.items) - 1))
        known = self._known
        self._take(stretch, offset=max(1, place - cursor))
        viewport.cursor = cursor
        arrived = sum(item.id not in known for item in stretch.items[:cursor])
        self._new_above += arrived
        self._moved()

    def _take(self, stretch: Stretch[Session], offset: int | None) -> None:
        self.loaded = True
        self._window.replace(stretch.items, starts=stretch.starts, ends=stretch.ends, offset=offset)
        self._remember()

    def _moved(self) -> None:
        if self._window.items:
            for side in self._window.wanted(*self.view.visible()):
                self._fetch_more(side)
        if self._new_above and self._window.starts and self.view.at_top():
            self._new_above = 0
        self._on_change()

    def _fetch_more(self, side: Side) -> None:
        window = self._window
        generation = window.generation
        edge = window.items[0 if side == "before" else -1]
        load = loading.page_before if side == "before" else loading.page_after

        def done(stretch: Stretch[Session]) -> None:
            if window.arrived(side, generation):
                self._grow(side, stretch)

        def failed(_: Exception) -> bool:
            window.arrived(side, generation)
            return False

        work = partial(load, filter=self.filter, edge=edge)
        self._host.submit(work, done, key=f"{PAGE_KEY}.{side}", failed=failed)

    def _grow(self, side: Side, stretch: Stretch[Session]) -> None:
        if side == "before":
            self.view.viewport.cursor += self._window.prepend(stretch.items, starts=stretch.starts)
        else:
            given_up = self._window.append(stretch.items, ends=stretch.ends)
            self.view.viewport.cursor = max(0, self.view.viewport.cursor - given_up)
        self._remember()
        self._moved()

    def _remember(self) -> None:
        self._known = frozenset(session.id for session in self._window.items)
        self._rows = {id: row for id, row in self._rows.items() if id in self._known}

    def _anchors(self) -> tuple[str, ...]:
        items, cursor = self._window.items, self.view.viewport.cursor
        near = [*items[cursor : cursor + NEIGHBOURS + 1]]
        near += reversed(items[max(0, cursor - NEIGHBOURS) : cursor])
        return tuple(session.id for session in near)


def _index_of(stretch: Stretch[Session], session_id: str) -> list[int]:
    return [index for index, item in enumerate(stretch.items) if item.id == session_id]
