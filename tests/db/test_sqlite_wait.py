"""The write lock is waited for in turns; that Ctrl-C gets through is in test_sqlite."""

from __future__ import annotations

import os
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from opencode.db.sqlite import SQLiteProvider
from opencode.db.sqlite_connect import connect
from opencode.db.sqlite_wait import LockWait, begin_immediate
from opencode.errors import DatabaseLocked


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


def test_a_wait_is_told_once_and_known_while_it_lasts(tmp_path: Path) -> None:
    """By whose lock, where the system tells: here the process's own."""
    database = tmp_path / "opencode.db"
    told: list[tuple[str, str]] = []
    wait = LockWait(database, 2, lambda words: told.append((words, wait.words)))
    with (
        closing(connect(database, busy_timeout=2, wait=wait)) as waiting,
        closing(sqlite3.connect(database, isolation_level=None)) as other,
    ):
        other.execute("BEGIN IMMEDIATE")
        for _ in range(2):
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                begin_immediate(waiting)
            assert wait.words == ""
    assert len(told) == 2
    (words, known), _ = told
    assert words == known
    who = f"process {os.getpid()} (" if Path("/proc/locks").exists() else "another program"
    assert words.startswith(f"the database is locked by {who}")
    assert words.endswith("; waiting for up to 2 s")


def test_each_connection_has_a_wait_of_its_own(tmp_path: Path) -> None:
    """One that waits no more leaves the other's known, which is not told again."""
    told: list[str] = []
    wait = LockWait(tmp_path / "opencode.db", 5, told.append)
    with closing(sqlite3.connect(":memory:")) as one, closing(sqlite3.connect(":memory:")) as other:
        wait.goes_on(one, 2)
        wait.goes_on(other, 2)
        assert len(told) == 2
        wait.is_over(other)
        assert wait.words == told[0]
        wait.goes_on(one, 3)
        assert len(told) == 2
        wait.is_over(one)
        assert wait.words == ""
        wait.goes_on(one, 2)
        assert len(told) == 3


def test_a_short_wait_is_not_told(tmp_path: Path) -> None:
    database = tmp_path / "opencode.db"
    told: list[str] = []
    wait = LockWait(database, 0.6, told.append)
    with (
        closing(connect(database, busy_timeout=0.6, wait=wait)) as waiting,
        closing(sqlite3.connect(database, isolation_level=None)) as other,
    ):
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            begin_immediate(waiting)
    assert not told


def test_a_file_that_is_locked_as_a_whole_is_told_when_it_is_opened(tmp_path: Path) -> None:
    database = tmp_path / "opencode.db"
    told: list[str] = []
    wait = LockWait(database, 2, told.append)
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        for wal in (True, False):
            provider = SQLiteProvider(database, busy_timeout=2, wal=wal, wait=wait)
            with pytest.raises(DatabaseLocked):
                provider.data_version()
    assert len(told) == 2
