"""Characters of whose width terminals have different opinions, in a form of which they have one.

For one-line places, where something stands to the right. Terminals count the columns of a joined
emoji, a flag or a selector for the emoji's style each in their own way, and tmux in yet another one
than the terminal around it. A single character that is wide by itself, or narrow, is counted alike.
"""

from __future__ import annotations

import re
from functools import lru_cache

from opencode.text.columns import characters, width

__all__ = ["steady"]

JOINER, KEYCAP = "\u200d", "\u20e3"
REGIONAL_A, REGIONAL = "\U0001f1e6", "\U0001f1e6-\U0001f1ff"
SKIN = "\U0001f3fb-\U0001f3ff"
SELECTORS = "\ufe0e\ufe0f"
TAGS = "\U000e0020-\U000e007f"

# What makes an emoji of more than one character, and marks beside or below a letter.
EMOJI = f"[{JOINER}{KEYCAP}{SELECTORS}{SKIN}{TAGS}{REGIONAL}]"
LATIN_MARK, JAMO = "\u0300-\u036f", "\u1160-\u11ff"
UNSTEADY = f"[{JOINER}{KEYCAP}{SELECTORS}{SKIN}{TAGS}{REGIONAL}{LATIN_MARK}{JAMO}]"


def steady(line: str) -> str:
    """The line in as many columns, which all terminals count alike as far as that can be had.

    Of a joined emoji its first one stays, of a flag its letters, of a letter and its mark the one
    character that means both, if there is one.
    """
    if line.isascii() or not re.search(UNSTEADY, line):
        return line
    form = "".join(map(_steady, characters(line)))
    # What is left of two that stood apart may join.
    return form if width(form) == width(line) else line


@lru_cache(maxsize=1024)
def _steady(character: str) -> str:
    if not re.search(UNSTEADY, character):
        return character
    form = _form(character)
    room = width(character) - width(form)
    return form + " " * room if room >= 0 else character


def _form(character: str) -> str:
    first = character[0]
    if REGIONAL_A <= first <= REGIONAL[-1]:
        letters = (ord(one) - ord(REGIONAL_A) for one in character)
        return "".join(chr(ord("A") + letter) for letter in letters if 0 <= letter < 26)
    if re.search(EMOJI, character) and not (re.match(r"\w", first) and KEYCAP not in character):
        return first
    from unicodedata import normalize

    composed = normalize("NFC", character)
    return composed if len(composed) == 1 else character
