"""Text in the user's pager or editor, which have the terminal meanwhile."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from opencode.tui import programs
from opencode.tui.screens.base import Host

if TYPE_CHECKING:
    from opencode.store import Store

__all__ = ["edit", "view"]


def view(
    host: Host, load: Callable[[Store], str], name: str = "text.md", *, editor: bool = False
) -> None:
    """Show what `load` returns, clean text; what is changed in an editor is not kept."""
    command = (programs.editor if editor else programs.pager)(os.environ)

    def show(file: Path) -> None:
        code = _run(host, command, file)
        if code:
            host.notice(f"{_name(command)} {programs.ending(code)}.", "warning")
        elif code == 0 and editor:
            host.notice("That was a copy; what you changed in it is not kept.")
        _throw_away(host, file)

    def loaded(words: str) -> None:
        host.aside(partial(programs.temporary, words, name), show)

    host.submit(load, loaded)


def edit(host: Host, words: Callable[[], str], done: Callable[[str], None]) -> None:
    """Have a text edited; `done` gets what became of it, unless the editor fails."""
    command = programs.editor(os.environ)
    before = words()

    def show(file: Path) -> None:
        if words() != before:
            # Somebody typed on while the file was written.
            _throw_away(host, file)
            edit(host, words, done)
            return
        code = _run(host, command, file)
        # Read at once: nobody notices after an editor, and what came in between would be lost.
        edited = programs.read_back(file) if code is not None and file.exists() else before
        if code and edited != before:
            where = f"what was edited is in {file}"
            host.notice(f"{_name(command)} {programs.ending(code)}; {where}.", "error")
            return
        if code:
            host.notice(f"{_name(command)} {programs.ending(code)}.", "warning")
        elif code == 0:
            done(edited)
        _throw_away(host, file)

    host.aside(partial(programs.temporary, before, "message.md"), show)


def _run(host: Host, command: Sequence[str], file: Path) -> int | None:
    """Let a program have the terminal; None, which is told, when it cannot be started."""
    try:
        return host.outside.run([*command, str(file)])
    except OSError as error:
        host.notice(f"{command[0]} cannot be started: {error.strerror}.", "error")
        return None


def _name(command: Sequence[str]) -> str:
    return Path(command[0]).name


def _throw_away(host: Host, file: Path) -> None:
    host.aside(partial(programs.throw_away, file), lambda _: None)
