"""Waiting for SQLite's locks so that Ctrl-C gets through, and so that it can be told meanwhile."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any

from opencode.db.patience import WORTH_MENTIONING, Tell
from opencode.db.sqlite_errors import is_busy

__all__ = ["LockWait", "WaitingConnection", "begin_immediate", "in_turns"]

_TURN = 250
"""Milliseconds inside SQLite, which no signal interrupts."""


class LockWait:
    """Knows which connections wait for somebody else's lock, and for whose; shared by them."""

    def __init__(self, path: Path, seconds: float, tell: Tell | None = None) -> None:
        """`tell` is told once for each wait, if it is one worth mentioning."""
        self._waits: dict[sqlite3.Connection, str] = {}
        self._path = path
        self._seconds = seconds
        self._tell = tell

    @property
    def words(self) -> str:
        """What is waited for, and for how long; empty while nothing is."""
        waits = [*self._waits.values()]
        return waits[-1] if waits else ""

    def goes_on(self, connection: sqlite3.Connection, waited: float) -> None:
        """Take note that a connection has waited so many seconds, and that it is not over."""
        if waited < WORTH_MENTIONING:
            return
        from opencode.db.holders import database_lock_holder

        begins = connection not in self._waits
        holder = database_lock_holder(self._path) or "another program"
        limit = f"waiting for up to {self._seconds:g} s"
        words = f"the database is locked by {holder}; {limit}"
        self._waits[connection] = words
        if begins and self._tell is not None:
            self._tell(words)

    def is_over(self, connection: sqlite3.Connection) -> None:
        """Take note that a connection waits no more."""
        self._waits.pop(connection, None)


class WaitingConnection(sqlite3.Connection):
    """A connection that takes note of what it waits for."""

    wait: LockWait | None = None


def begin_immediate(connection: sqlite3.Connection) -> None:
    """Wait for the write lock as long as the connection's `busy_timeout` says, in short turns.

    Raises:
        sqlite3.Error: As `BEGIN IMMEDIATE` does; busy when the time is over.
    """
    in_turns(connection, "BEGIN IMMEDIATE")


def in_turns(connection: sqlite3.Connection, statement: str) -> list[tuple[Any, ...]]:
    """Execute a statement that may have to wait; return its rows."""
    wait = connection.wait if isinstance(connection, WaitingConnection) else None
    limit: int = connection.execute("PRAGMA busy_timeout").fetchone()[0]
    started = time.monotonic()
    if limit > _TURN:
        connection.execute(f"PRAGMA busy_timeout = {_TURN}")
    try:
        while True:
            try:
                return connection.execute(statement).fetchall()
            except sqlite3.Error as error:
                waited = time.monotonic() - started
                if not is_busy(error) or waited >= limit / 1000:
                    raise
                if wait is not None:
                    wait.goes_on(connection, waited)
    finally:
        if wait is not None:
            wait.is_over(connection)
        if limit > _TURN:
            connection.execute(f"PRAGMA busy_timeout = {limit}")
