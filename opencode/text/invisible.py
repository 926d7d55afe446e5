"""Characters that take no column: kept where writing needs them, dropped where they hide something.

Zero-width joiners and variation selectors stay inside emoji; joiners and non-joiners after a letter
of a script that joins letters; one variation selector after a character beyond ASCII. Combining
marks stay, up to a number. Overrides of the direction, zero-width spaces, soft hyphens, tags and
the rest of Unicode's default ignorable characters go.
"""

from __future__ import annotations

import re
from functools import lru_cache
from unicodedata import category

from opencode.text.extenders import IGNORABLE, MAX_MARKS

__all__ = ["needed_in"]

ZWNJ, ZWJ = "\u200c", "\u200d"
TEXT_STYLE, EMOJI_STYLE = "\ufe0e", "\ufe0f"
KEYCAP = "\u20e3"
BLACK_FLAG = "\U0001f3f4"

INVISIBLE = re.compile(f"[{IGNORABLE}]")
SELECTOR = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")

# A language uses few combinations; hostile text must not fill the memory.
CACHED_LENGTH = 16

# Extended_Pictographic of emoji-data.txt by blocks, with skin tones and hair.
EMOJI = re.compile(
    "[\xa9\xae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u24c2\u25a0-\u27bf\u2934\u2935"
    "\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"
)

# Arabic, Syriac, N'Ko, Mandaic; Devanagari to Sinhala; Myanmar, Khmer, Mongolian; Balinese to
# Lepcha; Meetei Mayek and its neighbours; presentation forms; Brahmi and its descendants; Adlam.
JOINING = re.compile(
    "[\u0620-\u07ff\u0840-\u08ff\u0900-\u0dff\u1000-\u109f\u1780-\u18af\u1b00-\u1c4f\ua800-\uaaff"
    "\uabc0-\uabff\ufb50-\ufdff\ufe70-\ufefc\U00011000-\U00011fff\U0001e900-\U0001e95f]"
)

# Flags of England, Scotland and Wales, the only ones made of tags.
FLAG_TAGS = tuple(
    "".join(chr(0xE0000 + ord(char)) for char in f"{name}\x7f")
    for name in ("gbeng", "gbsct", "gbwls")
)


def needed_in(match: re.Match[str]) -> str:
    """What to keep of a run, by what stands around it."""
    text, run, (start, end) = match.string, match[0], match.span()
    if len(run) > CACHED_LENGTH:
        return _needed(text[start - 1 : start], run, text[end : end + 1])
    return _cached_needed(text[start - 1 : start], run, text[end : end + 1])


def _needed(base: str, run: str, after: str) -> str:
    """What to keep of a run of marks and invisible characters between two others.

    Each is judged by what was kept before it, so that cleaning once more changes nothing.
    """
    kept: list[str] = []
    last = base
    if base == BLACK_FLAG and run.startswith(FLAG_TAGS):
        last = run[: len(FLAG_TAGS[0])]
        kept.append(last)
        run = run[len(last) :]
    marks = 0
    for char, following in zip(run, [*run[1:], after], strict=False):
        if INVISIBLE.match(char):
            keep = _belongs(char, base, last, following)
        elif category(char) in {"Mn", "Me"}:
            marks += 1
            keep = marks <= MAX_MARKS
        else:
            base, marks, keep = char, 0, True
        if keep:
            kept.append(char)
            last = char
    return "".join(kept)


_cached_needed = lru_cache(maxsize=1024)(_needed)


def _belongs(char: str, base: str, last: str, after: str) -> bool:
    """Whether an invisible character has a meaning after `last`, which is `base` or on it."""
    if char == ZWJ and last in {base, EMOJI_STYLE} and EMOJI.match(base) and EMOJI.match(after):
        return True
    if char in {ZWJ, ZWNJ}:
        return JOINING.match(last) is not None
    if last != base or not SELECTOR.match(char):
        return False
    return not base.isascii() or (
        char in {TEXT_STYLE, EMOJI_STYLE} and after == KEYCAP and base in set("0123456789#*")
    )
