"""The row under the pane: what there is to say, or what is typed, or the keys that hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from opencode.tui.format import Run
from opencode.tui.keymap import Hint, hints
from opencode.tui.screens.base import Layer
from opencode.tui.widgets.hints import hint_at, hint_runs
from opencode.tui.widgets.lines import line
from opencode.tui.widgets.notices import fits

if TYPE_CHECKING:
    import urwid

    from opencode.tui.widgets.prompt import Prompt

__all__ = ["click_footer", "footer_canvas", "has_room"]

HINTS_BESIDE_INPUT = 60
"""Columns from which there is room for them."""


def has_room(top: Layer, notice: Sequence[Run], columns: int) -> bool:
    """Whether all there is to say fits into the row."""
    prompt = _prompt(top)
    return prompt.has_room(notice, columns) if prompt else fits(notice, columns)


def footer_canvas(top: Layer, notice: Sequence[Run], columns: int) -> urwid.Canvas:
    """Draw it; what has no room is left out."""
    prompt = _prompt(top)
    shown = notice if has_room(top, notice, columns) else ()
    if prompt is not None:
        return prompt.canvas(columns, shown or _input_hints(columns))
    return line([(None, " "), *(shown or hint_runs(_offered(top), columns - 2))], columns)


def click_footer(top: Layer, notice: Sequence[Run], columns: int, column: int) -> str | None:
    """Return the key of the hint at a column; in what is typed the cursor is put there."""
    prompt = _prompt(top)
    shown = notice if has_room(top, notice, columns) else ()
    first = 1
    if prompt is not None:
        before, middle = prompt.layout(columns, shown or _input_hints(columns))
        if before <= column < before + middle:
            prompt.click(column - before, middle)
            return None
        first = before + middle + 2
    return None if shown else hint_at(_offered(top), columns - 2, column - first)


def _prompt(top: Layer) -> Prompt | None:
    return top.prompt if top.prompt is not None and top.prompt.in_footer else None


def _offered(top: Layer) -> list[Hint]:
    """Return the keys that hold, but for those that can do nothing now."""
    if top.prompt is not None:
        return hints(top.prompt.place)
    return hints(top.place, top.unavailable)


def _input_hints(columns: int) -> list[Run]:
    return hint_runs(hints("input"), columns) if columns >= HINTS_BESIDE_INPUT else []
