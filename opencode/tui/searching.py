"""Looking for words in all messages of a session, a page at a time; done by jobs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from opencode import text
from opencode.parts import plain_text

if TYPE_CHECKING:
    from opencode.models import Message
    from opencode.store import Store

__all__ = ["Found", "Hit", "hits_in", "search_page"]

SEARCHED = 500
"""Messages that are read in one job: other jobs get their turn between two of them."""


@dataclass(frozen=True, slots=True, order=True)
class Hit:
    """The `number`-th place, from 0, in one part of a message that matches."""

    seq: int
    part: int
    number: int


@dataclass(frozen=True, slots=True)
class Found:
    """The hits in a page of messages."""

    hits: tuple[Hit, ...]
    last: int
    """The sequence number to go on after."""
    ends: bool


def search_page(store: Store, session_id: str, pattern: re.Pattern[str], after: int) -> Found:
    """Return the hits in the messages after one."""
    messages = store.messages.list(session_id, after=after, limit=SEARCHED)
    return Found(
        tuple(hits_in(messages, pattern)),
        last=messages[-1].seq if messages else after,
        ends=len(messages) < SEARCHED,
    )


def hits_in(messages: Iterable[Message], pattern: re.Pattern[str]) -> Iterator[Hit]:
    """Yield the hits in what messages say, think, call and answer."""
    for message in messages:
        for number, part in enumerate(message.parts):
            words = text.clean_text(plain_text((part,)))
            for hit, _ in enumerate(pattern.finditer(words)):
                yield Hit(message.seq, number, hit)
