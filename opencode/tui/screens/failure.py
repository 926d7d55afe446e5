"""The database is out of reach: what was tried, and what can be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from opencode.errors import OpencodeError
from opencode.tui.format import Run
from opencode.tui.keymap import hints
from opencode.tui.screens.base import Command, Host, Layer
from opencode.tui.screens.logscreen import LogScreen
from opencode.tui.widgets.dialog import Button, Overlay, dialog
from opencode.tui.wording import sentence

__all__ = ["FailureDialog"]


class FailureDialog(Layer):
    """Stays until trying again has worked; nothing else is opened instead of the database."""

    is_overlay = True
    quits = True

    def __init__(self, host: Host, error: OpencodeError, retry: Command) -> None:
        super().__init__(host)
        self.error = error
        self.attempts = 1
        self._retry = retry
        self._try(on=False)

    def commands(self) -> Mapping[str, Command]:
        return {
            "retry": self.retry,
            "log": lambda: self.host.push(LogScreen(self.host)),
            "dismiss": self.back,
        }

    def unavailable(self, command: str) -> str:
        return "it is being tried" if command == "retry" and self.trying else ""

    def retry(self) -> None:
        """Try again, once at a time; another failure brings the panel back, or keeps it."""
        if not self.trying:
            self._try(on=True)
            self._retry()

    def again(self, error: OpencodeError, retry: Command) -> None:
        """Take note that it failed once more."""
        self.error = error
        self.attempts += 1
        self._retry = retry
        self._try(on=False)

    def overlay(self, columns: int, rows: int) -> Overlay:
        counted = self.attempts > 1 and self.error.attempts == 1  # others tell it by themselves
        tried = f" ({self.attempts} attempts)" if counted else ""
        lines: list[Sequence[Run]] = [
            [(None, sentence(f"{self.error.message.rstrip('.')}{tried}"))]
        ]
        if self.host.provider == "remote":
            words = "Nothing was changed, and sessions were not read from SQLite instead."
            lines.append([(None, words)])
        if self.error.hint:
            lines.append([("dim", sentence(self.error.hint))])
        return dialog("Cannot reach the session database", lines, self._choices(), columns, rows)

    def _try(self, *, on: bool) -> None:
        """Take note whether it is being tried, and offer what can be done meanwhile."""
        self.trying = on
        unopened = self.host.place is None
        if on:
            self.place = "reopening" if unopened else "retrying"
        else:
            self.place = "unopened" if unopened else "failure"

    def _choices(self) -> list[Button]:
        if self.trying:
            return [Button("", (("notice", "trying again …"),))]
        return [
            Button(hint.keys[0], (("key", hint.label), ("dim", f"  {hint.words}")))
            for hint in hints(self.place)
        ]
