"""The migration engine for MySQL and MariaDB, which commit at every change of the schema.

A migration can be cut off between any two of its statements, and between a statement and the note
that it was run.  So a journal is kept: `begun` before each statement and `done` after it.  The
next run skips what is done; the one statement that was begun is run again, and an error that says
its effect is already there is taken for success.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Literal, Self

from yoyo.backends import MySQLBackend

from opencode.db.migrate_base import Engine
from opencode.db.migrate_ledger import JOURNAL, MYSQL_OPTIONS
from opencode.db.migrations import Direction, Migration, fetch
from opencode.db.mysql_cursor import patient
from opencode.errors import SchemaDrift

__all__ = ["MySQLEngine"]

_ALREADY_SO = {
    "CREATE": frozenset({1050, 1061, 1359, 1826}),  # the table, index, trigger, key exists
    "ALTER": frozenset({1060, 1061, 1091, 1826}),  # the column exists; column or key is gone
    "DROP": frozenset({1051, 1091, 1360}),  # the table, index, trigger is gone
}
_LOCK_WAIT = 10  # seconds; whoever comes after an ALTER that waits has to wait as well
_JOURNAL_TABLE = f"""CREATE TABLE IF NOT EXISTS {JOURNAL} (
    migration_id VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    direction VARCHAR(8) NOT NULL,
    step INT NOT NULL,
    state VARCHAR(8) NOT NULL,
    sha256 CHAR(64) NOT NULL,
    PRIMARY KEY (migration_id, direction, step)
) {MYSQL_OPTIONS}"""


class MySQLEngine(Engine, MySQLBackend):
    """Works on the PyMySQL connection, with autocommit, that holds the migration lock."""

    after_failure = (
        "the statements before it stay; the next start goes on from there once the cause is gone"
    )

    def __enter__(self) -> Self:
        self.execute(f"SET SESSION lock_wait_timeout = {_LOCK_WAIT}")
        return self

    def quote_identifier(self, s: str) -> str:
        """As yoyo does, without asking the server for its SQL mode each time."""
        return f"`{s}`"

    @contextmanager
    def transaction(self, rollback_on_exit: bool = False) -> Iterator[None]:  # noqa: FBT001, FBT002
        """None around a step: its savepoint would turn every failure into error 1305."""
        yield

    def prepare(self, adopted: Sequence[Migration]) -> None:
        self.make_ledger()
        self.execute(_JOURNAL_TABLE)
        with self._atomic():
            for migration in adopted:
                self.execute_all(self.ledger.mark(migration, adopted=True))

    def apply(self, migration: Migration) -> None:
        if self._journal(migration, "rollback"):
            self._run(migration, "rollback")
            self._clear(migration)
        self._run(migration, "apply")
        with self._atomic():
            self.execute_all(self.ledger.mark(migration))
            self._clear(migration)

    def roll_back(self, migration: Migration) -> None:
        """Unmark first: cut off halfway, the migration counts as pending, and `apply` mends it."""
        self._refuse_unfinished()
        with self._atomic():
            self.execute_all(self.ledger.unmark(migration))
            self._note(migration, "rollback", 0, "done")
        self._run(migration, "rollback")
        self._clear(migration)

    def _run(self, migration: Migration, direction: Direction) -> None:
        journal = self._journal(migration, direction)
        for number, step in self.steps(migration, direction):
            state = journal.get(number)
            if state == "done":
                continue
            self._note(migration, direction, number, "begun")
            try:
                with patient(self.connection):
                    getattr(step, direction)(self)
            except self.DatabaseError as error:
                if state is None:
                    self._forget(migration, direction, number)
                    raise
                if not self._is_already_so(error):
                    raise
            self._note(migration, direction, number, "done")

    def _is_already_so(self, error: Exception) -> bool:
        lines = (line for line in self.statement.splitlines() if not line.startswith("--"))
        verb = " ".join(lines).split(maxsplit=1)[0].upper()
        return error.args[0] in _ALREADY_SO.get(verb, ())

    def _journal(self, migration: Migration, direction: Direction) -> dict[int, str]:
        """State by step of what an earlier run left unfinished."""
        rows = fetch(
            self.connection,
            f"SELECT step, state, sha256 FROM {JOURNAL}"  # noqa: S608
            f" WHERE migration_id = '{migration.id}' AND direction = '{direction}'",
        )
        if any(row["sha256"] != migration.sha256 for row in rows):
            raise SchemaDrift(
                f"{migration.id} was begun with another version of its file",
                differences=[f"{migration.id}: the file is not the one that was begun"],
                hint="finish it with the version of the program that began it",
            )
        return {row["step"]: row["state"] for row in rows}

    def _refuse_unfinished(self) -> None:
        rows = fetch(self.connection, f"SELECT migration_id AS id FROM {JOURNAL}")  # noqa: S608
        if rows:
            raise SchemaDrift(
                f"{rows[0]['id']} was begun and not finished",
                differences=[f"{rows[0]['id']}: begun and not finished"],
                hint="run `opencode db migrate` first, which finishes it",
            )

    def _note(
        self,
        migration: Migration,
        direction: Direction,
        step: int,
        state: Literal["begun", "done"],
    ) -> None:
        self.execute(
            f"REPLACE INTO {JOURNAL} (migration_id, direction, step, state, sha256) VALUES "  # noqa: S608
            f"('{migration.id}', '{direction}', {step}, '{state}', '{migration.sha256}')"
        )

    def _forget(self, migration: Migration, direction: Direction, step: int) -> None:
        """Take back `begun`: what the server has refused had no effect.

        Else the next run would take a table that somebody else made for its own.
        """
        statement = self.statement
        with suppress(self.DatabaseError):  # the connection may be what failed
            self.execute(
                f"DELETE FROM {JOURNAL} WHERE migration_id = '{migration.id}'"  # noqa: S608
                f" AND direction = '{direction}' AND step = {step}"
            )
        self.statement = statement

    def _clear(self, migration: Migration) -> None:
        self.execute(f"DELETE FROM {JOURNAL} WHERE migration_id = '{migration.id}'")  # noqa: S608

    @contextmanager
    def _atomic(self) -> Iterator[None]:
        self.execute("BEGIN")
        try:
            yield
            self.execute("COMMIT")
        except BaseException:
            self.connection.rollback()
            raise
