"""Icons of the status block and of headings, for terminals whose fonts are likely to have them."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["PROVIDER_ICONS", "SORTED", "SORTED_ASCII", "has_icons"]

PROVIDER_ICONS: Mapping[str, str] = {"local": "⌂", "remote": "☁"}
"""One column each, in every terminal's own text style."""

SORTED, SORTED_ASCII = "▼", "*"
"""Marks the heading of the column that a list is sorted by, highest first."""

_FEW_GLYPHS = ("linux", "dumb", "vt", "cons", "ansi")


def has_icons(term: str, encoding: str) -> bool:
    """Whether a terminal of this `TERM`, written to in this encoding, can show icons."""
    is_utf8 = encoding.lower().replace("-", "") in {"utf8", "utf"}
    return is_utf8 and not term.lower().startswith(_FEW_GLYPHS)
