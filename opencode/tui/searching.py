"""Looking for words in all messages of a session, a page at a time; done by jobs.

What is searched is what is shown: `the *big* pool` says "the big pool". A message is made ready for
the screen only when a quick look at how it is written does not rule out that it shows the words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from opencode import text
from opencode.parts import Reasoning, Text, ToolCall, ToolResult
from opencode.tui.render.find import pattern_for, places_in, sought
from opencode.tui.render.message import entry_of, left_out_of

if TYPE_CHECKING:
    from opencode.models import Message
    from opencode.parts import Part
    from opencode.store import Store

__all__ = ["Found", "Hit", "Search"]

SEARCHED = 200
"""Messages that are read in one job: other jobs get their turn between two of them."""

# Marks that Markdown takes away between two letters.
MARKS = "[*_~`]*"

# Where Markdown shows letters that are not written like that: entities; links, of which it may
# leave out or encode an address, and pictures.
REWRITTEN = re.compile(r"&[#\w]|\][\[(:]|<[^\s<>]*[:@]")


@dataclass(frozen=True, slots=True)
class Hit:
    """The `number`-th place, from 0, in one part of a message that matches."""

    seq: int
    part: int
    number: int
    shown: bool = True
    """Whether it is in what is shown of the part, not in what is too long for that."""


@dataclass(frozen=True, slots=True)
class Found:
    """The hits in a page of messages."""

    hits: tuple[Hit, ...]
    last: int
    """The sequence number to go on after."""
    ends: bool


class Search:
    """Looks for the words of a needle."""

    def __init__(self, needle: str) -> None:
        self.pattern = pattern_for(needle)
        # One run of letters must stand somewhere, whatever Markdown does to what is around it.
        letters = max(re.findall(r"[^\W_]+", needle), key=len, default="")
        self._letters = re.compile(MARKS.join(letters), re.IGNORECASE)
        self._digits = any(letter.isdigit() for letter in letters)

    def page(self, store: Store, session_id: str, after: int) -> Found:
        """Return the hits in the messages after one."""
        messages = store.messages.list(session_id, after=after, limit=SEARCHED)
        return Found(
            tuple(self.hits_in(messages)),
            last=messages[-1].seq if messages else after,
            ends=len(messages) < SEARCHED,
        )

    def hits_in(self, messages: Iterable[Message]) -> Iterator[Hit]:
        """Yield the hits in what messages say, think, call and answer."""
        for message in messages:
            for number, part in enumerate(message.parts):
                if self._may_show(part):
                    yield from self._hits(message.seq, number, part)

    def _hits(self, seq: int, number: int, part: Part) -> Iterator[Hit]:
        entry = entry_of(part, colours=False)
        shown = len(places_in(sought(entry), self.pattern)) if entry else 0
        for hit in range(shown):
            yield Hit(seq, number, hit)
        for hit, _ in enumerate(self.pattern.finditer(left_out_of(part)), shown):
            yield Hit(seq, number, hit, shown=False)

    def _may_show(self, part: Part) -> bool:
        match part:
            case Text(text=written):
                return self._written(written) or bool(REWRITTEN.search(written))
            case Reasoning(thinking=written):
                return self.pattern.search(text.clean_text(written)) is not None
            case ToolResult(content=written, metadata=metadata):
                return '"diff"' in metadata or self._written(written)
            case ToolCall(name=name, input=written):
                # JSON may write a letter as its number, and a number in another form.
                return self._digits or "\\u" in written or self._written(f"{name} {written}")
        return True

    def _written(self, words: str) -> bool:
        return self._letters.search(text.clean_text(words)) is not None
