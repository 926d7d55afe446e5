"""The keys that hold where the user is, made from the key map."""

from __future__ import annotations

from collections.abc import Mapping

from opencode import text
from opencode.tui.keymap import MOUSE, PLACES, bindings_in, key_label
from opencode.tui.render.blocks import BLANK, Paragraph
from opencode.tui.screens.base import Command, Host, Layer
from opencode.tui.screens.lines import Lines
from opencode.tui.widgets.dialog import Overlay, boxed

__all__ = ["HelpDialog"]

COLUMNS = 60
KEYS = 15


class HelpDialog(Layer):
    """Lists the keys of a place; it scrolls where it does not fit."""

    place = "help"
    is_overlay = True

    def __init__(self, host: Host, about: str) -> None:
        super().__init__(host)
        self._lines = Lines()
        self.widget = self._lines.view
        self.widget.active = False
        self._lines.show_paragraphs(_paragraphs(about))

    def commands(self) -> Mapping[str, Command]:
        return {}

    def move(self, command: str) -> bool:
        viewport = self._lines.view.viewport
        steps = {"down": 1, "up": -1}
        if command in steps:
            viewport.scroll(steps[command])
            return True
        return self._lines.view.move(command)

    def overlay(self, columns: int, rows: int) -> Overlay:
        width = max(1, min(COLUMNS, columns - 8))
        height = max(1, min(self._height(width), rows - 2))
        content = self._lines.view.render((width, height))
        more = "" if self._lines.view.at_end() else " (j goes on)"
        return Overlay(boxed(f"Keys{more}", content), pane=True)

    def _height(self, width: int) -> int:
        return sum(self._lines.widget(index).rows((width,)) for index in range(self._lines.count()))


def _paragraphs(about: str) -> list[Paragraph]:
    paragraphs: list[Paragraph] = []
    for context, bindings in bindings_in(PLACES[about].contexts):
        paragraphs.append(Paragraph((("strong", context.title),), 0))
        lines = (("  ".join(map(key_label, one.keys)), one.does) for one in bindings)
        paragraphs += [*(_line(keys, does) for keys, does in lines), BLANK]
    paragraphs.append(Paragraph((("strong", "With the mouse"),), 0))
    return [*paragraphs, *(_line(what, does) for what, does in MOUSE)]


def _line(keys: str, does: str) -> Paragraph:
    first = ("key", f"{text.pad(keys, KEYS)} ")
    return Paragraph(((None, does),), 0, first=first, rest=(None, " " * (KEYS + 1)))
