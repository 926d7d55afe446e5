"""What is shown while the database is opened, and upgraded if it is an old one."""

from __future__ import annotations

from collections.abc import Sequence

from opencode.tui.format import Run
from opencode.tui.screens.base import Host, Layer
from opencode.tui.widgets.base import Flow
from opencode.tui.widgets.listview import ListView

__all__ = ["OpeningScreen"]

PATIENCE = 2.0
"""Seconds after which a word about the wait is due."""


class OpeningScreen(Layer):
    """An empty pane with one line in it."""

    place = "opening"
    widget: ListView

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self.widget = ListView(_Nothing())
        self.widget.placeholder = [[("dim", "Opening the session database …")]]
        host.later(PATIENCE, self._explain)

    def header(self) -> tuple[Sequence[Run], Sequence[Run]]:
        return [("title", "Sessions")], ()

    def back(self) -> None:
        """Stay: there is nothing behind it."""

    def _explain(self) -> None:
        self.widget.placeholder = [
            [("dim", "Opening the session database …")],
            [("dim", "A server that does not answer is tried for half a minute;")],
            [("dim", "a large file from an older version is copied first.")],
        ]


class _Nothing:
    """The items of the pane."""

    def count(self) -> int:
        return 0

    def widget(self, index: int) -> Flow:
        raise IndexError(index)
