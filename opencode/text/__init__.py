"""Text and numbers on their way to people.

Whatever comes from the database, from Git or from a server was written by somebody else: it goes
through `clean_line` or `clean_text` before it reaches a terminal.
"""

from __future__ import annotations

from opencode.text.clean import clean_line, clean_text
from opencode.text.columns import characters, pad, truncate, width
from opencode.text.steady import steady
from opencode.text.units import age, age_lasts, count, money, plural, size, timestamp, tokens

__all__ = [
    "age",
    "age_lasts",
    "characters",
    "clean_line",
    "clean_text",
    "count",
    "money",
    "pad",
    "plural",
    "size",
    "steady",
    "timestamp",
    "tokens",
    "truncate",
    "width",
]
