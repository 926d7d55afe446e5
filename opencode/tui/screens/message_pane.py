"""Messages in a pane: the cursor on them, what is folded, what is marked, and staying in place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from opencode.tui.copying import Spot
from opencode.tui.format import Run
from opencode.tui.render.compose import YOU, Item, ItemKey
from opencode.tui.screens.base import Command, Host
from opencode.tui.screens.marks import MarkedBlocks
from opencode.tui.transcript import Transcript
from opencode.tui.widgets.base import Flow
from opencode.tui.widgets.listview import ListView

__all__ = ["MessagePane"]


class MessagePane:
    """A pane over a transcript; it reads nothing, somebody else fills the window of that.

    `hint` is said beside the cursor on what is folded.
    """

    def __init__(
        self, host: Host, *, hint: Sequence[Run], on_move: Command, on_open: Command
    ) -> None:
        """`on_move` is called when the cursor or what is in sight changed."""
        # In a shared database it is mostly somebody else, and several may write in one session.
        self.transcript = Transcript(YOU if host.provider == "local" else "user")
        self.blocks = MarkedBlocks(self.transcript, hint)
        self.view = ListView(self, on_move=self._moved, on_open=on_open)
        self.new_below = 0
        """How many messages were added at the end since that was in sight."""
        self._host = host
        self._on_move = on_move

    def count(self) -> int:
        return len(self.transcript.items)

    def widget(self, index: int) -> Flow:
        return self.blocks.widget(self.transcript.items[index])

    def say(self, words: str, attribute: str = "dim") -> None:
        """Show words for as long as there are no messages."""
        self.view.placeholder = [[(attribute, words)]]

    def place(self) -> list[Run]:
        """Return `40–42 of 42 · ↓ 2 new`: what is in sight, and what waits below."""
        runs: list[Run] = [("dim", self.transcript.place(*self.view.visible()))]
        if self.new_below:
            runs += [("dim", " · "), ("new", f"↓ {self.new_below:,} new")]
        return runs

    def in_sight(self) -> tuple[int, int] | None:
        """Return where the first and the last message in sight stand in the window."""
        first, last = self.view.visible()
        if not self.transcript.items:
            return None
        return self.transcript.message_index(first), self.transcript.message_index(last)

    def item(self) -> Item | None:
        """Return what the cursor is on; None when there are no messages."""
        index = self._cursor()
        return None if index is None else self.transcript.items[index]

    def cursor_seq(self) -> int:
        """Return the number of the message the cursor is on, 0 when there is none."""
        at = self.cursor_key()
        return at[0] if at else 0

    def cursor_key(self) -> ItemKey | None:
        """Return what the cursor is on, however that moves; None when there are no messages."""
        item = self.item()
        return item.key if item else None

    def spot(self) -> Spot | None:
        """Return what the cursor is on as it stands in the database."""
        index = self._cursor()
        return None if index is None else self.transcript.spot(index)

    def call_id(self) -> str:
        """Return the id of the tool call the cursor is on, or nothing."""
        index = self._cursor()
        if index is None:
            return ""
        _, entry = self.transcript.entry_at(index)
        return entry.call_id if entry else ""

    def step_message(self, direction: int) -> None:
        """Go to the next or the previous message; its first row comes to the top."""
        cursor, window = self._cursor(), self.transcript.window
        if cursor is None:
            return
        there = self.transcript.neighbour(cursor, direction)
        if there == cursor and (window.ends if direction > 0 else window.starts):
            self._host.notice(f"That is the {'last' if direction > 0 else 'first'} message.")
        self.view.select(there, top=True)

    def fold(self) -> None:
        """Fold or unfold what the cursor is on."""
        if self.transcript.items:
            self.view.select(self.transcript.toggle(self.view.viewport.cursor))

    def fold_all(self) -> None:
        """Unfold all tools and thoughts, or fold them again."""
        with self.staying():
            self.transcript.toggle_all()

    def mark_below(self, ids: frozenset[str]) -> None:
        """Take note of the sessions that this one started."""
        if ids != self.transcript.below:
            with self.staying():
                self.transcript.below = ids

    def show_hit(self) -> bool:
        """Bring the present hit into sight; whether its message is loaded."""
        index = self.blocks.locate()
        if index is not None:
            self.view.reveal(index, "match.current")
        return index is not None

    def polished(self, put: Command) -> None:
        """Have messages shown richly that may be higher than they were."""
        at_end = self.view.reads_end()
        with self.staying():
            put()
        hit = self.blocks.hit
        if hit is not None and hit.seq == self.cursor_seq():
            self.show_hit()
        elif at_end:
            self.view.move("last")

    @contextmanager
    def staying(self) -> Iterator[None]:
        """Leave the cursor on what it is on, at the same row, while messages come and go."""
        at = self.cursor_key()
        yield
        self.transcript.update()
        self.blocks.keep(item.key for item in self.transcript.items)
        if at is not None:
            self.view.viewport.cursor = self.transcript.index_near(at)
        self._moved()

    @contextmanager
    def following(self) -> Iterator[None]:
        """Stay, but for the end of the last message: who reads that sees what is added to it."""
        read = self.transcript.last_seq() if self.view.reads_end() else None
        with self.staying():
            yield
        if read is not None and read == self.transcript.last_seq():
            self.view.move("last")

    def _moved(self) -> None:
        self._on_move()
        if self.new_below and self.transcript.window.ends and self.view.at_end():
            self.new_below = 0

    def _cursor(self) -> int | None:
        count = len(self.transcript.items)
        return min(self.view.viewport.cursor, count - 1) if count else None
