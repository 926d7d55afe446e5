"""Panes of lines that are simply there: the log, the help, the projects."""

from __future__ import annotations

from collections.abc import Sequence

from opencode.tui.render.blocks import Paragraph
from opencode.tui.screens.base import Command
from opencode.tui.widgets.base import Flow
from opencode.tui.widgets.block import Block
from opencode.tui.widgets.listview import ListView

__all__ = ["Lines"]


class Lines:
    """A pane whose items are given as a whole."""

    def __init__(
        self, *, on_open: Command = lambda: None, on_click: Command = lambda: None
    ) -> None:
        self.view = ListView(self, on_open=on_open, on_click=on_click)
        self._widgets: Sequence[Flow] = ()

    def count(self) -> int:
        return len(self._widgets)

    def widget(self, index: int) -> Flow:
        return self._widgets[index]

    def show(self, widgets: Sequence[Flow]) -> None:
        """Show these."""
        self._widgets = widgets

    def show_paragraphs(self, paragraphs: Sequence[Paragraph]) -> None:
        """Show these, one item each."""
        self._widgets = [Block((paragraph,)) for paragraph in paragraphs]
