"""What the store hands out: immutable values, fields in the order of the columns.

All times are Unix seconds.  What stands for a row is a named tuple: the fields of most stay in the
order of the queries' columns, which the generator checks, and `Session(*row)` makes one without
further ado.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Literal, NamedTuple, TypeVar

if TYPE_CHECKING:
    from opencode.parts import Part

__all__ = [
    "Cursor",
    "Deleted",
    "FileSummary",
    "FileVersion",
    "Message",
    "Page",
    "Project",
    "Session",
    "Sort",
    "TreeFileSummary",
]

T = TypeVar("T")

Sort = Literal["updated", "created", "cost"]
"""What a listing of sessions is ordered by, always descending; ties by id, descending."""


class Session(NamedTuple):
    """A conversation with an agent; `parent_session_id` is set when another session started it."""

    id: str
    project_id: str
    parent_session_id: str | None
    title: str
    message_count: int
    prompt_tokens: int
    completion_tokens: int
    cost: float
    summary_message_id: str | None
    author: str | None
    updated_at: int
    created_at: int


class Message(NamedTuple):
    """One message of a session; `seq` is its place there, from 1, with gaps where one was deleted.

    `finished_at` is None for messages of users and tools too, not only while one is streaming.
    """

    id: str
    session_id: str
    seq: int
    role: str
    parts: tuple[Part, ...]
    model: str | None
    created_at: int
    updated_at: int
    finished_at: int | None


class FileSummary(NamedTuple):
    """A file version without its content; `version` is `initial`, `v1`, `v2`, …"""

    id: str
    session_id: str
    path: str
    version: str
    created_at: int
    updated_at: int


class TreeFileSummary(NamedTuple):
    """A file version without its content, and the title of its session."""

    id: str
    session_id: str
    path: str
    version: str
    created_at: int
    updated_at: int
    session_title: str


class FileVersion(NamedTuple):
    """A file's content as the agent wrote it at one moment of a session."""

    id: str
    session_id: str
    path: str
    content: str
    version: str
    created_at: int
    updated_at: int


class Project(NamedTuple):
    """A project and how much the database holds of it; `updated_at` is its last activity.

    `children` are the sub-sessions among its `sessions`.
    """

    project_id: str
    sessions: int
    children: int
    messages: int
    updated_at: int

    @property
    def roots(self) -> int:
        """The sessions that no other one started: those that a listing shows at first."""
        return self.sessions - self.children


class Deleted(NamedTuple):
    """How many rows a delete removed, sub-sessions included."""

    sessions: int
    messages: int
    files: int


class Cursor(NamedTuple):
    """A place in a listing of sessions: the sort key and the id of one row."""

    value: float
    id: str


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A stretch of a listing; `next` goes on after its last item, `previous` ends before its first.

    Either is None where the listing ends.
    """

    items: tuple[T, ...]
    next: Cursor | None = None
    previous: Cursor | None = None
