"""Parts for those who show, search, copy or export them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from opencode.parts.encode import encode_part
from opencode.parts.model import (
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
)
from opencode.parts.scan import decode_json, is_shallow

__all__ = ["inline_kind", "inline_size", "is_ordinary_end", "parts_json", "plain_text"]

# Those who print what they get must not run out of stack.
MAX_DEPTH = 100

# Go writes `stop` into every message of users and tools.
ORDINARY_ENDS = frozenset({"", "stop", "end_turn", "tool_use"})


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


def is_ordinary_end(part: Finish) -> bool:
    """Whether a message ended as it should, which nobody needs to be told."""
    return part.reason in ORDINARY_ENDS


def inline_kind(url: str) -> str | None:
    """The media type, which may be empty, of a picture that is inside its URL; else None."""
    if not url.startswith("data:"):
        return None
    return url[len("data:") :].partition(",")[0].partition(";")[0]


def inline_size(url: str) -> int:
    """The bytes of a picture that is inside its URL."""
    head, _, data = url.partition(",")
    if head.endswith(";base64"):
        return len(data.rstrip("=")) * 3 // 4
    return len(data.encode()) - 2 * data.count("%")


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
