"""The messages of the session under the cursor, beside the list."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from opencode.models import Session
from opencode.tui.format import Run
from opencode.tui.screens.base import Command, Host
from opencode.tui.screens.rest import Rest

if TYPE_CHECKING:
    from opencode.tui.loading import Glimpse
    from opencode.tui.screens.conversation import Conversation
    from opencode.tui.widgets.listview import ListView

__all__ = ["Preview"]

WAIT = 0.08
"""Seconds of rest on a session before its messages are read."""
MESSAGES = 30
KEPT = 2
"""Sessions shown before, of which what was shown is kept for who comes back and opens them."""


class Preview:
    """Follows the cursor as soon as that rests; without room it shows and reads nothing.

    There is no pane before `build`: the list does not wait for what shows messages.
    """

    def __init__(self, host: Host, on_open: Command) -> None:
        self.room = False
        """Whether there is any; set before `show`."""
        self._host = host
        self._on_open = on_open
        self._conversation: Conversation | None = None
        self._rest = Rest(host, WAIT)
        self._wanted: Session | None = None
        self._kept: deque[Glimpse] = deque(maxlen=KEPT)

    def build(self) -> ListView:
        """Make the pane, and show in it what was wanted."""
        from opencode.tui.screens.conversation import Conversation

        self._conversation = Conversation(self._host, "preview", on_open=self._on_open)
        self.active = False
        self.show(self._wanted)
        return self._conversation.pane.view

    @property
    def active(self) -> bool:
        """Whether keys go to the pane."""
        return self._conversation is not None and self._conversation.pane.view.active

    @active.setter
    def active(self, active: bool) -> None:
        if self._conversation is not None:
            self._conversation.pane.view.active = active and self.room

    def show(self, session: Session | None) -> None:
        """Show what the cursor is on."""
        self._wanted = session
        if not self.room or self._conversation is None:
            return
        shown = self._conversation.session
        if session is None:
            self._conversation.clear()
        elif shown is None:
            self._show_wanted()
        elif shown.id != session.id:
            self._rest.then(self._show_wanted)

    def glimpse(self, session: Session) -> Glimpse | None:
        """Return the end of a session for its own screen; None unless it was shown of late."""
        shown = self._conversation.glimpse(session) if self._conversation is not None else None
        kept = (one for one in reversed(self._kept) if one.messages.session.id == session.id)
        return shown or next(kept, None)

    def refresh(self) -> None:
        """Read again what is shown; where that was the end, it is the end as it is now."""
        shown = self._conversation
        if shown is None or shown.session is None:
            return
        if not self.active and shown.pane.view.at_end():
            shown.show_end()
        else:
            shown.refresh()

    def move(self, command: str) -> bool:
        """Do a command for moving; whether it was one."""
        return self._conversation is not None and self._conversation.move(command)

    def unavailable(self, command: str) -> str:
        """Return why a command cannot be done in the pane."""
        return self._conversation.unavailable(command) if self._conversation else ""

    def heading(self) -> list[Run]:
        """Return what stands above the pane."""
        if self._conversation is None or self._conversation.session is None:
            return []
        return [("heading", "Messages"), ("dim", "  "), *self._conversation.pane.place()]

    def _show_wanted(self) -> None:
        if self._wanted is not None and self._conversation is not None:
            self._keep(self._conversation)
            self._conversation.show(self._wanted, MESSAGES)

    def _keep(self, conversation: Conversation) -> None:
        """Keep what is shown before another session takes its place."""
        shown = conversation.session
        glimpse = conversation.glimpse(shown) if shown is not None else None
        if glimpse is not None:
            self._kept.append(glimpse)
