"""What a conversation looks like, as plain data: no widgets, no widths.

A message becomes entries (its head and text, a thought, a tool call, a result …). An entry is
either shut, one or few paragraphs, or open, chunks of paragraphs that are laid out only when they
come into sight.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from opencode.tui.format import Run

__all__ = ["BLANK", "Align", "Entry", "Paragraph", "Paragraphs", "Rendered", "Table", "Wrap"]

Wrap = Literal["space", "any", "clip"]

Align = Literal["left", "right", "center"]

Cell = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Some rows of a table; those of one table have the same `widths`, so that they line up."""

    rows: tuple[tuple[Cell, ...], ...]
    widths: tuple[int, ...]
    """Columns that each column of the table would like to have."""
    aligns: tuple[Align, ...]
    heading: bool = False
    """Whether the first row is the heading, and gets a line below it."""
    heads: tuple[Cell, ...] = ()
    """The heading, also where the first row is not."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines laid out alike; `runs` may hold line breaks and are clean."""

    runs: tuple[Run, ...] = ()
    indent: int = 0
    wrap: Wrap = "space"
    first: Run = (None, "")
    """Stands before the first row: a bullet, a gutter."""
    rest: Run = (None, "")
    """Stands before all other rows; as wide as `first`."""
    echo: tuple[Run, ...] = ()
    """Follows the runs of a line that is clipped: words that stand elsewhere too."""
    keeps_end: bool = False
    """Whether the echo gives way at its beginning: the end of a path says most."""
    tail: tuple[Run, ...] = ()
    """Follows both, and is itself not cut off."""
    right: Run = (None, "")
    """Stands at the right end of the first row; for lines that are clipped."""
    frame: str | None = None
    """With a label, also an empty one, a frame is drawn around the lines."""
    opens: bool = True
    closes: bool = True
    """Whether the frame begins and ends here: pieces of a long text share one."""
    table: Table | None = None
    """Is shown instead of `runs`."""
    searched: bool = True
    """Whether the runs are somebody's words, not the program's own."""


BLANK = Paragraph()

Paragraphs = tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in a conversation that the cursor can stand on."""

    kind: Literal["text", "reasoning", "call", "result", "note"]
    shut: Paragraphs = ()
    """What is shown when it is folded; empty when it cannot be."""
    chunks: tuple[Paragraphs, ...] = ()
    """What is shown when it is not."""
    folded: bool = False
    """How it is at first."""
    call_id: str = ""
    """Joins a tool call with its result."""
    summary: tuple[Run, ...] = ()
    """Calls: name and input on one line. Results: state and size."""
    on_path: bool = False
    """Calls: whether the input is a path."""
    preview: Paragraphs = ()
    """Results: what is shown of it even when folded."""
    part: int = 0
    """Which part of the message it shows."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message ready for the screen."""

    id: str
    seq: int
    role: str
    model: str
    created_at: int
    updated_at: int
    entries: tuple[Entry, ...]
    rich: bool = True
    """Whether Markdown and code are shown as such; plain text comes sooner."""
