"""Backups: complete, private, never in place of another file, never half there."""

from __future__ import annotations

import errno
import re
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from opencode.db.backup import copy_before_migration, copy_database
from opencode.db.sqlite_file import check_content
from opencode.errors import (
    DatabaseDamaged,
    DatabaseLocked,
    DiskFull,
    StoreError,
    UsageError,
)
from tests.db.databases import backups, dump, make_go_database, opened

EVERYTHING: tuple[str, ...] = ()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return make_go_database(tmp_path / "opencode.db", sessions=20)


@pytest.fixture
def connection(path: Path) -> Iterator[sqlite3.Connection]:
    with opened(path) as connection:
        yield connection


def test_a_copy_is_the_same_and_private(connection: sqlite3.Connection, path: Path) -> None:
    file = path.with_name("copy.db")
    copy_database(connection, file)
    assert dump(file, leave_out=EVERYTHING) == dump(path, leave_out=EVERYTHING)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_copy_holds_what_is_still_in_the_log(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("UPDATE sessions SET title = 'Changed'")
    assert path.with_name("opencode.db-wal").stat().st_size > 0
    file = path.with_name("copy.db")
    copy_database(connection, file)
    with opened(file) as copy:
        assert copy.execute("SELECT DISTINCT title FROM sessions").fetchall() == [("Changed",)]


def test_a_copy_shows_one_moment_though_others_write(
    connection: sqlite3.Connection, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("opencode.db.backup._PAGES_AT_ONCE", 1)
    before = dump(path, leave_out=EVERYTHING)
    file = path.with_name("copy.db")
    with opened(path) as other:

        def write(done: int, total: int) -> None:
            other.execute("UPDATE sessions SET title = ? WHERE id = 'session-0001'", (str(done),))

        copy_database(connection, file, progress=write)
    assert dump(file, leave_out=EVERYTHING) == before


def test_an_existing_file_is_never_replaced(connection: sqlite3.Connection, path: Path) -> None:
    file = path.with_name("precious.db")
    file.write_text("precious")
    with pytest.raises(UsageError):
        copy_database(connection, file)
    assert file.read_text() == "precious"
    assert not list(path.parent.glob("*.partial"))


def test_progress_ends_with_all_pages(connection: sqlite3.Connection, path: Path) -> None:
    seen: list[tuple[int, int]] = []
    copy_database(
        connection, path.with_name("c.db"), progress=lambda done, total: seen.append((done, total))
    )
    assert seen[-1][0] == seen[-1][1] > 0


def test_the_name_tells_the_migration_and_the_time(
    connection: sqlite3.Connection, path: Path
) -> None:
    file = copy_before_migration(connection, path, 3)
    assert re.fullmatch(r"opencode\.db\.before-0003-\d{8}-\d{6}\.bak", file.name)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert dump(file, leave_out=EVERYTHING) == dump(path, leave_out=EVERYTHING)


def test_without_a_log_the_copy_is_the_same_byte_for_byte(tmp_path: Path) -> None:
    path = make_go_database(tmp_path / "opencode.db")
    content = path.read_bytes()
    with opened(path) as connection:
        file = copy_before_migration(connection, path, 3)
    assert file.read_bytes() == content == path.read_bytes()


def test_with_a_log_the_copy_holds_what_is_in_it(
    connection: sqlite3.Connection, path: Path
) -> None:
    connection.execute("UPDATE sessions SET title = 'Changed'")
    file = copy_before_migration(connection, path, 3)
    assert dump(file, leave_out=EVERYTHING) == dump(path, leave_out=EVERYTHING)


def test_the_same_state_is_not_copied_twice(connection: sqlite3.Connection, path: Path) -> None:
    first = copy_before_migration(connection, path, 3)
    assert copy_before_migration(connection, path, 3) == first
    assert backups(path) == [first]


def test_another_state_gets_another_file_within_the_same_second(
    connection: sqlite3.Connection, path: Path
) -> None:
    first = copy_before_migration(connection, path, 3)
    connection.execute("UPDATE sessions SET title = 'Changed'")
    second = copy_before_migration(connection, path, 3)
    assert backups(path) == sorted([first, second])


def test_what_a_killed_copy_left_is_removed(connection: sqlite3.Connection, path: Path) -> None:
    leftover = path.with_name("opencode.db.before-0003-20260101-000000.bak.x7.partial")
    leftover.write_text("half")
    file = copy_before_migration(connection, path, 3)
    assert backups(path) == [file]


def test_too_little_space_is_found_out_before_copying(
    connection: sqlite3.Connection, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(path.parent)._replace(free=1000)
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage)
    with pytest.raises(DiskFull, match="1,000 are free") as caught:
        copy_before_migration(connection, path, 3)
    assert "nothing was changed" in caught.value.hint
    assert not backups(path)


def test_an_interrupted_copy_leaves_nothing(connection: sqlite3.Connection, path: Path) -> None:
    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copy_before_migration(connection, path, 3, progress=interrupt)
    assert not backups(path)
    assert not connection.in_transaction


def test_a_damaged_database_is_not_copied(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096 * 6 : 4096 * 7] = b"\xff" * 4096
    path.write_bytes(content)
    with opened(path) as connection, pytest.raises(DatabaseDamaged):
        copy_before_migration(connection, path, 3)
    assert not backups(path)


def test_a_locked_database_is_not_waited_for_without_end(
    tmp_path: Path,
) -> None:
    path = make_go_database(tmp_path / "opencode.db")
    with opened(path) as other, opened(path) as connection:
        connection.execute("PRAGMA busy_timeout = 1")
        other.execute("PRAGMA journal_mode = DELETE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(DatabaseLocked):
            copy_database(connection, tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()


def test_inside_a_transaction_no_copy_is_made(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="inside a transaction"):
        copy_database(connection, path.with_name("copy.db"))


def test_a_directory_that_is_not_there_is_an_error_of_ours(
    connection: sqlite3.Connection, tmp_path: Path
) -> None:
    with pytest.raises(StoreError):
        copy_database(connection, tmp_path / "missing" / "copy.db")


WRITE = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("UPDATE sessions SET title = title || '!'")
connection.close()
"""


def write_elsewhere(path: Path) -> None:
    """Another process writes and closes; it deletes the log if it seems to be the last one."""
    subprocess.run([sys.executable, "-c", WRITE, str(path)], check=True)


@pytest.mark.parametrize("look", ["copy", "check"])
def test_no_other_connection_loses_its_lock(
    connection: sqlite3.Connection, path: Path, look: str
) -> None:
    """Of a thread, or of who called the rollback: others would delete the log it works with."""
    titles = "SELECT DISTINCT substr(title, -2) FROM sessions WHERE id = 'session-0001'"
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.execute(titles).fetchall()
    if look == "copy":
        with opened(path) as second:
            copy_before_migration(second, path, 3)
    else:
        check_content(path)
    log = path.with_name("opencode.db-wal").stat().st_ino
    for _ in range(2):
        write_elsewhere(path)
    assert path.with_name("opencode.db-wal").stat().st_ino == log
    assert connection.execute(titles).fetchall() == [("!!",)]


def test_without_a_python_to_start_pages_are_copied(
    connection: sqlite3.Connection, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    monkeypatch.setattr("sys.executable", "")
    file = copy_before_migration(connection, path, 3)
    assert dump(file, leave_out=EVERYTHING) == dump(path, leave_out=EVERYTHING)


def test_a_file_that_appears_meanwhile_is_not_replaced(
    connection: sqlite3.Connection, path: Path
) -> None:
    file = path.with_name("copy.db")

    def write(done: int, total: int) -> None:
        file.write_text("precious")

    with pytest.raises(UsageError, match="exists"):
        copy_database(connection, file, progress=write)
    assert file.read_text() == "precious"
    assert not list(path.parent.glob("*.partial"))


@pytest.mark.parametrize("taken", [False, True])
def test_file_systems_without_hard_links_will_do(
    connection: sqlite3.Connection, path: Path, monkeypatch: pytest.MonkeyPatch, taken: bool
) -> None:
    def refuse(source: Path, target: Path) -> None:
        if taken:
            target.write_text("precious")
        raise PermissionError(errno.EPERM, "no hard links here")

    monkeypatch.setattr("os.link", refuse)
    file = path.with_name("copy.db")
    if taken:
        with pytest.raises(UsageError, match="exists"):
            copy_database(connection, file)
        assert file.read_text() == "precious"
    else:
        copy_database(connection, file)
        assert dump(file, leave_out=EVERYTHING) == dump(path, leave_out=EVERYTHING)
    assert not list(path.parent.glob("*.partial"))
