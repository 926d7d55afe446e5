r"""Large pieces of a text that is being typed, which a few words stand for on the screen.

A text carries its folded pieces between two control characters, which cleaned text never has, so
that drafts and history hold all of it: `see \x02…12,345 lines…\x03` is shown as
`see [text of 12,345 lines]`. What is shown has to be laid out anew for every key, 11 ms for 32,000
characters.
"""

from __future__ import annotations

import re

from opencode import text
from opencode.tui.tabs import clean_keeping_tabs

__all__ = [
    "MAX_SHOWN",
    "Folded",
    "cleaned",
    "fold",
    "folded_if_large",
    "is_large",
    "refolded",
    "unfolded",
]

BEGIN, END = "\x02", "\x03"
PIECE = re.compile(f"{BEGIN}([^{END}]*){END}")

MAX_CHARACTERS, MAX_LINES = 8_000, 100
"""Of a piece that is shown as it is."""
MAX_SHOWN = 32_000
"""Characters of all that is shown."""


def is_large(words: str) -> bool:
    """Whether it takes too long to show this, or hides the rest."""
    return len(words) > MAX_CHARACTERS or words.count("\n") > MAX_LINES


def fold(words: str) -> str:
    """Return cleaned text as one folded piece."""
    return f"{BEGIN}{unfolded(words)}{END}"


def unfolded(words: str) -> str:
    """Return a text as it is meant, with all its pieces in full."""
    return words.replace(BEGIN, "").replace(END, "")


def folded_if_large(words: str) -> str:
    """Return a text folded as a whole when what there is to show of it is too much."""
    return fold(words) if len(PIECE.sub("", words)) > MAX_SHOWN else words


def refolded(edited: str, before: str) -> str:
    """Return an edited text with those pieces folded again that it left as they were."""
    done, kept = 0, []
    for piece in PIECE.findall(before):
        at = edited.find(piece, done) if piece else -1
        if at >= 0:
            kept += [edited[done:at], fold(piece)]
            done = at + len(piece)
    return "".join([*kept, edited[done:]])


def cleaned(words: str) -> str:
    """Return a text from elsewhere without what could control a terminal; pieces stay folded."""
    pieces = re.split(f"([{BEGIN}{END}])", words)
    return "".join(
        piece if piece in {BEGIN, END} else clean_keeping_tabs(piece) for piece in pieces
    )


class Folded:
    """Turns a text into what is shown of it, and back."""

    def __init__(self) -> None:
        self._pieces: dict[str, str] = {}
        """What stands for a piece, and the piece."""

    def shown(self, words: str) -> str:
        """Return what is shown of a text."""
        return PIECE.sub(lambda match: self._label(match[1]), words)

    def meant(self, shown: str) -> str:
        """Return the text that is shown as this."""
        begun, pieces = 0, []
        for begin, end in self._places(shown):
            pieces += [shown[begun:begin], BEGIN, self._pieces[shown[begin:end]], END]
            begun = end
        return "".join([*pieces, shown[begun:]])

    def mended(self, before: str, now: str) -> tuple[str, int] | None:
        """Take out the rest of pieces that an edit of what is shown took a part of.

        Returns what is shown then, and the cursor's place in it; None when there is nothing to do.
        """
        begin = _common(before, now)
        after = _common(before[begin:][::-1], now[begin:][::-1])
        end, inserted = len(before) - after, now[begin : len(now) - after]
        touched = [(a, b) for a, b in self._places(before) if a < end and begin < b]
        first = min([begin, *(a for a, _ in touched)])
        last = max([end, *(b for _, b in touched)])
        if (first, last) == (begin, end):
            return None
        return before[:first] + inserted + before[last:], first + len(inserted)

    def beside(self, shown: str, place: int, stood: int) -> int:
        """Return the cursor's place, out of a piece it went into; it stood elsewhere before."""
        for begin, end in self._places(shown):
            if begin < place < end:
                return end if place > stood else begin
        return place

    def _places(self, shown: str) -> list[tuple[int, int]]:
        if not self._pieces:
            return []
        labels = re.compile("|".join(map(re.escape, self._pieces)))
        return [match.span() for match in labels.finditer(shown)]

    def _label(self, piece: str) -> str:
        lines = piece.count("\n") + 1
        size = text.plural(lines, "line") if lines > 1 else text.size(len(piece.encode()))
        for number in range(1, len(self._pieces) + 2):
            label = f"[text of {size}{f', {number}' if number > 1 else ''}]"
            if self._pieces.setdefault(label, piece) == piece:
                return label
        raise AssertionError("there are more labels than pieces")


def _common(one: str, other: str) -> int:
    """Return how many characters two texts have in common at their beginning."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))
