"""How many rows a server may read for each query, on what `mysql_seed` has stored."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tools.checks.mysql_seed import (
    FAMILY,
    FILES,
    LARGE,
    MESSAGES,
    PLACES,
    SMALL,
    UNTAGGED,
    Project,
)

__all__ = ["EXCEPTIONS", "Case", "cases"]

EXCEPTIONS: Mapping[str, str] = {
    "check_*": "reads everything on purpose; asked for by a person",
    "count_all_sessions": "counts those of all projects, by title",
    "count_authored_sessions": "counts what a rollback would lose; asked for by a person",
    "count_everything": "counts every row",
    "count_summarized_sessions": "counts what a rollback would lose; asked for by a person",
    "count_unnumbered_messages": "no index leads to them; no start asks, but checks and rollbacks",
    "list_projects": "sums up the sessions of each project",
    "list_unnumbered_sessions": "no index leads to them; no start asks, but the backfill",
}
"""Queries that may read everything, and why."""

PAGE = 20
KEYS = {"updated": "updated_at", "created": "created_at", "cost": "cost"}
EVERYTHING: Mapping[str, Any] = {"title_pattern": "%", "author_pattern": "%"}
NOTHING: Mapping[str, Any] = {"title_pattern": "%no such title%", "author_pattern": "%"}


@dataclass(frozen=True, slots=True)
class Case:
    """A call of a query, and how many rows may be read for it."""

    query: str
    arguments: Mapping[str, Any]
    limit: int


def cases() -> Iterator[Case]:
    """At least one for each query that is not among the exceptions."""
    for project in (SMALL, LARGE):
        yield from _pages(project)
        yield from _filters(project)
        yield from _project(project)
        yield from _session(project)
        yield from _messages(project)
        yield from _files(project)
    yield from _all_projects()
    yield from _maintenance()


def _pages(project: Project) -> Iterator[Case]:
    """From both ends, and from amid many rows of one place."""
    middle = project.session(project.sessions // 2)
    for family in ("sessions", "roots"):
        for sort, key in KEYS.items():
            scope = {"project_id": project.id, **EVERYTHING, "limit": PAGE}
            for direction, end in (("by", PLACES), ("before", -1)):
                for place, id in ((end, ""), (PLACES // 2, middle)):
                    arguments = {**scope, key: place, "id": id}
                    yield Case(f"list_{family}_{direction}_{sort}", arguments, PAGE + 2)


def _filters(project: Project) -> Iterator[Case]:
    """One that nothing matches is looked for in the whole project, and nowhere else."""
    for family, size in (("sessions", project.sessions), ("roots", project.roots)):
        scope = {"project_id": project.id, **NOTHING}
        yield Case(f"count_{family}", scope, size + 2)
        for direction, end in (("by", PLACES), ("before", -1)):
            arguments = {**scope, "updated_at": end, "id": "", "limit": PAGE}
            yield Case(f"list_{family}_{direction}_updated", arguments, size + 3)


def _project(project: Project) -> Iterator[Case]:
    scope = {"project_id": project.id}
    yield Case("count_sessions", {**scope, **EVERYTHING}, project.sessions + 2)
    yield Case("count_roots", {**scope, **EVERYTHING}, project.roots + 2)
    yield Case("count_project", scope, project.sessions + 2)
    # Found, fetched and looked up in the index that changes.
    yield Case("move_project", {**scope, "new_project_id": "other"}, 3 * project.sessions + 5)


def _session(project: Project) -> Iterator[Case]:
    id = project.session(0)
    scope = {"project_id": project.id}
    one = {**scope, "id": id}
    ids = {**scope, "ids": json.dumps([id])}
    new = {"parent_session_id": None, "title": "", "author": "", "updated_at": 1, "created_at": 1}
    start = project.session(project.sessions // 2)[:-1]
    prefix = {"first_id": start, "end_id": f"{start}\x7f", "limit": PAGE}
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "cost": 0.5}
    yield Case("create_session", {**scope, "id": "new", **new}, 2)
    yield Case("get_session", one, 2)
    yield Case("list_sessions_by_prefix", {**scope, **prefix}, PAGE + 2)
    yield Case("list_children", {**scope, "parent_session_id": id}, FAMILY + 2)
    # MariaDB rather reads a small project than looks for each parent.
    yield Case("count_children", ids, SMALL.sessions + 50)
    yield Case("list_session_tree", one, 10 * FAMILY)
    yield Case("rename_session", {**one, "title": "another"}, 2)
    yield Case("set_session_summary", {**one, "summary_message_id": "m"}, 2)
    yield Case("add_session_usage", {**one, **usage}, 2)
    yield Case("advance_session", one, 2)
    yield Case("touch_session", one, 2)
    yield Case("lock_sessions", ids, 5)
    # Where the server itself follows the foreign keys, it reads what goes with the session.
    yield Case("delete_sessions", ids, MESSAGES + FILES + 20)


def _messages(project: Project) -> Iterator[Case]:
    session = project.session(0)
    scope = {"project_id": project.id}
    pages = {**scope, "session_id": session, "limit": PAGE}
    one = {**scope, "id": f"{session}-{MESSAGES // 2}"}
    times = {"created_at": 1, "updated_at": 1, "finished_at": None}
    new = {"id": "new", "role": "user", "parts": "[]", "model": None, **times}
    yield Case("create_message", {**scope, "session_id": session, **new}, 4)
    yield Case("get_message", one, 3)
    for seq in (0, MESSAGES // 2):
        yield Case("list_messages", {**pages, "seq": seq}, PAGE + 3)
        yield Case("list_messages_before", {**pages, "seq": MESSAGES + 1 - seq}, PAGE + 3)
    yield Case("update_message_parts", {**one, "parts": "[1]"}, 4)
    yield Case("finish_message", {**one, "finished_at": 2}, 4)
    yield Case("delete_message", {"session_id": session, "id": one["id"]}, 4)
    yield Case("count_messages", {**scope, "ids": json.dumps([session])}, 2 * MESSAGES + 10)


def _files(project: Project) -> Iterator[Case]:
    session = project.session(0)
    scope = {"project_id": project.id}
    files = {**scope, "session_id": session}
    new = {"content": "", "version": "v1", "created_at": 1, "updated_at": 1}
    yield Case("create_file_version", {**files, "id": "new", "path": "new.py", **new}, 4)
    yield Case("get_file", {**scope, "id": f"{session}-0"}, 3)
    two = {"path": "0.py", "old_version": "v0", "new_version": "v1"}
    yield Case("list_two_file_versions", {**files, **two}, 4)
    yield Case("list_file_versions", {**files, "path": "0.py"}, FILES + 3)
    yield Case("list_files", files, FILES + 3)
    # The family, its titles, and a file of each other session.
    yield Case("list_tree_files", {**scope, "id": session}, FILES + 12 * FAMILY)
    yield Case("count_files", {**scope, "ids": json.dumps([session])}, 2 * FILES + 10)


def _all_projects() -> Iterator[Case]:
    """Without sub-sessions, those between the others are passed over."""
    middle = LARGE.session(LARGE.sessions // 2)
    for sort, key in KEYS.items():
        for place, id in ((PLACES, ""), (PLACES // 2, middle)):
            for children, limit in ((1, PAGE + 2), (0, (PAGE + 1) * FAMILY)):
                arguments = {**EVERYTHING, key: place, "id": id, "include_children": children}
                yield Case(f"list_all_sessions_by_{sort}", {**arguments, "limit": PAGE}, limit)


def _maintenance() -> Iterator[Case]:
    id = SMALL.session(0)
    yield Case("has_backfill_work", {}, 2)
    yield Case("count_untagged_sessions", {}, UNTAGGED.sessions + 2)
    yield Case("tag_sessions", {"project_id": "x", "limit": PAGE}, 3 * PAGE + 5)
    yield Case("number_messages", {"session_id": id, "seq": 0}, 5)
    yield Case("set_last_seq", {"last_seq": 1, "id": id}, 2)
    yield Case("fix_message_count", {"id": id, "updated_at": 5}, MESSAGES + 5)
    yield Case("set_updated_at", {"updated_at": 5, "id": id}, 2)
