"""Parts for those who show, search, copy or export them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from opencode.parts.encode import encode_part
from opencode.parts.model import (
    Binary,
    Broken,
    ImageURL,
    Part,
    Reasoning,
    Text,
    ToolCall,
    ToolResult,
    Unknown,
)
from opencode.parts.scan import decode_json, is_shallow

__all__ = ["dangling_calls", "parts_json", "plain_text"]

# Those who print what they get must not run out of stack.
MAX_DEPTH = 100


class HasParts(Protocol):
    """A message."""

    @property
    def parts(self) -> Iterable[Part]:
        """What it is made of."""


def parts_json(parts: Iterable[Part]) -> list[dict[str, Any]]:
    """The elements of the column as values for `json.dumps`, strings word for word.

    What JSON libraries cannot agree on comes as a string: a number that a double or 600 digits do
    not hold as its digits, unknown `data` of more than 100 levels as its text.
    """
    return [_element(part) for part in parts]


def plain_text(parts: Iterable[Part], *kinds: type[Part]) -> str:
    """The text of all parts, or of those of the given kinds, with blank lines between parts.

    It is not cleaned for a terminal.
    """
    texts = [_text(part) for part in parts if not kinds or isinstance(part, kinds)]
    return "\n\n".join(text for text in texts if text)


def dangling_calls(messages: Iterable[HasParts]) -> list[ToolCall]:
    """Tool calls that no result answers, in order: what ran when the agent was stopped."""
    parts = [part for message in messages for part in message.parts]
    answered = {part.tool_call_id for part in parts if isinstance(part, ToolResult)}
    return [part for part in parts if isinstance(part, ToolCall) and part.id not in answered]


def _element(part: Part) -> dict[str, Any]:
    match part:
        case Broken():
            return {"type": part.kind, "data": {"text": part.text, "error": part.error}}
        case Unknown():
            outer = {key: _value(text) for key, text in part.outer}
            return {"type": part.type, "data": _value(part.data), **outer}
    element: dict[str, Any] = decode_json(encode_part(part))
    return element


def _value(text: str) -> Any:
    """The value of JSON text, or the text when it is nested too deeply."""
    try:
        value = decode_json(text)
    except RecursionError:
        return text
    return value if is_shallow(value, MAX_DEPTH) else text


def _text(part: Part) -> str:
    match part:
        case Text(text=text) | Reasoning(thinking=text) | ToolResult(content=text):
            return text
        case ToolCall(name=name, input=text):
            return f"{name} {text}".strip()
        case ImageURL(url=text) | Unknown(data=text) | Broken(text=text):
            return text
        case Binary(path=path, mime_type=mime_type, data=data):
            return " ".join(word for word in (path, mime_type, f"{len(data or b'')} bytes") if word)
    return ""
