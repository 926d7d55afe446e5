"""Everything it takes to use a database: what happens at a start when there is something to do.

    look (`startup`)  →  lock  →  look again  →  verify  →  back up  →  migrate  →  backfill

Another process may have done the work while this one waited for the lock; it then finds nothing
left to do.  Whatever is refused is refused before anything was changed.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

from opencode.db.backfill import BackfillProgress, BackfillReport, backfill
from opencode.db.kept_projects import find_kept_projects
from opencode.db.migrations import (
    Connection,
    Direction,
    Migration,
    fetch,
)
from opencode.db.startup import needs_work, querier_of, refuse_pending
from opencode.db.survey import Survey, choose_undone, survey, verify
from opencode.db.target import Target
from opencode.text import plural

__all__ = [
    "Progress",
    "RollbackReport",
    "UpgradeProgress",
    "UpgradeReport",
    "rollback",
    "upgrade",
]

log = logging.getLogger(__name__)

Stage = Literal["wait", "backup", "copied", "migrate", "backfill"]


@dataclass(frozen=True, slots=True)
class UpgradeProgress:
    """One thing to tell the user; `total` is 0 where nobody knows how much there is to do.

    `wait` and `copied` are to be told in any case: whatever comes after may fail, or be stopped.
    """

    stage: Stage
    text: str
    done: int = 0
    total: int = 0


Progress = Callable[[UpgradeProgress], None]

_FIRST_WITH_PROJECTS = 4
"""The number of the migration that gives sessions a project."""


@dataclass(frozen=True, slots=True)
class UpgradeReport:
    """What an upgrade did; all empty when there was nothing to do."""

    applied: tuple[str, ...] = ()
    adopted: tuple[str, ...] = ()
    """Migrations of the Go OpenCode that were found in place."""
    created: bool = False
    """Whether there were no tables before."""
    backup: Path | None = None
    backfilled: BackfillReport = field(default_factory=BackfillReport)
    warnings: tuple[str, ...] = ()
    """What was seen that is likely to surprise later."""
    seconds: float = 0.0

    def __str__(self) -> str:
        """One line, for the log."""
        told = [f"applied {', '.join(self.applied) or 'nothing'}"]
        if self.adopted:
            told.append(f"found in place {', '.join(self.adopted)}")
        if filled := self.backfilled:
            if filled.sessions:
                told.append(f"filed {plural(filled.sessions, 'session')} under {filled.project_id}")
            if filled.messages:
                told.append(f"numbered {plural(filled.messages, 'message')}")
            if filled.restored:
                told.append(f"gave {plural(filled.restored, 'session')} a project back")
        if self.backup:
            told.append(f"copy of the old one: {self.backup}")
        return f"{'; '.join([*told, *self.warnings])} ({self.seconds:.2f} s)"


@dataclass(frozen=True, slots=True)
class RollbackReport:
    """What a rollback did; ids with the newest first."""

    rolled_back: tuple[str, ...] = ()
    backup: Path | None = None
    seconds: float = 0.0


def upgrade(
    target: Target,
    *,
    auto_migrate: bool,
    project_id: Callable[[], str],
    progress: Progress | None = None,
) -> UpgradeReport:
    """Bring the database to this program's schema and fill in what older programs left out.

    `project_id` is asked when sessions without a project are found, once, and before anything is
    changed: what it raises leaves the database as it was.

    Raises:
        PendingMigrations: Migrations wait and `auto_migrate` is off.
        NewerSchema, SchemaDrift, SchemaError: The database is not one to be upgraded.
        PreflightFailed: Server or account would fail halfway; nothing was begun.
        MigrationFailed: A migration failed; it left no trace, and those before it stay.
        StoreError: The database cannot be reached, written, or copied.
    """
    if not needs_work(target, auto_migrate=auto_migrate):
        return UpgradeReport()
    run = _Run(target, progress)
    try:
        with run.lock():
            return run.upgrade(cache(project_id), auto_migrate=auto_migrate)
    except target.errors as error:
        raise target.translate(error) from error


def rollback(
    target: Target,
    *,
    to: int | None = None,
    steps: int | None = None,
    progress: Progress | None = None,
) -> RollbackReport:
    """Undo the last `steps` migrations, or all those with a number above `to`.

    What they added is lost, except from the backup; the sessions' projects are kept aside, and the
    next upgrade gives them back.  The next start of this program applies the migrations again
    unless `autoMigrate` is off.

    Raises:
        InvalidValue: There are not as many migrations to undo.
        NewerSchema, SchemaDrift, PreflightFailed, MigrationFailed, StoreError: As `upgrade` does.
    """
    run = _Run(target, progress)
    try:
        run.check_rollback(to, steps)
        with run.lock():
            return run.rollback(to, steps)
    except target.errors as error:
        raise target.translate(error) from error


class _Run:
    """One upgrade or rollback."""

    def __init__(self, target: Target, progress: Progress | None) -> None:
        self.target = target
        self.progress = progress
        self.started = time.monotonic()

    def tell(
        self,
        stage: Stage,
        text: str,
        done: int = 0,
        total: int = 0,
    ) -> None:
        if self.progress:
            self.progress(UpgradeProgress(stage, text, done, total))

    def lock(self) -> AbstractContextManager[None]:
        return self.target.lock(lambda holder: self.tell("wait", f"waiting for {holder}"))

    def upgrade(self, project_id: Callable[[], str], *, auto_migrate: bool) -> UpgradeReport:
        with self.target.probe() as connection:
            found = survey(self.target, connection)
            if not auto_migrate:
                refuse_pending(self.target, found.plan)
            warnings = self._preflight(connection, found.plan.pending, "apply")
            if connection is not None and self._needs_project(connection, found):
                project_id()
            backup = self._prepare(connection, found, found.plan.pending)
        with self.target.connect() as connection:
            applied = self._migrate(connection, found)
            filled = self._backfill(connection, project_id)
        report = UpgradeReport(
            applied=applied,
            adopted=found.state.adopted,
            created=found.state.empty,
            backup=backup,
            backfilled=filled,
            warnings=warnings,
            seconds=self._seconds(),
        )
        log.info("upgraded: %s", report)
        return report

    def check_rollback(self, to: int | None, steps: int | None) -> None:
        """Refuse early what a rollback would refuse: the lock makes files where there are none."""
        with self.target.probe() as connection:
            found = survey(self.target, connection)
            choose_undone(found.plan.applied, to, steps, self.target.location)

    def rollback(self, to: int | None, steps: int | None) -> RollbackReport:
        from opencode.db.migrate import roll_back

        with self.target.probe() as connection:
            found = survey(self.target, connection)
            chosen = choose_undone(found.plan.applied, to, steps, self.target.location)
            self._preflight(connection, chosen, "rollback")
            backup = self._prepare(connection, found, chosen)
        with self.target.connect() as connection:
            done = roll_back(
                connection,
                found.ledger,
                chosen,
                translate=self.target.translate,
                step=lambda migration: self.tell("migrate", f"undoing {migration.id}"),
            )
        report = RollbackReport(done, backup, self._seconds())
        log.info("rolled back: %s", report)
        return report

    def _preflight(
        self, connection: Any, changes: Sequence[Migration], direction: Direction
    ) -> tuple[str, ...]:
        """Make sure that the server will let us; first, because little shows without the rights."""
        if connection is None or not changes:
            return ()
        return self.target.preflight(connection, changes, direction)

    def _prepare(self, connection: Any, found: Survey, changes: Sequence[Migration]) -> Path | None:
        """Make sure that the changes can be made, and undone by hand; returns the backup."""
        if connection is None or found.state.empty or not changes:
            return None
        verify(self.target, connection, found)
        backup = self.target.backup(
            connection,
            changes[0],
            lambda done, total: self.tell("backup", "copying the database", done, total),
        )
        if backup is not None:
            log.info("the database as it was before: %s", backup)
            self.tell("copied", f"the database as it was before: {backup}")
        return backup

    def _needs_project(self, connection: Any, found: Survey) -> bool:
        """Whether there are sessions that have no project, or will have none, and never had one."""
        if not found.plan.applied:
            return False
        tagged = any(m.number == _FIRST_WITH_PROJECTS for m in found.plan.applied)
        if tagged:
            needed = querier_of(self.target, connection).count_untagged_sessions() > 0
        else:
            needed = bool(fetch(connection, "SELECT 1 AS found FROM sessions LIMIT 1"))
        kept = find_kept_projects(connection, self.target.dialect) if needed else None
        return needed and not (kept and kept.cover(tagged=tagged))

    def _migrate(self, connection: Connection, found: Survey) -> tuple[str, ...]:
        pending = found.plan.pending
        if not pending:
            return ()
        from opencode.db.migrate import migrate

        first = pending[0].number
        last = pending[-1].number
        return migrate(
            connection,
            found.ledger,
            pending,
            adopted=found.adopted,
            translate=self.target.translate,
            step=lambda m: self.tell("migrate", m.name, m.number - first, last - first + 1),
        )

    def _backfill(self, connection: Connection, project_id: Callable[[], str]) -> BackfillReport:
        def step(at: BackfillProgress) -> None:
            self.tell("backfill", "numbering messages, tagging sessions", at.done, at.total)

        return backfill(
            connection,
            querier_of(self.target, connection),
            self.target.dialect,
            project_id=project_id,
            progress=step,
        )

    def _seconds(self) -> float:
        return time.monotonic() - self.started
