"""The migration engine for SQLite: a migration and its mark are one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Self

from yoyo.backends import SQLiteBackend

from opencode.db.migrate_base import Engine
from opencode.db.migrations import Direction, Migration
from opencode.db.sqlite_wait import begin_immediate

__all__ = ["SQLiteEngine"]


class SQLiteEngine(Engine, SQLiteBackend):
    """Works on a connection with isolation_level=None and no transaction open."""

    connection: sqlite3.Connection
    after_failure = "it was rolled back; go on with the program used before, and report this"

    def __enter__(self) -> Self:
        # https://www.sqlite.org/lang_altertable.html: a table that is dropped to be rebuilt must
        # not take the rows that refer to it along.
        self.connection.execute("PRAGMA foreign_keys = OFF")
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.connection.execute("PRAGMA foreign_keys = ON")

    def begin(self) -> None:
        """Take the write lock at once: waiting for it later is not possible in SQLite."""
        self._in_transaction = True
        self.statement = "BEGIN IMMEDIATE"
        begin_immediate(self.connection)

    def savepoint(self, id: str) -> None:
        """None around a step: a failure ends the whole migration."""

    def savepoint_rollback(self, id: str) -> None:
        """Nothing to go back to; after some errors (a full disk) SQLite itself has gone back."""

    def prepare(self, adopted: Sequence[Migration]) -> None:
        with self.transaction():  # type: ignore[no-untyped-call]
            self.make_ledger()
            for migration in adopted:
                self.execute_all(self.ledger.mark(migration, adopted=True))

    def apply(self, migration: Migration) -> None:
        self._run(migration, "apply", self.ledger.mark(migration))

    def roll_back(self, migration: Migration) -> None:
        self._run(migration, "rollback", self.ledger.unmark(migration))

    def _run(self, migration: Migration, direction: Direction, notes: Sequence[str]) -> None:
        with self.transaction():  # type: ignore[no-untyped-call]
            for _, step in self.steps(migration, direction):
                getattr(step, direction)(self)
            self.execute_all(notes)
