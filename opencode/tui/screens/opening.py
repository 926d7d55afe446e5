"""What is shown while the database is opened, and upgraded if it is an old one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from opencode import text
from opencode.tui.format import Run
from opencode.tui.screens.base import Host, Layer
from opencode.tui.widgets.base import Flow
from opencode.tui.widgets.listview import ListView

__all__ = ["OpeningScreen"]

OPENING = "Opening the session database …"
SERVER = "A server that does not answer is tried for half a minute."
FILE = "A large file from an older version is copied first."
EXPLAINED_AFTER = 1.5
"""Seconds after which a word about the wait is due."""


class OpeningScreen(Layer):
    """An empty pane with one line in it."""

    place = "opening"
    widget: ListView

    def __init__(self, host: Host, waiting: Callable[[], str]) -> None:
        """`waiting` gives what is waited for, once that is known."""
        super().__init__(host)
        self._waiting = waiting
        self.widget = ListView(_Nothing())
        self.widget.placeholder = [[("dim", OPENING)]]
        host.later(EXPLAINED_AFTER, self._explain)

    def header(self) -> tuple[Sequence[Run], Sequence[Run]]:
        return [("title", "Sessions")], ()

    def unavailable(self, command: str) -> str:
        return "the database is being opened" if command in {"back", "refresh"} else ""

    def back(self) -> None:
        """Stay: there is nothing behind it."""

    def _explain(self) -> None:
        if self.host.layers[0] is not self:
            return
        remote, waiting = self.host.provider == "remote", text.clean_line(self._waiting())
        if waiting:
            words = waiting
        else:
            words = SERVER if remote else FILE
            self.host.later(EXPLAINED_AFTER, self._explain)
        self.widget.placeholder = [[("dim", OPENING)], [], [("dim", words)]]


class _Nothing:
    """The items of the pane."""

    def count(self) -> int:
        return 0

    def widget(self, index: int) -> Flow:
        raise IndexError(index)
