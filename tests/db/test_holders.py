"""Who holds the lock of a database."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from opencode.db.holders import database_lock_holder, locked_by
from opencode.db.sqlite_connect import connect

pytestmark = pytest.mark.skipif(
    not Path("/proc/locks").exists(), reason="only Linux tells who holds a lock"
)

HOLDER = """
import sqlite3, sys
other = sqlite3.connect(sys.argv[1], isolation_level=None)
for statement in sys.argv[2:]:
    other.execute(statement)
print("locked", flush=True)
sys.stdin.read()
"""


@contextmanager
def other_program(path: Path, *statements: str) -> Iterator[int]:
    """Another process in the middle of its work; gives its number."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path), *statements],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "locked\n"
        yield process.pid


@pytest.fixture
def wal(tmp_path: Path) -> Path:
    path = tmp_path / "opencode.db"
    connect(path).close()
    return path


@pytest.mark.parametrize(
    "statements",
    [
        ["BEGIN IMMEDIATE"],
        ["BEGIN EXCLUSIVE"],
        ["PRAGMA locking_mode = EXCLUSIVE", "BEGIN IMMEDIATE"],
    ],
    ids=" ".join,
)
def test_who_writes_is_named(wal: Path, statements: list[str]) -> None:
    assert database_lock_holder(wal) is None
    with other_program(wal, *statements) as pid:
        assert (database_lock_holder(wal) or "").startswith(f"process {pid} (python")
    assert database_lock_holder(wal) is None


@pytest.mark.parametrize("statement", ["BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"])
def test_who_writes_without_a_log_is_named(tmp_path: Path, statement: str) -> None:
    path = tmp_path / "old.db"
    with other_program(path, "CREATE TABLE t (x)", statement) as pid:
        assert (database_lock_holder(path) or "").startswith(f"process {pid} (")


def test_who_reads_keeps_nobody_out(wal: Path) -> None:
    with other_program(wal, "BEGIN", "SELECT * FROM sqlite_schema"):
        assert database_lock_holder(wal) is None


def test_other_bytes_are_other_locks(wal: Path) -> None:
    shared = wal.with_name("opencode.db-shm")
    with other_program(wal, "BEGIN IMMEDIATE") as pid:
        assert locked_by(shared, range(120, 121)) == locked_by(shared)
        assert f"process {pid} " in str(locked_by(shared))
        assert locked_by(shared, range(121, 200)) is None
        assert locked_by(shared, range(120)) is None
