"""The projects of the database, to look at another one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from opencode import text
from opencode.models import Project
from opencode.tui.format import Run, with_more
from opencode.tui.keymap import MOVES
from opencode.tui.screens.base import Command, Host, Layer
from opencode.tui.screens.lines import Lines
from opencode.tui.widgets.listview import ListView
from opencode.tui.widgets.row import Row

__all__ = ["ProjectsScreen"]

SESSIONS, UPDATED = 16, 11

MIN_NAME = 24
"""Columns of an id below which the last activity is left out."""


class ProjectsScreen(Layer):
    """Every project with the number of its sessions, last activity first."""

    place = "projects"
    widget: ListView

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self._lines = Lines(on_open=self._choose)
        self._projects: Sequence[Project] = ()
        self._was_read = False
        self._columns = 0
        self._widest = 0
        """Columns of the longest id; the numbers stand beside that, however wide the pane."""
        self.widget = self._lines.view
        self.widget.placeholder = [[("dim", "loading…")]]

    def commands(self) -> Mapping[str, Command]:
        return {"choose": self._choose}

    def unavailable(self, command: str) -> str:
        if command not in MOVES | {"choose"}:
            return ""
        if not self._was_read:
            return "the projects are still being read"
        if not self._projects:
            return "there are no sessions in this database yet"
        only = len(self._projects) == 1 and self._projects[0].project_id == self._present()
        return "there is no other project; esc goes back" if only else ""

    def move(self, command: str) -> bool:
        return self._lines.view.move(command)

    def header(self) -> tuple[Sequence[Run], Sequence[Run]]:
        left: list[Run] = [("title", "Projects")]
        if not self._projects:
            return left, ()
        right: list[Run] = [("dim", text.plural(len(self._projects), "project"))]
        return left, with_more(left, right, [("dim", " · last activity first")], self._columns)

    def resized(self, columns: int, rows: int) -> None:
        self._columns = columns

    def shown(self) -> None:
        self.refresh()

    def refresh(self) -> None:
        self.host.submit(lambda store: store.projects.list(), self._loaded, key="projects")

    def changed(self) -> None:
        self.refresh()

    def _loaded(self, projects: Sequence[Project]) -> None:
        cursor = self._lines.view.viewport.cursor
        known = self._projects[cursor].project_id if self._projects else self._present()
        self._projects = projects
        self._was_read = True
        names = [project.project_id for project in projects]
        self._widest = max((text.width(text.clean_line(name)) for name in names), default=0)
        self._lines.show([Row(partial(self._row, project)) for project in projects])
        self.widget.placeholder = [[("dim", "No sessions in this database yet.")]]
        if known in names:
            self._lines.view.select(names.index(known))

    def _present(self) -> str:
        return self.host.place.project_id if self.host.place else ""

    def _row(self, project: Project, width: int) -> list[Run]:
        name = text.clean_line(project.project_id)
        sessions = text.plural(project.roots, "session")
        numbers = text.pad(sessions, SESSIONS, "right")
        if width - SESSIONS - UPDATED - 2 >= MIN_NAME:
            numbers += text.pad(text.age(project.updated_at, self.host.now()), UPDATED, "right")
        here = project.project_id == self._present()
        room = max(0, min(width - len(numbers) - 2, self._widest))
        shown = text.pad(text.truncate(name, room, side="left"), room)
        return [
            ("strong", "• ") if here else (None, "  "),
            ("strong" if here else None, shown),
            ("dim", numbers),
        ]

    def _choose(self) -> None:
        if self._projects:
            self.host.switch_project(self._projects[self._lines.view.viewport.cursor].project_id)
