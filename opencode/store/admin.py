"""Looking after a database: what works while migrations wait, or cannot be applied."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from opencode.db import survey
from opencode.db.provider import Provider, ProviderType
from opencode.db.target import Target
from opencode.errors import SchemaError

if TYPE_CHECKING:
    from opencode.db.pool import PoolFigures
    from opencode.db.upgrade import Progress, RollbackReport, UpgradeReport
    from opencode.store.checks import CheckReport
    from opencode.store.losses import Losses

__all__ = ["Admin", "Status"]


@dataclass(frozen=True, slots=True)
class Status:
    """A database at a glance; row counts are 0 where there are no tables yet."""

    provider: str
    location: str
    server_version: str
    schema_version: int
    """The number of the last migration applied."""
    applied: tuple[str, ...]
    pending: tuple[str, ...]
    sessions: int
    messages: int
    files: int
    size_bytes: int
    project_id: str
    pool: PoolFigures | None = None
    """None where there is no pool of connections."""
    unknown: tuple[str, ...] = ()
    """Migrations of a newer program, without which this one could work."""


class Admin:
    """The database of a directory, opened without upgrading it."""

    def __init__(
        self,
        provider: Provider,
        target: Target,
        project_id: str,
        old_rows_project: Callable[[], str],
    ) -> None:
        self.provider = provider
        self._target = target
        self._project_id = project_id
        self._old_rows_project = old_rows_project

    def status(self) -> Status:
        """Return where the database is, what it holds, and which migrations wait."""
        schema = survey.status(self._target)
        exists = bool(schema.applied)
        counts = self.provider.read(lambda q: q.count_everything()) if exists else None
        return Status(
            provider=self.provider.type.value,
            location=self.provider.location,
            server_version=self.provider.server_version(),
            schema_version=schema.version,
            applied=tuple(line.id for line in schema.applied),
            pending=schema.pending,
            sessions=counts.sessions if counts else 0,
            messages=counts.messages if counts else 0,
            files=counts.files if counts else 0,
            size_bytes=self.provider.size_bytes(),
            project_id=self._project_id,
            pool=self.provider.figures(),
            unknown=schema.unknown,
        )

    def migrate(self, progress: Progress | None = None) -> UpgradeReport:
        """Apply what is pending and backfill, whatever `autoMigrate` says."""
        from opencode.db.upgrade import upgrade

        return upgrade(
            self._target, auto_migrate=True, project_id=self._old_rows_project, progress=progress
        )

    def dry_run(self) -> str:
        """Return the SQL that `migrate` would run; empty when nothing is pending."""
        return survey.dry_run(self._target)

    def rollback(
        self,
        *,
        to: int | None = None,
        steps: int | None = None,
        progress: Progress | None = None,
    ) -> RollbackReport:
        """Undo migrations; see `opencode.db.upgrade.rollback`."""
        from opencode.db.upgrade import rollback

        return rollback(self._target, to=to, steps=steps, progress=progress)

    def dry_run_rollback(self, *, to: int | None = None, steps: int | None = None) -> str:
        """Return the SQL that `rollback` would run."""
        return survey.dry_run_rollback(self._target, to=to, steps=steps)

    def losses(self, to: int) -> Losses:
        """Count what going back to migration `to` would destroy."""
        from opencode.store.losses import losses

        version = survey.status(self._target).version
        return losses(self.provider, version=version, to=to)

    def check(self, *, fix: bool = False) -> CheckReport:
        """Verify the whole database; with `fix` repair what loses nothing."""
        from opencode.store.checks import check

        return check(self.provider, self._target, project_id=self._old_rows_project, fix=fix)

    def unlock(self) -> list[str]:
        """Return what there is to say of a migration lock that is free, a line each.

        Raises:
            SchemaError: It is held, and by whom; nobody but the holder can give it back.
        """
        try:
            holder = self._target.lock_holder()
        except self._target.errors as error:
            raise self._target.translate(error) from error
        if holder is None:
            return ["no process holds the migration lock"]
        ways = "wait for it, or end it"
        if self.provider.type is ProviderType.MYSQL:
            ways = "wait for it, or have an administrator KILL the connection"
        raise SchemaError(
            f"{holder} holds the migration lock and is still there",
            hint=f"the lock goes with its holder and cannot be taken away: {ways}",
        )

    def backup(self, file: Path) -> None:
        """Write a copy of the whole database to a new file."""
        self.provider.backup(file)

    def close(self) -> None:
        """Close the database."""
        self.provider.close()
