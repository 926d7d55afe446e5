"""What the program noted since it was started."""

from __future__ import annotations

import time
from collections.abc import Sequence

from opencode import text
from opencode.tui.format import Run
from opencode.tui.keymap import MOVES
from opencode.tui.log import LogLine
from opencode.tui.render.blocks import Paragraph
from opencode.tui.screens.base import Host, Layer
from opencode.tui.screens.lines import Lines

__all__ = ["LogScreen"]

_ATTRIBUTES = {"warning": "warning", "error": "error", "critical": "error"}


class LogScreen(Layer):
    """The last records, the newest at the end."""

    place = "log"

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self._lines = Lines()
        self.widget = self._lines.view
        self.widget.placeholder = [[("dim", "Nothing was noted since the program was started.")]]

    def unavailable(self, command: str) -> str:
        nothing = command in MOVES and not self._lines.count()
        return "nothing was noted since the start" if nothing else ""

    def move(self, command: str) -> bool:
        return self._lines.view.move(command)

    def header(self) -> tuple[Sequence[Run], Sequence[Run]]:
        records = text.plural(self._lines.count(), "record")
        return [("title", "Log")], [("dim", f"{records} · newest last")]

    def shown(self) -> None:
        self.refresh()
        self._lines.view.move("last")

    def refresh(self) -> None:
        self._lines.show_paragraphs([_paragraph(line) for line in list(self.host.log.lines)])


def _paragraph(line: LogLine) -> Paragraph:
    clock = time.strftime("%H:%M:%S", time.localtime(line.created))
    attribute = _ATTRIBUTES.get(line.level, "dim")
    return Paragraph(
        ((attribute, f"{line.level:<8}"), (None, line.message)),
        1,
        first=("dim", f"{clock} "),
        rest=(None, " " * 9),
    )
