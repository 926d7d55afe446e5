"""The messages of one session in a pane; used by the session's screen and by the preview."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from opencode.errors import NotFound
from opencode.models import Session
from opencode.tui import loading
from opencode.tui.copying import Spot
from opencode.tui.format import Run
from opencode.tui.keymap import MOVES
from opencode.tui.loading import Glimpse, LoadMessages, Messages, Stretch
from opencode.tui.render.compose import YOU, Item, ItemKey
from opencode.tui.render.message import Renderer
from opencode.tui.screens.base import Command, Host
from opencode.tui.screens.feed import Feed
from opencode.tui.screens.marks import MarkedBlocks
from opencode.tui.screens.polish import Polish
from opencode.tui.searching import Hit
from opencode.tui.transcript import Transcript
from opencode.tui.widgets.base import Flow
from opencode.tui.widgets.listview import ListView
from opencode.tui.window import PAGE
from opencode.tui.wording import sentence

__all__ = ["Conversation"]

NEED_MESSAGE = frozenset(
    {
        *("next", "previous", "next-message", "previous-message"),
        *("fold", "fold-all", "pager", "editor"),
    }
)

NEED_MESSAGES = MOVES | {"find"}
"""What is asked for while the messages are still being read is done as soon as they are there."""


class Conversation:
    """A pane over a session's messages; `name` tells its jobs from those of other panes.

    `hint` is said beside the cursor on what is folded.
    """

    def __init__(
        self,
        host: Host,
        name: str,
        *,
        hint: Sequence[Run] = (),
        on_change: Command = lambda: None,
        on_open: Command = lambda: None,
        on_gone: Command = lambda: None,
    ) -> None:
        """`on_gone` is called when the session is found to be deleted, or there after all."""
        self.session: Session | None = None
        self.gone = False
        """Whether the session is not in the database any more; what is loaded stays."""
        self.view = ListView(self, on_move=self._moved, on_open=on_open)
        self._host = host
        self._on_change = on_change
        self._on_gone = on_gone
        # In a shared database it is mostly somebody else, and several may write in one session.
        self._transcript = Transcript(YOU if host.provider == "local" else "user")
        self._blocks = MarkedBlocks(self._transcript, hint)
        key, self._render = f"{name}.messages", Renderer()
        self._feed = Feed(host, key, self._render, self._transcript, self._staying, self._is_gone)
        self._polish = Polish(host, f"{key}.rich", self._render, self._transcript.window)
        self._new_below = 0
        self._reading = False
        """Whether an end of the session is on its way."""

    def count(self) -> int:
        return len(self._transcript.items)

    def widget(self, index: int) -> Flow:
        return self._blocks.widget(self._transcript.items[index])

    def unavailable(self, command: str) -> str:
        """Return why a command cannot be done; nothing when it can, or is not one of a pane's."""
        item = self._item()
        if item is None and command in NEED_MESSAGE | NEED_MESSAGES:
            if not self._reading:
                return "there are no messages here"
            return "the messages are still being read" if command in NEED_MESSAGE else ""
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
        self.view.placeholder = [[("dim", "loading…")]]
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
        self._reading = False
        self.session = None
        self._transcript.clear()
        self.view.placeholder = [[("dim", words)]]

    def refresh(self) -> None:
        """Read what is loaded again, and what was added at the end."""
        if self.session is None:
            return
        if self._transcript.window.items:
            self._feed.reload(self.session, self._following, self._reloaded)
        else:
            self.show_end()

    def place(self) -> list[Run]:
        """Return `40–42 of 42 · ↓ 2 new`: what is in sight, and what waits below."""
        runs: list[Run] = [("dim", self._transcript.place(*self.view.visible()))]
        if self._new_below:
            runs += [("dim", " · "), ("new", f"↓ {self._new_below:,} new")]
        return runs

    def move(self, command: str) -> bool:
        """Move the cursor; the very first and the very last message may have to be fetched."""
        window = self._transcript.window
        if self.gone:
            return self.view.move(command)
        if command == "first" and not window.starts:
            self._read(loading.first_messages, "first")
        elif command == "last" and not window.ends:
            self._read(loading.last_messages, "last")
        else:
            return self.view.move(command)
        return True

    def step_message(self, direction: int) -> None:
        """Go to the next or the previous message; its first row comes to the top."""
        cursor, window = self._cursor(), self._transcript.window
        if cursor is None:
            return
        there = self._transcript.neighbour(cursor, direction)
        if there == cursor and (window.ends if direction > 0 else window.starts):
            self._host.notice(f"That is the {'last' if direction > 0 else 'first'} message.")
        self.view.select(there, top=True)

    def fold(self) -> None:
        """Fold or unfold what the cursor is on."""
        if self._transcript.items:
            self.view.select(self._transcript.toggle(self.view.viewport.cursor))

    def fold_all(self) -> None:
        """Unfold all tools and thoughts, or fold them again."""
        with self._staying():
            self._transcript.toggle_all()

    def cursor_seq(self) -> int:
        """Return the number of the message the cursor is on, 0 when there is none."""
        at = self._cursor_key()
        return at[0] if at else 0

    def spot(self) -> Spot | None:
        """Return what the cursor is on; None when there are no messages."""
        index = self._cursor()
        return None if index is None else self._transcript.spot(index)

    def call_id(self) -> str:
        """Return the id of the tool call the cursor is on, or nothing."""
        index = self._cursor()
        if index is None:
            return ""
        _, entry = self._transcript.entry_at(index)
        return entry.call_id if entry else ""

    def mark_below(self, ids: frozenset[str]) -> None:
        """Take note of the sessions that this one started."""
        if ids != self._transcript.below:
            with self._staying():
                self._transcript.below = ids

    def highlight(self, pattern: re.Pattern[str] | None) -> None:
        """Mark what matches, or nothing."""
        self._blocks.highlight(pattern)

    def go_to(self, hit: Hit) -> None:
        """Show a hit of the pattern; its message may have to be fetched."""
        self._blocks.hit = hit
        if not self._show_hit() and self.session is not None:
            self._feed.read_around(self.session, hit.seq, self._show_hit)

    def _show_hit(self) -> bool:
        """Bring the present hit into sight; whether its message is loaded."""
        index = self._blocks.locate()
        if index is not None:
            self.view.reveal(index, "match.current")
        return index is not None

    def _read(self, load: LoadMessages, go_to: str) -> None:
        """Have an end of the session read, and go there."""
        done = partial(self._show_read, go_to=go_to)

        def failed(error: Exception) -> bool:
            self._reading = False
            if self._is_gone(error):
                self.view.placeholder = [[("dim", "Nothing of this session was read before.")]]
                return True
            self.view.placeholder = [[("error", sentence(str(error)))]]
            return False

        if self.session is not None:
            self._reading = True
            self._feed.read(self.session, load, done, failed)

    def _show_read(self, session: Session, go_to: str) -> None:
        """Show an end of a session that has been read."""
        self._reading = False
        self.session = session
        self.lose(gone=False)
        self.view.placeholder = [[("dim", "No messages in this session yet.")]]
        self._new_below = 0
        self._on_change()
        self.view.move(go_to)

    def lose(self, *, gone: bool = True) -> None:
        """Take note that the session is not in the database any more, or that it is."""
        if self.gone != gone:
            self.gone = gone
            self._on_gone()

    def _is_gone(self, error: Exception) -> bool:
        """Whether that is what went wrong."""
        if isinstance(error, NotFound):
            self.lose()
            return True
        return False

    def _reloaded(self, session: Session, added: int) -> None:
        self.session = session
        self.lose(gone=False)
        self._new_below += added
        if not self._transcript.window.items:
            # All that was loaded is gone; there may be more before it.
            self.show_end()

    def _moved(self) -> None:
        shown = self.view.visible()
        window = self._transcript.window
        if self._transcript.items and self.session is not None:
            first, last = map(self._transcript.message_index, shown)
            if not self.gone:
                self._feed.follow(self.session, first, last)
            self._polish.ask(first, last, self._polished)
        if self._new_below and window.ends and self.view.at_end():
            self._new_below = 0
        self._on_change()

    def _polished(self, put: Command) -> None:
        """Have messages shown richly that may be higher than they were."""
        at_end = self.view.reads_end()
        with self._staying():
            put()
        hit = self._blocks.hit
        if hit is not None and hit.seq == self.cursor_seq():
            self._show_hit()
        elif at_end:
            self.view.move("last")

    @contextmanager
    def _staying(self) -> Iterator[None]:
        """Leave the cursor on what it is on, at the same row, while messages come and go."""
        at = self._cursor_key()
        yield
        self._transcript.update()
        self._blocks.keep(item.key for item in self._transcript.items)
        if at is not None:
            self.view.viewport.cursor = self._transcript.index_near(at)
        self._moved()

    @contextmanager
    def _following(self) -> Iterator[None]:
        """Stay, but for the end of the last message: who reads that sees what is added to it."""
        read = self._transcript.last_seq() if self.view.reads_end() else None
        with self._staying():
            yield
        if read is not None and read == self._transcript.last_seq():
            self.view.move("last")

    def _cursor(self) -> int | None:
        count = len(self._transcript.items)
        return min(self.view.viewport.cursor, count - 1) if count else None

    def _item(self) -> Item | None:
        index = self._cursor()
        return None if index is None else self._transcript.items[index]

    def _cursor_key(self) -> ItemKey | None:
        item = self._item()
        return item.key if item else None
