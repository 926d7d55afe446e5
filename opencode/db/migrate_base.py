"""What the migration engines of both dialects share: yoyo's file format and its backends' steps.

yoyo's own way of running migrations is not used.  It applies and marks in two transactions on two
connections (killed in between, every later start fails), leaves its lock behind, and asks the
database dozens of questions when there is nothing to do.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any, Self

from yoyo.backends import DatabaseBackend
from yoyo.migrations import Migration as YoyoMigration
from yoyo.migrations import StepBase, StepCollector, read_sql_migration

from opencode.db.migrate_ledger import ADD_CHECKSUM, Ledger
from opencode.db.migrations import LEDGER, Connection, Direction, Migration

__all__ = ["Engine", "split_statements"]

log = logging.getLogger(__name__)


def split_statements(migration: Migration, direction: Direction) -> list[str]:
    """The statements of a migration, or of its rollback, as yoyo cuts the file, in its order."""
    path = migration.path if direction == "apply" else migration.rollback_path
    statements: list[str] = read_sql_migration(str(path))[2]
    return statements


class FileMigration(YoyoMigration):
    """A migration read from our files; yoyo's reader depends on the locale's encoding."""

    def __init__(self, migration: Migration) -> None:
        super().__init__(  # type: ignore[no-untyped-call]
            migration.id, str(migration.path), str(migration.path.parent)
        )
        self.file = migration

    def load(self) -> None:
        """Pair the statements so that undoing the steps from the last to the first is in order."""
        if self.loaded:
            return
        collector = StepCollector(migration=self)
        undoing = reversed(split_statements(self.file, "rollback"))
        for apply, rollback in zip_longest(split_statements(self.file, "apply"), undoing):
            collector.add_step(apply, rollback)
        self.steps = collector.create_steps(True)
        self._depends = set()


class Cursor:
    """A driver's cursor that remembers, for the report of a failure, what it was told to run."""

    def __init__(self, engine: Engine, cursor: Any) -> None:
        self._engine = engine
        self._cursor = cursor

    def execute(self, sql: str, *parameters: object) -> Any:
        self._engine.statement = sql
        return self._cursor.execute(sql, *parameters)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)


class Engine(DatabaseBackend):
    """Applies and rolls back single migrations on an open connection that it does not close."""

    after_failure = ""
    """What a migration that failed leaves behind, and what to do about it."""

    def __init__(self, connection: Connection, ledger: Ledger) -> None:
        # Not yoyo's: that one opens a connection from a URI.
        self._connection = connection
        self.DatabaseError = self.driver.DatabaseError
        self.ledger = ledger
        self.statement = ""
        self._internal_schema_updated = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        """Leave the connection open."""

    def cursor(self) -> Cursor:
        return Cursor(self, self.connection.cursor())

    def prepare(self, adopted: Sequence[Migration]) -> None:
        """Make the ledger where it is missing and enter what was found to be there already."""
        raise NotImplementedError

    def apply(self, migration: Migration) -> None:
        """Apply a migration and note it."""
        raise NotImplementedError

    def roll_back(self, migration: Migration) -> None:
        """Undo a migration and note it."""
        raise NotImplementedError

    def steps(self, migration: Migration, direction: Direction) -> Iterator[tuple[int, StepBase]]:
        """The steps in the order in which they are run, numbered from 1."""
        file = FileMigration(migration)
        file.load()
        assert file.steps is not None  # noqa: S101
        steps = file.steps if direction == "apply" else reversed(file.steps)
        return enumerate(steps, 1)

    def execute_all(self, statements: Sequence[str]) -> None:
        for statement in statements:
            self.execute(statement)

    def make_ledger(self) -> None:
        self.execute_all(self.ledger.create())
        columns = self.execute(f"SELECT * FROM {LEDGER} WHERE 1 = 0").description  # noqa: S608
        if "sha256" not in {column[0] for column in columns}:
            self.execute(ADD_CHECKSUM)
