"""What can be done to a session from the list and from within it."""

from __future__ import annotations

from collections.abc import Callable

from opencode import text
from opencode.errors import InvalidValue
from opencode.models import Session
from opencode.tui.format import shown_title
from opencode.tui.screens.base import Layer
from opencode.tui.widgets.prompt import Prompt

__all__ = ["new_session", "rename_session"]


def new_session(layer: Layer, done: Callable[[Session], None]) -> None:
    """Ask for a title and start a session; without a title it has none until it gets one."""
    host = layer.host

    def accept(title: str) -> bool:
        def created(session: Session) -> None:
            host.notice(f"Started “{shown_title(session.title)}”.")
            done(session)

        wanted = title.strip()
        host.submit(
            lambda store: store.sessions.create(title=wanted),
            created,
            failed=_ask_again(layer, prompt("New session:", title)),
        )
        return True

    def prompt(label: str, value: str) -> Prompt:
        return Prompt(label, value, accept=accept)

    layer.ask(prompt("New session:", ""))


def rename_session(layer: Layer, session: Session, done: Callable[[Session], None]) -> None:
    """Ask for another title, starting from the present one; an empty one is refused."""
    host = layer.host

    def accept(title: str) -> bool:
        wanted = title.strip()
        if not wanted:
            host.notice("a title cannot be empty", "error")
            return False
        if wanted == text.clean_line(session.title).strip():
            return True

        def renamed(now: Session) -> None:
            host.notice(f"Renamed to “{shown_title(now.title)}”.")
            done(now)

        host.submit(
            lambda store: store.sessions.rename(session.id, wanted),
            renamed,
            failed=_ask_again(layer, prompt(title)),
        )
        return True

    def prompt(value: str) -> Prompt:
        return Prompt("Title:", value, accept=accept)

    layer.ask(prompt(session.title))


def _ask_again(layer: Layer, prompt: Prompt) -> Callable[[Exception], bool]:
    """Return what brings a refused input back, so that nothing typed is lost."""

    def failed(error: Exception) -> bool:
        if isinstance(error, InvalidValue):
            layer.ask(prompt)
            layer.host.notice(str(error), "error")
            return True
        return False

    return failed
