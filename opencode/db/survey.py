"""Looking at a database's schema without changing anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from opencode.db.migrate_ledger import Ledger
from opencode.db.migrations import (
    AppliedMigration,
    Migration,
    Plan,
    State,
    plan,
    shipped_migrations,
)
from opencode.db.target import Target
from opencode.errors import InvalidValue, SchemaDrift

__all__ = [
    "SchemaStatus",
    "Survey",
    "choose_undone",
    "dry_run",
    "dry_run_rollback",
    "status",
    "survey",
    "trial",
    "verify",
]


@dataclass(frozen=True, slots=True)
class SchemaStatus:
    """How a database stands to this program."""

    applied: tuple[AppliedMigration, ...]
    pending: tuple[str, ...]
    unknown: tuple[str, ...]
    """Applied by a newer program."""
    problems: tuple[str, ...]
    """Migration files that changed, and how the schema differs from what the ledger claims."""
    remarks: tuple[str, ...] = ()
    """What is no fault but worth knowing, and what the account could not compare."""

    @property
    def version(self) -> int:
        """The number of the last migration applied, 0 when there is none."""
        return max((int(line.id.partition("_")[0]) for line in self.applied), default=0)


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found, and what that means for this program."""

    state: State
    plan: Plan
    ledger: Ledger

    @property
    def adopted(self) -> tuple[Migration, ...]:
        """Migrations that are in place, but not in our ledger."""
        return tuple(m for m in self.plan.applied if m.id in self.state.adopted)


def survey(target: Target, connection: Any) -> Survey:
    """Find out what the database is; `connection` is what `target.probe()` gave.

    Raises:
        NewerSchema, SchemaDrift, SchemaError: It is not one for this program.
    """
    found = _look(target, connection)
    found.plan.refuse_newer(target.location)
    return found


def verify(target: Target, connection: Any, found: Survey) -> None:
    """Raise `SchemaDrift` when changing this schema would fail, or do damage."""
    found.plan.refuse_drift(target.location)
    differences = target.stumbling_blocks(connection, found.plan.applied)
    if differences:
        first = differences[0] + (f" (and {len(differences) - 1} more)" if differences[1:] else "")
        raise SchemaDrift(
            f"{target.location} is not what its ledger of migrations claims: {first}",
            differences=differences,
            hint="nothing was changed; `opencode db check` lists all differences",
        )


def status(target: Target) -> SchemaStatus:
    """Tell what is applied, pending and wrong; a database that does not exist has nothing.

    Raises:
        SchemaDrift, SchemaError: It is not a database of this program at all.
        StoreError: It cannot be read.
    """
    try:
        with target.probe() as connection:
            found = _look(target, connection)
            problems = list(found.plan.problems)
            remarks: tuple[str, ...] = ()
            if connection is not None and not (found.plan.unknown or found.plan.left_out):
                problems += target.differences(connection, found.plan.applied)
                remarks = target.remarks(connection, found.plan.applied)
    except target.errors as error:
        raise target.translate(error) from error
    return SchemaStatus(
        applied=found.state.applied,
        pending=tuple(migration.id for migration in found.plan.pending),
        unknown=found.plan.unknown,
        problems=tuple(problems),
        remarks=remarks,
    )


def trial(target: Target) -> tuple[str, ...]:
    """Return what would make writing fail, by trying; nothing is changed.

    Raises:
        StoreError: The database cannot be read.
    """
    try:
        with target.probe() as connection:
            return target.trial(connection) if connection is not None else ()
    except target.errors as error:
        raise target.translate(error) from error


def dry_run(target: Target) -> str:
    """Return the SQL an upgrade would run, empty when there is none.

    Raises:
        SchemaDrift: As `upgrade` does; also when a migration is half done, whose other half only
            the program knows.
        NewerSchema, SchemaError, StoreError: As `upgrade` does.
    """
    from opencode.db.migrate import dry_run_sql

    try:
        with target.probe() as connection:
            found = survey(target, connection)
            if not found.plan.pending:
                return ""
            _refuse_unfinished(target, found)
            if connection is not None:
                verify(target, connection, found)
    except target.errors as error:
        raise target.translate(error) from error
    return dry_run_sql(found.ledger, found.plan.pending, found.adopted)


def dry_run_rollback(target: Target, *, to: int | None = None, steps: int | None = None) -> str:
    """Return the SQL a rollback would run.

    Raises:
        InvalidValue: There are not as many migrations to undo.
        NewerSchema, SchemaDrift, SchemaError, StoreError: As `dry_run` does.
    """
    from opencode.db.migrate import dry_run_rollback_sql

    try:
        with target.probe() as connection:
            found = survey(target, connection)
            chosen = choose_undone(found.plan.applied, to, steps, target.location)
            _refuse_unfinished(target, found)
            verify(target, connection, found)
    except target.errors as error:
        raise target.translate(error) from error
    return dry_run_rollback_sql(found.ledger, chosen)


def choose_undone(
    applied: Sequence[Migration], to: int | None, steps: int | None, location: str
) -> tuple[Migration, ...]:
    """The migrations to undo, the newest first."""
    last = applied[-1].number if applied else 0
    if (to is None) == (steps is None):
        raise InvalidValue("say either to which migration to go back, or how many to undo")
    if not applied:
        raise InvalidValue(f"{location} has no migration that could be undone")
    keep = to if to is not None else last - (steps or 0)
    if not 0 <= keep < last:
        raise InvalidValue(
            f"{location} is at migration {last}; it cannot go back to {keep}",
            hint="`opencode db status` lists what is applied",
        )
    return tuple(migration for migration in reversed(applied) if migration.number > keep)


def _refuse_unfinished(target: Target, found: Survey) -> None:
    if found.state.unfinished:
        raise SchemaDrift(
            f"{target.location}: {found.state.unfinished} was begun and not finished",
            differences=[f"{found.state.unfinished}: begun and not finished"],
            hint="`opencode db migrate` finishes it; no SQL run by hand can",
        )


def _look(target: Target, connection: Any) -> Survey:
    state = State() if connection is None else target.inspect(connection)
    return Survey(
        state,
        plan(state.applied, shipped_migrations(target.dialect)),
        Ledger(target.dialect, goose=state.goose),
    )
