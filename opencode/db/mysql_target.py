"""A MySQL or MariaDB database as the upgrade sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from opencode.db.lock import LOCK_TIMEOUT, Waiting, server_lock, server_lock_holder
from opencode.db.migrate_ledger import JOURNAL
from opencode.db.migrations import (
    Connection,
    Direction,
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
_THINGS = """
SELECT concat('column ', table_name, '.', column_name) AS name
FROM information_schema.columns WHERE table_schema = DATABASE()
UNION ALL
SELECT concat('trigger ', event_object_table, '.', trigger_name)
FROM information_schema.triggers WHERE trigger_schema = DATABASE()
"""


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
        """Columns and triggers that are missing; their names are the same as on SQLite."""
        if _unfinished(connection, _tables(connection)):
            return ()
        from opencode.db.schema import expected_schema

        found = {str(row["name"]) for row in fetch(connection, _THINGS)}
        expected = expected_schema(shipped_migrations("sqlite")[: len(applied)]).things
        missing = [
            name
            for name in expected
            if name.startswith(("column ", "trigger ")) and name not in found
        ]
        if any(map(_is_trigger, missing)) and not _may_see_triggers(connection):
            missing = [name for name in missing if not _is_trigger(name)]
        return tuple(f"{name} is missing" for name in missing)

    def unseen(self, connection: Connection) -> tuple[str, ...]:
        """The triggers, which MySQL shows to those only who may make them."""
        things = [str(row["name"]) for row in fetch(connection, _THINGS)]
        if not things or any(map(_is_trigger, things)) or _may_see_triggers(connection):
            return ()
        return ("the triggers were not looked at: the account lacks the privilege TRIGGER",)

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


def _is_trigger(thing: str) -> bool:
    return thing.startswith("trigger ")


def _may_see_triggers(connection: Connection) -> bool:
    from opencode.db.mysql_surroundings import look

    grants = look(connection).grants
    return grants is None or not grants.lacking(["TRIGGER"])
