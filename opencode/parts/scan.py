"""JSON read together with the text each value was read from."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from math import isfinite
from typing import Any, NoReturn

__all__ = ["decode_json", "describe", "elements", "is_shallow", "members"]

# Python refuses to convert more than 4,300 digits, or 640 where it was set so.
MAX_DIGITS = 600

SPACE = re.compile(r"[ \t\n\r]*")


def _number(text: str) -> float | str:
    value = float(text)
    return value if isfinite(value) else text


def _integer(text: str) -> int | str:
    return int(text) if len(text) <= MAX_DIGITS else text


def _constant(name: str) -> NoReturn:
    raise ValueError(f"not JSON: {name}")


DECODER = json.JSONDecoder(parse_float=_number, parse_int=_integer, parse_constant=_constant)


def decode_json(text: str) -> Any:
    """The value of JSON text; a number that a double or 600 digits do not hold is a string.

    Raises:
        ValueError: it is not JSON.
        RecursionError: it is nested too deeply for the stack that is left.
    """
    return DECODER.decode(text)


def elements(text: str) -> Iterator[tuple[Any, str, int]]:
    """Value, text and position of each element of the JSON array `text`.

    Raises:
        json.JSONDecodeError: it is not one; found out when the iteration gets there.
    """
    position = _skip(text, 0)
    if not text.startswith("[", position):
        raise json.JSONDecodeError("expecting an array", text, position)
    position = _skip(text, position + 1)
    more = not text.startswith("]", position)
    while more:
        value, end = _value(text, position)
        yield value, text[position:end], position
        position = _skip(text, end)
        more = text.startswith(",", position)
        if more:
            position = _skip(text, position + 1)
    if not text.startswith("]", position):
        raise json.JSONDecodeError("expecting ',' or ']'", text, position)
    position = _skip(text, position + 1)
    if position < len(text):
        raise json.JSONDecodeError("extra data", text, position)


def members(text: str) -> dict[str, str]:
    """The text of each member of `text`, a JSON object; of doubles the last, as decoding does."""
    found = {}
    position = _skip(text, _skip(text, 0) + 1)
    while not text.startswith("}", position):
        key, position = _value(text, position)
        start = _skip(text, _skip(text, position) + len(":"))
        _, position = _value(text, start)
        found[key] = text[start:position]
        position = _skip(text, position)
        if text.startswith(",", position):
            position = _skip(text, position + 1)
    return found


def describe(error: json.JSONDecodeError) -> str:
    """The error for people, place first."""
    return f"line {error.lineno}, column {error.colno}: {error.msg[0].lower()}{error.msg[1:]}"


def is_shallow(value: Any, levels: int) -> bool:
    """Whether a decoded value has no more than so many levels of objects and arrays."""
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, list):
        return True
    return levels > 0 and all(is_shallow(item, levels - 1) for item in value)


def _skip(text: str, position: int) -> int:
    space = SPACE.match(text, position)
    return space.end() if space else position


def _value(text: str, position: int) -> tuple[Any, int]:
    try:
        return DECODER.raw_decode(text, position)
    except json.JSONDecodeError:
        raise
    except ValueError as error:
        raise json.JSONDecodeError(str(error), text, position) from None
