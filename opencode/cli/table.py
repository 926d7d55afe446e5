"""Rows in columns, for a terminal or for a pipe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from opencode.text import clean_line, pad, width

__all__ = ["Column", "layout"]

GAP = "  "
NARROWEST = 12


@dataclass(frozen=True, slots=True)
class Column:
    """A column's heading; one of a table may be `flexible`, and is cut where room is short."""

    title: str
    align: Literal["left", "right"] = "left"
    flexible: bool = False


def layout(
    columns: Sequence[Column], rows: Sequence[Sequence[str]], *, room: int | None
) -> list[str]:
    """The heading and one line for each row, cleaned; nothing is cut when `room` is None."""
    cells = [[column.title for column in columns], *([clean_line(c) for c in row] for row in rows)]
    widths = [max(map(width, column)) for column in zip(*cells, strict=True)]
    if room is not None:
        _fit(columns, widths, room)
    return [
        GAP.join(
            pad(cell, columns_, column.align)
            for cell, columns_, column in zip(row, widths, columns, strict=True)
        ).rstrip()
        for row in cells
    ]


def _fit(columns: Sequence[Column], widths: list[int], room: int) -> None:
    """Take what is too much from the flexible column."""
    excess = sum(widths) + len(GAP) * (len(widths) - 1) - room
    for index, column in enumerate(columns):
        if column.flexible and excess > 0:
            widths[index] = max(widths[index] - excess, min(widths[index], NARROWEST))
