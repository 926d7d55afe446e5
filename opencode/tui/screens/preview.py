"""The messages of the session under the cursor, beside the list."""

from __future__ import annotations

from opencode.models import Session
from opencode.tui.format import Run
from opencode.tui.screens.base import Command, Host
from opencode.tui.screens.conversation import Conversation
from opencode.tui.screens.rest import Rest
from opencode.tui.widgets.listview import ListView

__all__ = ["Preview"]

WAIT = 0.08
"""Seconds of rest on a session before its messages are read."""
MESSAGES = 30


class Preview:
    """Follows the cursor as soon as that rests; without room it shows and reads nothing."""

    def __init__(self, host: Host, on_open: Command) -> None:
        self.room = False
        """Whether there is any; set before `show`."""
        self._conversation = Conversation(host, "preview", on_open=on_open)
        self._rest = Rest(host, WAIT)
        self._wanted: Session | None = None

    @property
    def view(self) -> ListView:
        """The pane."""
        return self._conversation.view

    def show(self, session: Session | None) -> None:
        """Show what the cursor is on."""
        self._wanted = session
        shown = self._conversation.session
        if not self.room:
            return
        if session is None:
            self._conversation.clear()
        elif shown is None:
            self._show_wanted()
        elif shown.id != session.id:
            self._rest.then(self._show_wanted)

    def refresh(self) -> None:
        """Read again what is shown."""
        self._conversation.refresh()

    def move(self, command: str) -> bool:
        """Do a command for moving; whether it was one."""
        return self._conversation.move(command)

    def heading(self) -> list[Run]:
        """Return what stands above the pane."""
        if self._conversation.session is None:
            return []
        return [("heading", "Messages"), ("dim", "  "), *self._conversation.place()]

    def _show_wanted(self) -> None:
        if self._wanted is not None:
            self._conversation.show(self._wanted, MESSAGES)
