"""The question before what somebody else has left there is replaced by what was typed."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar

from opencode.tui.format import Run
from opencode.tui.screens.base import Command, Host, Layer
from opencode.tui.widgets.dialog import Button, Overlay, dialog

__all__ = ["Replacing"]

ROOM_FOR_KEYS = 54
"""Columns below which the box holds only what decides."""

AROUND = 8
"""Columns of the box that its lines do not have."""


class Replacing(Layer):
    """A box over an input; only `y` replaces, everything else leads back to what was typed."""

    is_overlay = True
    heading: ClassVar[str]

    def __init__(self, host: Host, replace: Command, cancel: Command) -> None:
        super().__init__(host)
        self._replace = replace
        self._cancel = cancel

    @abstractmethod
    def lines(self, width: int, *, narrow: bool) -> Sequence[Sequence[Run]]:
        """Return what is there and what is asked; where it is narrow one row each, cut to fit."""

    def commands(self) -> Mapping[str, Command]:
        return {"confirm": lambda: self._leave(self._replace), "cancel": self.back}

    def back(self) -> None:
        self._leave(self._cancel)

    def overlay(self, columns: int, rows: int) -> Overlay:
        narrow = columns < ROOM_FOR_KEYS
        keys = "" if narrow else "  enter, n, esc"
        choices = [
            Button("esc", (("button", "[ Keep typing ]"), ("dim", keys))),
            Button("y", (("key", "y"), ("error", "  replace"))),
        ]
        lines = self.lines(columns - AROUND, narrow=narrow)
        return dialog(self.heading, lines, choices, columns, rows)

    def _leave(self, then: Command) -> None:
        self.host.pop(self)
        then()
