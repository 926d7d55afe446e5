"""Databases as programs before this one left them, and ways to look at databases."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from opencode.db.migrations import shipped_migrations
from opencode.db.target import SQLiteTarget
from opencode.db.upgrade import Progress, UpgradeReport, upgrade

PROJECT = "github.com/acme/app"
GOOSE_LEDGER = """
CREATE TABLE goose_db_version (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    version_id INTEGER NOT NULL,
    is_applied INTEGER NOT NULL,
    tstamp TIMESTAMP DEFAULT (datetime('now'))
);
INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, 1);
"""
GOOSE_VERSIONS = (20250424200609, 20250515105448)
START = 1_750_000_000
LEDGERS = ("_yoyo_migration", "_yoyo_log", "_yoyo_version", "goose_db_version")


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection as the Go program has it, closed at the end."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        yield connection


def rows(path: Path, sql: str, *parameters: object) -> list[tuple[object, ...]]:
    """What a query finds, read as any program would."""
    with opened(path) as connection:
        return list(connection.execute(sql, parameters))


def make_go_database(
    path: Path, *, sessions: int = 3, messages: int = 4, migrations: int = 2
) -> Path:
    """A database of the Go OpenCode, with times long ago and many ties among them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with opened(path) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(GOOSE_LEDGER)
        applied = shipped_migrations("sqlite")[:migrations]
        for migration, version in zip(applied, GOOSE_VERSIONS, strict=False):
            connection.executescript(migration.path.read_text(encoding="utf-8"))
            record_goose(connection, version)
        with without_triggers(connection):
            for number in range(sessions):
                _add_session(connection, number, messages)
    return path


@contextmanager
def without_triggers(connection: sqlite3.Connection) -> Iterator[None]:
    """Rows written inside keep the times they are given."""
    triggers = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    ).fetchall()
    connection.execute("BEGIN")
    for name, _ in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    yield
    for _, sql in triggers:
        connection.execute(sql)
    connection.execute("COMMIT")


def record_goose(connection: sqlite3.Connection, version: int, *, is_applied: bool = True) -> None:
    connection.execute(
        "INSERT INTO goose_db_version (version_id, is_applied, tstamp)"
        " VALUES (?, ?, '2025-05-16 10:00:00')",
        (version, is_applied),
    )


def _add_session(connection: sqlite3.Connection, number: int, messages: int) -> None:
    """Two of three sessions are children; ids of messages sort against the order of writing."""
    id = f"session-{number:04}"
    at = START + number * 10
    connection.execute(
        "INSERT INTO sessions"
        " (id, parent_session_id, title, message_count, updated_at, created_at)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (id, "session-0000" if number % 3 else None, f"Title {number}", messages, at + 5, at),
    )
    for place in range(messages):
        connection.execute(
            "INSERT INTO messages (id, session_id, role, parts, created_at, updated_at)"
            " VALUES (?, ?, 'user', ?, ?, ?)",
            (f"{id}-{999 - place:03}", id, f'[{{"place": {place}}}]', at + place // 3, at),
        )
    connection.execute(
        "INSERT INTO files (id, session_id, path, content, version, created_at, updated_at)"
        " VALUES (?, ?, 'main.go', ?, 'initial', ?, ?)",
        (f"{id}-file", id, "package main\n" * 20, at, at),
    )


def upgrade_file(
    path: Path, *, auto_migrate: bool = True, progress: Progress | None = None
) -> UpgradeReport:
    """The upgrade of every start, in project github.com/acme/app."""
    return upgrade(
        SQLiteTarget(path),
        auto_migrate=auto_migrate,
        project_id=lambda: PROJECT,
        progress=progress,
    )


def dump(path: Path, *, leave_out: Sequence[str] = LEDGERS) -> list[str]:
    """All a database consists of, as SQL; the ledgers hold times and random ids."""
    with opened(path) as connection:
        return [
            line
            for line in connection.iterdump()
            if not any(f'"{table}"' in line or f" {table} " in line for table in leave_out)
        ]


def backups(path: Path) -> list[Path]:
    """The copies beside a database, and what was left of unfinished ones."""
    return sorted(path.parent.glob(f"{path.name}.before-*"))
