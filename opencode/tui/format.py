"""One line about a session, a project or the program's state, in as many columns as there are."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Literal, NamedTuple

from opencode import text
from opencode.models import Session, Sort
from opencode.tui.branches import Branch
from opencode.tui.icons import PROVIDER_ICONS, SORTED, SORTED_ASCII

__all__ = [
    "MAX_AUTHOR",
    "UNTITLED",
    "Column",
    "Run",
    "Shape",
    "author_name",
    "clock_of",
    "columns_for",
    "day_of",
    "join_ends",
    "project_line",
    "runs_width",
    "session_heading",
    "session_row",
    "shown_title",
    "sort_at",
    "title_line",
    "truncate_runs",
    "with_more",
]

Run = tuple[str | None, str]
"""Text and the name of its attribute in the theme; None is plain text."""

UNTITLED = "(untitled)"

MIN_TITLE = 30

MAX_AUTHOR = 24

MIN_MARKED = 8
"""Columns of a title below which the mark of its sub-sessions is left out."""

MAX_DEPTH = 6
"""Steps to the right at most, however deep sessions are nested."""


class Column(NamedTuple):
    """A column of the list; `space` comes before it."""

    heading: str
    width: int
    space: int
    value: Callable[[Session, float], str]
    align: Literal["left", "right"] = "right"
    sort: Sort | None = None
    """The order that is by this column, if there is one."""

    def cell(self, content: str) -> str:
        """Return the content in as many columns as it has, with the space before them."""
        return " " * self.space + text.pad(content, self.width, self.align)


class Shape(NamedTuple):
    """Which columns a list has beside the titles: its order decides which time is shown."""

    sort: Sort = "updated"
    author: bool = False
    icons: bool = True
    """Whether the terminal can show them."""


PLAIN = Shape()


_AUTHOR = Column(
    "Author", 12, 2, lambda session, _: text.truncate(author_name(session.author), 12), "left"
)
_MESSAGES = Column("Msgs", 5, 1, lambda session, _: _messages(session.message_count))
_TOKENS = Column(
    "Tokens",
    6,
    3,
    lambda session, _: text.tokens(session.prompt_tokens + session.completion_tokens),
)
_COST = Column("Cost", 8, 1, lambda session, _: text.money(session.cost), sort="cost")
_UPDATED = Column(
    "Updated", 8, 1, lambda session, now: text.age(session.updated_at, now), sort="updated"
)
_CREATED = Column(
    "Created", 8, 1, lambda session, now: text.age(session.created_at, now), sort="created"
)

_OTHER_TIME: Mapping[Sort, Sort] = {"updated": "created", "created": "updated"}

# In the order in which they give way; the one that the list is sorted by never does.
_GIVE_WAY = (_COST, _TOKENS, _AUTHOR, _MESSAGES)


def shown_title(title: str) -> str:
    """Return a title that is safe to show and never empty."""
    return text.clean_line(title).strip() or UNTITLED


def title_line(title: str, author: str | None, width: int) -> list[Run]:
    """Return a session's title, and whose it is where that leaves as much of it as a list does."""
    shown, name = shown_title(title), text.truncate(author_name(author), MAX_AUTHOR)
    by = f" · by {name}" if name else ""
    room = width - text.width(by)
    if not by or room < min(text.width(shown), MIN_TITLE):
        return [("title", shown)]
    return [("title", text.truncate(shown, room)), ("dim", by)]


def columns_for(width: int, shape: Shape = PLAIN) -> tuple[Column, ...]:
    """Return the columns that leave room for the title, from left to right."""
    authors = [_AUTHOR] if shape.author else []
    time = _CREATED if shape.sort == "created" else _UPDATED
    columns = [*authors, _MESSAGES, _TOKENS, _COST, time]
    for column in _GIVE_WAY:
        if _title_width(columns, width) >= MIN_TITLE:
            break
        if column in columns and not (column is _COST and shape.sort == "cost"):
            columns.remove(column)
    return tuple(columns)


def session_heading(width: int, shape: Shape = PLAIN) -> str:
    """Return the line above the list; the column that it is sorted by is marked."""
    columns = columns_for(width, shape)
    mark = SORTED if shape.icons else SORTED_ASCII
    title = text.pad("Title", _title_width(columns, width))
    return title + "".join(
        column.cell(column.heading + (mark if column.sort == shape.sort else ""))
        for column in columns
    )


def sort_at(place: int, width: int, shape: Shape = PLAIN) -> Sort | None:
    """Return the order that a click on a place of the line above the list asks for.

    One column shows when a session was active last, or when it was created: a click on that, when
    the list is sorted by it already, asks for the other one.
    """
    columns = columns_for(width, shape)
    begin = _title_width(columns, width)
    for column in columns:
        end = begin + column.space + column.width
        if begin <= place < end:
            return _OTHER_TIME.get(shape.sort) if column.sort == shape.sort else column.sort
        begin = end
    return None


