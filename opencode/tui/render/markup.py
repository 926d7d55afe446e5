"""Text of messages as paragraphs: fenced code, headings, lists; everything else as it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from opencode import text
from opencode.tui.format import Run
from opencode.tui.render.blocks import BLANK, Paragraph, Paragraphs

__all__ = [
    "MAX_CHARACTERS",
    "MAX_LINES",
    "Capped",
    "capped",
    "chunked",
    "left_out",
    "note_line",
    "plain",
    "prose",
]

MAX_LINES = 2_000
MAX_CHARACTERS = 128_000
"""What is shown of one part at most."""

CHUNK_LINES = 60
CHUNK_CHARACTERS = 6_000
"""What is laid out at once: 1.2 MB in one widget blocks for 1.8 s."""

PIECE_LINES = 20

FENCE = re.compile(r"\s{0,3}(?P<fence>`{3,}|~{3,})\s*(?P<label>[^`]*)$")
HEADING = re.compile(r"#{1,6} +\S")
BULLET = re.compile(r"(?P<indent> *)(?P<bullet>[-*+•]|\d{1,3}[.)]) +(?=\S)")


@dataclass(frozen=True, slots=True)
class Capped:
    """As much of a text as is shown, clean."""

    text: str
    lines: int
    """Of the whole text."""
    note: str = ""
    """What is left out, if anything is."""


def capped(value: str) -> Capped:
    """Return the beginning of a text, without empty lines around it.

    Only what is shown is cleaned; lines of what is left out are counted as they are.
    """
    shown = value[:MAX_CHARACTERS]
    lines = [line.rstrip() for line in text.clean_text(shown).strip("\n").split("\n")]
    kept = lines[:MAX_LINES]
    below = value.count("\n", MAX_CHARACTERS)
    missing = len(lines) - len(kept) + below
    note = f"{text.plural(missing, 'more line')} not shown here" if missing else ""
    if not missing and len(value) > MAX_CHARACTERS:
        characters = len(value) - MAX_CHARACTERS
        note = f"{text.plural(characters, 'more character')} not shown here"
    note = f"… {note}: o opens all of it in the pager" if note else ""
    return Capped("\n".join(kept), len(kept) + missing, note)


def left_out(value: str) -> str:
    """Return what `capped` leaves out of a text, clean."""
    if len(value) < MAX_LINES:
        return ""
    lines = text.clean_text(value[:MAX_CHARACTERS]).strip("\n").split("\n")
    return "\n".join(lines[MAX_LINES:]) + text.clean_text(value[MAX_CHARACTERS:])


def note_line(words: str, indent: int) -> Paragraph:
    """Return what the program itself says below somebody's words."""
    return Paragraph((("dim", words),), indent, searched=False)


def plain(value: str, attribute: str | None, *, indent: int = 0, gutter: str = "") -> Paragraphs:
    """Return lines as they are, wrapped at the right end, with a gutter at the left one."""
    bar: Run = ("border", gutter)
    return tuple(
        Paragraph(((attribute, piece),), indent, first=bar, rest=bar) for piece in _pieces(value)
    )


def prose(value: str, attribute: str | None = None, *, indent: int = 3) -> Paragraphs:
    """Return what somebody wrote: code framed, headings bold, lists with hanging indents."""
    paragraphs: list[Paragraph] = []
    together: list[str] = []

    def flush() -> None:
        if together:
            paragraphs.extend(
                Paragraph(((attribute, piece),), indent) for piece in _pieces("\n".join(together))
            )
            together.clear()

    for kind, lines in _blocks(value.split("\n")):
        if kind == "line" and not _stands_alone(lines[0]):
            together.append(lines[0])
            continue
        flush()
        paragraphs.extend(
            [_alone(lines[0], attribute, indent)]
            if kind == "line"
            else _code(kind.removeprefix("code"), lines, indent)
        )
    flush()
    return tuple(paragraphs)


def chunked(paragraphs: Iterable[Paragraph]) -> tuple[Paragraphs, ...]:
    """Return the paragraphs in chunks that are quick to lay out."""
    chunks: list[list[Paragraph]] = [[]]
    lines = characters = 0
    for paragraph in paragraphs:
        size = sum(len(part) for _, part in paragraph.runs)
        rows = 1 + sum(part.count("\n") for _, part in paragraph.runs)
        if paragraph.table:
            rows = len(paragraph.table.rows)
            size = rows * sum(paragraph.table.widths)
        if chunks[-1] and (lines + rows > CHUNK_LINES or characters + size > CHUNK_CHARACTERS):
            chunks.append([])
            lines = characters = 0
        chunks[-1].append(paragraph)
        lines, characters = lines + rows, characters + size
    return tuple(tuple(chunk) for chunk in chunks if chunk)


def _pieces(value: str) -> Iterator[str]:
    """Cut long text at line ends, and a very long line anywhere."""
    piece: list[str] = []
    size = 0
    for whole in value.split("\n"):
        for start in range(0, max(1, len(whole)), CHUNK_CHARACTERS):
            line = whole[start : start + CHUNK_CHARACTERS]
            if piece and (len(piece) >= PIECE_LINES or size + len(line) > CHUNK_CHARACTERS):
                yield "\n".join(piece)
                piece, size = [], 0
            piece.append(line)
            size += len(line) + 1
    yield "\n".join(piece)


def _blocks(lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield single lines, and `code<label>` with the lines between two fences."""
    position = 0
    while position < len(lines):
        opening = FENCE.match(lines[position])
        if not opening:
            yield "line", [lines[position]]
            position += 1
            continue
        end = _closing(lines, position + 1, opening["fence"])
        yield f"code{opening['label'].strip()}", lines[position + 1 : end]
        position = end + 1


def _closing(lines: list[str], start: int, fence: str) -> int:
    """Return the line of the closing fence; an unclosed one ends with the text."""
    for position in range(start, len(lines)):
        stripped = lines[position].strip()
        if stripped.startswith(fence) and not stripped.strip(fence[0]):
            return position
    return len(lines)


def _stands_alone(line: str) -> bool:
    return bool(HEADING.match(line) or BULLET.match(line))


def _alone(line: str, attribute: str | None, indent: int) -> Paragraph:
    if HEADING.match(line):
        return Paragraph((("strong", line),), indent)
    bullet = BULLET.match(line)
    if not bullet:
        return BLANK
    hang = text.width(bullet[0])
    return Paragraph(
        ((attribute, line[bullet.end() :]),),
        indent,
        first=("dim", bullet[0]),
        rest=(None, " " * hang),
    )


def _code(label: str, lines: list[str], indent: int) -> Iterator[Paragraph]:
    """Yield a frame of code; a long one in pieces."""
    frame = text.truncate(label, 30)
    pieces = list(_pieces("\n".join(lines)))
    for number, piece in enumerate(pieces, 1):
        opens, closes = number == 1, number == len(pieces)
        yield Paragraph((("code", piece),), indent, "any", frame=frame, opens=opens, closes=closes)
