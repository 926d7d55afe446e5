"""Sessions to list: reading them page by page, and saying what is not listed."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from opencode.cli import output

if TYPE_CHECKING:
    from opencode.models import Session, Sort
    from opencode.store import Store

__all__ = ["Chosen", "collect", "tell_how_many"]

PAGE = 500


class Chosen(TypedDict):
    """Which sessions are listed and counted."""

    filter: str
    author: str
    children: bool
    all_projects: bool


def collect(store: Store, limit: int | None, sort: Sort, chosen: Chosen) -> list[Session]:
    """The first `limit` sessions, read page by page; None: all of them."""
    sessions: list[Session] = []
    after = None
    while limit is None or len(sessions) < limit:
        size = PAGE if limit is None else min(PAGE, limit - len(sessions))
        page = store.sessions.list(limit=size, sort=sort, after=after, **chosen)
        sessions.extend(page.items)
        after = page.next
        if after is None:
            break
    return sessions


def tell_how_many(store: Store, shown: int, total: int, chosen: Chosen, *, quiet: bool) -> None:
    """Say how many sessions there are in all, and where others may be when there are none."""
    from opencode.text import count, plural

    where = "all projects" if chosen["all_projects"] else f"project {store.project.project_id}"
    if total > shown:
        output.note(f"{count(shown)} of {plural(total, 'session')} in {where} (-n all lists all)")
    elif total and not quiet:
        output.note(f"{plural(total, 'session')} in {where}")
    elif not total:
        _explain_emptiness(store, where, chosen)


def _explain_emptiness(store: Store, where: str, chosen: Chosen) -> None:
    from opencode.text import plural

    place = f"{where} ({store.provider.location})"
    everywhere = chosen["all_projects"]
    without_filter = store.sessions.count(children=chosen["children"], all_projects=everywhere)
    if without_filter:
        output.note(f"none of {plural(without_filter, 'session')} in {place} matches")
        return
    started_by_others = store.sessions.count(children=True, all_projects=everywhere)
    if started_by_others:
        output.note(
            f"no sessions in {place} but {plural(started_by_others, 'session')} "
            "that other sessions started: --all lists them"
        )
        return
    output.note(f"no sessions in {place}")
    projects, sessions = (0, 0) if everywhere else store.projects.others()
    if projects:
        output.note(
            f"{plural(projects, 'other project')} {'holds' if projects == 1 else 'hold'} "
            f"{plural(sessions, 'session')}: opencode project list"
        )
