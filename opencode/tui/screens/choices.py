"""Small dialogs that ask which of a few things to do: what to copy, what to export."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from opencode import text
from opencode.models import Session
from opencode.tui.format import Run, shown_title
from opencode.tui.keymap import PLACES, bindings_in, key_label
from opencode.tui.loading import short_path
from opencode.tui.screens.base import Command, Host, Layer
from opencode.tui.screens.copy import copy_words
from opencode.tui.widgets.dialog import Button, Overlay, dialog
from opencode.tui.wording import sentence

if TYPE_CHECKING:
    from opencode.store import Store
    from opencode.store.export import Form

__all__ = ["Choices", "copy_dialog", "export_dialog"]


class Choices(Layer):
    """Shows the commands of its place, each on a line of its own, and is gone when one is done."""

    is_overlay = True

    def __init__(
        self,
        host: Host,
        place: str,
        title: str,
        commands: Mapping[str, Command],
        values: Mapping[str, str],
    ) -> None:
        """`values` is what commands are about, to be shown beside them."""
        super().__init__(host)
        self.place = place
        self._title = title
        self._commands = commands
        self._values = values

    def commands(self) -> Mapping[str, Command]:
        chosen = {name: self._closing(command) for name, command in self._commands.items()}
        return {**chosen, "cancel": self.back}

    def overlay(self, columns: int, rows: int) -> Overlay:
        ((_, bindings), *_) = bindings_in(PLACES[self.place].contexts)
        lines: list[Button] = []
        for binding in bindings[:-1]:
            value = text.truncate(self._values.get(binding.command, ""), max(0, columns - 30))
            runs: list[Run] = [("key", key_label(binding.keys[0])), (None, f"  {binding.does}")]
            if value:
                runs.append(("dim", f"  {value}"))
            lines.append(Button(binding.keys[0], tuple(runs)))
        cancel = Button("esc", (("key", "esc"), ("dim", "  cancel")))
        return dialog(self._title, lines, [cancel], columns, rows, attribute="title")

    def _closing(self, command: Command) -> Command:
        def close_and_do() -> None:
            self.back()
            command()

        return close_and_do


def copy_dialog(host: Host, session: Session) -> Choices:
    """Return the question what of a session to copy."""
    id, title = text.clean_line(session.id), text.clean_line(session.title)
    return Choices(
        host,
        "copying",
        "Copy",
        {
            "copy-id": lambda: copy_words(host, id, "session id"),
            "copy-title": lambda: copy_words(host, title, "session title"),
        },
        {"copy-id": id, "copy-title": shown_title(session.title)},
    )


def export_dialog(host: Host, session: Session) -> Choices:
    """Return the question in which form to export a session."""
    return Choices(
        host,
        "exporting",
        "Export to this directory",
        {
            "export-markdown": lambda: _export(host, session, "markdown"),
            "export-json": lambda: _export(host, session, "json"),
        },
        {},
    )


def _export(host: Host, session: Session, form: Form) -> None:
    """Write a session to a new file in the working directory."""

    def work(store: Store) -> str:
        from opencode.store.export import document, file_name, write_new

        name = file_name(session, form)
        path = write_new(Path.cwd(), name, document(store, session.id, form))
        kept = "" if path.name == name else f"; {name} was there and stays as it is"
        return f"Wrote {path.name} in {short_path(str(path.parent))}{kept}."

    def failed(error: Exception) -> bool:
        if isinstance(error, OSError):
            host.notice(sentence(f"Nothing was written: {error.strerror or error}"), "error")
        return isinstance(error, OSError)

    host.submit(work, host.notice, failed=failed)
