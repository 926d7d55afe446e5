"""Connections to SQLite: the settings and functions every user of the file must share."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from opencode.db.sqlite_errors import explain
from opencode.db.sqlite_file import check_place, prepare_database_file
from opencode.db.sqlite_wait import LockWait, WaitingConnection, in_turns
from opencode.errors import StoreError
from opencode.text.folding import fold

__all__ = ["BUSY_TIMEOUT", "connect"]

_Value = str | bytes | int | float | None

BUSY_TIMEOUT = 60.0
"""Seconds to wait for another process's transaction, as the Go OpenCode does."""

_MINIMUM_VERSION = (3, 38, 0)  # unixepoch()
_CACHED_STATEMENTS = 256  # more than the Querier has


def connect(
    path: Path,
    *,
    busy_timeout: float = BUSY_TIMEOUT,
    create: bool = True,
    wal: bool = True,
    wait: LockWait | None = None,
) -> sqlite3.Connection:
    """Open a connection with autocommit and the settings every user of the file must share.

    `wal=False` leaves the journal mode as it is, because setting it writes to the file: the
    upgrade must not do so before it has made its backup, which for a file with a rollback journal
    is a copy of the untouched file, byte for byte.  `wait` takes note of locks that are waited for.

    Raises:
        DatabaseDamaged, DatabaseReadOnly, DatabaseLocked, DiskFull, StoreError: what is wrong
            with the file, before anything was changed.
    """
    if sqlite3.sqlite_version_info < _MINIMUM_VERSION:
        raise StoreError(
            f"this Python's SQLite is {sqlite3.sqlite_version}; 3.38 or newer is needed",
            hint="install a Python built with a newer SQLite",
        )
    if create:
        prepare_database_file(path)
    check_place(path)
    try:
        connection = sqlite3.connect(
            path,
            timeout=busy_timeout,
            isolation_level=None,
            check_same_thread=False,  # closed by whichever thread closes the provider
            cached_statements=_CACHED_STATEMENTS,
            factory=WaitingConnection,
        )
    except sqlite3.Error as error:
        raise explain(error, path) from error
    connection.wait = wait
    try:
        _configure(connection, path, wal=wal)
    except sqlite3.Error as error:
        connection.close()
        raise explain(error, path) from error
    except BaseException:
        connection.close()
        raise
    return connection


def _configure(connection: sqlite3.Connection, path: Path, *, wal: bool) -> None:
    # The first statement that reads the file, which somebody may have locked.
    if wal:
        _use_write_ahead_log(connection, path)
    else:
        in_turns(connection, "PRAGMA schema_version")
    for pragma in (
        "synchronous = NORMAL",
        "foreign_keys = ON",
        "temp_store = MEMORY",
        "cache_size = -16000",
    ):
        connection.execute(f"PRAGMA {pragma}")
    connection.text_factory = _decode
    # SQLite folds ASCII only; with this a filter finds "Ärger" by "ärger", as it does on MySQL.
    connection.create_function("lower", 1, _lower, deterministic=True)


def _use_write_ahead_log(connection: sqlite3.Connection, path: Path) -> None:
    ((mode,),) = in_turns(connection, "PRAGMA journal_mode = WAL")
    if mode != "wal":
        raise StoreError(
            f"{path}: the file system does not support SQLite's write-ahead log (mode: {mode})",
            hint="network drives do not; set data.directory to a local disk, or use MySQL",
        )


def _decode(text: bytes) -> str:
    """Text as the Go OpenCode stored it, which takes a file's bytes for UTF-8 unseen."""
    return text.decode("utf-8", "surrogateescape")


def _lower(value: _Value) -> _Value:
    if isinstance(value, bytes):  # the queries cast, because only bytes may be no UTF-8
        value = value.decode("utf-8", "replace")
    # LIKE reads up to a NUL only.
    return fold(value).replace("\0", "\ufffd") if isinstance(value, str) else value
