"""Beginning a write transaction of SQLite so that Ctrl-C gets through while others write."""

from __future__ import annotations

import sqlite3
import time

from opencode.db.sqlite_errors import is_busy

__all__ = ["begin_immediate"]

_TURN = 250
"""Milliseconds inside SQLite, which no signal interrupts."""


def begin_immediate(connection: sqlite3.Connection) -> None:
    """Wait for the write lock as long as the connection's `busy_timeout` says, in short turns.

    Raises:
        sqlite3.Error: As `BEGIN IMMEDIATE` does; busy when the time is over.
    """
    limit: int = connection.execute("PRAGMA busy_timeout").fetchone()[0]
    deadline = time.monotonic() + limit / 1000
    if limit > _TURN:
        connection.execute(f"PRAGMA busy_timeout = {_TURN}")
    try:
        while True:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.Error as error:
                if not is_busy(error) or time.monotonic() >= deadline:
                    raise
            else:
                return
    finally:
        if limit > _TURN:
            connection.execute(f"PRAGMA busy_timeout = {limit}")
