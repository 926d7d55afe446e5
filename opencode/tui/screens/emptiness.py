"""What stands in place of the list while a project has no sessions: where was looked for them."""

from __future__ import annotations

from opencode import text
from opencode.tui.format import Run
from opencode.tui.screens.base import Command, Host

__all__ = ["Emptiness"]


class Emptiness:
    """Answers "my sessions are gone"; `changed` is called when there is more to tell."""

    def __init__(self, host: Host, changed: Command) -> None:
        self._host = host
        self._changed = changed
        self._others: tuple[int, int] | None = None
        """How many other projects there are, and how many sessions they hold."""

    def lines(self) -> list[list[Run]]:
        """Return what to show; what other projects hold is counted when it is asked for first."""
        if self._others is None:
            self._others = (0, 0)
            self._host.submit(lambda store: store.projects.others(), self._counted)
        place = self._host.place
        if place is None:
            return []
        projects, sessions = self._others
        where: list[Run] = [("dim", "in "), (None, text.clean_line(place.location))]
        if projects:
            others = text.plural(projects, "other project")
            verb = "holds" if projects == 1 else "hold"
            held = f"{others} {verb} {text.plural(sessions, 'session')}"
            where += [("dim", f" ({held}: press "), ("key", "P"), ("dim", ")")]
        return [
            [("strong", "No sessions for this project yet.")],
            [("dim", "Looked for project "), (None, text.clean_line(place.project_id))],
            where,
            [(None, " ")],
            [("key", "n"), ("dim", " starts the first one")],
        ]

    def _counted(self, others: tuple[int, int]) -> None:
        self._others = others
        self._changed()
