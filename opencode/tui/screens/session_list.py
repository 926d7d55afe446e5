"""The list of sessions as a pane: a window over the database that follows the cursor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from opencode.models import Session, Sort
from opencode.tui.branches import Branch, Forest
from opencode.tui.format import Run, Shape, author_name, session_row
from opencode.tui.listing import Wanted
from opencode.tui.loading import Stretch
from opencode.tui.screens.base import Command, Host
from opencode.tui.screens.session_feed import SessionFeed
from opencode.tui.widgets.base import Flow
from opencode.tui.widgets.listview import ListView
from opencode.tui.widgets.row import Row

__all__ = ["SessionList"]

NEIGHBOURS = 3
"""Sessions on either side of the cursor that stand in for one that was deleted elsewhere."""


class SessionList:
    """A pane over the sessions that are wanted, in the order that is wanted."""

    def __init__(self, host: Host, *, on_change: Command, on_open: Command) -> None:
        self.view = ListView(self, on_move=self._moved, on_open=on_open)
        self.loaded = False
        """Whether the first page has arrived."""
        self._host = host
        self._on_change = on_change
        self._forest = Forest()
        self._window = self._forest.window
        self._feed = SessionFeed(host, self._forest, self._staying, on_change)
        self._rows: dict[str, tuple[Branch, Row]] = {}
        self._known: frozenset[str] = frozenset()
        self._new_above = 0

    @property
    def wanted(self) -> Wanted:
        """Which sessions are listed, in which order."""
        return self._feed.wanted

    @property
    def shape(self) -> Shape:
        """Which columns there are."""
        shared = self._host.provider == "remote"
        return Shape(self.wanted.sort, author=shared, icons=self._host.icons)

    def count(self) -> int:
        return len(self._forest.branches)

    def widget(self, index: int) -> Flow:
        branch = self._forest.branches[index]
        known = self._rows.get(branch.session.id)
        if known is None or known[0] != branch:
            known = branch, Row(partial(self._row, branch))
            self._rows[branch.session.id] = known
        return known[1]

    @property
    def selected(self) -> Session | None:
        """The session the cursor is on."""
        branch = self.branch
        return branch.session if branch else None

    @property
    def branch(self) -> Branch | None:
        """The row the cursor is on."""
        branches = self._forest.branches
        return branches[min(self.view.viewport.cursor, len(branches) - 1)] if branches else None

    def place(self) -> list[Run]:
        """Return `1 of 100,000`, and `↑ 2 new` when there are some above what is in sight."""
        window = self._window
        if not self.loaded:
            return []
        if not window.items:
            return [("dim", "no sessions")]
        place = window.place(self._forest.root_of(self.view.viewport.cursor))
        total = "…" if window.total is None else f"{max(window.total, place or 0):,}"
        shown = "…" if place is None else f"{place:,}"
        runs: list[Run] = [("dim", f"{shown} of {total}")]
        if self._new_above:
            runs += [("dim", " · "), ("new", f"↑ {self._new_above:,} new")]
        return runs

    def times(self) -> list[int]:
        """Return the times whose ages are in sight."""
        first, last = self.view.visible()
        created = self.wanted.sort == "created"
        sessions = [branch.session for branch in self._forest.branches[first : last + 1]]
        return [one.created_at if created else one.updated_at for one in sessions]

    def authors(self) -> list[str]:
        """Return the names of those whose sessions are loaded, in their order."""
        names = (author_name(session.author) for session in self._window.items)
        return [*dict.fromkeys(filter(None, names))]

    def load(self, wanted: Wanted | None = None, *, select: str | None = None) -> None:
        """Read the list from its top, another one if that is wanted."""
        if wanted is not None:
            self._feed.wanted = wanted
        self._feed.first_page(partial(self._loaded, select=select))

    def sort(self, sort: Sort) -> None:
        """List in another order; the cursor stays on its session, or at the top if it is there."""
        wanted = self.wanted._replace(sort=sort)
        anchors = self._anchors()
        if not anchors or (self._window.starts and self.view.viewport.cursor == 0):
            self.load(wanted)
            return
        self._feed.wanted = wanted
        self._feed.around(anchors, partial(self._sorted, anchors=anchors), top=True)

    def show(self, session: Session) -> None:
        """Show all sessions and put the cursor on one, wherever in the list it stands."""
        self._feed.wanted = Wanted(sort=self.wanted.sort)
        self._feed.around((session.id,), partial(self._loaded, select=session.id), top=True)

    def reload(self) -> None:
        """Read again what is loaded; the cursor stays on its session."""
        if not self.loaded:
            self.load()
            return
        anchors = self._anchors()
        window = self._window
        self._feed.around(
            anchors,
            partial(self._reloaded, anchors=anchors),
            top=window.starts,
            size=len(window.items),
        )

    def unfold(self) -> None:
        """Show the sessions that the one with the cursor started."""
        branch = self.branch
        if branch is not None and branch.children and not branch.unfolded:
            self._forest.unfold(branch.session.id)
            self._feed.find_children([branch.session], key=branch.session.id)
            self._on_change()

    def fold(self) -> bool:
        """Fold the session with the cursor, or go to the one that started it; whether it could."""
        branch = self.branch
        if branch is None:
            return False
        if branch.unfolded:
            self._forest.fold(branch.session.id)
            self._moved()
            return True
        parent = self._forest.parent_of(self.view.viewport.cursor)
        if parent is not None:
            self.view.select(parent)
        return parent is not None

    def move(self, command: str) -> bool:
        """Move the cursor; the first and the last page may have to be fetched."""
        if command == "first" and not self._window.starts:
            self._feed.first_page(partial(self._replaced, go_to="first"))
        elif command == "last" and not self._window.ends:
            self._feed.last_page(partial(self._replaced, go_to="last"))
        else:
            return self.view.move(command)
        return True

    def remove(self, session_id: str) -> None:
        """Take a session out that was deleted; the cursor goes to the one after it."""
        self._forest.remove(session_id)
        self._moved()

    def replace(self, session: Session) -> None:
        """Show a session as it is now, at its old place."""
        self._forest.replace(session)
        self._on_change()

    def _row(self, branch: Branch, width: int) -> list[Run]:
        return session_row(branch.session, width, self._host.now(), self.shape, branch)

    def _loaded(self, stretch: Stretch[Session], select: str | None) -> None:
        self._take(stretch, offset=0 if stretch.starts else None)
        self.view.viewport.home()
        self.view.select(self._forest.index_of(select) or 0)

    def _sorted(self, stretch: Stretch[Session], anchors: Sequence[str]) -> None:
        # The cursor may have moved meanwhile, to a session that is far from the others now.
        selected = (self.selected.id,) if self.selected else ()
        self._take(stretch, offset=None)
        rows = map(self._forest.index_of, (*selected, *anchors))
        row = next((row for row in rows if row is not None), None)
        if row is None:  # They were deleted elsewhere, or a filter leaves them out by now.
            self.load()
            return
        self.view.viewport.cursor = row
        self._new_above = 0
        self._moved()

    def _replaced(self, stretch: Stretch[Session], go_to: str) -> None:
        self._take(stretch, offset=None)
        self.view.move(go_to)

    def _reloaded(self, stretch: Stretch[Session], anchors: Sequence[str]) -> None:
        forest, window, viewport = self._forest, self._window, self.view.viewport
        selected = self.selected.id if self.selected else None
        stood, root = viewport.cursor, forest.root_of(viewport.cursor)
        place = (window.offset or 0) + root
        found = [index for anchor in anchors for index in _index_of(stretch, anchor)]
        now = found[0] if found else min(root, max(0, len(stretch.items) - 1))
        known = self._known
        self._take(stretch, offset=max(1, place - now))
        after = forest.index_of(selected)
        if after is None:
            after = forest.index_of(stretch.items[now].id) if stretch.items else stood
        viewport.cursor = after or 0
        if found:
            self._new_above += sum(item.id not in known for item in stretch.items[:now])
        else:
            self._new_above = 0  # Nothing is left to be new in comparison with.
        self._moved()

    def _take(self, stretch: Stretch[Session], offset: int | None) -> None:
        self.loaded = True
        self._feed.take(stretch, offset)
        self._remember()

    @contextmanager
    def _staying(self) -> Iterator[None]:
        """Leave the cursor on its session, at the same row of the screen, when rows come and go."""
        selected = self.selected.id if self.selected else None
        yield
        index = self._forest.index_of(selected)
        self.view.viewport.cursor = self.view.viewport.cursor if index is None else index
        self._remember()
        self._moved()

    def _moved(self) -> None:
        if self._window.items:
            self._feed.follow(*map(self._forest.root_of, self.view.visible()))
        if self._new_above and self._window.starts and self.view.at_top():
            self._new_above = 0
        self._on_change()

    def _remember(self) -> None:
        self._known = frozenset(session.id for session in self._window.items)
        shown = {branch.session.id for branch in self._forest.branches}
        self._rows = {id: row for id, row in self._rows.items() if id in shown}

    def _anchors(self) -> tuple[str, ...]:
        items, cursor = self._window.items, self._forest.root_of(self.view.viewport.cursor)
        near = [*items[cursor : cursor + NEIGHBOURS + 1]]
        near += reversed(items[max(0, cursor - NEIGHBOURS) : cursor])
        return tuple(session.id for session in near)


def _index_of(stretch: Stretch[Session], session_id: str) -> list[int]:
    return [index for index, item in enumerate(stretch.items) if item.id == session_id]
