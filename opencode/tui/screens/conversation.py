"""The messages of one session in a pane; used by the session's screen and by the preview."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from opencode import text
from opencode.models import Session
from opencode.tui import loading
from opencode.tui.copying import Spot
from opencode.tui.format import Run
from opencode.tui.loading import Stretch
from opencode.tui.render.blocks import Rendered
from opencode.tui.render.compose import Item, ItemKey
from opencode.tui.render.find import marked
from opencode.tui.render.message import Renderer
from opencode.tui.screens.base import Command, Host
from opencode.tui.searching import Hit
from opencode.tui.transcript import Transcript
from opencode.tui.widgets.base import Flow
from opencode.tui.widgets.block import Block
from opencode.tui.widgets.listview import ListView
from opencode.tui.window import PAGE, Side

if TYPE_CHECKING:
    from opencode.store import Store

__all__ = ["Conversation"]

POLISHED = 20
"""Messages on either side of what is in sight whose Markdown is made ready."""


class Conversation:
    """A pane over a session's messages; `name` tells its jobs from those of other panes."""

    def __init__(
        self,
        host: Host,
        name: str,
        *,
        on_change: Command = lambda: None,
        on_open: Command = lambda: None,
    ) -> None:
        self.session: Session | None = None
        self.view = ListView(self, on_move=self._moved, on_open=on_open)
        self._host = host
        self._key = f"{name}.messages"
        self._on_change = on_change
        self._render = Renderer()
        self._transcript = Transcript()
        self._widgets: dict[ItemKey, tuple[Item, Block]] = {}
        self._new_below = 0
        self._polishing: frozenset[str] = frozenset()
        self._pattern: re.Pattern[str] | None = None
        self._hit: Hit | None = None
        self._mark: tuple[ItemKey, int] | None = None
        """The item with the present hit of a search, and its number there."""

    def count(self) -> int:
        return len(self._transcript.items)

    def widget(self, index: int) -> Flow:
        item = self._transcript.items[index]
        known = self._widgets.get(item.key)
        if known is None or known[0] is not item:
            same = known is not None and known[0] == item
            widget = known[1] if known and same else self._block(item)
            known = self._widgets[item.key] = item, widget
        return known[1]

    def _block(self, item: Item) -> Block:
        if self._pattern is None:
            return Block(item.paragraphs, item.lead)
        current = self._mark[1] if self._mark and self._mark[0] == item.key else None
        return Block(marked(item.paragraphs, self._pattern, current), item.lead)

    def show(self, session: Session, size: int = PAGE) -> None:
        """Show the end of a session."""
        self.session = session
        self._transcript.clear()
        self.view.placeholder = [[("dim", "loading…")]]
        self._fetch_end(size)

    def show_end(self) -> None:
        """Read the end of the session again and go there."""
        self._fetch_end()

    def clear(self, words: str = "") -> None:
        """Show nothing."""
        self._host.forget(self._key)
        self.session = None
        self._transcript.clear()
        self.view.placeholder = [[("dim", words)]]

    def refresh(self) -> None:
        """Read what is loaded again, and what was added at the end."""
        window = self._transcript.window
        if self.session is None:
            return
        if not window.items:
            self._fetch_end()
            return
        work = partial(
            loading.reload_messages,
            render=self._render,
            session_id=self.session.id,
            first=window.items[0].seq,
            loaded=len(window.items),
            ends=window.ends,
        )
        self._host.submit(work, self._reloaded, key=self._key)

    def place(self) -> list[Run]:
        """Return `40–42 of 42 · ↓ 2 new`: what is in sight, and what waits below."""
        runs: list[Run] = [("dim", self._transcript.place(*self.view.visible()))]
        if self._new_below:
            runs += [("dim", " · "), ("new", f"↓ {self._new_below:,} new")]
        return runs

    def move(self, command: str) -> bool:
        """Move the cursor; the very first and the very last message may have to be fetched."""
        window = self._transcript.window
        if command == "first" and not window.starts:
            self._fetch_start()
        elif command == "last" and not window.ends:
            self._fetch_end()
        else:
            return self.view.move(command)
        return True

    def step_message(self, direction: int) -> None:
        """Go to the next or the previous message; its first row comes to the top."""
        if self._transcript.items:
            cursor = self.view.viewport.cursor
            self.view.select(self._transcript.neighbour(cursor, direction), top=True)

    def fold(self) -> None:
        """Fold or unfold what the cursor is on."""
        if self._transcript.items:
            self.view.select(self._transcript.toggle(self.view.viewport.cursor))

    def fold_all(self) -> None:
        """Unfold all tools and thoughts, or fold them again."""
        with_cursor = self._cursor_key()
        self._transcript.toggle_all()
        self._restore(with_cursor)

    def cursor_seq(self) -> int:
        """Return the number of the message the cursor is on, 0 when there is none."""
        at = self._cursor_key()
        return at[0] if at else 0

    def spot(self) -> Spot | None:
        """Return what the cursor is on; None when there are no messages."""
        count = len(self._transcript.items)
        cursor = min(self.view.viewport.cursor, count - 1)
        return self._transcript.spot(cursor) if count else None

    def call_id(self) -> str:
        """Return the id of the tool call the cursor is on, or nothing."""
        count = len(self._transcript.items)
        if not count:
            return ""
        _, entry = self._transcript.entry_at(min(self.view.viewport.cursor, count - 1))
        return entry.call_id if entry else ""

    def mark_below(self, ids: frozenset[str]) -> None:
        """Take note of the sessions that this one started."""
        if ids != self._transcript.below:
            at = self._cursor_key()
            self._transcript.below = ids
            self._transcript.update()
            self._restore(at)

    def highlight(self, pattern: re.Pattern[str] | None) -> None:
        """Mark what matches, or nothing."""
        self._pattern, self._hit, self._mark = pattern, None, None
        self._widgets.clear()

    def go_to(self, hit: Hit) -> None:
        """Show a hit of the pattern; its message may have to be fetched."""
        self._hit = hit
        if not self._show_hit() and self.session is not None:
            work = partial(
                loading.messages_around,
                render=self._render,
                session_id=self.session.id,
                seq=hit.seq,
            )
            self._host.submit(work, self._jumped, key=self._key)

    def _jumped(self, stretch: Stretch[Rendered]) -> None:
        self._transcript.window.replace(
            stretch.items, starts=stretch.starts, ends=stretch.ends, offset=None
        )
        self._transcript.update()
        self._restore(self._cursor_key())
        self._show_hit()

    def _show_hit(self) -> bool:
        """Bring the present hit into sight; whether its message is loaded."""
        if self._hit is None or self._pattern is None:
            return False
        fold = self._transcript.reveal(self._hit.seq, self._hit.part)
        if fold is None:
            return False
        found = self._transcript.locate(fold, self._hit, self._pattern)
        index = found[0] if found else self._transcript.index_near((*fold, 0))
        self._mark = (self._transcript.items[index].key, found[1]) if found else None
        self._widgets.clear()
        self.view.reveal(index, "match.current")
        return True

    def _fetch_start(self) -> None:
        self._fetch(loading.first_messages, "first")

    def _fetch_end(self, size: int = PAGE) -> None:
        self._fetch(partial(loading.last_messages, size=size), "last")

    def _fetch(self, load: loading.LoadMessages, go_to: str) -> None:
        if self.session is None:
            return
        session_id = self.session.id

        def work(store: Store) -> loading.Messages:
            return load(store, self._render, session_id)

        def done(messages: loading.Messages) -> None:
            self._loaded(messages)
            self.view.move(go_to)

        def failed(error: Exception) -> bool:
            self.view.placeholder = [[("error", text.clean_line(str(error)))]]
            return False

        self._host.submit(work, done, key=self._key, failed=failed)

    def _loaded(self, messages: loading.Messages) -> None:
        self.session = messages.session
        stretch, window = messages.stretch, self._transcript.window
        window.total = messages.session.message_count
        window.replace(stretch.items, starts=stretch.starts, ends=stretch.ends)
        self.view.placeholder = [[("dim", "No messages in this session yet.")]]
        self._new_below = 0
        self._transcript.update()
        self._on_change()

    def _reloaded(self, messages: loading.Messages) -> None:
        self.session = messages.session
        stretch, window = messages.stretch, self._transcript.window
        at, known = self._cursor_key(), self._transcript.last_seq()
        self._new_below += self._transcript.count_after(stretch.items, known)
        window.total = messages.session.message_count
        window.replace(stretch.items, starts=window.starts, ends=stretch.ends, offset=window.offset)
        self._transcript.update()
        self._restore(at)

    def _moved(self) -> None:
        shown = self.view.visible()
        window = self._transcript.window
        if self._transcript.items:
            first, last = map(self._transcript.message_index, shown)
            for side in window.wanted(first, last):
                self._fetch_more(side)
            self._polish(first, last)
        if self._new_below and window.ends and self.view.at_end():
            self._new_below = 0
        self._on_change()

    def _polish(self, first: int, last: int) -> None:
        """Have Markdown and code shown as such, in sight and near it; plain text is there sooner.

        `first` and `last` are places in the window.
        """
        items = self._transcript.window.items
        if all(message.rich for message in items[first : last + 1]):
            return
        near = items[max(0, first - POLISHED) : last + 1 + POLISHED]
        plain = {message.id: message for message in near if not message.rich}
        if plain.keys() == self._polishing:
            return
        self._polishing = frozenset(plain)

        def done(rich: Mapping[str, Rendered]) -> None:
            self._polishing = frozenset()
            self._polished(plain, rich)

        self._host.submit(lambda _: self._render.polish(plain), done, key=f"{self._key}.rich")

    def _polished(self, plain: Mapping[str, Rendered], rich: Mapping[str, Rendered]) -> None:
        at, at_end = self._cursor_key(), self.view.reads_end()
        items = self._transcript.window.items
        for index, message in enumerate(items):
            if plain.get(message.id) is message:
                items[index] = rich.get(message.id, replace(message, rich=True))
        self._transcript.update()
        self._restore(at)
        if self._hit is not None and self._hit.seq == self.cursor_seq():
            self._show_hit()
        elif at_end:
            self.view.move("last")

    def _fetch_more(self, side: Side) -> None:
        window = self._transcript.window
        if self.session is None:
            return
        generation = window.generation
        edge = window.items[0 if side == "before" else -1].seq
        load = loading.messages_before if side == "before" else loading.messages_after
        work = partial(load, render=self._render, session_id=self.session.id, seq=edge)

        def done(stretch: Stretch[Rendered]) -> None:
            if window.arrived(side, generation):
                self._grow(side, stretch)

        def failed(_: Exception) -> bool:
            window.arrived(side, generation)
            return False

        self._host.submit(work, done, key=f"{self._key}.{side}", failed=failed)

    def _grow(self, side: Side, stretch: Stretch[Rendered]) -> None:
        at = self._cursor_key()
        if side == "before":
            self._transcript.window.prepend(stretch.items, starts=stretch.starts)
        else:
            self._transcript.window.append(stretch.items, ends=stretch.ends)
        self._transcript.update()
        self._restore(at)

    def _cursor_key(self) -> ItemKey | None:
        items = self._transcript.items
        return items[min(self.view.viewport.cursor, len(items) - 1)].key if items else None

    def _restore(self, at: ItemKey | None) -> None:
        """Leave the cursor on what it was on, at the same row, after the items changed."""
        keys = {item.key for item in self._transcript.items}
        self._widgets = {key: self._widgets[key] for key in keys & self._widgets.keys()}
        if at is not None:
            self.view.viewport.cursor = self._transcript.index_near(at)
        self._moved()
