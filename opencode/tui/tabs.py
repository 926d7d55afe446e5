"""Cleaning text that leaves the screen again, or is stored: tabs stay, as code needs them."""

from __future__ import annotations

from opencode import text

__all__ = ["clean_keeping_tabs"]

PRIVATE = (0xE000, 0xF900)
"""Characters that mean nothing; cleaning leaves them alone."""


def clean_keeping_tabs(words: str) -> str:
    """Return text without what could control a terminal; a tab stays one."""
    if "\t" not in words:
        return text.clean_text(words)
    stand_in = next((char for char in map(chr, range(*PRIVATE)) if char not in words), "")
    if not stand_in:
        return text.clean_text(words)
    return text.clean_text(words.replace("\t", stand_in)).replace(stand_in, "\t")
