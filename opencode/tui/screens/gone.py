"""A session that was deleted while it was open here: what is left, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from opencode import text
from opencode.models import Session
from opencode.tui.folded import unfolded
from opencode.tui.format import Run, join_ends
from opencode.tui.keymap import key_for
from opencode.tui.screens.base import Command, Layer
from opencode.tui.screens.copy import copy_words
from opencode.tui.widgets.lines import line, stack, text_canvas

if TYPE_CHECKING:
    import urwid

__all__ = ["Gone"]

MARGIN = 2

CAN_BE_DONE = (
    ("copy-text", "copies it"),
    ("move-text", "puts it in a new session"),
)


class Gone:
    """Says so at the foot of the screen, where it takes no key from who is typing or reading.

    What is loaded can still be read. What was typed can be copied, looked at, and put into a new
    session.
    """

    def __init__(
        self, layer: Layer, session: Callable[[], Session], moved: Callable[[Session], None]
    ) -> None:
        """`moved` is called with the session that has got the text."""
        self._layer = layer
        self._host = layer.host
        self._drafts = layer.host.drafts
        self._session = session
        self._moved = moved

    def settle(self) -> None:
        """Have the keys mean what can be done now."""
        self._drafts.lose(self._session().id)
        self._layer.place = "stranded" if self._has_text() else "gone"

    def commands(self) -> Mapping[str, Command]:
        """Return what can be done with the text."""
        return {"copy-text": self._copy, "move-text": self._move, "discard": self._discard}

    def box(self, columns: int, most: int) -> urwid.CompositeCanvas:
        """Draw what there is to say, in at most so many rows; the text comes first."""
        title: list[Run] = [("border", "── "), ("error", "This session was deleted elsewhere ")]
        rest = join_ends(title, (), columns)
        dashes: Run = ("border", "─" * text.width(rest[-1][1]))
        inner = max(1, columns - 2 * MARGIN)
        said = [text_canvas(runs, inner, wrap="space") for runs in self._lines()]
        rows = min(sum(canvas.rows() for canvas in said), max(1, most - 1))
        below = stack(said, inner, rows)
        below.pad_trim_left_right(MARGIN, columns - inner - MARGIN)
        return stack([line([*rest[:-1], dashes], columns), below], columns, rows + 1)

    def leave(self) -> None:
        """Say where the text is to be found from now on."""
        if self._has_text():
            self._host.notice("Your text is kept: ↑ in any message prompt brings it back.")

    def _lines(self) -> list[list[Run]]:
        shared = self._host.provider == "remote"
        who = "Somebody else, or another window," if shared else "Another window or program"
        why = f"{who} deleted the session, or moved it to another project."
        lines: list[list[Run]] = [[("dim", why)]]
        if self._has_text():
            runs: list[Run] = []
            for command, words in CAN_BE_DONE:
                runs += [(None, ", ")] if runs else [("strong", "Your text is kept: ")]
                runs += [("key", key_for("stranded", command)), (None, f" {words}")]
            lines.insert(0, [*runs, (None, ".")])
        return lines

    def _text(self) -> str:
        return self._drafts.text(self._session().id)

    def _has_text(self) -> bool:
        return bool(self._text().strip())

    def _copy(self) -> None:
        copy_words(self._host, unfolded(self._text()), "your text")

    def _move(self) -> None:
        """Start a session of the same title, and go on writing there."""
        old, words = self._session(), self._text()

        def created(session: Session) -> None:
            self._drafts.open(session.id, session.project_id)
            self._drafts.keep(session.id, words)
            self._drafts.discard(old.id)
            self._moved(session)

        self._host.submit(lambda store: store.sessions.create(title=old.title), created)

    def _discard(self) -> None:
        self._drafts.discard(self._session().id)
        self.settle()
        self._host.notice("Thrown away. Until you leave, ↑ in any message prompt brings it back.")
