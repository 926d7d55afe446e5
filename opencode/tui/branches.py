"""Sessions, and below those that are unfolded the sessions they started, as the rows of a list.

The window holds the sessions that no other one started; their children are read when they are
unfolded and never count as part of the listing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from opencode.models import Session
from opencode.tui.window import Window

__all__ = ["Branch", "Forest"]


class Branch(NamedTuple):
    """A row of the list."""

    session: Session
    depth: int = 0
    children: int = 0
    unfolded: bool = False
    root: int = 0
    """Where the session it belongs to stands in the window."""


class Forest:
    """What is loaded of a listing, and what is unfolded in it."""

    def __init__(self) -> None:
        self.window: Window[Session] = Window(
            key=lambda session: session.id, starts=False, ends=False
        )
        self.branches: list[Branch] = []
        """The rows; `update` makes them anew after the window was changed."""
        self._counts: dict[str, int] = {}
        self._children: dict[str, Sequence[Session]] = {}
        self._unfolded: set[str] = set()

    @property
    def unfolded(self) -> frozenset[str]:
        """Ids of the sessions whose children are shown."""
        return frozenset(self._unfolded)

    def update(self) -> None:
        """Make the rows."""
        self.branches = [
            branch
            for root, session in enumerate(self.window.items)
            for branch in self._grow(session, 0, root)
        ]

    def index_of(self, session_id: str | None) -> int | None:
        """Return a session's row."""
        for index, branch in enumerate(self.branches):
            if branch.session.id == session_id:
                return index
        return None

    def parent_of(self, index: int) -> int | None:
        """Return the row of the session that started the one at a row."""
        return self.index_of(self.branches[index].session.parent_session_id)

    def root_of(self, index: int) -> int:
        """Return where a row's root stands in the window."""
        return self.branches[index].root if 0 <= index < len(self.branches) else 0

    def learn(
        self,
        asked: frozenset[str],
        counts: Mapping[str, int],
        children: Mapping[str, Sequence[Session]],
    ) -> None:
        """Take in how many children the sessions asked for have, and those of the unfolded.

        What is known of sessions that are not loaded any more is forgotten.
        """
        loaded = {branch.session.id for branch in self.branches} - asked
        self._counts = {id: n for id, n in self._counts.items() if id in loaded} | dict(counts)
        self._unfolded &= self._counts.keys()
        known = self._children | dict(children)
        self._children = {id: below for id, below in known.items() if id in self._unfolded}
        self.update()

    def unfold(self, session_id: str) -> None:
        """Show a session's children as soon as they are there."""
        self._unfolded.add(session_id)
        self.update()

    def fold(self, session_id: str) -> None:
        """Show a session's children no more."""
        self._unfolded.discard(session_id)
        self._children.pop(session_id, None)
        self.update()

    def remove(self, session_id: str) -> None:
        """Forget a session that was deleted."""
        self.window.remove(frozenset({session_id}))
        for parent, children in self._children.items():
            left = [child for child in children if child.id != session_id]
            if len(left) < len(children):
                self._children[parent] = left
                self._counts[parent] = len(left)
        self.update()

    def replace(self, session: Session) -> None:
        """Show a session as it is now, at its old place."""
        index = self.window.index_of(session.id)
        if index is not None:
            self.window.items[index] = session
        for parent, children in self._children.items():
            self._children[parent] = [
                session if child.id == session.id else child for child in children
            ]
        self.update()

    def _grow(self, session: Session, depth: int, root: int) -> Iterator[Branch]:
        count, unfolded = self._counts.get(session.id, 0), session.id in self._unfolded
        yield Branch(session, depth, count, unfolded, root)
        if unfolded:
            for child in self._children.get(session.id, ()):
                yield from self._grow(child, depth + 1, root)
