"""Errors in sentences: what is wrong, then what to do about it."""

from __future__ import annotations

from opencode import text
from opencode.errors import OpencodeError

__all__ = ["sentence", "told"]

PROGRAM = "opencode"
"""Commands begin with it; it has no capital."""


def sentence(words: str) -> str:
    """Return clean words as a sentence; a host's name, a path or a command at its beginning stays.

    Messages and hints are written without capital and full stop, for the command line.
    """
    shown = text.clean_line(words)
    first = shown.partition(" ")[0]
    if first.isalpha() and first.islower() and first != PROGRAM:
        shown = shown[:1].upper() + shown[1:]
    return shown if shown.endswith((".", "!", "?", "…")) else f"{shown}."


def told(error: OpencodeError) -> str:
    """Return an error on one line: `No space left on the server. Its administrator must …`."""
    return " ".join(sentence(words) for words in (error.message, error.hint) if words)
