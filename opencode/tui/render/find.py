"""Hits of a search, found and marked in what is shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from opencode.tui.format import Run
from opencode.tui.render.blocks import Entry, Paragraph, Paragraphs

__all__ = ["Place", "marked", "pattern_for", "places_in", "sought"]

MATCH, CURRENT = "match", "match.current"

WALL = "\0"
"""No hit goes beyond it: between cells of a table, and around what the program itself says."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a hit begins: in which of some paragraphs, at which of its characters."""

    paragraph: int
    offset: int


def pattern_for(needle: str) -> re.Pattern[str]:
    """Return what finds the words of `needle` in this order, in either case, across line breaks."""
    return re.compile(r"\s+".join(map(re.escape, needle.split())), re.IGNORECASE)


def sought(entry: Entry) -> Paragraphs:
    """Return what is looked at in an entry, as it is shown unfolded."""
    name = (Paragraph(entry.summary[:1]),) if entry.kind == "call" else ()
    return (*name, *chain.from_iterable(entry.chunks))


def places_in(paragraphs: Iterable[Paragraph], pattern: re.Pattern[str]) -> list[Place]:
    """Return where the hits are; one may go on in the next paragraph."""
    shown = [_shown(paragraph) for paragraph in paragraphs]
    return [_place(shown, begin) for begin, _ in _spans(shown, pattern)]


def marked(
    paragraphs: Sequence[Paragraph], pattern: re.Pattern[str], current: Place | None = None
) -> Paragraphs:
    """Return paragraphs with every hit marked, and the one at `current` more so.

    Where `current` is in the program's own words, those are marked.
    """
    shown = [_shown(paragraph) for paragraph in paragraphs]
    spans = [
        (begin, end, CURRENT if _place(shown, begin) == current else MATCH)
        for begin, end in _spans(shown, pattern)
    ]
    begin = 0
    result: list[Paragraph] = []
    for number, (paragraph, words) in enumerate(zip(paragraphs, shown, strict=True)):
        end = begin + len(words)
        inside = [(a - begin, b - begin, name) for a, b, name in spans if a < end and begin < b]
        if not paragraph.searched and current and current.paragraph == number:
            paragraph = replace(
                paragraph, runs=tuple((CURRENT, said) for _, said in paragraph.runs)
            )
        result.append(_echoing(_with_parts(paragraph, inside) if inside else paragraph, pattern))
        begin = end + 1
    return tuple(result)


def _shown(paragraph: Paragraph) -> str:
    if not paragraph.searched:
        return WALL
    return WALL.join(_words(runs) for runs in _parts(paragraph))


def _spans(shown: Iterable[str], pattern: re.Pattern[str]) -> list[tuple[int, int]]:
    return [match.span() for match in pattern.finditer("\n".join(shown))]


def _place(shown: Sequence[str], offset: int) -> Place:
    for number, words in enumerate(shown):
        if offset < len(words):
            return Place(number, offset)
        offset -= len(words) + 1
    raise ValueError("no hit begins beyond the end")


def _parts(paragraph: Paragraph) -> Iterator[tuple[Run, ...]]:
    if paragraph.table is None:
        yield paragraph.runs
    else:
        for row in paragraph.table.rows:
            yield from row


def _with_parts(paragraph: Paragraph, spans: list[tuple[int, int, str]]) -> Paragraph:
    begin = 0
    parts: list[tuple[Run, ...]] = []
    for runs in _parts(paragraph):
        parts.append(tuple(_painted(runs, [(a - begin, b - begin, name) for a, b, name in spans])))
        begin += len(_words(runs)) + len(WALL)
    table = paragraph.table
    if table is None:
        return replace(paragraph, runs=parts[0])
    rest = iter(parts)
    rows = tuple(tuple(next(rest) for _ in row) for row in table.rows)
    return replace(paragraph, table=replace(table, rows=rows))


def _echoing(paragraph: Paragraph, pattern: re.Pattern[str]) -> Paragraph:
    """Return the paragraph with the hits in its echo marked, which nobody counts."""
    spans = [(*match.span(), MATCH) for match in pattern.finditer(_words(paragraph.echo))]
    return replace(paragraph, echo=tuple(_painted(paragraph.echo, spans))) if spans else paragraph


def _words(runs: Iterable[Run]) -> str:
    return "".join(words for _, words in runs)


def _painted(runs: Iterable[Run], spans: Sequence[tuple[int, int, str]]) -> Iterator[Run]:
    """Yield the runs cut at the ends of the spans, with the spans' attributes within them."""
    position = 0
    for attribute, words in runs:
        end = position + len(words)
        at = position
        for start, stop, name in spans:
            first, last = max(start, at), min(stop, end)
            if first >= last:
                continue
            if at < first:
                yield attribute, words[at - position : first - position]
            yield name, words[first - position : last - position]
            at = last
        if at < end:
            yield attribute, words[at - position :]
        position = end
