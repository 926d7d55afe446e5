"""A MySQL or MariaDB database as the upgrade sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from opencode.db.lock import LOCK_TIMEOUT, Waiting, server_lock
from opencode.db.migrate_ledger import JOURNAL
from opencode.db.migrations import (
    Connection,
    Migration,
    State,
    fetch,
    read_applied,
    shipped_migrations,
)
from opencode.db.resources import Dialect
from opencode.errors import OpencodeError, SchemaDrift

__all__ = ["MySQLTarget"]

_TABLES = frozenset({"sessions", "messages", "files"})


class MySQLTarget:
    """A database on a server.

    `borrow` lends a connection for the look at every start; `connect` opens one for changes, with
    autocommit, of an account that may change the schema.  Lock, changes and journal are on that
    one: when it is lost, the lock and the right to go on are lost together.
    """

    dialect: Dialect = "mysql"

    def __init__(
        self,
        borrow: Callable[[], AbstractContextManager[Connection]],
        connect: Callable[[], AbstractContextManager[Connection]],
        *,
        location: str,
        errors: tuple[type[Exception], ...],
        translate: Callable[[Exception], OpencodeError],
        lock_timeout: float = LOCK_TIMEOUT,
    ) -> None:
        self.location = location
        self.errors = errors
        self.lock_timeout = lock_timeout
        self._borrow = borrow
        self._connect = connect
        self._translate = translate
        self._locked: Connection | None = None

    def translate(self, error: Exception) -> OpencodeError:
        """As the provider does."""
        return self._translate(error)

    @contextmanager
    def probe(self) -> Iterator[Connection]:
        """Under the lock the connection that holds it: the other account may not see all."""
        if self._locked is not None:
            yield self._locked
            return
        with self._borrow() as connection:
            yield connection

    @contextmanager
    def lock(self, waiting: Waiting | None) -> Iterator[None]:
        """A lock of the server's, which goes with the connection."""
        with (
            self._connect() as connection,
            server_lock(connection, timeout=self.lock_timeout, waiting=waiting),
        ):
            self._locked = connection
            try:
                yield
            finally:
                self._locked = None

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """The connection that holds the lock."""
        if self._locked is None:
            raise RuntimeError("the migration lock is not held")
        yield self._locked

    def inspect(self, connection: Connection) -> State:
        """Find out what is there; a migration that was cut off has left its journal.

        Raises:
            SchemaDrift: There are tables of our names that no ledger knows of.
        """
        if applied := read_applied(connection):
            return State(applied, empty=False)
        tables = _tables(connection)
        ours = sorted(tables & _TABLES)
        if ours and not _is_unfinished(connection, tables):
            raise SchemaDrift(
                f"{self.location} has tables that no ledger of migrations knows of: "
                f"{', '.join(ours)}",
                differences=["the ledger of migrations is missing or empty"],
                hint="use a database of its own for opencode, or restore a complete backup",
            )
        return State(empty=not ours)

    def differences(self, connection: Connection, applied: Sequence[Migration]) -> tuple[str, ...]:
        """Columns and triggers that are missing; their names are the same as on SQLite."""
        if _is_unfinished(connection, _tables(connection)):
            return ()
        from opencode.db.schema import expected_schema

        found = {
            row["name"]
            for row in fetch(
                connection,
                "SELECT concat('column ', table_name, '.', column_name) AS name"
                " FROM information_schema.columns WHERE table_schema = DATABASE()"
                " UNION ALL SELECT concat('trigger ', event_object_table, '.', trigger_name)"
                " FROM information_schema.triggers WHERE trigger_schema = DATABASE()",
            )
        }
        expected = expected_schema(shipped_migrations("sqlite")[: len(applied)]).things
        return tuple(
            f"{name} is missing"
            for name in expected
            if name.startswith(("column ", "trigger ")) and name not in found
        )

    def backup(self, connection: Any, first: Migration, progress: object) -> Path | None:
        """None: backing up a server is its administrator's business."""
        return None


def _tables(connection: Connection) -> set[str]:
    rows = fetch(
        connection,
        "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()",
    )
    return {row["name"] for row in rows}


def _is_unfinished(connection: Connection, tables: set[str]) -> bool:
    """Whether a migration was begun and not finished."""
    return JOURNAL in tables and bool(
        fetch(connection, f"SELECT 1 FROM {JOURNAL} LIMIT 1")  # noqa: S608
    )
