"""The question before a title is replaced that somebody else has given a session meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from opencode import text
from opencode.tui.format import Run, shown_title
from opencode.tui.screens.base import Command, Host, Layer
from opencode.tui.widgets.dialog import Button, Overlay, dialog

__all__ = ["RenamedDialog"]

ROOM_FOR_KEYS = 54
"""Columns below which the box holds only what decides."""


class RenamedDialog(Layer):
    """Shows both titles; only `y` replaces the other one, else one's own can be typed on."""

    place = "renamed"
    is_overlay = True

    def __init__(
        self, host: Host, title: str, typed: str, replace: Command, cancel: Command
    ) -> None:
        super().__init__(host)
        self._title = shown_title(title)
        self._typed = shown_title(typed.strip())
        self._replace = replace
        self._cancel = cancel

    def commands(self) -> Mapping[str, Command]:
        return {"confirm": lambda: self._leave(self._replace), "cancel": self.back}

    def back(self) -> None:
        self._leave(self._cancel)

    def overlay(self, columns: int, rows: int) -> Overlay:
        narrow = columns < ROOM_FOR_KEYS
        width = columns - 8
        title: list[Run] = (
            [("strong", text.truncate(self._title, width))]
            if narrow
            else [
                (None, "Somebody renamed it to "),
                ("strong", f"“{self._title}”"),
                (None, " meanwhile."),
            ]
        )
        question = f"Replace that with “{self._typed}”?"
        lines: list[Sequence[Run]] = [
            title,
            [("warning", text.truncate(question, width) if narrow else question)],
        ]
        keys = "" if narrow else "  enter, n, esc"
        choices = [
            Button("esc", (("button", "[ Keep typing ]"), ("dim", keys))),
            Button("y", (("key", "y"), ("error", "  replace"))),
        ]
        return dialog("Renamed meanwhile", lines, choices, columns, rows)

    def _leave(self, then: Command) -> None:
        self.host.pop(self)
        then()
