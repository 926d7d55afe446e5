"""The table of sessions."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from itertools import pairwise

from opencode.cli.table import Column
from opencode.models import Session, Sort
from opencode.store.transcript import title_of
from opencode.text import age, count, money, tokens

__all__ = ["session_table", "short_ids"]

UUID = re.compile(r"(?P<start>.*?)[0-9a-f]{8}-[0-9a-f]{4}-(?P<version>[0-9a-f])[0-9a-f]{3}-")

# How many characters of an id are shown at least. The first 13 of a UUIDv7 are its milliseconds;
# of other ids nobody knows where the chance is in them.
OF_UUID, OF_UUID7, OF_OTHERS = 8, 13, 20


def short_ids(ids: Sequence[str]) -> dict[str, str]:
    """For each id a beginning that none of the others has, long enough to be typed again."""
    ordered = sorted(set(ids))
    shared = [_common(*pair) for pair in pairwise(ordered)]
    needed = map(max, [0, *shared], [*shared, 0])
    return {
        session_id: session_id[: max(length + 1, _minimum(session_id))]
        for session_id, length in zip(ordered, needed, strict=False)
    }


def _minimum(session_id: str) -> int:
    match = UUID.match(session_id)
    if match is None:
        return OF_OTHERS
    return len(match["start"]) + (OF_UUID7 if match["version"] == "7" else OF_UUID)


def _common(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    for index, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return index
    return min(len(one), len(other))


def session_table(
    sessions: Sequence[Session], *, sort: Sort, projects: bool, shorten: bool
) -> tuple[list[Column], list[list[str]]]:
    """Columns and rows; authors are shown where there are several.

    `projects` adds the project of each; `shorten` cuts the ids.
    """
    now = time.time()
    short = short_ids([session.id for session in sessions]) if shorten else {}
    authors = len({session.author for session in sessions}) > 1
    columns = [
        Column("ID"),
        *([Column("Project")] if projects else []),
        Column("Title", flexible=True),
        *([Column("Author")] if authors else []),
        Column("Msgs", "right"),
        Column("Tokens", "right"),
        Column("Cost", "right"),
        Column("Created" if sort == "created" else "Updated", "right"),
    ]
    rows = [
        [
            short.get(session.id, session.id),
            *([session.project_id] if projects else []),
            ("└ " if session.parent_session_id else "") + title_of(session),
            *([session.author or ""] if authors else []),
            count(session.message_count),
            tokens(session.prompt_tokens + session.completion_tokens),
            money(session.cost),
            age(session.created_at if sort == "created" else session.updated_at, now),
        ]
        for session in sessions
    ]
    return columns, rows
