"""Differences between two texts, as one column or as two; done by jobs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from opencode import text
from opencode.tui.format import Run

__all__ = [
    "MAX_LINES",
    "Comparison",
    "Half",
    "Pair",
    "compare",
    "diff_runs",
    "is_diff",
    "pair_runs",
]

MAX_LINES = 5_000
"""Lines of either text that are compared; it takes the square of it at worst."""
CONTEXT = 3
NUMBER = 5
SEPARATOR = " │ "

HUNK = re.compile(r"^@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@", re.MULTILINE)

Opcode = tuple[str, int, int, int, int]


@dataclass(frozen=True, slots=True)
class Half:
    """A line of one of the texts; None as number where there is none."""

    number: int | None
    words: str
    attribute: str | None


Pair = tuple[Half, Half] | str
"""What stands side by side, or the heading of a stretch."""

EMPTY = Half(None, "", None)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs."""

    added: int = 0
    removed: int = 0
    lines: tuple[Run, ...] = ()
    """In one column, one run for each line."""
    pairs: tuple[Pair, ...] = ()
    """In two columns."""
    note: str = ""
    """Why there is nothing to see."""
    one_sided: bool = False
    """Whether one of the texts is empty, so that a column of its own would be, too."""

    @property
    def has_counts(self) -> bool:
        """Whether there is something to count, and not a note in its place."""
        return bool(self.added or self.removed or not self.note)


def compare(old: str, new: str) -> Comparison:
    """Compare two texts by lines; the result is clean."""
    before, after = _lines(old), _lines(new)
    if max(len(before), len(after)) > MAX_LINES:
        return Comparison(note=f"More than {MAX_LINES:,} lines: too long to compare here.")
    groups = list(SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(CONTEXT))
    changes = [code for group in groups for code in group if code[0] != "equal"]
    note = "" if changes else "Nothing differs."
    if not changes and old != new:
        note = "The lines are the same; they end in another way."
    return Comparison(
        added=sum(code[4] - code[3] for code in changes),
        removed=sum(code[2] - code[1] for code in changes),
        lines=tuple(line for group in groups for line in _unified(group, before, after)),
        pairs=tuple(pair for group in groups for pair in _pairs(group, before, after)),
        note=note,
        one_sided=not (before and after),
    )


def is_diff(words: str) -> bool:
    """Whether this is a unified diff, or has one in it."""
    return HUNK.search(words) is not None


def diff_runs(words: str, attribute: str | None) -> tuple[Run, ...]:
    """Return a unified diff in colours, one run for each line and its break."""
    lines = words.split("\n")
    breaks = ["\n"] * (len(lines) - 1) + [""]
    return tuple(
        (diff_attribute(line) or attribute, line + after)
        for line, after in zip(lines, breaks, strict=True)
    )


def diff_attribute(line: str) -> str | None:
    """Return how a line of a unified diff is shown."""
    if line.startswith(("+++ ", "--- ", "diff ", "index ")):
        return "diff.head"
    if line.startswith("@@"):
        return "diff.hunk"
    return {"+": "diff.add", "-": "diff.remove"}.get(line[:1])


def pair_runs(left: Half, right: Half, width: int) -> list[Run]:
    """Return two lines side by side, in exactly so many columns."""
    room = max(0, width - len(SEPARATOR))
    return [
        *_half(left, room - room // 2),
        ("border", SEPARATOR[:width]),
        *_half(right, room // 2),
    ]


def _half(half: Half, width: int) -> list[Run]:
    number = "" if half.number is None else str(half.number)
    margin = text.pad(number, NUMBER - 1, "right") + " "
    if width <= NUMBER * 2:
        return [(half.attribute, text.pad(half.words, max(0, width)))]
    return [("dim", margin), (half.attribute, text.pad(half.words, width - NUMBER))]


def _lines(words: str) -> list[str]:
    return text.clean_text(words).removesuffix("\n").split("\n") if words else []


def _heading(group: Sequence[Opcode]) -> str:
    _, first, _, begin, _ = group[0]
    _, _, last, _, end = group[-1]
    old, new = last - first, end - begin
    return f"@@ -{first + bool(old)},{old} +{begin + bool(new)},{new} @@"


def _unified(group: Sequence[Opcode], old: Sequence[str], new: Sequence[str]) -> Iterator[Run]:
    yield "diff.hunk", _heading(group)
    for kind, first, last, begin, end in group:
        if kind == "equal":
            yield from ((None, f" {line}") for line in old[first:last])
        else:
            yield from (("diff.remove", f"-{line}") for line in old[first:last])
            yield from (("diff.add", f"+{line}") for line in new[begin:end])


def _pairs(group: Sequence[Opcode], old: Sequence[str], new: Sequence[str]) -> Iterator[Pair]:
    yield _heading(group)
    for kind, first, last, begin, end in group:
        equal = kind == "equal"
        for step in range(max(last - first, end - begin)):
            left, right = first + step, begin + step
            yield (
                Half(left + 1, old[left], None if equal else "diff.remove")
                if left < last
                else EMPTY,
                Half(right + 1, new[right], None if equal else "diff.add")
                if right < end
                else EMPTY,
            )
