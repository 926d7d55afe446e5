"""The SQL that keeps the ledger: where it is noted which migrations a database has.

The tables are those of yoyo 9.0.0 (`yoyo.internalmigrations`), so that its own commands can read
them, plus a checksum.  The log leaves out who migrated on which machine, which yoyo would note.
All values are literals: what is run is what `opencode db migrate --dry-run` prints.
"""

# ruff: noqa: S608 -- identifiers and checksums only, and the SQL must be readable for a DBA

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from opencode.db.migrations import LEDGER, Migration
from opencode.db.resources import Dialect

__all__ = [
    "ADD_CHECKSUM",
    "GOOSE_TABLE",
    "GOOSE_VERSIONS",
    "JOURNAL",
    "LEDGER_TABLES",
    "MYSQL_OPTIONS",
    "Ledger",
]

GOOSE_TABLE: Final = "goose_db_version"
GOOSE_VERSIONS: Final[Mapping[str, int]] = {
    "0001_initial": 20250424200609,
    "0002_session_summary": 20250515105448,
}
"""The Go OpenCode's own migrations, in its own ledger, by our ids."""

ADD_CHECKSUM: Final = f"ALTER TABLE {LEDGER} ADD COLUMN sha256 VARCHAR(64)"
"""For a ledger that yoyo's own commands made."""

JOURNAL: Final = "opencode_migration_journal"
"""Where MySQL's engine notes how far it came within a migration."""

MYSQL_OPTIONS: Final = (
    "ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ROW_FORMAT = DYNAMIC"
)
_YOYO_SCHEMA = 2
_TABLES = {
    LEDGER: """
    migration_hash VARCHAR(64) NOT NULL PRIMARY KEY,
    migration_id VARCHAR(255),
    applied_at_utc TIMESTAMP NULL,
    sha256 VARCHAR(64)""",
    "_yoyo_log": """
    id VARCHAR(36) NOT NULL PRIMARY KEY,
    migration_hash VARCHAR(64),
    migration_id VARCHAR(255),
    operation VARCHAR(10),
    username VARCHAR(255),
    hostname VARCHAR(255),
    comment VARCHAR(255),
    created_at_utc TIMESTAMP NULL""",
    "_yoyo_version": """
    version INT NOT NULL PRIMARY KEY,
    installed_at_utc TIMESTAMP NULL""",
    "yoyo_lock": """
    locked INT NOT NULL DEFAULT 1 PRIMARY KEY,
    ctime TIMESTAMP NULL,
    pid INT NOT NULL""",
}

LEDGER_TABLES: Final = frozenset(_TABLES)


@dataclass(frozen=True, slots=True)
class Ledger:
    """Statements in a dialect; with `goose` the Go program's ledger is kept up as well."""

    dialect: Dialect
    goose: bool = False

    def create(self) -> list[str]:
        """Make the tables where they are missing."""
        sqlite = self.dialect == "sqlite"
        options = "" if sqlite else f" {MYSQL_OPTIONS}"
        ignore = "OR IGNORE" if sqlite else "IGNORE"
        version = (
            f"INSERT {ignore} INTO _yoyo_version (version, installed_at_utc)\n"
            f"VALUES ({_YOYO_SCHEMA}, {self._now})"
        )
        tables = (
            f"CREATE TABLE IF NOT EXISTS {name} ({columns}\n){options}"
            for name, columns in _TABLES.items()
        )
        return [*tables, version]

    def mark(self, migration: Migration, *, adopted: bool = False) -> list[str]:
        """Note that a migration was applied; `adopted`: that its effect was found to be there."""
        key, checksum = _hash(migration), migration.sha256
        mark = (
            f"INSERT INTO {LEDGER} (migration_hash, migration_id, applied_at_utc, sha256)\n"
            f"VALUES ('{key}', '{migration.id}', {self._now}, '{checksum}')"
        )
        statements = [mark, self._log(migration, "mark" if adopted else "apply")]
        if version := self._goose_version(migration, adopted=adopted):
            statements.append(
                f"INSERT INTO {GOOSE_TABLE} (version_id, is_applied) VALUES ({version}, 1)"
            )
        return statements

    def unmark(self, migration: Migration) -> list[str]:
        """Note that a migration was rolled back."""
        statements = [
            f"DELETE FROM {LEDGER} WHERE migration_hash = '{_hash(migration)}'",
            self._log(migration, "rollback"),
        ]
        if version := self._goose_version(migration):
            statements.append(f"DELETE FROM {GOOSE_TABLE} WHERE version_id = {version}")
        return statements

    @property
    def _now(self) -> str:
        return "CURRENT_TIMESTAMP" if self.dialect == "sqlite" else "UTC_TIMESTAMP()"

    def _goose_version(self, migration: Migration, *, adopted: bool = False) -> int | None:
        return GOOSE_VERSIONS.get(migration.id) if self.goose and not adopted else None

    def _log(self, migration: Migration, operation: Literal["apply", "mark", "rollback"]) -> str:
        from uuid import uuid4

        return (
            "INSERT INTO _yoyo_log (id, migration_hash, migration_id, operation, created_at_utc)\n"
            f"VALUES ('{uuid4()}', '{_hash(migration)}', '{migration.id}', '{operation}', "
            f"{self._now})"
        )


def _hash(migration: Migration) -> str:
    """Its key in yoyo's tables: the checksum of the id, not of the file."""
    from hashlib import sha256

    return sha256(migration.id.encode()).hexdigest()
