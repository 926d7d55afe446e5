"""Telling what a SQLite file is before anything in it is touched.

It may be new, ours, a database of the Go OpenCode (whose ledger is goose's), or a stranger's.  The
Go program's is adopted: its migrations are entered into our ledger as applied, after the schema
was compared with what they make.
"""

from __future__ import annotations

import sqlite3

from opencode.db.migrate_ledger import GOOSE_TABLE, GOOSE_VERSIONS, LEDGER_TABLES
from opencode.db.migrations import AppliedMigration, State, fetch, read_applied
from opencode.errors import NewerSchema, SchemaDrift, SchemaError

__all__ = ["inspect"]

_LEDGERS = frozenset({*LEDGER_TABLES, GOOSE_TABLE})
_OWN_COLUMNS = frozenset({"parent_session_id", "message_count", "prompt_tokens"})
_TYPESCRIPT_TABLES = frozenset({"session", "message", "part"})


def inspect(connection: sqlite3.Connection, location: str) -> State:
    """Find out what the database is and what its ledger claims; changes nothing.

    `location` is what messages call it.

    Raises:
        SchemaError: It belongs to another program.
        SchemaDrift: It has our tables and no ledger.
        NewerSchema: The Go program that wrote it is newer than the one known here.
    """
    tables = _tables(connection)
    goose = GOOSE_TABLE in tables
    if applied := read_applied(connection):
        return State(applied, goose=goose, empty=False)
    strangers = tables - _LEDGERS
    if goose and (adopted := _read_goose(connection, location, strangers)):
        return State(adopted, tuple(line.id for line in adopted), goose=True, empty=False)
    if _has_our_sessions(connection):
        raise SchemaDrift(
            f"{location} holds sessions, but no ledger tells which migrations it has",
            differences=["the ledger of migrations is missing or empty"],
            hint="restore a complete backup, or move the file away to start with a new one",
        )
    if strangers:
        raise _foreign(location, strangers)
    return State(goose=goose, empty=not tables)


def _tables(connection: sqlite3.Connection) -> frozenset[str]:
    rows = fetch(connection, "SELECT name FROM sqlite_master WHERE type = 'table'")
    return frozenset(
        row["name"] for row in rows if not row["name"].startswith(("sqlite_", "yoyo_tmp_"))
    )


def _has_our_sessions(connection: sqlite3.Connection) -> bool:
    rows = fetch(connection, "SELECT name FROM pragma_table_info('sessions')")
    return {row["name"] for row in rows} >= _OWN_COLUMNS


def _read_goose(
    connection: sqlite3.Connection, location: str, strangers: frozenset[str]
) -> tuple[AppliedMigration, ...]:
    """What goose's ledger says; the last line of a version counts, because a rollback adds one."""
    rows = fetch(
        connection,
        "SELECT version_id, is_applied, tstamp FROM goose_db_version"
        " WHERE version_id > 0 ORDER BY id",
    )
    latest = {row["version_id"]: row for row in rows}
    applied = {version: row for version, row in latest.items() if row["is_applied"]}
    unknown = [str(version) for version in applied if version not in GOOSE_VERSIONS.values()]
    if unknown and len(unknown) == len(applied):
        raise _foreign(location, strangers)
    if unknown:
        raise NewerSchema(
            f"{location} was upgraded by a newer Go OpenCode than this program knows: "
            f"it has {', '.join(unknown)}",
            unknown=unknown,
            hint="install a newer opencode, or set data.directory to another place",
        )
    return tuple(
        AppliedMigration(id, str(applied[version]["tstamp"]), None)
        for id, version in GOOSE_VERSIONS.items()
        if version in applied
    )


def _foreign(location: str, tables: frozenset[str]) -> SchemaError:
    if tables >= _TYPESCRIPT_TABLES:
        looks = "it looks like one of the newer OpenCode in TypeScript (session, message, part)"
    else:
        some = sorted(tables)
        looks = f"it has other tables ({', '.join(some[:4])}{', …' if some[4:] else ''})"
    return SchemaError(
        f"{location} belongs to another program: {looks}",
        hint="nothing was changed; set data.directory to another place",
    )
