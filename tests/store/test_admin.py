"""Looking after a database without changing it by the way."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from opencode.errors import StoreError
from opencode.store import open_admin
from opencode.store.admin import Admin
from tests.db.databases import make_go_database


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "data" / "opencode.db"


@pytest.fixture
def admin(database: Path, tmp_path: Path) -> Iterator[Admin]:
    admin = open_admin(tmp_path, project="acme", dsn=f"sqlite:///{database}")
    yield admin
    admin.close()


@pytest.fixture
def rollback_journal(database: Path) -> bytes:
    """The content of a database of the Go OpenCode that somebody has taken out of WAL."""
    make_go_database(database)
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    return database.read_bytes()


def test_the_status_leaves_the_file_alone(
    admin: Admin, database: Path, rollback_journal: bytes
) -> None:
    assert admin.status().sessions == 3
    admin.close()
    assert database.read_bytes() == rollback_journal
    assert [entry.name for entry in database.parent.iterdir()] == ["opencode.db"]


def test_a_backup_leaves_the_file_alone(
    admin: Admin, database: Path, rollback_journal: bytes, tmp_path: Path
) -> None:
    admin.backup(tmp_path / "copy.db")
    admin.close()
    assert database.read_bytes() == rollback_journal


def test_a_strangers_file_is_copied_as_it_is(admin: Admin, database: Path, tmp_path: Path) -> None:
    database.parent.mkdir()
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
    content = database.read_bytes()
    admin.backup(tmp_path / "copy.db")
    admin.close()
    assert database.read_bytes() == content


def test_what_is_not_there_is_not_copied(admin: Admin, database: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no database /"):
        admin.backup(tmp_path / "copy.db")
    assert not database.parent.exists()


def test_a_migration_after_a_look_and_back_again(
    admin: Admin, database: Path, rollback_journal: bytes
) -> None:
    """All with the connection open that the status has used."""
    assert admin.status().schema_version == 2
    report = admin.migrate()
    assert report.backup is not None
    assert report.backup.read_bytes() == rollback_journal
    assert admin.status().pending == ()
    assert len(admin.rollback(to=2).rolled_back) == len(report.applied)
    assert admin.status().schema_version == 2
