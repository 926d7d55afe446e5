"""A line for typing, in the place of the footer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

import urwid

from opencode import text
from opencode.errors import InvalidValue
from opencode.tui.format import Run, runs_width, truncate_runs
from opencode.tui.widgets.lines import line
from opencode.tui.widgets.readline import Readline

__all__ = ["Prompt"]

MIN_INPUT = 16
MARGINS = 3
"""Columns around what stands beside the input."""
MAX_PASTED = 10_000
"""Characters."""


class Prompt:
    """Label and input; `accept` returns whether the text was taken and the prompt can go."""

    place: str = "input"
    """Its entry in the key map."""
    in_footer: ClassVar[bool] = True
    """Whether it is drawn there, or by its screen."""

    def __init__(
        self,
        label: str,
        value: str = "",
        *,
        accept: Callable[[str], bool],
        change: Callable[[str], None] = lambda _: None,
        cancel: Callable[[], None] = lambda: None,
        moves_list: bool = False,
    ) -> None:
        self.label = label
        self.accept = accept
        self.change = change
        self.cancel = cancel
        self.moves_list = moves_list
        """Whether keys that move the cursor of a list go to the screen."""
        self._edit: urwid.Edit = Readline(edit_text=text.clean_line(value), wrap="clip")

    def commands(self) -> Mapping[str, Callable[[], None]]:
        """Return what keys of its place do beside accepting, cancelling and typing."""
        return {}

    @property
    def value(self) -> str:
        """What has been typed so far."""
        return str(self._edit.edit_text)

    def key(self, key: str) -> bool:
        """Let the input have a key; whether it had a use for it."""
        before = self.value
        unused = self._edit.keypress((80,), key)
        self._changed_since(before)
        return unused is None

    def paste(self, pasted: str) -> None:
        """Insert text at the cursor, on one line; more than a line holds is not meant for it."""
        before = self.value
        words = pasted.strip("\r\n")
        if len(words) > MAX_PASTED:
            raise InvalidValue(
                f"not pasted: {text.plural(len(words), 'character')}",
                hint=f"a line takes {text.count(MAX_PASTED)}",
            )
        self._edit.insert_text(text.clean_line(words))
        self._changed_since(before)

    def clear(self) -> None:
        """Take back all that was typed."""
        before = self.value
        self._edit.set_edit_text("")
        self._changed_since(before)

    def canvas(self, columns: int, notice: Sequence[Run] = ()) -> urwid.Canvas:
        """Draw it in one row, with what there is to say about it at the right end."""
        before, middle = self.layout(columns, notice)
        after = columns - before - middle
        label = self._label()
        drawn = [
            (line(label, before), None, False, before),
            (self._edit.render((middle,), focus=True), None, True, middle),
        ]
        if after:
            end = [(None, "  "), *truncate_runs(notice, after - MARGINS), (None, " ")]
            drawn.append((line(end, after), None, False, after))
        return urwid.CanvasJoin(drawn)

    def layout(self, columns: int, notice: Sequence[Run]) -> tuple[int, int]:
        """Return how many columns come before the input, and how many it has."""
        before = min(runs_width(self._label()), columns - MIN_INPUT)
        room = columns - before - MIN_INPUT - MARGINS
        after = min(runs_width(notice), room) + MARGINS if notice and room > 0 else 0
        return before, columns - before - after

    def click(self, column: int, columns: int) -> None:
        """Put the cursor at a place of the input, which has so many columns."""
        self._edit.mouse_event((columns,), "mouse press", 1, column, 0, True)

    def has_room(self, notice: Sequence[Run], columns: int) -> bool:
        """Whether all of that fits beside it."""
        return runs_width([*self._label(), *notice]) + MARGINS <= columns - MIN_INPUT

    def _label(self) -> list[Run]:
        return [(None, " "), ("key", self.label), (None, " ")]

    def _changed_since(self, before: str) -> None:
        if self.value != before:
            self.change(self.value)
