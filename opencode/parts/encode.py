"""Writing the column `parts`.

What was read is written back byte for byte, whatever it was. What is new or changed is written as
Go's encoding/json writes it, so that the Go OpenCode reads it and the two look alike.
"""

from __future__ import annotations

import binascii
import json
from collections.abc import Iterable

from opencode.errors import InvalidValue
from opencode.parts.model import Broken, Known, Member, Members, Part, Parts, Unknown
from opencode.parts.scan import decode_json

__all__ = ["NOUNS", "encode_part", "encode_parts", "fits"]

NOUNS = {str: "a string", bool: "true or false", int: "a 64-bit integer", bytes: "base64"}

# Escaped by Go too, for the sake of JSON inside HTML and JavaScript.
ESCAPES = {char: f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}
ENCODER = json.JSONEncoder(ensure_ascii=False)


def encode_parts(parts: Iterable[Part]) -> str:
    """The column's text.

    Raises:
        InvalidValue: a value has the wrong type or cannot be stored, or parts were added to a
            column that could not be read.
    """
    if isinstance(parts, Parts) and parts.source is not None:
        return parts.source
    parts = tuple(parts)
    if len(parts) == 1 and isinstance(parts[0], Broken):
        return parts[0].text
    return f"[{','.join(encode_part(part, i) for i, part in enumerate(parts, 1))}]"


def encode_part(part: Part, number: int = 1) -> str:
    """One element of the column; `number` is its place, for error messages."""
    where = f"part {number}"
    match part:
        case Broken():
            raise InvalidValue(
                "a message whose parts cannot be read cannot be changed",
                hint=f"they are not a JSON array of parts: {part.error}",
            )
        case Part(raw=str(raw)):
            return raw
        case Unknown(type=name, data=data):
            data = _json(data, f"{where}: data")
        case Known(kind=name):
            data = _data(part, where)
        case _:
            raise InvalidValue(f"{where}: {type(part).__name__} is not a message part")
    head = f'"type":{_string(name, f"{where}: type")},"data":{data}'
    return f"{{{','.join([head, *_rest(part.outer, where)])}}}"


def fits(value: object, member: Member) -> bool:
    """Whether a value is of the member's type."""
    if member.form is int:
        return type(value) is int and -(2**63) <= value < 2**63
    return isinstance(value, member.form)


def _data(part: Known, where: str) -> str:
    texts = []
    for member in part.members:
        value = getattr(part, member.name)
        if not (member.omit and value == member.zero):
            texts.append(f'"{member.key}":{_encoded(value, member, f"{where}: {member.name}")}')
    return f"{{{','.join([*texts, *_rest(part.extra, where)])}}}"


def _encoded(value: object, member: Member, where: str) -> str:
    if value is None and member.form is bytes:
        return "null"
    if not fits(value, member):
        noun = "bytes" if member.form is bytes else NOUNS[member.form]
        raise InvalidValue(f"{where} is not {noun}: {value!r:.40}")
    if isinstance(value, str):
        return _string(value, where)
    if isinstance(value, bytes):
        return f'"{binascii.b2a_base64(value, newline=False).decode("ascii")}"'
    return ENCODER.encode(value)


def _string(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise InvalidValue(f"{where} is not a string: {value!r:.40}")
    _check_storable(value, where)
    text = ENCODER.encode(value)
    for char, escape in ESCAPES.items():
        text = text.replace(char, escape)
    return text


def _check_storable(text: str, where: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InvalidValue(
            f"{where} holds half a surrogate pair at character {error.start + 1}",
            hint="UTF-8 cannot store it; remove it or put U+FFFD in its place",
        ) from None


def _json(text: str, where: str) -> str:
    try:
        decode_json(text)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidValue(f"{where} is not JSON text: {error}") from None
    _check_storable(text, where)
    return text


def _rest(members: Members, where: str) -> list[str]:
    return [f"{_string(key, where)}:{_json(text, f'{where}: {key}')}" for key, text in members]
