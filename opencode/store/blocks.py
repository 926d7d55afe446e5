"""The parts of a message as blocks that both the plain and the Markdown form of a session show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from opencode import text
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
)

__all__ = ["Block", "blocks"]


@dataclass(frozen=True, slots=True)
class Block:
    """Text under a label; `literal` text is output or data, not prose. None of it is cleaned."""

    label: str
    text: str = ""
    literal: bool = False


def blocks(parts: Iterable[Part]) -> list[Block]:
    """What there is to read in the parts; an ordinary end of a message is not."""
    return [block for part in parts if (block := _block(part)) is not None]


def _block(part: Part) -> Block | None:  # noqa: PLR0911 - one for each kind
    match part:
        case Text(text=content):
            return Block("", content) if content else None
        case Reasoning():
            return _reasoning(part)
        case ToolCall(name=name, input=content):
            return Block(f"tool call: {name}", content, literal=True)
        case ToolResult(name=name, content=content, is_error=failed):
            label = "tool error" if failed else "tool result"
            return Block(f"{label}: {name}" if name else label, content, literal=True)
        case ImageURL(url=url):
            return Block(f"image: {_short_url(url)}")
        case Binary(path=path, mime_type=mime_type, data=data):
            kind = f"{mime_type}, " if mime_type else ""
            return Block(f"file: {path} ({kind}{text.size(len(data or b''))})")
        case Finish(reason=reason):
            return None if is_ordinary_end(part) else Block(f"ended: {reason}")
        case Unknown(type=type_, data=data, reason=reason):
            return Block(f"{type_ or 'part'} ({reason})", data, literal=True)
        case Broken(text=content, error=error):
            return Block(f"broken: {error}", content, literal=True)
    return None


def _reasoning(part: Reasoning) -> Block | None:
    if part.thinking:
        return Block("thinking", part.thinking)
    return Block("thinking (only its provider can read it)") if part.redacted else None


def _short_url(url: str) -> str:
    """A picture inside its URL is told by its size."""
    kind = inline_kind(url)
    if kind is None:
        return url
    return f"{kind or 'picture'} within the message, {text.size(inline_size(url))}"
