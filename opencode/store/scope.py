"""What the services of one project share."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple, TypeVar

from opencode import limits
from opencode.db.provider import Provider
from opencode.db.querier import Querier
from opencode.errors import NotFound
from opencode.models import Session

__all__ = ["Scope", "again"]

T = TypeVar("T")


def _now() -> int:
    return int(time.time())


def again(_querier: Querier) -> None:
    """Say that the work may simply be run twice; for `arrived` of `Provider.run`."""


class Scope(NamedTuple):
    """A provider, the one project in it that is seen, and who is working."""

    provider: Provider
    project_id: str
    author: Callable[[], str]
    now: Callable[[], int] = _now

    def run(
        self, work: Callable[[Querier], T], *, arrived: Callable[[Querier], T | None] | None = None
    ) -> T:
        """Run `work` in a write transaction; see `Provider.run`."""
        return self.provider.run(work, arrived=arrived)

    def read(self, work: Callable[[Querier], T]) -> T:
        """Run `work`, which only reads; see `Provider.read`."""
        return self.provider.read(work)

    def session(self, querier: Querier, session_id: str) -> Session:
        """Return a session of the project, or raise `NotFound`."""
        session = querier.get_session(project_id=self.project_id, id=self.key(session_id))
        if session is None:
            raise self.no_session(session_id)
        return session

    def key(self, session_id: str) -> str:
        """Return the id to look for a session by; `NotFound` when none can have it."""
        if not limits.is_key(session_id):
            raise self.no_session(session_id)
        return session_id

    def no_session(self, session_id: str) -> NotFound:
        """Return the error for an id the project does not have."""
        return NotFound(
            f"no session {session_id} in project {self.project_id}",
            hint="opencode session list --all shows the project's sessions; "
            "-P looks into another project",
        )
