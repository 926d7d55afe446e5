"""The block at the foot of the screen that always says where one is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from opencode import text
from opencode.tui.format import Run, project_line, runs_width
from opencode.tui.widgets.base import Box
from opencode.tui.widgets.lines import line, stack

if TYPE_CHECKING:
    import urwid

__all__ = ["StatusBlock", "status_rows"]

BORDER_FROM = 20
TWO_LINES_FROM = 12

NONE = "–"

SESSION_MIN = 12
"""Columns of a title worth showing on the single line."""


def status_rows(rows: int) -> int:
    """Return how many rows of a screen the block takes."""
    if rows >= BORDER_FROM:
        return 4
    return 2 if rows >= TWO_LINES_FROM else 1


class StatusBlock(Box):
    """`Project: … | Provider: …` and `Session: …`, with a border where there is room."""

    def __init__(self) -> None:
        super().__init__()
        self.icons = True
        """Whether the terminal can show them."""
        self._project, self._provider, self._session, self._trouble = "…", "…", "", ""

    def show(self, project_id: str, provider: str, session: str, trouble: str = "") -> None:
        """Say which project, which provider, which session, and what is wrong, if anything."""
        self._project, self._provider = project_id, provider
        self._session, self._trouble = session, trouble

    def draw(self, columns: int, rows: int) -> urwid.Canvas:
        if rows >= 4 and columns >= 4:
            return self._bordered(columns, rows)
        lines = self._lines(columns - 2) if rows >= 2 else [self._single(columns - 2)]
        return stack((line([(None, " "), *runs], columns) for runs in lines), columns, rows)

    def _lines(self, width: int, *, roomy: bool = False) -> list[list[Run]]:
        title = text.truncate(self._session or NONE, max(0, width - len("Session: ")))
        return [
            self._project_line(width, icons=self.icons and roomy),
            [("label", "Session: "), ("value", title)],
        ]

    def _single(self, width: int) -> Sequence[Run]:
        label: list[Run] = [("label", " | "), ("label", "Session: ")]
        title = text.truncate(self._session or NONE, max(SESSION_MIN, width // 3))
        ends: list[Run] = [*label, ("value", title)]
        room = width - runs_width(ends)
        if room < len("Project: | Provider: remote") + SESSION_MIN + len(self._trouble):
            return self._project_line(width)
        return [*self._project_line(room), *ends]

    def _project_line(self, width: int, *, icons: bool = False) -> list[Run]:
        return project_line(
            self._project, self._provider, width, icons=icons, trouble=self._trouble
        )

    def _bordered(self, columns: int, rows: int) -> urwid.Canvas:
        width = columns - 4
        side: Run = ("border", "│")
        drawn = [line([("border", "┌" + "─" * (columns - 2) + "┐")], columns)]
        for runs in self._lines(width, roomy=True):
            padding = " " * (width - runs_width(runs))
            drawn.append(line([side, (None, " "), *runs, (None, f"{padding} "), side], columns))
        drawn.append(line([("border", "└" + "─" * (columns - 2) + "┘")], columns))
        return stack(drawn, columns, rows)
