"""What a value may be, checked alike for every provider before it reaches a database."""

from __future__ import annotations

import math

from opencode.errors import InvalidValue

__all__ = [
    "AMOUNT",
    "AUTHOR",
    "ID",
    "MODEL",
    "PATH",
    "PROJECT_ID",
    "ROLE",
    "TITLE",
    "check_amount",
    "check_content",
    "check_id",
    "check_size",
    "check_text",
    "is_key",
    "is_text",
    "number",
]

TITLE = 512
PROJECT_ID = 512
PATH = 1024
AUTHOR = 255
MODEL = 255
ROLE = 64
ID = 255
AMOUNT = 10**12
_LAST_NUMBER = 2**63 - 1


def check_text(name: str, value: str, limit: int) -> str:
    """Return `value`; refuse more than `limit` characters and what UTF-8 cannot hold."""
    if len(value) > limit:
        raise InvalidValue(
            f"the {name} has {len(value):,} characters; the limit is {limit:,}",
            hint=f"shorten the {name}",
        )
    _encode(name, value)
    return value


def check_content(name: str, value: str, limit: int) -> str:
    """Return `value`; refuse more than `limit` bytes of UTF-8."""
    size = len(_encode(name, value))
    if size > limit:
        raise InvalidValue(
            f"the {name} has {size:,} bytes; this database accepts {limit:,}",
            hint=f"store less, or raise the server's limit; nothing of the {name} was stored",
        )
    return value


def check_id(value: str) -> str:
    """Return an id: 1 to 255 printable ASCII characters, as every dialect's column holds it.

    No blanks around it: MySQL compares ids without those at the end.
    """
    fits = 0 < len(value) <= ID and value.isascii() and value.isprintable()
    if not fits or value != value.strip():
        raise InvalidValue(
            f"{value[:40]!r} is not an id", hint=f"ids are 1 to {ID} printable ASCII characters"
        )
    return value


def is_key(value: str) -> bool:
    """Whether some row could have this id: what is no key is in no database, and not asked for.

    MySQL compares ids without blanks at the end, and cannot compare them with other than ASCII.
    SQLite reads strings within JSON up to a NUL.
    """
    return value.isascii() and "\0" not in value and not value.endswith(" ")


def is_text(value: str) -> bool:
    """Whether UTF-8 can hold it, so that it could be in a database at all."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def number(value: int) -> int:
    """Return the nearest number that every dialect's column holds."""
    return max(-_LAST_NUMBER, min(value, _LAST_NUMBER))


def check_size(what: str, value: int) -> int:
    """Return how many rows may be read, which are never more than a column can count."""
    if value < 0:
        raise InvalidValue(f"{value} {what} cannot be read", hint="ask for 0 or more")
    # Some queries read one more, to see whether others follow.
    return min(value, _LAST_NUMBER - 1)


def check_amount(name: str, value: float) -> float:
    """Return a count or an amount of money, 0 to 10^12: thousands of them still fit a column."""
    if not (math.isfinite(value) and 0 <= value <= AMOUNT):
        raise InvalidValue(
            f"{name} cannot be {value}", hint=f"give a number between 0 and {AMOUNT:,}"
        )
    return value


def _encode(name: str, value: str) -> bytes:
    try:
        return value.encode()
    except UnicodeEncodeError as error:
        raise InvalidValue(
            f"the {name} cannot be stored as UTF-8: a lone surrogate at character {error.start}",
            hint="re-encode the text and try again",
        ) from error
