"""What can be done to a session from the list and from within it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from opencode import text
from opencode.errors import InvalidValue, NotFound, RenamedMeanwhile
from opencode.models import Session
from opencode.tui.format import shown_title
from opencode.tui.screens.base import Command, Layer
from opencode.tui.screens.inputs import Input
from opencode.tui.wording import told

if TYPE_CHECKING:
    from opencode.store import Store

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


def rename_session(layer: Layer, session: Session, renamed: Callable[[Session], None]) -> None:
    """Ask for another title, starting from the present one; an empty one is refused.

    Where somebody else has given it another title since, that one is replaced only after asking.
    """

    def accept(title: str) -> bool:
        wanted = title.strip()
        if not wanted:
            layer.host.notice("A title cannot be empty.", "error")
            return False
        if wanted == text.clean_line(session.title).strip():
            return True

        rename(title, seen=session.title)
        return True

    def rename(typed: str, *, seen: str) -> None:
        def done(now: Session | RenamedMeanwhile) -> None:
            if isinstance(now, RenamedMeanwhile):
                again = partial(rename, typed, seen=now.title)
                _ask_about_the_other(layer, now.title, typed, again, partial(asked.ask, typed))
                return
            layer.host.notice(f"Renamed to “{shown_title(now.title)}”.")
            renamed(now)

        asked.submit(typed, partial(_rename, id=session.id, title=typed.strip(), seen=seen), done)

    asked = Input(layer, "Title:", accept, _refused)
    asked.ask(session.title)


def _rename(store: Store, id: str, title: str, seen: str) -> Session | RenamedMeanwhile:
    try:
        return store.sessions.rename(id, title, seen=seen)
    except RenamedMeanwhile as error:
        return error


def _ask_about_the_other(
    layer: Layer, title: str, typed: str, replace: Command, keep: Command
) -> None:
    """Ask which title it shall be; who does something else by now is told what became of it."""
    if layer.host.layers[-1] is layer and layer.prompt is None:
        from opencode.tui.screens.renamed import RenamedDialog

        layer.host.push(RenamedDialog(layer.host, title, typed, replace, keep))
        return
    wanted, other = shown_title(typed.strip()), shown_title(title)
    layer.host.notice(f"Not renamed to “{wanted}”: meanwhile it was renamed to “{other}”.", "error")
    if layer.prompt is None:
        keep()


def _refused(error: Exception) -> str:
    if isinstance(error, NotFound):
        return GONE
    return told(error) if isinstance(error, InvalidValue) else ""
