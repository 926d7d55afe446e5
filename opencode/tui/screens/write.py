"""Writing a version of a file to disk: where to, and what if there is one already."""

from __future__ import annotations

import os.path
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from opencode import text
from opencode.tui.format import Run
from opencode.tui.loading import short_path
from opencode.tui.screens.base import Command, Host, Layer
from opencode.tui.screens.inputs import Input
from opencode.tui.screens.replacing import Replacing
from opencode.tui.versions import Standing, TreeFile, write_version
from opencode.tui.wording import sentence

__all__ = ["ReplaceDialog", "ask_where", "place_for"]


def ask_where(layer: Layer, file: TreeFile, version: str) -> None:
    """Have the path typed, starting from the file's; then write, or ask about replacing."""
    host = layer.host

    def accept(typed: str) -> bool:
        if not typed.strip():
            host.notice("Name a file to write to.", "error")
            return False
        work = partial(write_version, file=file, version=version, path=Path(typed.strip()))

        def done(result: Path | Standing) -> None:
            if isinstance(result, Path):
                host.notice(f"Wrote {_shown(result)}.")
            elif result.same:
                host.notice(f"{_shown(result.path)} is the same already.")
            else:
                replace = partial(asked.submit, typed, partial(work, replace=True), done)
                cancel = partial(asked.ask, typed)
                host.push(ReplaceDialog(host, result, replace, cancel))

        asked.submit(typed, work, done)
        return True

    asked = Input(layer, "write to:", accept, _refused)
    asked.ask(place_for(file.path, Path.cwd()))


def place_for(path: str, here: Path) -> str:
    """Return where to offer to write: a path within `here`, whatever the database has.

    Others may have chosen the path, and on another machine. What leads elsewhere is offered by its
    name alone; who wants it there can say so.
    """
    place = os.path.relpath(here / path, here)
    outside = place in {os.curdir, os.pardir} or place.startswith(f"{os.pardir}{os.sep}")
    return Path(path).name if outside else place


class ReplaceDialog(Replacing):
    """Says which file is there."""

    place = "replace"
    heading = "Replace the file?"

    def __init__(self, host: Host, standing: Standing, replace: Command, cancel: Command) -> None:
        super().__init__(host, replace, cancel)
        self._standing = standing

    def lines(self, width: int, *, narrow: bool) -> Sequence[Sequence[Run]]:
        path = text.clean_line(str(self._standing.path))
        return [
            [("strong", text.truncate(path, width, side="left") if narrow else path)],
            [(None, f"It has {text.size(self._standing.size)} and holds something else.")],
            [("warning", "What is in it now is lost when it is replaced.")],
        ]


def _shown(path: Path) -> str:
    """Return a path as seen from here."""
    here = Path.cwd()
    below = path != here and path.is_relative_to(here)
    place = str(path.relative_to(here)) if below else short_path(str(path))
    return text.clean_line(place)


def _refused(error: Exception) -> str:
    if not isinstance(error, OSError):
        return ""
    words = error.strerror or str(error)
    return sentence(f"{words}: {_shown(Path(error.filename))}" if error.filename else words)
