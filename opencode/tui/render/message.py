"""A message as entries for the screen; done by a job, because parts can be large."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from threading import Lock

from opencode import text
from opencode.models import Message
from opencode.parts import (
    Binary,
    Broken,
    Finish,
    ImageURL,
    Part,
    Reasoning,
    Text,
    ToolCall,
    ToolResult,
    Unknown,
    inline_kind,
    inline_size,
    is_ordinary_end,
    plain_text,
)
from opencode.tui.format import Run, clock_of
from opencode.tui.render.blocks import Entry, Paragraph, Paragraphs, Rendered
from opencode.tui.render.markdown import markdown
from opencode.tui.render.markup import Capped, capped, chunked, left_out, note_line, plain, prose
from opencode.tui.render.tools import call_entry, left_out_of_call, result_entry

__all__ = ["Renderer", "entry_of", "left_out_of", "render"]

INDENT = 3


def render(message: Message, *, rich: bool = True) -> Rendered:
    """Return the message with all its text cleaned; unless `rich`, Markdown as it is written."""
    clock = clock_of(message.created_at)
    return Rendered(
        id=message.id,
        seq=message.seq,
        role=text.clean_line(message.role).strip() or "unknown",
        model=text.clean_line(message.model or "").strip(),
        created_at=message.created_at,
        updated_at=message.updated_at,
        entries=tuple(
            replace(entry, part=number)
            for number, part in enumerate(message.parts)
            if (entry := entry_of(part, clock, rich=rich))
        ),
        rich=rich or not any(isinstance(part, Text) for part in message.parts),
    )


def entry_of(
    part: Part, clock: str = "", *, rich: bool = True, colours: bool = True
) -> Entry | None:
    """Return what is shown of a part; None when that is nothing."""
    match part:
        case Text():
            return _text(part, rich=rich, colours=colours)
        case Reasoning():
            return _reasoning(part, clock)
        case ToolCall():
            return call_entry(part)
        case ToolResult():
            return result_entry(part)
        case Finish(reason=reason):
            return None if is_ordinary_end(part) else _ended(reason)
        case _:
            return _other(part)


def left_out_of(part: Part) -> str:
    """Return what is too long of a part to be shown."""
    match part:
        case Text(text=value) | Reasoning(thinking=value) | ToolResult(content=value):
            return left_out(value)
        case Unknown(data=value) | Broken(text=value):
            return left_out(value)
        case ToolCall():
            return left_out_of_call(part)
    return ""


class Renderer:
    """Renders messages and remembers those it has rendered, as they were at their `updated_at`.

    Any thread may call it: while one reads messages another makes their Markdown ready.
    """

    def __init__(self, remembered: int = 1_000, characters: int = 16_000_000) -> None:
        """`characters`: how many those it remembers may have together."""
        self._remembered = remembered
        self._characters = characters
        self._cache: dict[str, _Known] = {}
        self._size = 0
        self._lock = Lock()

    def __call__(self, messages: Iterable[Message]) -> list[Rendered]:
        """Return messages quickly: as plain text unless `polish` was there before."""
        return [self._render(message) for message in messages]

    def learn(self, other: Renderer, ids: Iterable[str]) -> None:
        """Remember of these messages what another one remembers."""
        for known in other.known(ids).values():
            self._remember(known)

    def known(self, ids: Iterable[str]) -> dict[str, _Known]:
        """Return what it remembers of these messages, by id."""
        with self._lock:
            return {id: self._cache[id] for id in ids if id in self._cache}

    def polish(self, ids: Iterable[str]) -> dict[str, Rendered]:
        """Return messages that were rendered before with their Markdown and code, by id."""
        return {id: self._polished(known) for id, known in self.known(ids).items()}

    def _polished(self, known: _Known) -> Rendered:
        if not known.rendered.rich:
            known = replace(known, rendered=render(known.message))
            self._remember(known)
        return known.rendered

    def _render(self, message: Message) -> Rendered:
        with self._lock:
            known = self._cache.get(message.id)
        # Times are whole seconds, so a message can change without a new one.
        if known is None or known.message != message:
            size = len(plain_text(message.parts))
            known = _Known(message, render(message, rich=False), size)
        self._remember(known)
        return known.rendered

    def _remember(self, known: _Known) -> None:
        with self._lock:
            self._forget(known.message.id)
            self._cache[known.message.id] = known
            self._size += known.size
            while len(self._cache) > self._remembered or self._size > self._characters:
                self._forget(next(iter(self._cache)))

    def _forget(self, id: str) -> None:
        known = self._cache.pop(id, None)
        self._size -= known.size if known else 0


@dataclass(frozen=True, slots=True)
class _Known:
    message: Message
    rendered: Rendered
    size: int


def _text(part: Text, *, rich: bool, colours: bool) -> Entry | None:
    content = capped(part.text)
    if not content.text.strip():
        return None
    body = (markdown(content.text, colours=colours) if rich else ()) or prose(content.text)
    return Entry("text", chunks=chunked((*body, *_left_out(content))))


def _reasoning(part: Reasoning, clock: str) -> Entry:
    if part.redacted or not part.thinking.strip():
        words = "thinking, readable by its provider only" if part.redacted else "thinking"
        return _note("reasoning", words)
    content = capped(part.thinking)
    first = content.text.strip().partition("\n")[0]
    size: Run = ("dim", f"thinking · {text.plural(content.lines, 'line')}")
    body = (*plain(content.text, "reasoning", indent=5), *_left_out(content))
    return Entry(
        "reasoning",
        shut=(_line("▸ ", clock, size, echo=(("dim", " · "), ("reasoning", first[:300]))),),
        chunks=chunked((_line("▾ ", clock, size), *body)),
        folded=True,
    )


def _ended(reason: str) -> Entry:
    return _note("note", f"ended: {text.clean_line(reason)}", "warning")


def _other(part: Part) -> Entry:
    match part:
        case ImageURL(url=url):
            inline = inline_kind(url)
            kind = text.clean_line(inline or "")
            size = text.clean_line(url[:300]) if inline is None else text.size(inline_size(url))
            return _note("note", " · ".join(word for word in ("image", kind, size) if word))
        case Binary(path=path, mime_type=mime_type, data=data):
            words = ("file", *map(text.clean_line, (path, mime_type)), text.size(len(data or b"")))
            return _note("note", " · ".join(word for word in words if word))
        case Unknown(type=kind, reason=reason, data=data):
            words = (text.clean_line(kind) or "part without a type", text.clean_line(reason))
            return _raw(" · ".join(words), data)
        case Broken(text=source, error=error):
            return _raw(f"unreadable message · {text.clean_line(error)}", source)
    return _note("note", part.kind)


def _raw(words: str, source: str) -> Entry:
    content = capped(source)
    size: Run = ("dim", f" · {text.plural(content.lines, 'line')}")
    body = (*plain(content.text, "output", indent=5, gutter="│ "), *_left_out(content))
    return Entry(
        "note",
        shut=(_line("▸ ", "", ("warning", words), size),),
        chunks=chunked((_line("▾ ", "", ("warning", words), size), *body)),
        folded=True,
    )


def _note(kind: str, words: str, attribute: str = "dim") -> Entry:
    thought = kind == "reasoning"
    line = Paragraph(((attribute, words),), INDENT, searched=not thought)
    return Entry("reasoning" if thought else "note", chunks=((line,),))


def _line(glyph: str, clock: str, *runs: Run, echo: tuple[Run, ...] = ()) -> Paragraph:
    return Paragraph(
        runs,
        INDENT,
        "clip",
        first=("dim", glyph),
        echo=echo,
        right=("dim", f" {clock}" if clock else ""),
        searched=False,
    )


def _left_out(content: Capped) -> Paragraphs:
    return (note_line(content.note, INDENT),) if content.note else ()
