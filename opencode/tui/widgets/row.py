"""One session, or another thing with a line of its own, in a list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from opencode import text
from opencode.tui.format import Run
from opencode.tui.widgets.base import Flow, Mark
from opencode.tui.widgets.lines import line

if TYPE_CHECKING:
    import urwid

__all__ = ["Row"]

MARGINS = 3
"""The marker, a space after it, and a space at the right end."""


class Row(Flow):
    """A line that is made to measure; with the cursor it is marked and has a colour of its own."""

    def __init__(self, runs: Callable[[int], Sequence[Run]]) -> None:
        super().__init__()
        self._runs = runs

    def height(self, columns: int) -> int:
        return 1

    def draw(self, columns: int, mark: Mark) -> urwid.Canvas:
        runs = self._runs(max(0, columns - MARGINS))
        if mark == "none":
            return line([(None, "  "), *runs], columns)
        attribute = "selected" if mark == "active" else "selected.idle"
        bar: Run = ("selected.marker", "▌ ") if mark == "active" else (attribute, "  ")
        content = "".join(part for _, part in runs)
        return line([bar, (attribute, text.pad(content, max(0, columns - 2)))], columns)
