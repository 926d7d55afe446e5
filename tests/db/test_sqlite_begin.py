"""The write lock is waited for in turns; that Ctrl-C gets through is in test_sqlite."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from opencode.db.sqlite import connect
from opencode.db.sqlite_begin import begin_immediate


def test_waiting_goes_on_until_the_lock_is_free(tmp_path: Path) -> None:
    """Longer than one turn; the connection keeps its time limit."""
    database = tmp_path / "opencode.db"
    with (
        closing(connect(database)) as waiting,
        closing(sqlite3.connect(database, isolation_level=None, check_same_thread=False)) as other,
    ):
        other.execute("BEGIN IMMEDIATE")
        timer = threading.Timer(0.4, other.rollback)
        timer.start()
        begin_immediate(waiting)
        timer.join()
        assert waiting.in_transaction
        waiting.rollback()
        assert waiting.execute("PRAGMA busy_timeout").fetchone() == (60_000,)


@pytest.mark.parametrize("limit", [0.0, 0.05, 0.4])
def test_the_time_limit_of_the_connection_holds(tmp_path: Path, limit: float) -> None:
    database = tmp_path / "opencode.db"
    with (
        closing(connect(database, busy_timeout=limit)) as waiting,
        closing(sqlite3.connect(database, isolation_level=None)) as other,
    ):
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            begin_immediate(waiting)
        assert waiting.execute("PRAGMA busy_timeout").fetchone() == (limit * 1000,)


def test_other_errors_are_not_waited_for(tmp_path: Path) -> None:
    with closing(connect(tmp_path / "opencode.db")) as connection:
        begin_immediate(connection)
        with pytest.raises(sqlite3.OperationalError, match="within a transaction"):
            begin_immediate(connection)
