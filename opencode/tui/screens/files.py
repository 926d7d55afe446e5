"""The files that a session and those below it wrote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from heapq import nsmallest

from opencode import text
from opencode.models import Session
from opencode.tui.format import Run, shown_title
from opencode.tui.keymap import MOVES
from opencode.tui.screens.base import Command, Host, Layer
from opencode.tui.screens.difference import DifferenceScreen
from opencode.tui.screens.lines import Lines
from opencode.tui.screens.programs import view
from opencode.tui.screens.write import ask_where
from opencode.tui.tabs import clean_keeping_tabs
from opencode.tui.versions import Counts, TreeFile, content, count_lines, tree_files
from opencode.tui.widgets.listview import ListView
from opencode.tui.widgets.row import Row

__all__ = ["FilesScreen"]

VERSIONS, ADDED, REMOVED = 13, 8, 8

AT_ONCE = 100
"""Files that are given to one job to count; it does as many as it has time for."""

COUNT_KEY = "files.count"

MIN_NAME = 24
"""Columns of a path below which the number of versions is left out."""


class FilesScreen(Layer):
    """Paths with their versions and how many lines came and went from the first to the last."""

    place = "files"
    widget: ListView

    def __init__(self, host: Host, session: Session) -> None:
        super().__init__(host)
        self._session = session
        self._files: Sequence[TreeFile] = ()
        self._was_read = False
        self._counts: dict[TreeFile, Counts | None] = {}
        self._widest = 0
        """Columns of the longest name; the numbers stand beside that, however wide the pane."""
        self._lines = Lines(on_open=self._open)
        self.widget = self._lines.view
        self.widget.placeholder = [[("dim", "loading…")]]

    def commands(self) -> Mapping[str, Command]:
        return {
            "compare": self._open,
            "pager": self._view,
            "editor": lambda: self._view(editor=True),
            "write": self._write,
        }

    def unavailable(self, command: str) -> str:
        if self._files or command not in MOVES | self.commands().keys():
            return ""
        if not self._was_read:
            return "the files are still being read"
        return "no files were written in this session"

    def move(self, command: str) -> bool:
        return self._lines.view.move(command)

    def header(self) -> tuple[Sequence[Run], Sequence[Run]]:
        title = shown_title(self._session.title)
        right = text.plural(len(self._files), "file") if self._files else ""
        return [("title", "Files"), ("dim", f"  of {title}")], [("dim", right)]

    def session_title(self) -> str:
        return shown_title(self._session.title)

    def shown(self) -> None:
        self.refresh()

    def refresh(self) -> None:
        self.host.submit(
            partial(tree_files, session_id=self._session.id), self._loaded, key="files"
        )

    def changed(self) -> None:
        self.refresh()

    def left(self) -> None:
        self.host.forget(COUNT_KEY)

    @property
    def _selected(self) -> TreeFile | None:
        cursor = self._lines.view.viewport.cursor
        return self._files[min(cursor, len(self._files) - 1)] if self._files else None

    def _loaded(self, files: Sequence[TreeFile]) -> None:
        known = self._selected
        self._files = files
        self._counts = {file: self._counts[file] for file in files if file in self._counts}
        self._was_read = True
        self._widest = max((text.width("".join(_name(file))) for file in files), default=0)
        self.widget.placeholder = [[("dim", "No files were written in this session.")]]
        self._lines.show([Row(partial(self._row, file)) for file in files])
        paths = [(file.session_id, file.path) for file in files]
        if known and (known.session_id, known.path) in paths:
            self._lines.view.select(paths.index((known.session_id, known.path)))
        self._count()

    def _count(self) -> None:
        """Have those files counted that were not yet, in sight or near that first."""
        first, last = self._lines.view.visible()
        waiting = [at for at, file in enumerate(self._files) if file not in self._counts]
        if not waiting:
            return
        nearest = nsmallest(AT_ONCE, waiting, lambda at: max(first - at, at - last, 0))
        work = partial(count_lines, files=[self._files[at] for at in nearest])
        self.host.submit(work, self._counted, key=COUNT_KEY)

    def _counted(self, counts: Mapping[TreeFile, Counts | None]) -> None:
        self._counts |= counts
        self._count()

    def _row(self, file: TreeFile, width: int) -> list[Run]:
        counts = self._counts.get(file)
        added = f"+{counts.added:,}" if counts else ""
        removed = f"−{counts.removed:,}" if counts else ""
        versions = text.pad(text.plural(len(file.versions), "version"), VERSIONS, "right")
        room = width - VERSIONS - ADDED - REMOVED
        if room < MIN_NAME:
            versions, room = "", room + VERSIONS
        return [
            (None, _fitted(file, max(0, min(room, self._widest)))),
            ("dim", versions),
            ("diff.add", text.pad(added, ADDED, "right")),
            ("diff.remove", text.pad(removed, REMOVED, "right")),
        ]

    def _open(self) -> None:
        if self._selected is not None:
            self.host.push(DifferenceScreen(self.host, self._session, self._selected))

    def _view(self, *, editor: bool = False) -> None:
        file = self._selected
        if file is not None:
            view(
                self.host,
                lambda store: clean_keeping_tabs(content(store, file, file.versions[-1])),
                file.path,
                editor=editor,
            )

    def _write(self) -> None:
        if self._selected is not None:
            ask_where(self, self._selected, self._selected.versions[-1])


def _fitted(file: TreeFile, width: int) -> str:
    """Return the name in exactly so many columns; of a path the end is kept."""
    path, below = _name(file)
    if text.width(path) + text.width(below) > width:
        below = text.truncate(below, width // 2)
        path = text.truncate(path, width - text.width(below), side="left")
    return text.pad(f"{path}{below}", width)


def _name(file: TreeFile) -> tuple[str, str]:
    """Return the path, and the session it belongs to when that is one below."""
    below = f"  ({text.clean_line(file.below)})" if file.below else ""
    return text.clean_line(file.path), below
