"""Keyset pages of sessions: which query reads which listing, and how pages join."""

from __future__ import annotations

import sys
from math import isfinite
from typing import NamedTuple, Protocol

from opencode import limits
from opencode.db.querier import Querier
from opencode.errors import InvalidValue, UsageError
from opencode.models import Cursor, Page, Session, Sort

__all__ = ["Listing", "count", "cursor", "page"]

_LAST_INTEGER = 2**63 - 1
_COLUMNS = {"updated": "updated_at", "created": "created_at", "cost": "cost"}


class Listing(NamedTuple):
    """What is listed: `project_id` is None for all projects."""

    project_id: str | None
    sort: Sort
    children: bool
    filter: str
    author: str


class _Read(Protocol):
    def __call__(self, value: float, session_id: str, limit: int) -> list[Session]: ...


def page(
    querier: Querier,
    listing: Listing,
    *,
    limit: int,
    after: Cursor | None = None,
    before: Cursor | None = None,
    last: bool = False,
) -> Page[Session]:
    """Return the page after or before a cursor, the first one, or the last one."""
    if listing.sort not in _COLUMNS:
        raise UsageError(f"no sort {listing.sort!r}", hint=f"one of {', '.join(_COLUMNS)}")
    if limit < 1:
        raise UsageError(f"a page of {limit} sessions cannot be", hint="ask for 1 or more")
    limit = limits.check_size("sessions", limit)
    for place in (after, before):
        _check_place(place, listing.sort)
    if before is not None or last:
        return _page_above(querier, listing, limit, None if last else before)
    start = after or _end(listing.sort, above=True)
    # One more than asked for tells whether the listing goes on.
    rows = _reader(querier, listing, upwards=False)(start.value, start.id, limit + 1)
    items = tuple(rows[:limit])
    return Page(
        items,
        next=cursor(items[-1], listing.sort) if len(rows) > limit else None,
        previous=cursor(items[0], listing.sort) if items and after is not None else None,
    )


def _page_above(
    querier: Querier, listing: Listing, limit: int, before: Cursor | None
) -> Page[Session]:
    start = before or _end(listing.sort, above=False)
    rows = _reader(querier, listing, upwards=True)(start.value, start.id, limit + 1)
    items = tuple(reversed(rows[:limit]))
    return Page(
        items,
        next=cursor(items[-1], listing.sort) if items and before is not None else None,
        previous=cursor(items[0], listing.sort) if len(rows) > limit else None,
    )


def cursor(session: Session, sort: Sort) -> Cursor:
    """Return where a session stands in a listing of that sort."""
    return Cursor(getattr(session, _COLUMNS[sort]), session.id)


def count(querier: Querier, listing: Listing) -> int:
    """Return how many sessions the listing has in all."""
    title, author = contains(listing.filter), contains(listing.author)
    if listing.project_id is None:
        return querier.count_all_sessions(
            title_pattern=title, author_pattern=author, include_children=int(listing.children)
        )
    query = querier.count_sessions if listing.children else querier.count_roots
    return query(project_id=listing.project_id, title_pattern=title, author_pattern=author)


def contains(text: str) -> str:
    """Return the LIKE pattern (ESCAPE '!') for "contains `text`"; the queries fold its case.

    That of an empty text is `%`, by which the queries know that there is nothing to look for.
    """
    text = limits.check_text("filter", text.strip(), limits.TITLE)
    if not text:
        return "%"
    for character in "!%_":
        text = text.replace(character, "!" + character)
    return f"%{text}%"


def _check_place(place: Cursor | None, sort: Sort) -> None:
    """Refuse a cursor that no page of this listing could have given."""
    if place is None:
        return
    fits = abs(place.value) <= _LAST_INTEGER
    if sort == "cost" and isinstance(place.value, float):
        fits = isfinite(place.value)
    if not (fits and limits.is_key(place.id)):
        raise InvalidValue("no place in this listing", hint="give a page's next or previous")


def _end(sort: Sort, *, above: bool) -> Cursor:
    """Return a place before the first row (above) or after the last one."""
    if sort == "cost":
        return Cursor(sys.float_info.max if above else -1.0, "")
    return Cursor(_LAST_INTEGER if above else -_LAST_INTEGER, "")


def _reader(querier: Querier, listing: Listing, *, upwards: bool) -> _Read:
    title, author = contains(listing.filter), contains(listing.author)
    column = _COLUMNS[listing.sort]
    if listing.project_id is None:
        if upwards:
            raise UsageError(
                "a listing of all projects cannot be read upwards",
                hint="start at its first page and go on from there",
            )
        name = "list_all_sessions"
        scope: dict[str, object] = {"include_children": int(listing.children)}
    else:
        name = "list_sessions" if listing.children else "list_roots"
        scope = {"project_id": listing.project_id}
    query = getattr(querier, f"{name}_{'before' if upwards else 'by'}_{listing.sort}")

    def read(value: float, session_id: str, limit: int) -> list[Session]:
        rows: list[Session] = query(
            **scope,
            **{column: value},
            id=session_id,
            title_pattern=title,
            author_pattern=author,
            limit=limit,
        )
        return rows

    return read
