"""What jobs ask the store for; all of it runs in the database's thread."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Generic, NamedTuple, Protocol, TypeVar

from opencode.models import Session
from opencode.tui.window import PAGE

if TYPE_CHECKING:
    from opencode.store import Store
    from opencode.tui.render.blocks import Rendered
    from opencode.tui.render.message import Renderer

__all__ = [
    "Glimpse",
    "LoadMessages",
    "Messages",
    "Stretch",
    "first_messages",
    "last_messages",
    "messages_after",
    "messages_around",
    "messages_before",
    "reload_messages",
    "short_path",
]

T = TypeVar("T")


class Stretch(NamedTuple, Generic[T]):
    """Consecutive items of a listing, and whether they are its first and its last."""

    items: Sequence[T]
    starts: bool
    ends: bool


class Messages(NamedTuple):
    """A session as it is now, with some of its messages."""

    session: Session
    stretch: Stretch[Rendered]


class Glimpse(NamedTuple):
    """The end of a session as one pane has read it, for another one to begin with."""

    messages: Messages
    render: Renderer
    """Knows the messages, most of them with their Markdown."""


class LoadMessages(Protocol):
    """Reads one end of a session."""

    def __call__(self, store: Store, render: Renderer, session_id: str) -> Messages: ...


def last_messages(store: Store, render: Renderer, session_id: str, size: int = PAGE) -> Messages:
    """Return the end of a session."""
    messages = store.messages.page(session_id, limit=size)
    session = store.sessions.get(session_id)
    return Messages(session, Stretch(render(messages), starts=len(messages) < size, ends=True))


def first_messages(store: Store, render: Renderer, session_id: str) -> Messages:
    """Return the beginning of a session."""
    stretch = messages_after(store, render, session_id, 0)
    session = store.sessions.get(session_id)
    return Messages(session, Stretch(stretch.items, starts=True, ends=stretch.ends))


def messages_before(store: Store, render: Renderer, session_id: str, seq: int) -> Stretch[Rendered]:
    """Return the messages before one."""
    messages = store.messages.page(session_id, before=seq, limit=PAGE)
    return Stretch(render(messages), starts=len(messages) < PAGE, ends=False)


def messages_after(store: Store, render: Renderer, session_id: str, seq: int) -> Stretch[Rendered]:
    """Return the messages after one."""
    messages = store.messages.list(session_id, after=seq, limit=PAGE)
    return Stretch(render(messages), starts=False, ends=len(messages) < PAGE)


def messages_around(store: Store, render: Renderer, session_id: str, seq: int) -> Stretch[Rendered]:
    """Return a message with those before and after it."""
    before = store.messages.page(session_id, before=seq, limit=PAGE)
    after = store.messages.list(session_id, after=seq - 1, limit=PAGE)
    return Stretch(render((*before, *after)), starts=len(before) < PAGE, ends=len(after) < PAGE)


def reload_messages(
    store: Store, render: Renderer, session_id: str, *, first: int, loaded: int, ends: bool
) -> Messages:
    """Return the loaded messages anew; when they were the last, with what was added since."""
    limit = loaded + PAGE if ends else max(1, loaded)
    messages = store.messages.list(session_id, after=first - 1, limit=limit)
    session = store.sessions.get(session_id)
    reached = ends and len(messages) < limit
    return Messages(session, Stretch(render(messages), starts=False, ends=reached))


def short_path(location: str) -> str:
    """Return a location with the user's home as `~`."""
    home = os.environ.get("HOME", "")
    path = Path(location)
    if home and path.is_absolute() and path.is_relative_to(home):
        return str(Path("~", path.relative_to(home)))
    return location
