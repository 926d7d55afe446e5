"""Messages as a conversation: heads, days, calls joined with their results, what is folded.

It works on what is loaded, so a result whose call is not loaded stands alone until it is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from opencode import text
from opencode.tui.format import Run, clock_of, day_of
from opencode.tui.render.blocks import BLANK, Entry, Paragraph, Paragraphs, Rendered
from opencode.tui.render.markup import chunked
from opencode.tui.render.tools import tool_line

__all__ = ["HEAD", "YOU", "Fold", "Item", "ItemKey", "compose"]

ItemKey = tuple[int, int, int]
"""Sequence number of the message, number of the entry within it, number of the chunk."""

Fold = tuple[int, int]
"""A message and one of its entries, or HEAD."""

HEAD = -1
"""The number of an entry that stands for the whole message."""

YOU = "you"
"""What the user of a session is called where that is the reader."""

QUIET = frozenset({"call", "result", "reasoning"})
"""Entries of a message that follow in the turn of the same speaker without another head."""


@dataclass(frozen=True, slots=True)
class Item:
    """What the cursor stands on."""

    key: ItemKey
    paragraphs: Paragraphs
    lead: Paragraphs = ()
    """What stands before it and is not marked by the cursor: an empty row, a new day."""
    folds: Fold | None = None
    """What folding it folds."""
    folded: bool = False
    head: bool = False
    """Whether the head of a message stands in it."""


def compose(
    messages: Sequence[Rendered],
    folds: Mapping[Fold, bool],
    *,
    complete: bool = True,
    unfolded: bool = False,
    below: Collection[str] = (),
    user: str = YOU,
) -> list[Item]:
    """Return the items of a conversation, in order.

    `folds` says what the reader has folded or unfolded. Unless `complete`, more messages follow,
    and the result of the last call may be among them. `unfolded` is how things are that the
    reader has not touched. `below` are the ids of sessions that calls of this one started. `user`
    is what the user of the session is called, who need not be the reader.
    """
    unanswered = messages[-1].seq if messages and not complete else None
    composer = _Composer(messages, folds, unanswered, unfolded=unfolded, below=below, user=user)
    items: list[Item] = []
    day = ""
    for message, following in zip(messages, [*messages[1:], None], strict=False):
        here = list(composer.message(message, following))
        if not here:
            continue
        today = day_of(message.created_at)
        if today != day:
            day = today
            lead = (BLANK, Paragraph((("rule", f"── {today} ──"),), 1, "clip"), BLANK)
            here[0] = replace(here[0], lead=lead if items else lead[1:])
        elif not items:
            here[0] = replace(here[0], lead=())
        items += here
    return items


class _Composer:
    """Goes through the messages and remembers whose turn it is."""

    def __init__(
        self,
        messages: Sequence[Rendered],
        folds: Mapping[Fold, bool],
        unanswered: int | None,
        *,
        unfolded: bool,
        below: Collection[str],
        user: str,
    ) -> None:
        entries = [entry for message in messages for entry in message.entries if entry.call_id]
        self._results = {entry.call_id: entry for entry in entries if entry.kind == "result"}
        calls = {entry.call_id for entry in entries if entry.kind == "call"}
        self._joined = calls & self._results.keys()
        self._folds = folds
        self._unanswered = unanswered
        self._unfolded = unfolded
        self._below = below
        self._user = user
        self._speaker = ("", "")

    def message(self, message: Rendered, following: Rendered | None) -> Iterator[Item]:
        """Yield the items of the next message; none when all of it is shown with its calls."""
        entries = [
            (number, entry)
            for number, entry in enumerate(message.entries)
            if not (entry.kind == "result" and entry.call_id in self._joined)
        ]
        if message.entries and not entries:
            return
        speaker = (message.role, message.model)
        same = speaker == self._speaker or message.role == "tool"
        if message.role != "tool":
            self._speaker = speaker
        if same and entries and all(entry.kind in QUIET for _, entry in entries):
            yield from self._body(message, entries)
        else:
            silent = not message.entries and not _goes_on(message, following)
            yield from self._with_head(message, entries, silent=silent)

    def _folded(self, fold: Fold, entry: Entry) -> bool:
        return self._folds.get(fold, entry.folded and not self._unfolded)

    def _with_head(
        self, message: Rendered, entries: list[tuple[int, Entry]], *, silent: bool
    ) -> Iterator[Item]:
        fold = (message.seq, HEAD)
        folded = self._folds.get(fold, False)
        head = _head(message, self._user, folded=folded, silent=silent)
        if folded or not entries:
            yield Item((*fold, 0), (head,), (BLANK,), fold, folded, head=True)
            return
        first, *rest = self._body(message, entries)
        if first.folds is None and entries[0][1].kind not in QUIET:
            paragraphs = (head, *first.paragraphs)
            yield Item(first.key, paragraphs, (BLANK,), fold, head=True)
        else:
            yield Item((*fold, 0), (head,), (BLANK,), fold, head=True)
            yield first
        for item in rest:
            yield replace(item, folds=item.folds or fold)

    def _body(self, message: Rendered, entries: list[tuple[int, Entry]]) -> Iterator[Item]:
        for place, (number, entry) in enumerate(entries):
            if entry.kind in {"call", "result"}:
                yield from self._tool(message, number, entry)
            else:
                lead = (BLANK,) if entry.kind == "text" and place else ()
                yield from self._plain(message, number, entry, lead)

    def _plain(
        self, message: Rendered, number: int, entry: Entry, lead: Paragraphs
    ) -> Iterator[Item]:
        fold = (message.seq, number) if entry.shut else None
        if fold and self._folded(fold, entry):
            yield Item((*fold, 0), entry.shut, lead, fold, folded=True)
            return
        for chunk, paragraphs in enumerate(entry.chunks):
            yield Item((message.seq, number, chunk), paragraphs, () if chunk else lead, fold)

    def _tool(self, message: Rendered, number: int, entry: Entry) -> Iterator[Item]:
        """Yield a call with its result, or a result whose call is not here."""
        result = entry if entry.kind == "result" else self._results.get(entry.call_id)
        chunks = entry.chunks
        if result and result is not entry:
            chunks = chunked(chain.from_iterable((*chunks, *result.chunks)))
        fold = (message.seq, number)
        folded = bool(chunks) and self._folded(fold, entry)
        summary, state = self._summary(message, entry, result)
        if entry.call_id in self._below:
            state = (*state, *([("dim", " · ")] if state else []), ("key", "> opens its session"))
        clock = clock_of(message.created_at)
        line = tool_line(summary, state, folded=folded, time=clock, on_path=entry.on_path)
        if entry.kind == "result":
            line = replace(line, searched=False)
        if folded:
            preview = result.preview if result else ()
            yield Item((*fold, 0), (line, *preview), (), fold, folded=True)
            return
        first, *others = chunks or ((),)
        yield Item((*fold, 0), (line, *first), (), fold if chunks else None)
        for chunk, paragraphs in enumerate(others, 1):
            yield Item((*fold, chunk), paragraphs, (), fold)

    def _summary(
        self, message: Rendered, entry: Entry, result: Entry | None
    ) -> tuple[tuple[Run, ...], tuple[Run, ...]]:
        """Return what was called, and what came of it."""
        if result is entry:
            if entry.summary[0][0] != "tool":
                return (("tool", "result"),), entry.summary
            return (("tool", "result"), (None, "  "), entry.summary[0]), entry.summary[2:]
        if result:
            # Some results bear their tool's name again: it and the space after it go.
            named = result.summary[:1] == entry.summary[:1]
            return entry.summary, result.summary[2 if named else 0 :]
        if message.seq == self._unanswered:
            return entry.summary, ()
        return entry.summary, (("warning", "interrupted"), ("dim", " · no result"))


def _goes_on(message: Rendered, following: Rendered | None) -> bool:
    """Whether what follows stands below the head of a message as if it were its own."""
    return (
        following is not None
        and (following.role, following.model) == (message.role, message.model)
        and bool(following.entries)
        and all(entry.kind in QUIET for entry in following.entries)
    )


def _head(message: Rendered, user: str, *, folded: bool, silent: bool) -> Paragraph:
    known = {"user": (user, "user"), "assistant": ("assistant", "assistant")}
    name, attribute = known.get(message.role, (message.role, "tool"))
    words = [word for word in (message.model, clock_of(message.created_at)) if word]
    if folded:
        words.append(text.plural(_lines(message), "line"))
    if silent:
        words.append("empty")
    return Paragraph(
        ((attribute, name), *(("dim", f" · {word}") for word in words)),
        1,
        "clip",
        first=("dim", "▸ " if folded else "▾ "),
        searched=False,
    )


def _lines(message: Rendered) -> int:
    return sum(
        part.count("\n") + 1
        for entry in message.entries
        for chunk in entry.chunks
        for paragraph in chunk
        for _, part in paragraph.runs
    )
