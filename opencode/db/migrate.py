"""Applying and undoing migrations through yoyo; see `migrate_base` for how.

Loading this module loads yoyo, which costs a tenth of a second.  Its callers hold the migration
lock and have looked at the database: that is `upgrade`.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence

from opencode.db.migrate_base import Engine, split_statements
from opencode.db.migrate_ledger import Ledger
from opencode.db.migrations import Connection, Direction, Migration
from opencode.db.resources import Dialect
from opencode.errors import (
    DatabaseDamaged,
    DatabaseReadOnly,
    DatabaseRefused,
    DatabaseUnavailable,
    DiskFull,
    MigrationFailed,
    OpencodeError,
)

__all__ = ["Step", "Translate", "dry_run_rollback_sql", "dry_run_sql", "migrate", "roll_back"]

log = logging.getLogger(__name__)

_BODY = re.compile(r";\s*END$", re.IGNORECASE)

Step = Callable[[Migration], None]
"""Told before each migration."""

Translate = Callable[[Exception], OpencodeError]
"""Turns a driver's error into one of ours."""

_SURROUNDINGS = (
    DatabaseDamaged,
    DatabaseReadOnly,
    DatabaseRefused,
    DatabaseUnavailable,
    DiskFull,
)
"""What is not the migration's fault, and is better told without it."""


def migrate(
    connection: Connection,
    ledger: Ledger,
    pending: Sequence[Migration],
    *,
    adopted: Sequence[Migration] = (),
    translate: Translate,
    step: Step | None = None,
) -> tuple[str, ...]:
    """Enter `adopted` into the ledger, apply `pending`; returns the ids of the latter.

    Raises:
        MigrationFailed: One failed and left no trace (on MySQL: the next run goes on after its
            last statement that succeeded); those before it stay.
        StoreError: What `translate` makes of a lost connection, a full disk and the like.
    """
    with _engine(connection, ledger) as engine:
        _prepare(engine, adopted, translate)
        return _run(engine, "apply", pending, translate, step)


def roll_back(
    connection: Connection,
    ledger: Ledger,
    migrations: Sequence[Migration],
    *,
    translate: Translate,
    step: Step | None = None,
) -> tuple[str, ...]:
    """Undo migrations, the newest first as given; returns their ids.  Raises as `migrate` does."""
    with _engine(connection, ledger) as engine:
        _prepare(engine, (), translate)
        return _run(engine, "rollback", migrations, translate, step)


def dry_run_sql(ledger: Ledger, pending: Sequence[Migration], adopted: Sequence[Migration]) -> str:
    """The SQL that `migrate` would run, for somebody who wants to run it by hand.

    The program accepts the result, because the ledger's own statements are part of it.
    """
    first = ledger.create()
    for migration in adopted:
        first += ledger.mark(migration, adopted=True)
    names = f", and what is there already: {', '.join(m.id for m in adopted)}" if adopted else ""
    parts = [*_preface(ledger.dialect), f"-- The ledger of migrations{names}"]
    parts.append(_transaction(ledger.dialect, first))
    for migration in pending:
        statements = [*split_statements(migration, "apply"), *ledger.mark(migration)]
        parts += [f"-- {migration.id}", _transaction(ledger.dialect, statements)]
    return "\n\n".join(parts) + "\n"


def dry_run_rollback_sql(ledger: Ledger, migrations: Sequence[Migration]) -> str:
    """The SQL that `roll_back` would run, which the program accepts as its own."""
    parts = _preface(ledger.dialect)
    for migration in migrations:
        statements = [*split_statements(migration, "rollback"), *ledger.unmark(migration)]
        parts += [f"-- Undo {migration.id}", _transaction(ledger.dialect, statements)]
    return "\n\n".join(parts) + "\n"


def _preface(dialect: Dialect) -> list[str]:
    """Whoever runs it may be anywhere; a server takes the ledger's times for the client's own."""
    if dialect == "sqlite":
        return []
    return ["-- The times in the ledger are UTC", "SET time_zone = '+00:00';"]


def _prepare(engine: Engine, adopted: Sequence[Migration], translate: Translate) -> None:
    try:
        engine.prepare(adopted)
    except engine.DatabaseError as error:
        raise translate(error) from error


def _run(
    engine: Engine,
    direction: Direction,
    migrations: Sequence[Migration],
    translate: Translate,
    step: Step | None,
) -> tuple[str, ...]:
    done: list[str] = []
    act = engine.apply if direction == "apply" else engine.roll_back
    for migration in migrations:
        if step:
            step(migration)
        try:
            act(migration)
        except engine.DatabaseError as error:
            log.exception("%s of %s failed at: %s", direction, migration.id, engine.statement)
            meaning = translate(error)
            if isinstance(meaning, _SURROUNDINGS):
                raise meaning from error
            raise _failure(engine, direction, migration, done, error) from error
        log.info("%s: %s", direction, migration.id)
        done.append(migration.id)
    return tuple(done)


def _failure(
    engine: Engine,
    direction: Direction,
    migration: Migration,
    done: Sequence[str],
    error: Exception,
) -> MigrationFailed:
    what = "migration" if direction == "apply" else "rollback of"
    cause = str(error.args[-1]) if error.args else repr(error)
    lines = (line.strip() for line in engine.statement.splitlines())
    start = next((line for line in lines if line and not line.startswith("--")), "")
    before = f"; done before it: {', '.join(done)}" if done else ""
    return MigrationFailed(
        f"{what} {migration.id} failed at “{start}”: {cause}{before}",
        migration=migration.id,
        statement=engine.statement,
        cause=cause,
        applied=done,
        hint=engine.after_failure,
    )


def _engine(connection: Connection, ledger: Ledger) -> Engine:
    if ledger.dialect == "sqlite":
        from opencode.db.migrate_sqlite import SQLiteEngine

        return SQLiteEngine(connection, ledger)
    from opencode.db.migrate_mysql import MySQLEngine

    return MySQLEngine(connection, ledger)


def _transaction(dialect: Dialect, statements: Sequence[str]) -> str:
    """MySQL commits at every change of the schema, so that a transaction would only pretend."""
    if dialect == "sqlite":
        return _script(["BEGIN IMMEDIATE", *statements, "COMMIT"])
    return _script(statements, delimiter="$$")


def _script(statements: Sequence[str], *, delimiter: str = "") -> str:
    """Each statement ended; the mysql program needs a delimiter around those with a body."""
    parts: list[str] = []
    for statement in statements:
        text = statement.rstrip().removesuffix(";")
        if delimiter and _BODY.search(text):
            parts.append(f"DELIMITER {delimiter}\n{text}{delimiter}\nDELIMITER ;")
        else:
            parts.append(f"{text};")
    return "\n\n".join(parts)
