"""One process at a time changes a schema; a process that dies gives its lock back.

A row in a lock table would stay for ever after a `kill -9`.  So SQLite's lock is one of the
operating system's on a file beside the database, and MySQL's one of the server's.
"""

from __future__ import annotations

import os
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from opencode.db.holders import locked_by
from opencode.db.migrations import Connection, fetch
from opencode.db.patience import WORTH_MENTIONING
from opencode.db.sqlite_errors import is_busy, translate
from opencode.errors import DatabaseLocked

__all__ = [
    "LOCK_TIMEOUT",
    "Waiting",
    "file_lock",
    "file_lock_holder",
    "lock_path",
    "server_lock",
    "server_lock_holder",
]

LOCK_TIMEOUT = 120.0
"""Seconds to wait for another process's upgrade; that of a large database takes a while."""

Waiting = Callable[[str], None]
"""Told once, and by whom the lock is held, when there is a wait worth mentioning."""

_ATTEMPT = 0.25  # seconds inside SQLite, where a Ctrl-C has to wait
_HINT = "wait for it to finish and try again; `opencode db unlock` tells what holds the lock"
_NAME_LIMIT = 64


def lock_path(database: Path) -> Path:
    """The file the lock is on.  It stays, empty: removing it would let two processes in."""
    return database.with_name(database.name + ".migrate-lock")


@contextmanager
def file_lock(
    database: Path, *, timeout: float = LOCK_TIMEOUT, waiting: Waiting | None = None
) -> Iterator[None]:
    """Hold the lock of a SQLite database.

    Raises:
        DatabaseLocked: Another process still held it after `timeout` seconds.
        DatabaseReadOnly: The file cannot be made.
    """
    path = lock_path(database)
    try:
        _make_private(path)
        connection = sqlite3.connect(
            path, timeout=min(_ATTEMPT, timeout), isolation_level=None, check_same_thread=False
        )
    except sqlite3.Error as error:
        raise translate(error, path) from error
    with closing(connection):
        _wait(
            lambda: _try(connection, path),
            lambda: file_lock_holder(database),
            str(database),
            timeout=timeout,
            waiting=waiting,
        )
        try:
            yield
        finally:
            connection.execute("ROLLBACK")


@contextmanager
def server_lock(
    connection: Connection, *, timeout: float = LOCK_TIMEOUT, waiting: Waiting | None = None
) -> Iterator[None]:
    """Hold the lock of the MySQL database this connection uses.

    The server frees it with the connection, and only after a statement in progress has ended.

    Raises:
        DatabaseLocked: Another connection still held it after `timeout` seconds.
    """
    name = _lock_name(connection)
    # In short turns, because a longer one runs into the driver's read_timeout.
    _wait(
        lambda: _value(connection, f"SELECT GET_LOCK('{name}', 1)") == 1,
        lambda: server_lock_holder(connection),
        f"the database {_value(connection, 'SELECT DATABASE()')}",
        timeout=timeout,
        waiting=waiting,
    )
    try:
        yield
    finally:
        # A lost connection has freed it already, and what lost it is the error to tell.
        with suppress(Exception):
            _value(connection, f"SELECT RELEASE_LOCK('{name}')")


def file_lock_holder(database: Path) -> str | None:
    """Which process holds the lock of a SQLite database, where the system tells (Linux)."""
    return locked_by(lock_path(database))


def server_lock_holder(connection: Connection) -> str | None:
    """Which connection holds the lock of the MySQL database this one uses."""
    id = _value(connection, f"SELECT IS_USED_LOCK('{_lock_name(connection)}')")
    if id is None:
        return None
    from opencode.db.mysql_processes import find_process

    holder = find_process(connection, int(id))
    return f"connection {id} of {holder.user}@{holder.host}" if holder else f"connection {id}"


def _make_private(path: Path) -> None:
    """Create the file for its owner only.

    Never opened when it exists: closing a file drops every lock this process has on it.
    """
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError:
        return  # it is there, or SQLite will say why it cannot be


def _try(connection: sqlite3.Connection, path: Path) -> bool:
    try:
        connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error as error:
        if is_busy(error):
            return False
        raise translate(error, path) from error
    return True


def _wait(
    attempt: Callable[[], bool],
    holder: Callable[[], str | None],
    what: str,
    *,
    timeout: float,
    waiting: Waiting | None,
) -> None:
    started = time.monotonic()
    told = waiting is None
    while not attempt():
        waited = time.monotonic() - started
        if waited >= timeout:
            raise DatabaseLocked(
                f"{what} is being upgraded by {holder() or 'another process'}, "
                f"and was not free after {timeout:g} seconds",
                hint=_HINT,
            )
        if not told and waited >= WORTH_MENTIONING and waiting is not None:
            waiting(holder() or "another process")
            told = True


def _lock_name(connection: Connection) -> str:
    """The server's locks are shared by all its databases, and their names are short."""
    database = str(_value(connection, "SELECT DATABASE()"))
    name = f"opencode.{database}"
    if len(name) <= _NAME_LIMIT and re.fullmatch(r"[\w.-]+", name, re.ASCII):
        return name
    from hashlib import sha256

    return f"opencode.{sha256(database.encode()).hexdigest()[:40]}"


def _value(connection: Connection, sql: str) -> str | int | None:
    value: str | int | None = next(iter(fetch(connection, sql)[0].values()))
    return value
