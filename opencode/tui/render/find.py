"""Hits of a search, counted and marked in what is shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from opencode.tui.format import Run
from opencode.tui.render.blocks import Paragraph, Paragraphs

__all__ = ["count_in", "marked", "pattern_for"]

MATCH, CURRENT = "match", "match.current"


def pattern_for(needle: str) -> re.Pattern[str]:
    """Return what finds the words of `needle` in this order, in either case, across line breaks."""
    return re.compile(r"\s+".join(map(re.escape, needle.split())), re.IGNORECASE)


def count_in(paragraphs: Iterable[Paragraph], pattern: re.Pattern[str]) -> int:
    """Return how many hits `marked` would mark."""
    return sum(
        sum(1 for _ in pattern.finditer(_words(runs)))
        for paragraph in paragraphs
        for runs in _parts(paragraph)
    )


def marked(
    paragraphs: Iterable[Paragraph], pattern: re.Pattern[str], current: int | None = None
) -> Paragraphs:
    """Return paragraphs with every hit marked, and the one with the number `current` more so."""
    done = 0
    result: list[Paragraph] = []
    for paragraph in paragraphs:
        parts: list[tuple[Run, ...]] = []
        for runs in _parts(paragraph):
            spans = [match.span() for match in pattern.finditer(_words(runs))]
            at = current - done if current is not None else None
            parts.append(tuple(_painted(runs, spans, at)) if spans else runs)
            done += len(spans)
        result.append(_with_parts(paragraph, parts))
    return tuple(result)


def _parts(paragraph: Paragraph) -> Iterator[tuple[Run, ...]]:
    if paragraph.table is None:
        yield paragraph.runs
    else:
        for row in paragraph.table.rows:
            yield from row


def _with_parts(paragraph: Paragraph, parts: list[tuple[Run, ...]]) -> Paragraph:
    table = paragraph.table
    if table is None:
        return replace(paragraph, runs=parts[0])
    rest = iter(parts)
    rows = tuple(tuple(next(rest) for _ in row) for row in table.rows)
    return replace(paragraph, table=replace(table, rows=rows))


def _words(runs: Iterable[Run]) -> str:
    return "".join(words for _, words in runs)


def _painted(
    runs: Iterable[Run], spans: list[tuple[int, int]], current: int | None
) -> Iterator[Run]:
    """Yield the runs cut at the ends of the spans, with another attribute within them."""
    position = 0
    for attribute, words in runs:
        end = position + len(words)
        at = position
        for number, (start, stop) in enumerate(spans):
            first, last = max(start, at), min(stop, end)
            if first >= last:
                continue
            if at < first:
                yield attribute, words[at - position : first - position]
            yield CURRENT if number == current else MATCH, words[first - position : last - position]
            at = last
        if at < end:
            yield attribute, words[at - position :]
        position = end
