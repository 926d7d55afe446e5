"""Text in columns of a terminal.

Widths are those of wcwidth, which urwid uses too; it takes 30 ms to import and is left alone for
Latin text. All functions expect one line of clean text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

__all__ = ["characters", "pad", "truncate", "width"]

# One column each, no marks; general punctuation for the sake of the ellipsis.
LATIN = re.compile("[ -~\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027]*")

Side = Literal["left", "right"]


def width(text: str) -> int:
    """How many columns the text takes; a wide character and a joined emoji take two."""
    if LATIN.fullmatch(text):
        return len(text)
    import wcwidth

    return wcwidth.width(text, control_codes="ignore")


def truncate(text: str, columns: int, ellipsis: str = "…", side: Side = "right") -> str:
    """At most so many columns of the text; what is cut off on `side` is marked by the ellipsis.

    Characters are not split. The ellipsis is left out where only a part of it would fit.
    """
    if width(text) <= columns:
        return text
    if width(ellipsis) > columns:
        ellipsis = ""
    kept = _fitting(characters(text, backwards=side == "left"), columns - width(ellipsis))
    cut = _joined(kept, ellipsis, side)
    # A mark may take more columns among its neighbours than alone.
    while kept and width(cut) > columns:
        kept.pop()
        cut = _joined(kept, ellipsis, side)
    return cut


def pad(text: str, columns: int, align: Literal["left", "right", "center"] = "left") -> str:
    """Exactly so many columns: the text truncated, or with spaces around it."""
    text = truncate(text, columns)
    room = max(columns - width(text), 0)
    before = {"left": 0, "right": room, "center": room // 2}[align]
    return " " * before + text + " " * (room - before)


def characters(text: str, *, backwards: bool = False) -> Iterator[str]:
    """What a reader takes for one character each: a letter with its marks, a joined emoji."""
    if LATIN.fullmatch(text):
        return reversed(text) if backwards else iter(text)
    import wcwidth

    return wcwidth.iter_graphemes_reverse(text) if backwards else wcwidth.iter_graphemes(text)


def _fitting(characters: Iterator[str], columns: int) -> list[str]:
    """As many of the first characters as fit."""
    kept: list[str] = []
    for character in characters:
        columns -= width(character)
        if columns < 0:
            break
        kept.append(character)
    return kept


def _joined(kept: list[str], ellipsis: str, side: Side) -> str:
    """What is left of a text; `kept` begins where it was not cut."""
    return "".join(kept) + ellipsis if side == "right" else ellipsis + "".join(reversed(kept))
