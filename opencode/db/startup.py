"""The look at a database at every start: is there anything to do before it can be used?

Cheap on purpose, in what it asks and in what it imports: mostly there is not. `upgrade` does it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from opencode.db.migrations import Plan, plan, read_applied, shipped_migrations
from opencode.db.querier import Querier
from opencode.db.queries import load_queries
from opencode.db.target import Target
from opencode.errors import PendingMigrations

if TYPE_CHECKING:
    from opencode.db.upgrade import Progress, UpgradeReport

__all__ = ["bring_up_to_date", "needs_work", "querier_of", "refuse_pending"]


def needs_work(target: Target, *, auto_migrate: bool) -> bool:
    """Whether migrations wait, or rows to be filled in; one SELECT for each question.

    Raises:
        PendingMigrations: Migrations wait and `auto_migrate` is off.
        NewerSchema, SchemaDrift, SchemaError: The database is not one to be upgraded.
        StoreError: The database cannot be reached or read.
    """
    try:
        with target.probe() as connection:
            applied = read_applied(connection) if connection is not None else None
            if applied:
                found = plan(applied, shipped_migrations(target.dialect))
                found.refuse_newer(target.location)
                if not found.pending:
                    return querier_of(target, connection).has_backfill_work()
            if not auto_migrate:
                from opencode.db.survey import survey

                refuse_pending(target, survey(target, connection).plan)
        return True
    except target.errors as error:
        raise target.translate(error) from error


def bring_up_to_date(
    target: Target,
    *,
    auto_migrate: bool,
    project_id: Callable[[], str],
    progress: Progress | None = None,
) -> UpgradeReport | None:
    """Do what `upgrade` does; None, and that is not even imported, when there is nothing to do."""
    if not needs_work(target, auto_migrate=auto_migrate):
        return None
    from opencode.db.upgrade import upgrade

    return upgrade(target, auto_migrate=auto_migrate, project_id=project_id, progress=progress)


def refuse_pending(target: Target, found: Plan) -> None:
    """Raise `PendingMigrations` when there are any."""
    pending = [migration.id for migration in found.pending]
    if pending:
        what = f"{len(pending)} migrations, {pending[0]} to {pending[-1]}"
        raise PendingMigrations(
            f"{target.location} waits for {what if pending[1:] else pending[0]}",
            pending=pending,
            hint="run `opencode db migrate`, or set sessionProvider.autoMigrate to true; "
            "`opencode db migrate --dry-run` prints the SQL for an administrator",
        )


def querier_of(target: Target, connection: Any) -> Querier:
    """The queries of the database's dialect on a connection of the upgrade's."""
    return Querier(load_queries(target.dialect), connection)
