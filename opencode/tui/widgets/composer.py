"""Several lines for typing, at the foot of a session."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import ClassVar

import urwid

from opencode import text
from opencode.tui.folded import MAX_SHOWN, Folded, fold, folded_if_large, is_large
from opencode.tui.format import Run, join_ends
from opencode.tui.tabs import clean_keeping_tabs
from opencode.tui.widgets.base import Box, Click
from opencode.tui.widgets.lines import line, stack
from opencode.tui.widgets.prompt import Prompt
from opencode.tui.widgets.readline import Readline

__all__ = ["Composer", "WithFoot"]

MARGINS = 3
TAB = "→"


class Composer(Prompt):
    """Text of several lines; arrows at its first and last row go through what was sent before.

    What is typed stays the draft while something older is looked at. When that is edited it is the
    draft, and what was typed is put aside.
    """

    place = "compose"
    in_footer: ClassVar[bool] = False

    def __init__(
        self,
        value: str,
        history: Sequence[str],
        *,
        accept: Callable[[str], bool],
        change: Callable[[str], None],
        cancel: Callable[[], None],
        edit: Callable[[], None],
        remember: Callable[[str], None],
        put_aside: Callable[[str], None],
    ) -> None:
        super().__init__("", accept=accept, change=change, cancel=cancel)
        self._edit: urwid.Edit = _Lines(multiline=True)
        self._folded = Folded()
        self._history = history
        self._recalled: int | None = None
        """What of the history is shown; None for the draft."""
        self._typed = value
        """The draft while something else is shown."""
        self._columns = 80
        self._first = 0
        """The first row of the text that is shown."""
        self._open_editor = edit
        self._remember = remember
        self._put_aside = put_aside
        self.show(value)

    @property
    def value(self) -> str:
        """What is shown, with its folded pieces."""
        return self._folded.meant(str(self._edit.edit_text))

    @property
    def draft(self) -> str:
        """What has been typed so far, whatever is shown."""
        return self.value if self._recalled is None else self._typed

    def commands(self) -> Mapping[str, Callable[[], None]]:
        return {"new-line": lambda: self._insert("\n"), "editor": self._open_editor}

    def key(self, key: str) -> bool:
        row = self._cursor_row()
        last = self._edit.rows((self._columns,)) - 1
        if key == "up" and row == 0:
            self._recall(-1)
            return True
        if key == "down" and row == last:
            self._recall(1)
            return True
        before, shown, place = self.value, str(self._edit.edit_text), self._edit.edit_pos
        unused = self._edit.keypress((self._columns,), key)
        self._leave_whole(shown, place)
        self._changed_since(before)
        return unused is None

    def paste(self, pasted: str) -> None:
        """Insert text at the cursor, line breaks and all; nothing in it is taken for a key."""
        words = clean_keeping_tabs(pasted)
        if is_large(words) or len(self._edit.edit_text) + len(words) > MAX_SHOWN:
            words = self._folded.shown(fold(words))
        self._insert(words)

    def show(self, value: str) -> None:
        """Show another draft, with the cursor at its end."""
        self._put(value)
        self._recalled = None

    def replace(self, value: str) -> None:
        """Have another text in the place of what is shown, as if it were typed."""
        before = self.value
        self._put(value)
        self._changed_since(before)

    def clear(self) -> None:
        """Take back all that was typed, the history has it; from something older go back to it."""
        if self._recalled is not None:
            self.show(self._typed)
            return
        before = self.value
        self._remember(before)
        self.show("")
        self._changed_since(before)

    def continued(self) -> bool:
        """Turn a backslash before the cursor into a line break; whether there was one."""
        place = self._edit.edit_pos
        before, shown = self.value, str(self._edit.edit_text)
        if shown[:place][-1:] != "\\":
            return False
        self._edit.set_edit_text(shown[: place - 1] + "\n" + shown[place:])
        self._changed_since(before)
        return True

    def box(self, columns: int, most: int, note: Sequence[Run]) -> urwid.CompositeCanvas:
        """Draw it below a line, in at most so many rows: those around the cursor."""
        self._columns = max(1, columns - MARGINS)
        inner = self._edit.render((self._columns,), focus=True)
        rows = min(inner.rows(), max(1, most - 1))
        shown = urwid.CompositeCanvas(inner)
        cursor = self._cursor_row()
        first = max(0, min(cursor - rows + 1, inner.rows() - rows)) if cursor >= rows else 0
        self._first = first
        shown.trim(first, rows)
        shown.pad_trim_left_right(MARGINS - 1, columns - self._columns - MARGINS + 1)
        title: list[Run] = [("border", "── "), ("label", "Message "), *note]
        rest = join_ends(title, (), columns)
        dashes: Run = ("border", "─" * text.width(rest[-1][1]))
        return stack([line([*rest[:-1], dashes], columns), shown], columns, rows + 1)

    def click_box(self, column: int, row: int) -> bool:
        """Put the cursor at a place of the box that was drawn; whether that is in its text."""
        if row < 1:
            return False
        place = max(0, min(column - MARGINS + 1, self._columns - 1)), row - 1 + self._first
        stood = self._edit.edit_pos
        self._edit.mouse_event((self._columns,), "mouse press", 1, *place, True)
        self._edit.set_edit_pos(
            self._folded.beside(str(self._edit.edit_text), self._edit.edit_pos, stood)
        )
        return True

    def _cursor_row(self) -> int:
        place = self._edit.get_cursor_coords((self._columns,))
        return place[1] if place else 0

    def _leave_whole(self, before: str, stood: int) -> None:
        """Have what stands for a folded piece go as a whole, and keep the cursor out of it."""
        now = self._folded.mended(before, str(self._edit.edit_text))
        if now is not None:
            self._edit.set_edit_text(now[0])
            self._edit.set_edit_pos(now[1])
        place = self._folded.beside(str(self._edit.edit_text), self._edit.edit_pos, stood)
        self._edit.set_edit_pos(place)

    def _put(self, value: str) -> None:
        shown = self._folded.shown(folded_if_large(value))
        self._edit.set_edit_text(shown)
        self._edit.set_edit_pos(len(shown))

    def _changed_since(self, before: str) -> None:
        if self._recalled is not None and self.value != before:
            self._recalled = None
            self._put_aside(self._typed)
        super()._changed_since(before)

    def _insert(self, value: str) -> None:
        before = self.value
        self._edit.insert_text(value)
        self._changed_since(before)

    def _recall(self, direction: int) -> None:
        """Go through the history; what is being typed is its end."""
        end, typed = len(self._history), self.draft
        at = (end if self._recalled is None else self._recalled) + direction
        if at == end:
            self.show(typed)
        elif 0 <= at < end:
            self._put(self._history[at])
            self._recalled, self._typed = at, typed


class _Lines(Readline):
    """Shows a tab as one character; it stays a tab in the text."""

    def get_text(self) -> tuple[str, list[tuple[Hashable, int]]]:
        shown, attributes = super().get_text()
        return str(shown).replace("\t", TAB), attributes


class WithFoot(Box):
    """A pane that makes room at its foot while something is typed, or to be said, there."""

    def __init__(
        self,
        pane: Box,
        foot: Callable[[int, int], urwid.Canvas | None],
        on_click: Callable[[int, int], bool],
    ) -> None:
        """`foot` gets the columns and the most rows there are for it, `on_click` a place in it."""
        super().__init__()
        self._pane = pane
        self._foot = foot
        self._on_click = on_click

    def foot(self, columns: int, rows: int) -> urwid.Canvas | None:
        """Return what stands at the foot of so many columns and rows, if anything."""
        return self._foot(columns, max(2, rows // 2)) if rows >= 2 else None

    def draw(self, columns: int, rows: int) -> urwid.Canvas:
        below = self.foot(columns, rows)
        if below is None:
            return self._pane.render((columns, rows), focus=True)
        above = rows - below.rows()
        pane = urwid.CompositeCanvas(self._pane.render((columns, above), focus=False))
        pane.cursor = None
        return urwid.CanvasCombine([(pane, None, False), (below, None, True)])

    def mouse(self, columns: int, rows: int, click: Click) -> bool:
        below = self.foot(columns, rows)
        above = rows - (below.rows() if below else 0)
        if click.row < above:
            return self._pane.mouse(columns, above, click)
        return click.button == 1 and self._on_click(click.column, click.row - above)
