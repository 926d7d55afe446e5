"""A MySQL or MariaDB database as the upgrade sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol

from opencode.db.lock import LOCK_TIMEOUT, Waiting, server_lock, server_lock_holder
from opencode.db.migrate_ledger import JOURNAL
from opencode.db.migrations import (
    Connection,
    Direction,
    Migration,
    State,
    fetch,
    read_applied,
)
from opencode.db.mysql_sight import Sight
from opencode.db.resources import Dialect
from opencode.errors import OpencodeError, SchemaDrift

__all__ = ["MySQLTarget"]


_TABLES = frozenset({"sessions", "messages", "files"})


class Compare(Protocol):
    """Compares what is there with what migrations make."""

    def __call__(
        self,
        connection: Connection,
        migrations: Sequence[Migration],
        *,
        triggers: Connection | None,
    ) -> tuple[str, ...]: ...


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
        self._sight = Sight(connect, errors)
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
        applied = read_applied(connection) or ()
        tables = _tables(connection)
        unfinished = _unfinished(connection, tables)
        ours = sorted(tables & _TABLES)
        if ours and not applied and not unfinished:
            raise SchemaDrift(
                f"{self.location} has tables that no ledger of migrations knows of: "
                f"{', '.join(ours)}",
                differences=["the ledger of migrations is missing or empty"],
                hint="use a database of its own for opencode, or restore a complete backup",
            )
        return State(applied, empty=not (applied or ours), unfinished=unfinished)

    def differences(self, connection: Connection, applied: Sequence[Migration]) -> tuple[str, ...]:
        """Compared by structure; see `mysql_schema`.  What is there besides does not count."""
        from opencode.db.mysql_schema import schema_differences

        return self._compare(schema_differences, connection, applied)

    def stumbling_blocks(
        self, connection: Connection, applied: Sequence[Migration]
    ) -> tuple[str, ...]:
        """What is missing.

        A difference is told by `db check`, but keeps nobody out: no migration fails by it, and
        some server not known yet may describe a thing in words of its own.
        """
        from opencode.db.mysql_schema import missing_things

        return self._compare(missing_things, connection, applied)

    def remarks(self, connection: Connection, applied: Sequence[Migration]) -> tuple[str, ...]:
        """Things of others in our tables, and what the account could not look at."""
        if not applied or _unfinished(connection, _tables(connection)):
            return ()
        from opencode.db.mysql_schema import surplus_things

        found = []
        if surplus := surplus_things(connection, applied):
            found.append(f"not made by a migration, which is no fault: {', '.join(surplus)}")
        return (*found, *self._sight.gaps(connection))

    def _compare(
        self, compare: Compare, connection: Connection, applied: Sequence[Migration]
    ) -> tuple[str, ...]:
        if _unfinished(connection, _tables(connection)):
            return ()
        with self._sight.of_triggers(connection) as triggers:
            found = compare(connection, applied, triggers=triggers)
        return self._sight.without_hidden(connection, found)

    def trial(self, connection: Connection) -> tuple[str, ...]:
        """See `mysql_definers`."""
        from opencode.db.mysql_definers import broken_triggers

        return broken_triggers(connection, self.errors)

    def lock_holder(self) -> str | None:
        """See `lock.server_lock_holder`."""
        with self.probe() as connection:
            return server_lock_holder(connection)

    def preflight(
        self, connection: Connection, migrations: Sequence[Migration], direction: Direction
    ) -> tuple[str, ...]:
        """See `mysql_preflight`."""
        from opencode.db.mysql_preflight import preflight

        return preflight(connection, self.location, migrations, direction)

    def backup(self, connection: Any, first: Migration, progress: object) -> Path | None:
        """None: backing up a server is its administrator's business."""
        return None


def _tables(connection: Connection) -> set[str]:
    rows = fetch(
        connection,
        "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()",
    )
    return {row["name"] for row in rows}


def _unfinished(connection: Connection, tables: set[str]) -> str:
    """The id of the migration that was begun and not finished."""
    if JOURNAL not in tables:
        return ""
    rows = fetch(connection, f"SELECT migration_id AS id FROM {JOURNAL} LIMIT 1")  # noqa: S608
    return str(rows[0]["id"]) if rows else ""
