"""One session read into a pane of messages; used by the session's screen and by the preview."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from opencode.errors import NotFound
from opencode.models import Session
from opencode.tui import loading
from opencode.tui.format import Run
from opencode.tui.keymap import MOVES
from opencode.tui.loading import Glimpse, LoadMessages, Messages, Stretch
from opencode.tui.render.message import Renderer
from opencode.tui.screens.base import Command, Host
from opencode.tui.screens.feed import Feed
from opencode.tui.screens.message_pane import MessagePane
from opencode.tui.screens.polish import Polish
from opencode.tui.searching import Hit
from opencode.tui.window import PAGE
from opencode.tui.wording import sentence

__all__ = ["Conversation"]

STEPS = frozenset({"next", "previous", "next-message", "previous-message"})

NEED_MESSAGE = STEPS | {"fold", "fold-all", "pager", "editor"}

NEED_MESSAGES = MOVES | {"find"}
"""What is asked for while the messages are still being read is done as soon as they are there."""


class Conversation:
    """Fills its pane with messages of a session: an end of it, what is near, what is new."""

    def __init__(
        self,
        host: Host,
        name: str,
        *,
        hint: Sequence[Run] = (),
        on_open: Command = lambda: None,
        on_gone: Command = lambda: None,
    ) -> None:
        """`name` tells its jobs from those of others; `hint` and `on_open` are the pane's.

        `on_gone` is called when the session is found to be deleted, or there after all.
        """
        self.session: Session | None = None
        self.gone = False
        """Whether the session is not in the database any more; what is loaded stays."""
        self.pane = MessagePane(host, hint=hint, on_move=self._moved, on_open=on_open)
        self._transcript = self.pane.transcript
        self._on_gone = on_gone
        key, self._render = f"{name}.messages", Renderer()
        self._feed = Feed(
            host, key, self._render, self._transcript, self.pane.staying, self._is_gone
        )
        self._polish = Polish(host, f"{key}.rich", self._render, self._transcript.window)
        self._awaited: tuple[LoadMessages, str] | None = None
        """The end of the session that is on its way, if one is, and how to go there."""

    def unavailable(self, command: str) -> str:
        """Return why a command cannot be done; nothing when it can, or is not one of a pane's."""
        item = self.pane.item()
        if item is None and command in NEED_MESSAGE | NEED_MESSAGES:
            if self._awaited is None:
                return "there are no messages here"
            return "the messages are still being read" if command in NEED_MESSAGE else ""
        if command in STEPS and self._transcript.window.holds_one():
            return "this is the only message"
        if command == "fold" and item is not None and item.folds is None:
            return "there is nothing to fold here"
        if command == "fold-all" and not self._transcript.has_folds():
            return "there are no tools and thoughts to fold here"
        return ""

    def show(self, session: Session, size: int = PAGE) -> None:
        """Show the end of a session."""
        self.session = session
        self.gone = False
        self._transcript.clear()
        self.pane.say("loading…")
        self._read(partial(loading.last_messages, size=size), "last")

    def glimpse(self, session: Session) -> Glimpse | None:
        """Return the end of a session for another pane; None unless that is loaded here."""
        window = self._transcript.window
        if self.session is None or self.session.id != session.id or not window.ends:
            return None
        items = window.items[-PAGE:]
        known = session._replace(message_count=window.total or len(items))
        starts = window.starts and len(items) == len(window.items)
        return Glimpse(Messages(known, Stretch(items, starts, ends=True)), self._render)

    def begin(self, glimpse: Glimpse) -> None:
        """Show the end of a session as another pane has it, and see what has changed since."""
        self._feed.begin(glimpse)
        self._show_read(glimpse.messages.session, "last")
        self.refresh()

    def show_end(self) -> None:
        """Read the end of the session again and go there."""
        self._read(loading.last_messages, "last")

    def clear(self, words: str = "") -> None:
        """Show nothing."""
        self._feed.forget()
        self._awaited = None
        self.session = None
        self._transcript.clear()
        self.pane.say(words)

    def refresh(self) -> None:
        """Read what is loaded again, and what was added at the end."""
        if self.session is None:
            return
        if self._awaited is not None:
            self._read(*self._awaited)
        elif self._transcript.window.items:
            self._feed.reload(self.session, self.pane.following, self._reloaded)
        else:
            self.show_end()

    def move(self, command: str) -> bool:
        """Move the cursor; the very first and the very last message may have to be fetched."""
        window = self._transcript.window
        if self.gone:
            return self.pane.view.move(command)
        if command == "first" and not window.starts:
            self._read(loading.first_messages, "first")
        elif command == "last" and not window.ends:
            self._read(loading.last_messages, "last")
        else:
            return self.pane.view.move(command)
        return True

    def go_to(self, hit: Hit) -> None:
        """Show a hit of the pattern; its message may have to be fetched."""
        self.pane.blocks.hit = hit
        if not self.pane.show_hit() and self.session is not None:
            self._awaited = None
            self._feed.read_around(self.session, hit.seq, self.pane.show_hit)

    def lose(self, *, gone: bool = True) -> None:
        """Take note that the session is not in the database any more, or that it is."""
        if self.gone != gone:
            self.gone = gone
            self._on_gone()

    def _read(self, load: LoadMessages, go_to: str) -> None:
        """Have an end of the session read, and go there."""
        done = partial(self._show_read, go_to=go_to)

        def failed(error: Exception) -> bool:
            self._awaited = None
            if self._is_gone(error):
                self.pane.say("Nothing of this session was read before.")
                return True
            self.pane.say(sentence(str(error)), "error")
            return False

        if self.session is not None:
            self._awaited = load, go_to
            self._feed.read(self.session, load, done, failed)

    def _show_read(self, session: Session, go_to: str) -> None:
        """Show an end of a session that has been read."""
        self._awaited = None
        self.session = session
        self.lose(gone=False)
        self.pane.say("No messages in this session yet.")
        self.pane.new_below = 0
        self.pane.view.move(go_to)

    def _reloaded(self, session: Session, added: int) -> None:
        self.session = session
        self.lose(gone=False)
        self.pane.new_below += added
        if not self._transcript.window.items:
            # All that was loaded is gone; there may be more before it.
            self.show_end()

    def _is_gone(self, error: Exception) -> bool:
        """Whether that is what went wrong."""
        if isinstance(error, NotFound):
            self.lose()
            return True
        return False

    def _moved(self) -> None:
        """Read on where the pane comes near an end, and have rendered richly what it shows."""
        sight = self.pane.in_sight()
        if sight is None or self.session is None:
            return
        if not self.gone:
            self._feed.follow(self.session, *sight)
        self._polish.ask(*sight, self.pane.polished)
