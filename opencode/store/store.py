"""The store: what the front ends, and other programs, work with."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from opencode.config import Config
from opencode.db.provider import Provider
from opencode.project import ProjectIdentity, check_project_id
from opencode.store.scope import Scope
from opencode.store.sessions import Sessions

if TYPE_CHECKING:
    from opencode.db.target import Target
    from opencode.db.upgrade import UpgradeReport
    from opencode.store.admin import Admin, Status
    from opencode.store.checks import CheckReport
    from opencode.store.files import Files
    from opencode.store.messages import Messages
    from opencode.store.projects import Projects

__all__ = ["Store"]


class Store:
    """One project's sessions, messages and files in an open database.

    Any thread may call it.  Use it as a context manager, or `close` it.
    """

    def __init__(
        self,
        provider: Provider,
        project: ProjectIdentity,
        config: Config,
        *,
        author: Callable[[], str],
        target: Target,
        old_rows_project: Callable[[], str],
        upgraded: UpgradeReport | None = None,
    ) -> None:
        self.provider = provider
        self.project = project
        self.config = config
        self.upgraded = upgraded
        """What opening the database changed in it; None when nothing had to be done."""
        self._author = author
        self._target = target
        self._old_rows_project = old_rows_project
        self._scope = Scope(provider, project.project_id, author)
        self.sessions = Sessions(self._scope)
        """The others are made when they are asked for: a list of sessions waits for none."""

    @cached_property
    def messages(self) -> Messages:
        """The messages of the project's sessions."""
        from opencode.store.messages import Messages

        return Messages(self._scope)

    @cached_property
    def files(self) -> Files:
        """The file versions of the project's sessions."""
        from opencode.store.files import Files

        return Files(self._scope)

    @cached_property
    def projects(self) -> Projects:
        """The projects of the database."""
        from opencode.store.projects import Projects

        return Projects(self._scope)

    def in_project(self, project_id: str) -> Store:
        """Return a view of another project in the same database; closing one closes both."""
        from dataclasses import replace

        project = replace(
            self.project,
            project_id=check_project_id(project_id),
            rule="option",
            explanation=("chosen explicitly",),
        )
        return Store(
            self.provider,
            project,
            self.config,
            author=self._author,
            target=self._target,
            old_rows_project=self._old_rows_project,
            upgraded=self.upgraded,
        )

    def transaction(self) -> AbstractContextManager[None]:
        """Make all calls of this thread inside the block one transaction: all or nothing."""
        return self.provider.transaction()

    def snapshot(self) -> AbstractContextManager[None]:
        """Let all reads of this thread inside the block see the store of one moment.

        Others may write meanwhile; this thread cannot.
        """
        return self.provider.snapshot()

    def data_version(self, *, within: float | None = None) -> int:
        """Return a number that changes when others have written; for a live display."""
        return self.provider.data_version(within=within)

    def adopt(self) -> int:
        """File sessions that the Go OpenCode has begun since the opening; returns how many.

        It gives them no project, and until then they are in no listing.
        """
        from opencode.db.startup import bring_up_to_date

        report = bring_up_to_date(
            self._target, auto_migrate=False, project_id=self._old_rows_project
        )
        return report.backfilled.sessions if report else 0

    def status(self) -> Status:
        """Return where the database is, what it holds, and which migrations it has."""
        return self._admin().status()

    def check(self, *, fix: bool = False) -> CheckReport:
        """Verify the whole database; with `fix` repair what loses nothing."""
        return self._admin().check(fix=fix)

    def backup(self, file: Path) -> None:
        """Write a copy of the whole database to a new file."""
        self.provider.backup(file)

    def _admin(self) -> Admin:
        from opencode.store.admin import Admin

        return Admin(self.provider, self._target, self.project.project_id, self._old_rows_project)

    def close(self) -> None:
        """Close the database."""
        self.provider.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
