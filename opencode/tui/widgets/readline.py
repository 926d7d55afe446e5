"""Typing with the keys of a shell, in every kind of writing."""

from __future__ import annotations

import urwid
from urwid_readline.readline_edit import ReadlineEdit

from opencode import text

__all__ = ["Readline"]

# As urwid's own input has them; urwid_readline's keys of the same meaning come after the sign.
_OWN_KEYS = {"left", "right", "backspace", "delete"}
_SAME = {"ctrl h": "backspace", "ctrl d": "delete", "ctrl b": "left", "ctrl f": "right"}


class Readline(ReadlineEdit):
    """`ReadlineEdit` that leaves single characters to urwid.

    It counts code points where urwid 5 keeps the cursor between what is read as one character (a
    letter and its marks, the emoji of a family), so that what came after these was inserted before
    them, and backspace took the letter from under its mark.

    What is typed stays as it is, and is drawn in the form that all terminals count alike. That has
    as many columns, so that the cursor stands where it should.
    """

    def __init__(
        self, *, edit_text: str = "", multiline: bool = False, wrap: str = "space"
    ) -> None:
        super().__init__(edit_text=edit_text, multiline=multiline, wrap=wrap)  # type: ignore[no-untyped-call]

    def keypress(
        self,
        size: tuple[int],  # type: ignore[override]
        key: str,
    ) -> str | None:
        key = _SAME.get(key, key)
        if key not in _OWN_KEYS and not _is_text(key):
            unused: str | None = super().keypress(size, key)  # type: ignore[no-untyped-call]
            return unused
        self.size = size
        with self._capture_undo():
            if _is_text(key):
                self.insert_text(key)
                return None
            return urwid.Edit.keypress(self, size, key)

    def render(
        self,
        size: tuple[int],  # type: ignore[override]
        focus: bool = False,
    ) -> urwid.TextCanvas | urwid.CompositeCanvas:
        drawn = super().render(size, focus)
        rows = [row.decode() for row in drawn.text]
        # Without the blanks at the end: an emoji that is being typed would join with them.
        steady = [text.pad(text.steady(row.rstrip(" ")), drawn.cols()) for row in rows]
        if steady == rows:
            return drawn
        return urwid.TextCanvas(
            [row.encode() for row in steady], maxcol=drawn.cols(), cursor=drawn.cursor
        )


def _is_text(key: str) -> bool:
    """Whether it is a character that was typed, not the name of a key."""
    return len(key) == 1 and ord(key) >= 32
