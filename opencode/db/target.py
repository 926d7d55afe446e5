"""A database as the upgrade sees it; SQLite's is here, MySQL's in `mysql_target`.

A start only looks whether there is anything to do: what does it is imported where it is used.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from opencode.db.migrations import Connection, Direction, Migration, State
from opencode.db.resources import Dialect
from opencode.db.sqlite_connect import BUSY_TIMEOUT, connect
from opencode.db.sqlite_errors import explain
from opencode.db.sqlite_file import check_place, database_exists, prepare_database_file
from opencode.db.sqlite_wait import LockWait, WaitingConnection, in_turns
from opencode.errors import OpencodeError, StoreError

if TYPE_CHECKING:
    from opencode.db.backup import CopyProgress
    from opencode.db.lock import Waiting

__all__ = ["SQLiteTarget", "Target"]


class Target(Protocol):
    """One database, and what differs between the products when its schema is changed."""

    @property
    def dialect(self) -> Dialect: ...

    @property
    def location(self) -> str:
        """Where the database is, for messages; never a password."""
        ...

    @property
    def errors(self) -> tuple[type[Exception], ...]:
        """What the driver raises."""
        ...

    def translate(self, error: Exception) -> OpencodeError:
        """Say what a driver's error means."""
        ...

    def probe(self) -> AbstractContextManager[Any]:
        """A connection that leaves no trace in the database; None when there is none yet."""
        ...

    def lock(self, waiting: Waiting | None) -> AbstractContextManager[None]:
        """Keep other processes from changing the schema; freed when this one dies."""
        ...

    def connect(self) -> AbstractContextManager[Connection]:
        """The connection to make changes with; only while the lock is held."""
        ...

    def inspect(self, connection: Any) -> State:
        """Find out what is there; refuses what is not ours."""
        ...

    def differences(self, connection: Any, applied: Sequence[Migration]) -> tuple[str, ...]:
        """How the schema differs from what these migrations make, a line each."""
        ...

    def stumbling_blocks(self, connection: Any, applied: Sequence[Migration]) -> tuple[str, ...]:
        """Those of the differences with which no migration must begin, a line each."""
        ...

    def remarks(self, connection: Any, applied: Sequence[Migration]) -> tuple[str, ...]:
        """What is no difference but worth knowing, or could not be looked at, a line each."""
        ...

    def trial(self, connection: Any) -> tuple[str, ...]:
        """What makes writing fail though the schema is right, a line each; leaves no trace."""
        ...

    def lock_holder(self) -> str | None:
        """Who holds the migration lock, as far as that can be told; None when nobody does."""
        ...

    def preflight(
        self, connection: Any, migrations: Sequence[Migration], direction: Direction
    ) -> tuple[str, ...]:
        """Refuse changes that would fail halfway; returns what else is worth telling."""
        ...

    def backup(
        self, connection: Any, first: Migration, progress: CopyProgress | None
    ) -> Path | None:
        """Copy the database before `first` is applied or undone; None where that is not done."""
        ...


class SQLiteTarget:
    """A SQLite file, which need not exist yet."""

    dialect: Dialect = "sqlite"
    errors: tuple[type[Exception], ...] = (sqlite3.Error,)

    def __init__(
        self, path: Path, *, busy_timeout: float = BUSY_TIMEOUT, wait: LockWait | None = None
    ) -> None:
        self.path = path
        self.busy_timeout = busy_timeout
        self._wait = wait

    @property
    def location(self) -> str:
        """The file's path."""
        return str(self.path)

    def translate(self, error: Exception) -> StoreError:
        """As `sqlite_errors` does, with a look at the file when that can tell more."""
        return (
            explain(error, self.path)
            if isinstance(error, sqlite3.Error)
            else StoreError(str(error))
        )

    @contextmanager
    def probe(self) -> Iterator[sqlite3.Connection | None]:
        """Not through `sqlite.connect`, which would switch a stranger's file to WAL.

        SQLite would make files beside a read-only database, and leave them there.
        """
        if not database_exists(self.path):
            yield None
            return
        check_place(self.path)
        uri = f"{self.path.absolute().as_uri()}?mode=rw"
        connection = sqlite3.connect(
            uri,
            uri=True,
            timeout=self.busy_timeout,
            isolation_level=None,
            factory=WaitingConnection,
        )
        connection.wait = self._wait
        with closing(connection):
            in_turns(connection, "PRAGMA schema_version")
            yield connection

    @contextmanager
    def lock(self, waiting: Waiting | None) -> Iterator[None]:
        """A lock on a file beside the database, whose directory is made if it is missing."""
        from opencode.db.lock import file_lock

        prepare_database_file(self.path)
        with file_lock(self.path, waiting=waiting):
            yield

    @contextmanager
    def connect(self) -> Iterator[sqlite3.Connection]:
        """A connection as the program always uses it."""
        connection = connect(self.path, busy_timeout=self.busy_timeout, wait=self._wait)
        with closing(connection):
            yield connection

    def inspect(self, connection: sqlite3.Connection) -> State:
        """See `adopt.inspect`."""
        from opencode.db import adopt

        return adopt.inspect(connection, self.location)

    def differences(
        self, connection: sqlite3.Connection, applied: Sequence[Migration]
    ) -> tuple[str, ...]:
        """Compared by structure; see `schema`."""
        from opencode.db.schema import schema_differences

        return schema_differences(connection, applied)

    def stumbling_blocks(
        self, connection: sqlite3.Connection, applied: Sequence[Migration]
    ) -> tuple[str, ...]:
        """All of them: here they are compared in one way only, SQLite's own."""
        return self.differences(connection, applied)

    def remarks(self, connection: Any, applied: Sequence[Migration]) -> tuple[str, ...]:
        """Nothing: who can open the file can see it all."""
        return ()

    def trial(self, connection: Any) -> tuple[str, ...]:
        """Nothing: triggers run with nobody's rights."""
        return ()

    def lock_holder(self) -> str | None:
        """See `lock.file_lock_holder`."""
        from opencode.db.lock import file_lock_holder

        return file_lock_holder(self.path)

    def preflight(
        self, connection: Any, migrations: Sequence[Migration], direction: Direction
    ) -> tuple[str, ...]:
        """Nothing to look at: SQLite takes a failed migration back as a whole."""
        return ()

    def backup(
        self, connection: sqlite3.Connection, first: Migration, progress: CopyProgress | None
    ) -> Path:
        """A copy beside the file."""
        from opencode.db.backup import copy_before_migration

        return copy_before_migration(connection, self.path, first.number, progress=progress)
