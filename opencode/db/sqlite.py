"""The SQLite provider: one file, WAL, a connection for each thread."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from opencode.config import ProviderType
from opencode.db.provider import written_in_snapshot
from opencode.db.querier import Querier
from opencode.db.queries import load_queries
from opencode.db.sqlite_connect import BUSY_TIMEOUT, connect
from opencode.db.sqlite_errors import translate
from opencode.db.sqlite_wait import LockWait, begin_immediate
from opencode.errors import StoreError

__all__ = ["SQLiteProvider"]

T = TypeVar("T")

_MAX_CONTENT_BYTES = 1_000_000_000 - 4096  # SQLITE_MAX_LENGTH holds for a whole row


class SQLiteProvider:
    """Sessions in one SQLite file; see `Provider` for the contract."""

    type = ProviderType.SQLITE
    max_content_bytes = _MAX_CONTENT_BYTES

    def __init__(
        self,
        path: Path,
        *,
        busy_timeout: float = BUSY_TIMEOUT,
        wal: bool = True,
        wait: LockWait | None = None,
    ) -> None:
        """`wal=False` leaves the journal mode of the file as it is; see `connect`."""
        self.path = path
        self.busy_timeout = busy_timeout
        self._wal = wal
        self._wait = wait if wait is not None else LockWait(path, busy_timeout)
        self._queries = load_queries("sqlite")
        self._local = threading.local()
        self._lock = threading.Lock()
        self._connections: dict[threading.Thread, sqlite3.Connection] = {}
        self._closed = False

    @property
    def location(self) -> str:
        """The database file's path."""
        return str(self.path)

    @property
    def waits_for(self) -> str:
        """Whose lock is waited for to be given back, and for how long."""
        return self._wait.words

    def run(
        self,
        work: Callable[[Querier], T],
        *,
        arrived: Callable[[Querier], T | None] | None = None,
    ) -> T:
        """Run `work` in a transaction that takes the write lock first (BEGIN IMMEDIATE).

        `arrived` is never needed: a commit is a local call, whose outcome is known.

        A deferred transaction that reads and then writes would fail at once, whatever the
        timeout, when another process has written in between.  With the lock held from the start
        nothing inside can be busy, so waiting for the lock is all the retrying there is.
        """
        connection = self._connection()
        self._refuse_in_snapshot()
        inside = connection.in_transaction
        with self._savepoint(connection) if inside else self._transaction(connection):
            return self._attempt(work, connection)

    def read(self, work: Callable[[Querier], T]) -> T:
        """Run `work` without a transaction of its own."""
        return self._attempt(work, self._connection())

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """One transaction for all calls of this thread; an inner one is part of the outer."""
        self._refuse_in_snapshot()
        connection = self._connection()
        if connection.in_transaction:
            yield
            return
        with self._transaction(connection):
            yield

    @contextmanager
    def snapshot(self, *, slow: bool = False) -> Iterator[None]:
        """One read transaction; its moment is that of the first read, and no read has a limit."""
        connection = self._connection()
        if connection.in_transaction:
            yield
            return
        with self._reading(connection):
            yield

    def data_version(self, *, within: float | None = None) -> int:
        """Return SQLite's counter of other connections' commits, as this thread's one sees it."""
        return int(self._scalar("PRAGMA data_version"))

    def server_version(self) -> str:
        """Return SQLite and its version."""
        return f"SQLite {sqlite3.sqlite_version}"

    def size_bytes(self) -> int:
        """Return the size of the file together with its write-ahead log."""
        files = (self.path, self.path.with_name(self.path.name + "-wal"))
        return sum(file.stat().st_size for file in files if file.exists())

    def figures(self) -> None:
        """None: each thread has a connection of its own."""

    def integrity_errors(self) -> list[str]:
        """Return the findings of SQLite's integrity check."""
        try:
            rows = self._connection().execute("PRAGMA integrity_check").fetchall()
        except sqlite3.Error as error:
            raise translate(error, self.path) from error
        return [row[0] for row in rows if row[0] != "ok"]

    def backup(self, file: Path) -> None:
        """Copy the database, the log included, into a new file readable by its owner only."""
        from opencode.db.backup import copy_database

        copy_database(self._connection(), file)

    def close(self) -> None:
        """Close the connections of all threads."""
        with self._lock:
            self._closed = True
            connections, self._connections = self._connections, {}
        for connection in connections.values():
            connection.close()

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is not None and not self._closed:
            return connection
        connection = connect(
            self.path,
            busy_timeout=self.busy_timeout,
            create=False,
            wal=self._wal,
            wait=self._wait,
        )
        with self._lock:
            if self._closed:
                connection.close()
                raise StoreError("the store is closed")
            self._close_abandoned()
            self._connections[threading.current_thread()] = connection
        self._local.connection = connection
        return connection

    def _close_abandoned(self) -> None:
        """Close the connections of threads that have ended."""
        for thread in [thread for thread in self._connections if not thread.is_alive()]:
            self._connections.pop(thread).close()

    @contextmanager
    def _transaction(self, connection: sqlite3.Connection) -> Iterator[None]:
        try:
            begin_immediate(connection)
        except sqlite3.Error as error:
            raise translate(error, self.path) from error
        try:
            yield
            self._execute(connection, "COMMIT")
        except BaseException:
            # Some errors (a full disk) have rolled back already.
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise

    @contextmanager
    def _reading(self, connection: sqlite3.Connection) -> Iterator[None]:
        self._execute(connection, "BEGIN DEFERRED")
        self._local.reading = True
        try:
            yield
        finally:
            self._local.reading = False
            if connection.in_transaction:
                connection.execute("ROLLBACK")

    def _refuse_in_snapshot(self) -> None:
        if getattr(self._local, "reading", False):
            raise written_in_snapshot()

    @contextmanager
    def _savepoint(self, connection: sqlite3.Connection) -> Iterator[None]:
        """Undo a failed call as a whole, and only it: the caller may go on with the transaction."""
        self._execute(connection, "SAVEPOINT joined")
        try:
            yield
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK TO joined")
                connection.execute("RELEASE joined")
            raise
        self._execute(connection, "RELEASE joined")

    def _attempt(self, work: Callable[[Querier], T], connection: sqlite3.Connection) -> T:
        try:
            return work(Querier(self._queries, connection))
        except sqlite3.Error as error:
            raise translate(error, self.path) from error

    def _execute(self, connection: sqlite3.Connection, statement: str) -> None:
        try:
            connection.execute(statement)
        except sqlite3.Error as error:
            raise translate(error, self.path) from error

    def _scalar(self, statement: str) -> int | str:
        try:
            value: int | str = self._connection().execute(statement).fetchone()[0]
        except sqlite3.Error as error:
            raise translate(error, self.path) from error
        return value
