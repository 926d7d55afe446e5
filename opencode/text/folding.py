"""Letters without their case, as MySQL and MariaDB fold them, so that filters find the same."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

__all__ = ["fold"]

# The capitals that lower() of utf8mb4_bin knows, on MySQL 9.7 and MariaDB 10.11 alike: those of
# Unicode 3.0. A filter that folded more would find on SQLite what it does not find on a server.
_CAPITALS = (
    (0x0041, 0x021E),  # Latin
    (0x0222, 0x0232),
    (0x0386, 0x03AB),  # Greek
    (0x03DA, 0x03EE),
    (0x0400, 0x0480),  # Cyrillic
    (0x048C, 0x04BE),
    (0x04C1, 0x04C3),
    (0x04C7, 0x04C7),
    (0x04CB, 0x04CB),
    (0x04D0, 0x04F4),
    (0x04F8, 0x04F8),
    (0x0531, 0x0556),  # Armenian
    (0x1E00, 0x1E94),  # Latin and Greek with marks
    (0x1EA0, 0x1EF8),
    (0x1F08, 0x212B),
    (0x2160, 0x216F),  # Roman numerals
    (0x24B6, 0x24CF),  # in circles
    (0xFF21, 0xFF3A),  # wide
)


def fold(text: str) -> str:
    """Return the text in lower case, letter by letter: no letter depends on those beside it.

    `str.lower` makes two characters of İ, and of Σ what its place in the word asks for.
    """
    return text.lower() if text.isascii() else text.translate(_table())


@cache
def _table() -> Mapping[int, str]:
    codes = (code for first, last in _CAPITALS for code in range(first, last + 1))
    return {code: chr(code).lower()[0] for code in codes if chr(code).lower() != chr(code)}
