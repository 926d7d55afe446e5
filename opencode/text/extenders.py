"""Runs of marks and of characters that take no column: found here, judged in `invisible`.

Apart from that because most text needs no judging, and a start would wait for its patterns.
"""

from __future__ import annotations

import re

__all__ = ["EXTENDER", "IGNORABLE", "MAX_MARKS", "clean_unicode"]

# Biblical Hebrew puts up to five marks on a letter; those who flood a line use dozens.
MAX_MARKS = 6

# Lone surrogates and noncharacters.
NO_TEXT = "\ud800-\udfff\ufdd0-\ufdef" + "".join(
    chr(plane << 16 | 0xFFFE) + chr(plane << 16 | 0xFFFF) for plane in range(17)
)

# Default_Ignorable_Code_Point of DerivedCoreProperties.txt, without the Hangul fillers that stand
# in for a jamo (U+115F, U+1160) and the Mongolian selectors (marks, which are counted), with the
# interlinear annotation characters.
IGNORABLE = (
    "\u00ad\u034f\u061c\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
SUSPECT = re.compile(f"[{NO_TEXT}{IGNORABLE}]")

# All marks and almost all of the above: no letters, digits or white space (\w, \s), nothing of the
# blocks that hold symbols, ideographs or private use only.
EXTENDER = (
    r"[^\w\s\x00-\xac\xae-\u02ff\u2000-\u200a\u2010-\u2029\u202f-\u205f\u2070-\u20cf"
    r"\u2100-\u2cee\u2e00-\u3029\u3030-\u3098\ud800-\uf8ff\U0001f000-\U0001fbff]"
)
EXTENDERS = re.compile(f"{EXTENDER}++")
BLANK_LETTER = "[\u3164\uffa0]"


def clean_unicode(text: str) -> str:
    """The text without what hides, reorders or floods; it has no control characters any more."""
    if SUSPECT.search(text):
        text = re.sub(BLANK_LETTER, "", re.sub(f"[{NO_TEXT}]", "\ufffd", text))
    elif all(len(run[0]) <= MAX_MARKS for run in EXTENDERS.finditer(text)):
        return text
    from opencode.text.invisible import needed_in

    return EXTENDERS.sub(needed_in, text)
