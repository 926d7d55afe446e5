"""Finding words in a session: its hits, which of them is the present one, and going to it."""

from __future__ import annotations

from bisect import bisect_left
from functools import partial

from opencode import text
from opencode.tui.format import Run
from opencode.tui.screens.base import Command, Host, Layer
from opencode.tui.screens.conversation import Conversation
from opencode.tui.searching import Found, Hit, Search
from opencode.tui.widgets.prompt import Prompt

__all__ = ["Find"]

KEY = "find"
MAX_HITS = 10_000


class Find:
    """A search in the messages of a conversation, in the order of the messages."""

    def __init__(self, host: Host, conversation: Conversation, changed: Command) -> None:
        """`changed` is called when a search begins or ends."""
        self._host = host
        self._conversation = conversation
        self._changed = changed
        self._words = ""
        self._search: Search | None = None
        self._hits: list[Hit] = []
        self._at: int | None = None
        self._from = 0
        """The message from which the first hit is looked for."""
        self._complete = False

    @property
    def active(self) -> bool:
        """Whether hits are shown."""
        return self._search is not None

    def ask(self, layer: Layer) -> None:
        """Have the words typed."""
        layer.ask(Prompt("find:", self._words, accept=self._accept))

    def unavailable(self) -> str:
        """Return why there is no hit to go to; nothing when there is one."""
        if self._hits:
            return ""
        return self._nothing() if self._complete else "the messages are still being searched"

    def step(self, direction: int) -> None:
        """Go to the next hit or the one before; after the last comes the first."""
        number = direction if self._at is None else self._at + direction
        if not 0 <= number < len(self._hits) and self._complete:
            self._host.notice("Beyond the last hit." if number > 0 else "Beyond the first hit.")
        self._go(number % len(self._hits))

    def clear(self) -> None:
        """Show no hits any more; what was looked for is offered the next time."""
        self._host.forget(KEY)
        self._search = None
        self._hits.clear()
        self._at = None
        self._conversation.pane.blocks.highlight(None)
        self._changed()

    def runs(self) -> list[Run]:
        """Return `hit 3 of 17 · `, with an ellipsis as long as the search goes on.

        Before the first hit there is nothing to count.
        """
        if not self.active:
            return []
        if not self._hits and not self._complete:
            return [("match", " searching… "), ("dim", "· ")]
        more = "" if self._complete else "…"
        if len(self._hits) == MAX_HITS:
            more = "+"
        place = "0" if self._at is None and self._complete else "…"
        if self._at is not None:
            place = f"{self._at + 1:,}"
        return [("match", f" hit {place} of {len(self._hits):,}{more} "), ("dim", "· ")]

    def _accept(self, words: str) -> bool:
        self.clear()
        self._words = words.strip()
        if self._words:
            self._search = Search(self._words)
            self._complete = False
            self._from = self._conversation.pane.cursor_seq()
            self._conversation.pane.blocks.highlight(self._search.pattern)
            self._changed()
            self._go_on(0)
        return True

    def _go_on(self, after: int) -> None:
        session = self._conversation.session
        if session is not None and self._search is not None:
            work = partial(self._search.page, session_id=session.id, after=after)
            self._host.submit(work, self._found, key=KEY)

    def _found(self, found: Found) -> None:
        self._hits += found.hits
        self._complete = found.ends or len(self._hits) >= MAX_HITS
        del self._hits[MAX_HITS:]
        if not self._complete:
            self._go_on(found.last)
        if self._at is None and self._hits:
            first = bisect_left(self._hits, self._from, key=lambda hit: hit.seq)
            if first < len(self._hits) or self._complete:
                self._go(min(first, len(self._hits) - 1))
        if self._complete and not self._hits:
            self._host.notice(f"{self._nothing()}.", "warning")

    def _go(self, number: int) -> None:
        self._at = number
        self._conversation.go_to(self._hits[number])
        if not self._hits[number].shown:
            self._host.notice("This hit is in what is not shown here: o opens all of it.")

    def _nothing(self) -> str:
        return f"“{text.truncate(text.clean_line(self._words), 40)}” is not in this session"
