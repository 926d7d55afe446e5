"""Reading the column `parts`: a JSON array of `{"type": …, "data": {…}}`."""

from __future__ import annotations

import binascii
import json
from typing import Any

from opencode.parts.encode import NOUNS, fits
from opencode.parts.model import (
    Binary,
    Broken,
    Finish,
    ImageURL,
    Known,
    Members,
    Part,
    Parts,
    Reasoning,
    Text,
    ToolCall,
    ToolResult,
    Unknown,
)
from opencode.parts.scan import describe, elements, is_shallow, members

__all__ = ["decode_parts"]

KINDS: dict[str, type[Known]] = {
    cls.kind: cls for cls in (Text, Reasoning, ImageURL, Binary, ToolCall, ToolResult, Finish)
}
KEYS = {name: frozenset(member.key for member in cls.members) for name, cls in KINDS.items()}
UNKNOWN_TYPE = "unknown type"
TOO_DEEP = "nested too deeply"

# Go takes 10,000 levels; Python's json takes 1,000 less what is on the stack.
MAX_DEPTH = 100


def decode_parts(text: str) -> Parts:
    """Read the column; never raises, and `encode_parts` of the result is `text` again.

    A part of an unknown type, or with a member of the wrong type, is `Unknown`. Text that is no
    JSON array is one `Broken`. A member that is missing or null is empty, false or 0, as for Go.
    """
    try:
        parts: list[Part] = [_part(value, raw) for value, raw, _ in elements(text)]
    except json.JSONDecodeError as error:
        parts = [Broken(text, describe(error))]
    except RecursionError:
        parts = [Broken(text, TOO_DEEP)]
    return Parts(parts, text)


def _part(value: Any, raw: str) -> Part:
    part = _read(value, raw)
    object.__setattr__(part, "raw", raw)
    return part


def _read(value: Any, raw: str) -> Part:
    if not isinstance(value, dict):
        return Unknown("", raw, "not an object")
    name = value.get("type")
    if not isinstance(name, str):
        return Unknown("", raw, "type is missing" if name is None else "type is not a string")
    kind = KINDS.get(name)
    if kind is None:
        return _unknown(name, raw, UNKNOWN_TYPE)
    data = value.get("data")
    if not isinstance(data, dict):
        return _unknown(name, raw, "data is not an object")
    arguments = _arguments(kind, data)
    if isinstance(arguments, str):
        return _unknown(name, raw, arguments)
    if len(value) == 2 and KEYS[name].issuperset(data):
        return kind(**arguments)
    if not is_shallow(value, MAX_DEPTH):
        return _unknown(name, raw, TOO_DEEP)
    extra, outer = _further(kind, raw)
    return kind(**arguments, extra=extra, outer=outer)


def _arguments(kind: type[Known], data: dict[str, Any]) -> dict[str, Any] | str:
    """Values for the attributes, or which member has the wrong type."""
    arguments = {}
    for member in kind.members:
        value = data.get(member.key)
        if value is None:
            value = member.zero
        else:
            if member.form is bytes:
                value = _bytes(value)
            if not fits(value, member):
                return f"data.{member.key} is not {NOUNS[member.form]}"
        arguments[member.name] = value
    return arguments


def _bytes(base64: Any) -> Any:
    """The bytes, or what was given when they cannot be told."""
    try:
        return binascii.a2b_base64(base64, strict_mode=True)
    except (TypeError, ValueError):
        return base64


def _unknown(name: str, raw: str, reason: str) -> Unknown:
    outer = members(raw)
    del outer["type"]
    data = outer.pop("data", "null")
    return Unknown(name, data, reason, tuple(outer.items()))


def _further(kind: type[Known], raw: str) -> tuple[Members, Members]:
    outer = members(raw)
    del outer["type"]
    extra = members(outer.pop("data"))
    for member in kind.members:
        extra.pop(member.key, None)
    return tuple(extra.items()), tuple(outer.items())
