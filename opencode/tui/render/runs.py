"""Runs of text, cut into lines and into pieces that are quick to lay out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from opencode.tui.format import Run

__all__ = ["PIECE_CHARACTERS", "PIECE_LINES", "joined", "lines_of", "pieces_of"]

PIECE_LINES = 20
PIECE_CHARACTERS = 6_000
"""What one widget lays out at most: 1.2 MB in one blocks for 1.8 s."""

Line = list[Run]


def lines_of(runs: Iterable[Run]) -> Iterator[Line]:
    """Yield the lines of some runs; a very long line is cut anywhere."""
    line: Line = []
    size = 0
    for attribute, whole in runs:
        for number, words in enumerate(whole.split("\n")):
            if number:
                yield line
                line, size = [], 0
            start = 0
            while size + len(words) - start > PIECE_CHARACTERS:
                end = start + PIECE_CHARACTERS - size
                yield [*line, (attribute, words[start:end])]
                line, size, start = [], 0, end
            if words[start:]:
                line.append((attribute, words[start:]))
                size += len(words) - start
    yield line


def pieces_of(runs: Iterable[Run]) -> Iterator[tuple[Run, ...]]:
    """Yield the runs in pieces of whole lines, each quick to lay out."""
    piece: list[Line] = []
    size = 0
    for line in lines_of(runs):
        length = sum(len(words) for _, words in line)
        if piece and (len(piece) >= PIECE_LINES or size + length > PIECE_CHARACTERS):
            yield joined(piece)
            piece, size = [], 0
        piece.append(line)
        size += length + 1
    yield joined(piece)


def joined(lines: Sequence[Line]) -> tuple[Run, ...]:
    """Return lines as runs again; neighbours that look alike become one."""
    merged: list[Run] = []
    for number, line in enumerate(lines):
        for attribute, words in [(None, "\n"), *line] if number else line:
            if merged and (words == "\n" or merged[-1][0] == attribute):
                merged[-1] = (merged[-1][0], merged[-1][1] + words)
            else:
                merged.append((attribute, words))
    return tuple(merged)
