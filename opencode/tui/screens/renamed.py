"""The question before a title is replaced that somebody else has given a session meanwhile."""

from __future__ import annotations

from collections.abc import Sequence

from opencode import text
from opencode.tui.format import Run, shown_title
from opencode.tui.screens.base import Command, Host
from opencode.tui.screens.replacing import Replacing

__all__ = ["RenamedDialog"]


class RenamedDialog(Replacing):
    """Shows both titles."""

    place = "renamed"
    heading = "Renamed meanwhile"

    def __init__(
        self, host: Host, title: str, typed: str, replace: Command, cancel: Command
    ) -> None:
        super().__init__(host, replace, cancel)
        self._title = shown_title(title)
        self._typed = shown_title(typed.strip())

    def lines(self, width: int, *, narrow: bool) -> Sequence[Sequence[Run]]:
        question = f"Replace that with “{self._typed}”?"
        if narrow:
            return [
                [("strong", text.truncate(self._title, width))],
                [("warning", text.truncate(question, width))],
            ]
        return [
            [
                (None, "Somebody renamed it to "),
                ("strong", f"“{self._title}”"),
                (None, " meanwhile."),
            ],
            [("warning", question)],
        ]
