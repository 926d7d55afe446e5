"""The question before a session is deleted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from opencode import text
from opencode.errors import NotFound
from opencode.models import Deleted, Session
from opencode.tui.format import Run, author_name, shown_title
from opencode.tui.screens.actions import GONE
from opencode.tui.screens.base import Command, Host, Layer
from opencode.tui.widgets.dialog import Button, Overlay, dialog

__all__ = ["DeleteDialog"]

ROOM_FOR_KEYS = 52


class DeleteDialog(Layer):
    """Says what goes with the session; only `y` deletes, and not before the counts are there."""

    place = "delete"
    is_overlay = True

    def __init__(self, host: Host, session: Session, done: Callable[[], None]) -> None:
        super().__init__(host)
        self._session = session
        self._done = done
        self._contents: Deleted | None = None

    def commands(self) -> Mapping[str, Command]:
        return {"confirm": self._confirm, "cancel": self.back}

    def unavailable(self, command: str) -> str:
        counting = command == "confirm" and self._contents is None
        return "what goes with it is still being counted" if counting else ""

    def shown(self) -> None:
        session_id = self._session.id
        self.host.submit(
            lambda store: store.sessions.contents(session_id),
            self._counted,
            key="delete.contents",
            failed=self._gone,
        )

    def overlay(self, columns: int, rows: int) -> Overlay:
        narrow = columns < ROOM_FOR_KEYS
        title = shown_title(self._session.title)
        lines: list[Sequence[Run]] = [
            [("strong", text.truncate(title, columns - 8) if narrow else title)],
            *([] if narrow else self._started_by()),
            [(None, self._consequences())],
            [("warning", self._warning(short=narrow))],
        ]
        keys = "" if narrow else "  enter, n, esc"
        choices = [
            Button("esc", (("button", "[ Cancel ]"), ("dim", keys))),
            Button("y", (("key", "y"), ("error", "  delete"))),
        ]
        return dialog("Delete session?", lines, choices, columns, rows)

    def _started_by(self) -> list[Sequence[Run]]:
        """Return the line that names whose session it is, where it may be somebody else's."""
        author = author_name(self._session.author)
        if self.host.provider != "remote" or not author:
            return []
        return [[("dim", f"Started by {author}.")]]

    def _warning(self, *, short: bool) -> str:
        if self.host.provider != "remote":
            return "It cannot be undone."
        if short:
            return "Shared: it goes for the whole team. It cannot be undone."
        return (
            "This is a shared database: the session disappears for the whole team. "
            "It cannot be undone."
        )

    def _consequences(self) -> str:
        if self._contents is None:
            return "Counting what goes with it …"
        parts = _parts(self._contents)
        if not parts:
            return "It is empty."
        single = len(parts) == 1 and parts[0].startswith("1 ")
        return f"{_joined(parts)} {'goes' if single else 'go'} with it."

    def _counted(self, contents: Deleted) -> None:
        self._contents = contents

    def _gone(self, error: Exception) -> bool:
        self.back()
        return self._deleted_elsewhere(error)

    def _deleted_elsewhere(self, error: Exception) -> bool:
        if isinstance(error, NotFound):
            self.host.notice(GONE, "error")
        return isinstance(error, NotFound)

    def _confirm(self) -> None:
        session_id, title = self._session.id, shown_title(self._session.title)

        def deleted(what: Deleted) -> None:
            lost = _parts(what)
            self.host.drafts.discard(session_id)
            self.host.notice(
                f"Deleted “{text.truncate(title, 40)}”{f' with {_joined(lost)}' if lost else ''}."
            )
            self._done()

        self.back()
        self.host.submit(
            lambda store: store.sessions.delete(session_id),
            deleted,
            failed=self._deleted_elsewhere,
        )


def _parts(what: Deleted) -> list[str]:
    """Return what is in a session, without what is not."""
    counts = (
        (what.messages, "message"),
        (what.files, "file version"),
        (what.sessions - 1, "sub-session"),
    )
    return [text.plural(number, noun) for number, noun in counts if number > 0]


def _joined(parts: Sequence[str]) -> str:
    """Return `a, b and c`."""
    return f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else parts[0]