def session_row(
    session: Session,
    width: int,
    now: float,
    shape: Shape = PLAIN,
    branch: Branch | None = None,
) -> list[Run]:
    """Return a session's line, exactly `width` columns wide.

    Where it stands among others: indented below the session that started it, and with the number
    of those that it started itself.
    """
    columns = columns_for(width, shape)
    title = shown_title(session.title)
    rest = "".join(column.cell(column.value(session, now)) for column in columns)
    return [*_title_runs(title, _title_width(columns, width), branch), ("dim", rest)]


def _title_runs(title: str, width: int, branch: Branch | None) -> list[Run]:
    attribute = "dim" if title == UNTITLED else None
    if branch is None:
        return [(attribute, text.pad(title, width))]
    indent = "  " * (min(branch.depth, MAX_DEPTH) - 1) + "└ " if branch.depth else ""
    mark = f" {'▾' if branch.unfolded else '▸'} {text.count(branch.children)}"
    mark = mark if branch.children else ""
    room = max(0, width - text.width(indent) - text.width(mark))
    if room < MIN_MARKED:
        return [(attribute, text.pad(indent + title, width))]
    return [("border", indent), (attribute, text.pad(title, room)), ("marker", mark)]


def _messages(number: int) -> str:
    """Return a count that fits its column: `9,999`, `20.0k`."""
    return text.count(number) if number < 10_000 else text.tokens(number)


def author_name(author: str | None) -> str:
    """Return a name without its address; `ada <ada@example.com>` is ada."""
    return text.clean_line(author or "").partition("<")[0].strip()


def project_line(
    project_id: str, provider: str, width: int, *, icons: bool = False, trouble: str = ""
) -> list[Run]:
    """Return `Project: … | Provider: local`; a long id is cut on the left, the provider never.

    `trouble` is a word for how the connection stands, as in `Provider: remote · offline`.
    """
    ends: list[Run] = [("label", " | "), ("label", "Provider: "), ("value", provider)]
    if icons and provider in PROVIDER_ICONS:
        ends.append(("marker", f" {PROVIDER_ICONS[provider]}"))
    room = width - len("Project: ") - runs_width(ends)
    word = f" · {trouble}" if trouble else ""
    if word and room - len(word) >= MIN_MARKED:
        ends.append(("error", word))
        room -= len(word)
    shown = text.truncate(text.clean_line(project_id), room, side="left")
    return [("label", "Project: "), ("value", shown), *ends]


def clock_of(seconds: int) -> str:
    """Return the local time of day, `14:02`."""
    shown = text.timestamp(seconds)
    return shown[11:16] if len(shown) > 16 else shown


def day_of(seconds: int) -> str:
    """Return the local day, `Thursday, 12 February 2026`."""
    shown = text.timestamp(seconds)
    if len(shown) < 10:
        return shown
    return _day_in_words(shown[:10])


@lru_cache(maxsize=64)
def _day_in_words(date: str) -> str:
    day = time.strptime(date, "%Y-%m-%d")
    return f"{time.strftime('%A', day)}, {day.tm_mday} {time.strftime('%B %Y', day)}"


def runs_width(runs: Iterable[Run]) -> int:
    """Return how many columns the runs take."""
    return sum(text.width(part) for _, part in runs)


def truncate_runs(runs: Iterable[Run], width: int) -> list[Run]:
    """Return the runs cut to a width, with an ellipsis where something is missing."""
    kept: list[Run] = []
    for attribute, part in runs:
        columns = text.width(part)
        if columns > width:
            kept.append((attribute, text.truncate(part, width)))
            break
        kept.append((attribute, part))
        width -= columns
    return kept


def join_ends(left: Iterable[Run], right: Iterable[Run], width: int) -> list[Run]:
    """Return one line with the right part at its right end; the left part gives way."""
    end = truncate_runs(right, width)
    room = width - runs_width(end)
    start = truncate_runs(left, max(0, room - 1) if end else room)
    return [*start, (None, " " * (room - runs_width(start))), *end]


def with_more(
    left: Iterable[Run], right: Iterable[Run], more: Iterable[Run], columns: int
) -> list[Run]:
    """Return the right end of a header, with more if that takes nothing from the left end."""
    whole = [*right, *more]
    fits = runs_width(left) + 1 + runs_width(whole) <= columns - 2
    return whole if fits else list(right)


def _title_width(columns: Iterable[Column], width: int) -> int:
    return max(0, width - sum(column.width + column.space for column in columns))
