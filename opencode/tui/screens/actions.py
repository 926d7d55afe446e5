"""What can be done to a session from the list and from within it."""

from __future__ import annotations

from collections.abc import Callable

from opencode import text
from opencode.errors import InvalidValue, NotFound
from opencode.models import Session
from opencode.tui.format import shown_title
from opencode.tui.screens.base import Layer
from opencode.tui.screens.inputs import Input
from opencode.tui.wording import told

__all__ = ["GONE", "new_session", "rename_session"]

GONE = "Somebody else has deleted this session."


def new_session(layer: Layer, done: Callable[[Session], None]) -> None:
    """Ask for a title and start a session; without a title it has none until it gets one."""

    def accept(title: str) -> bool:
        def created(session: Session) -> None:
            layer.host.notice(f"Started “{shown_title(session.title)}”.")
            done(session)

        wanted = title.strip()
        asked.submit(title, lambda store: store.sessions.create(title=wanted), created)
        return True

    asked = Input(layer, "New session:", accept, _refused)
    asked.ask("")


def rename_session(layer: Layer, session: Session, done: Callable[[Session], None]) -> None:
    """Ask for another title, starting from the present one; an empty one is refused."""

    def accept(title: str) -> bool:
        wanted = title.strip()
        if not wanted:
            layer.host.notice("A title cannot be empty.", "error")
            return False
        if wanted == text.clean_line(session.title).strip():
            return True

        def renamed(now: Session) -> None:
            layer.host.notice(f"Renamed to “{shown_title(now.title)}”.")
            done(now)

        asked.submit(title, lambda store: store.sessions.rename(session.id, wanted), renamed)
        return True

    asked = Input(layer, "Title:", accept, _refused)
    asked.ask(session.title)


def _refused(error: Exception) -> str:
    if isinstance(error, NotFound):
        return GONE
    return told(error) if isinstance(error, InvalidValue) else ""
