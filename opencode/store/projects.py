"""Projects of a database, and moving the sessions of one to another."""

from __future__ import annotations

from collections.abc import Sequence

from opencode import limits
from opencode.db.querier import Querier
from opencode.errors import InvalidValue, NotFound
from opencode.models import Project
from opencode.project import check_project_id
from opencode.store.scope import Scope

__all__ = ["Projects"]


class Projects:
    """All projects of the database: the one service that looks beyond the current one."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def list(self) -> Sequence[Project]:
        """Return all projects, last activity first."""
        projects = self._scope.read(lambda querier: querier.list_projects())
        return sorted(projects, key=lambda p: (-p.updated_at, p.project_id))

    def others(self) -> tuple[int, int]:
        """Return how many other projects there are, and how many sessions without sub-sessions."""
        others = [p for p in self.list() if p.project_id != self._scope.project_id]
        return len(others), sum(p.roots for p in others)

    def move(self, old: str, new: str) -> int:
        """Give all sessions of a project to another; return how many.

        `updated_at` of the sessions stays.

        Raises:
            NotFound: no session has the old project.
            InvalidValue: the new id is not one, or is the old one.
        """
        new = check_project_id(new)
        if new == old:
            raise InvalidValue(f"project {old} cannot be moved to itself", hint="name another")
        if old != old.strip() or not (old and limits.is_text(old)):
            raise _no_sessions(old)
        counted: list[int] = []

        def work(querier: Querier) -> int:
            counted.append(querier.move_project(new_project_id=new, project_id=old))
            return counted[-1]

        def gone(querier: Querier) -> int | None:
            return None if querier.count_project(project_id=old).sessions else counted[-1]

        moved = self._scope.run(work, arrived=gone)
        if not moved:
            raise _no_sessions(old)
        return moved


def _no_sessions(project_id: str) -> NotFound:
    return NotFound(
        f"no session belongs to project {project_id}",
        hint="opencode project list shows all projects",
    )
