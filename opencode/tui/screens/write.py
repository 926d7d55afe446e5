"""Writing a version of a file to disk: where to, and what if there is one already."""

from __future__ import annotations

import errno
import os.path
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from opencode import text
from opencode.tui.format import Run
from opencode.tui.screens.base import Command, Host, Layer
from opencode.tui.versions import Standing, TreeFile, write_version
from opencode.tui.widgets.dialog import dialog
from opencode.tui.widgets.prompt import Prompt

if TYPE_CHECKING:
    import urwid

__all__ = ["ReplaceDialog", "ask_where", "place_for"]

ROOM_FOR_KEYS = 52
"""Columns below which the box holds only what decides."""


def ask_where(layer: Layer, file: TreeFile, version: str) -> None:
    """Have the path typed, starting from the file's; then write, or ask about replacing."""
    host = layer.host

    def accept(path: str) -> bool:
        if not path.strip():
            host.notice("name a file to write to", "error")
            return False
        target = Path(path.strip())
        work = partial(write_version, file=file, version=version, path=target)

        def done(standing: Standing | None) -> None:
            if standing is None:
                _written(host, target)
            elif standing.same:
                host.notice(f"{text.clean_line(str(standing.path))} is the same already.")
            else:
                replace = partial(work, replace=True)
                host.push(
                    ReplaceDialog(
                        host,
                        standing,
                        lambda: host.submit(
                            replace, lambda _: _written(host, target), failed=_failed(host)
                        ),
                    )
                )

        host.submit(work, done, failed=_failed(host))
        return True

    layer.ask(Prompt("write to:", place_for(file.path, Path.cwd()), accept=accept))


def place_for(path: str, here: Path) -> str:
    """Return where to offer to write: a path within `here`, whatever the database has.

    Others may have chosen the path, and on another machine. What leads elsewhere is offered by its
    name alone; who wants it there can say so.
    """
    place = os.path.relpath(here / path, here)
    outside = place in {os.curdir, os.pardir} or place.startswith(f"{os.pardir}{os.sep}")
    return Path(path).name if outside else place


class ReplaceDialog(Layer):
    """Says which file is there; only `y` replaces it."""

    place = "replace"
    is_overlay = True

    def __init__(self, host: Host, standing: Standing, replace: Command) -> None:
        super().__init__(host)
        self._standing = standing
        self._replace = replace

    def commands(self) -> Mapping[str, Command]:
        return {"confirm": self._confirm, "cancel": self.back}

    def overlay(self, columns: int, rows: int) -> urwid.Canvas:
        narrow = columns < ROOM_FOR_KEYS
        path = text.clean_line(str(self._standing.path))
        lines: list[Sequence[Run]] = [
            [("strong", text.truncate(path, columns - 8, side="left") if narrow else path)],
            [(None, f"It has {text.size(self._standing.size)} and holds something else.")],
            [("warning", "What is in it now is lost when it is replaced.")],
        ]
        choices: list[Run] = [
            ("button", "[ Cancel ]"),
            ("dim", "      " if narrow else "  enter, n, esc      "),
            ("key", "y"),
            ("error", "  replace"),
        ]
        return dialog("Replace the file?", lines, choices, columns, rows)

    def _confirm(self) -> None:
        self.back()
        self._replace()


def _written(host: Host, target: Path) -> None:
    host.notice(f"Wrote {text.clean_line(str(target))}.")


def _failed(host: Host) -> Callable[[Exception], bool]:
    def failed(error: Exception) -> bool:
        if not isinstance(error, OSError):
            return False
        where = text.clean_line(str(error.filename or ""))
        words = error.strerror or str(error)
        if error.errno == errno.ENOENT:
            words, where = "there is no such directory", str(Path(where).parent)
        host.notice(f"Not written: {words.lower()}: {where}", "error")
        return True

    return failed
