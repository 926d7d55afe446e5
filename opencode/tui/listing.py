"""Pages of the list of sessions, and the sessions that some of them started.

All of it runs in the database's thread.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from opencode.errors import NotFound
from opencode.models import Session, Sort
from opencode.tui.loading import Stretch
from opencode.tui.window import LIMIT, PAGE

if TYPE_CHECKING:
    from opencode.models import Cursor, Page
    from opencode.store import Store

__all__ = [
    "SORTS",
    "Children",
    "Wanted",
    "around",
    "children",
    "count",
    "first_page",
    "last_page",
    "next_sort",
    "page_after",
    "page_before",
    "reload",
]

SORTS: Mapping[Sort, str] = {
    "updated": "last activity first",
    "created": "newest first",
    "cost": "highest cost first",
}
"""The orders of the list, and what the header calls them."""


class Wanted(NamedTuple):
    """Which sessions are listed, in which order; empty texts match all."""

    title: str = ""
    author: str = ""
    sort: Sort = "updated"


class Children(NamedTuple):
    """How many children some sessions have, and who they are where that was asked."""

    asked: frozenset[str]
    counts: Mapping[str, int]
    sessions: Mapping[str, Sequence[Session]]


def next_sort(sort: Sort) -> Sort:
    """Return the order that follows one, round and round."""
    orders = [*SORTS]
    return orders[(orders.index(sort) + 1) % len(orders)]


def first_page(store: Store, wanted: Wanted, size: int = PAGE) -> Stretch[Session]:
    """Return the beginning of a listing."""
    page = _page(store, wanted, limit=size)
    return Stretch(page.items, starts=True, ends=page.next is None)


def last_page(store: Store, wanted: Wanted) -> Stretch[Session]:
    """Return the end of a listing."""
    page = _page(store, wanted, last=True)
    return Stretch(page.items, starts=page.previous is None, ends=True)


def page_after(store: Store, wanted: Wanted, edge: Session) -> Stretch[Session]:
    """Return the sessions that follow one."""
    page = _page(store, wanted, after=store.sessions.cursor(edge, wanted.sort))
    return Stretch(page.items, starts=False, ends=page.next is None)


def page_before(store: Store, wanted: Wanted, edge: Session) -> Stretch[Session]:
    """Return the sessions before one."""
    page = _page(store, wanted, before=store.sessions.cursor(edge, wanted.sort))
    return Stretch(page.items, starts=page.previous is None, ends=False)


def reload(
    store: Store, wanted: Wanted, *, anchors: Sequence[str], top: bool, size: int
) -> Stretch[Session]:
    """Return a listing anew, so that it holds the first of `anchors` that still exists.

    They are the session the cursor is on and its neighbours. `top`: the list was at its beginning
    and should stay there, unless the session went away from it.
    """
    head = first_page(store, wanted, max(PAGE, min(size, LIMIT))) if top else None
    for anchor in anchors:
        if head and any(item.id == anchor for item in head.items):
            return head
        try:
            session = store.sessions.get(anchor)
        except NotFound:
            continue
        if session.parent_session_id is None:
            return around(store, wanted, session)
    return head or first_page(store, wanted)


def around(store: Store, wanted: Wanted, session: Session) -> Stretch[Session]:
    """Return the sessions around one, and that one if it is listed."""
    before = _page(
        store, wanted, limit=PAGE // 2, before=store.sessions.cursor(session, wanted.sort)
    )
    edge = store.sessions.cursor(before.items[-1], wanted.sort) if before.items else None
    after = _page(store, wanted, after=edge)
    return Stretch(
        (*before.items, *after.items), starts=before.previous is None, ends=after.next is None
    )


def count(store: Store, wanted: Wanted) -> int:
    """Return how many sessions a listing has."""
    return store.sessions.count(filter=wanted.title, author=wanted.author)


def children(store: Store, ids: Iterable[str], unfolded: frozenset[str]) -> Children:
    """Return how many children sessions have; those of unfolded ones with theirs, all the way."""
    asked: set[str] = set()
    counts: dict[str, int] = {}
    sessions: dict[str, Sequence[Session]] = {}
    ids = set(ids)
    while ids:
        found = store.sessions.count_children(sorted(ids))
        counts.update(found)
        asked |= ids
        shown = {id: store.sessions.children(id) for id in sorted(unfolded & found.keys())}
        sessions.update(shown)
        ids = {child.id for below in shown.values() for child in below} - asked
    return Children(frozenset(asked), counts, sessions)


def _page(
    store: Store,
    wanted: Wanted,
    *,
    limit: int = PAGE,
    after: Cursor | None = None,
    before: Cursor | None = None,
    last: bool = False,
) -> Page[Session]:
    return store.sessions.list(
        limit=limit,
        sort=wanted.sort,
        after=after,
        before=before,
        last=last,
        filter=wanted.title,
        author=wanted.author,
    )
