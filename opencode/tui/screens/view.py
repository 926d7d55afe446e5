"""Showing text in the user's pager or editor, and coming back."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from opencode.tui import viewing
from opencode.tui.screens.base import Host

if TYPE_CHECKING:
    from opencode.store import Store

__all__ = ["view"]


def view(
    host: Host, load: Callable[[Store], str], name: str = "text.md", *, editor: bool = False
) -> None:
    """Show what `load` returns, clean text; what is changed in an editor is not kept."""
    command = (viewing.editor if editor else viewing.pager)(os.environ)
    program = Path(command[0]).name

    def work(store: Store) -> Path:
        return viewing.temporary(load(store), name)

    def show(file: Path) -> None:
        try:
            code = host.outside.run([*command, str(file)])
        except OSError as error:
            host.notice(f"{program} cannot be started: {error.strerror}", "error")
        else:
            if code:
                host.notice(f"{program} ended with code {code}.", "warning")
            elif editor:
                host.notice("That was a copy; what you changed in it is not kept.")
        host.submit(lambda _: viewing.throw_away(file), lambda _: None)

    host.submit(work, show)
