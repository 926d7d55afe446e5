"""What to copy, chosen from a short list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from opencode import text
from opencode.models import Session
from opencode.tui import clipboard
from opencode.tui.copying import Choice, Spot, choices
from opencode.tui.format import Run
from opencode.tui.screens.base import Command, Host, Layer
from opencode.tui.screens.lines import Lines
from opencode.tui.widgets.dialog import Overlay, boxed
from opencode.tui.widgets.listview import ListView
from opencode.tui.widgets.row import Row
from opencode.tui.wording import sentence

__all__ = ["CopyDialog", "copy_words"]

COLUMNS = 64
MAX_ROWS = 12


class CopyDialog(Layer):
    """Lists what can be copied where the cursor stands; the likeliest comes first."""

    place = "copy"
    is_overlay = True
    widget: ListView

    def __init__(self, host: Host, session: Session, spot: Spot | None = None) -> None:
        super().__init__(host)
        self._session = session
        self._spot = spot
        self._choices: Sequence[Choice] = ()
        self._hurried = False
        """Whether the first choice was taken before the choices were there."""
        self._lines = Lines(on_click=self._copy)
        self.widget = self._lines.view
        self.widget.placeholder = [[("dim", "loading…")]]

    def commands(self) -> Mapping[str, Command]:
        return {"copy-this": self._copy}

    def move(self, command: str) -> bool:
        return self._lines.view.move(command)

    def shown(self) -> None:
        self.host.submit(
            partial(choices, session=self._session, spot=self._spot),
            self._loaded,
            key="copy",
            failed=self._gone,
        )

    def overlay(self, columns: int, rows: int) -> Overlay:
        width = max(1, min(COLUMNS, columns - 8))
        height = max(1, min(len(self._choices), MAX_ROWS, rows - 2))
        return Overlay(boxed("Copy what?", self.widget.render((width, height))), pane=True)

    def _loaded(self, found: Sequence[Choice]) -> None:
        self._choices = found
        self._lines.show([Row(partial(_row, choice)) for choice in found])
        if self._hurried:
            self._copy()

    def _gone(self, _: Exception) -> bool:
        self.back()
        return False

    def _copy(self) -> None:
        self._hurried = not self._choices
        if self._choices:
            chosen = self._choices[self._lines.view.viewport.cursor]
            self.back()
            copy_words(self.host, chosen.words, chosen.label)


def copy_words(host: Host, words: str, what: str) -> None:
    """Copy clean text and say where it went."""

    def failed(error: Exception) -> bool:
        if isinstance(error, OSError):
            host.notice(sentence(f"Nothing could be copied: {error.strerror or error}"), "error")
        return isinstance(error, OSError)

    work = partial(clipboard.copy, words, text.truncate(what, 30))
    host.aside(work, host.notice, failed=failed)


def _row(choice: Choice, width: int) -> list[Run]:
    return [(None, text.pad(text.clean_line(choice.label), width))]
