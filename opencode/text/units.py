"""Numbers as people read them."""

from __future__ import annotations

import time
from math import isfinite

__all__ = ["age", "age_lasts", "count", "money", "plural", "size", "timestamp", "tokens"]

MINUTE, HOUR, DAY = 60, 3_600, 86_400

# What a database can hold and the calendar of the system cannot.
NO_TIME = "?"


def age(then: float, now: float) -> str:
    """How long ago, in four columns at most, or after 30 days the local date (`26-01-19`).

    Clocks of a team differ: up to a minute in the future is `now`, beyond that it is the date.
    """
    seconds = int(now - then)
    if seconds < -MINUTE or seconds >= 30 * DAY:
        local = _local(then)
        return time.strftime("%y-%m-%d", local) if local else NO_TIME
    if seconds < MINUTE:
        return "now"
    if seconds < HOUR:
        return f"{seconds // MINUTE}m"
    return f"{seconds // HOUR}h" if seconds < DAY else f"{seconds // DAY}d"


def age_lasts(then: float, now: float) -> float | None:
    """In how many seconds `age` says something else; None when it gives a date."""
    passed = now - then
    if passed < -MINUTE or passed >= 30 * DAY:
        return None
    if passed < MINUTE:
        return MINUTE - passed
    unit = MINUTE if passed < HOUR else HOUR if passed < DAY else DAY
    return unit - passed % unit


def timestamp(seconds: float) -> str:
    """Local time with its offset, as ISO 8601: `2026-01-19T14:02:03+01:00`."""
    local = _local(seconds)
    if not local:
        return NO_TIME
    offset = local.tm_gmtoff // MINUTE
    sign = "-" if offset < 0 else "+"
    hours, minutes = divmod(abs(offset), 60)
    return time.strftime("%Y-%m-%dT%H:%M:%S", local) + f"{sign}{hours:02}:{minutes:02}"


def tokens(number: int) -> str:
    """A count of tokens in six columns: `0`, `9.1k`, `128.4k`, `1.2M`."""
    return _scaled(number, ("", "k", "M", "G"))


def size(number: int) -> str:
    """A number of bytes: `512 B`, `1.2 MB`."""
    return _scaled(number, (" B", " kB", " MB", " GB", " TB"))


def money(dollars: float) -> str:
    """US dollars to the cent; a cost that is no full cent does not look like none."""
    if not isfinite(dollars):
        return "$?"
    if 0 < dollars < 0.01:
        return "<$0.01"
    sign = "-" if dollars <= -0.005 else ""
    return f"{sign}${abs(dollars):,.2f}"


def count(number: int) -> str:
    """A whole number with its thousands apart: `1,204`."""
    return f"{number:,}"


def plural(number: int, noun: str, nouns: str = "") -> str:
    """`1 message`, `1,204 messages`; `nouns` where adding an s is not enough."""
    return f"{count(number)} {noun if number == 1 else nouns or noun + 's'}"


def _local(seconds: float) -> time.struct_time | None:
    try:
        local = time.localtime(seconds)
    except (OverflowError, OSError, ValueError):
        return None
    return local if 1_000 <= local.tm_year <= 9999 else None


def _scaled(number: int, units: tuple[str, ...]) -> str:
    """With one decimal from 1,000 on, in the largest unit of which there is one at least."""
    if abs(number) < 1_000:
        return f"{number}{units[0]}"
    scaled = number / 1_000
    for unit in units[1:-1]:
        if abs(round(scaled, 1)) < 1_000:
            return f"{scaled:.1f}{unit}"
        scaled /= 1_000
    return f"{scaled:,.1f}{units[-1]}"
