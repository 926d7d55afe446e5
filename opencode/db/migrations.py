"""The migrations that ship with the program, and which of them a database has.

Cheap on purpose: every start comes through here, which is why the values are named tuples (see
`config.model`).  What changes a database is in `migrate`, which loads yoyo.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple, Protocol

from opencode.db.resources import Dialect, migrations_directory
from opencode.errors import IncompleteInstallation, NewerSchema, SchemaDrift

__all__ = [
    "LEDGER",
    "AppliedMigration",
    "Connection",
    "Direction",
    "Migration",
    "Plan",
    "State",
    "fetch",
    "plan",
    "read_applied",
    "read_migrations",
    "shipped_migrations",
]

LEDGER = "_yoyo_migration"
"""Where yoyo notes what was applied (its default name, so that its own commands find it)."""

_FILE_NAME = re.compile(r"(?P<number>\d{4})_[a-z0-9_]+")
_ROLLBACK = ".rollback.sql"
_NO_SUCH_TABLE = 1146


Direction = Literal["apply", "rollback"]


class Connection(Protocol):
    """What sqlite3 and PyMySQL have in common, as far as it is used on both."""

    def cursor(self) -> Any: ...

    def close(self) -> None: ...


class Migration(NamedTuple):
    """One step of the schema; `id` is the file's name without `.sql`."""

    id: str
    number: int
    path: Path
    rollback_path: Path

    @property
    def name(self) -> str:
        """The id without its number, in words."""
        return self.id.partition("_")[2].replace("_", " ")

    @property
    def sha256(self) -> str:
        """Checksum of the file, the same whatever line endings a checkout gave it."""
        from hashlib import sha256

        return sha256(self.path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()


class AppliedMigration(NamedTuple):
    """A line of the ledger; `sha256` is None when something else than this program wrote it."""

    id: str
    applied_at: str
    """UTC, `YYYY-MM-DD HH:MM:SS`."""
    sha256: str | None


class State(NamedTuple):
    """What a database was found to be."""

    applied: tuple[AppliedMigration, ...] = ()
    """Its migrations, whichever ledger says so."""
    adopted: tuple[str, ...] = ()
    """Those of them that only goose's ledger knows; ours does not yet."""
    goose: bool = False
    """Whether there is a ledger of goose, to be kept up for the Go program."""
    empty: bool = True
    """Nothing to lose: there are no tables yet."""
    unfinished: str = ""
    """The id of a migration that was cut off halfway (MySQL)."""


class Plan(NamedTuple):
    """What lies between a database and this program."""

    applied: tuple[Migration, ...]
    pending: tuple[Migration, ...]
    unknown: tuple[str, ...]
    checksums: Mapping[str, str | None]
    """Of the applied files, as the ledger has them."""

    @property
    def drifted(self) -> tuple[str, ...]:
        """Ids of applied migrations whose file is not the one that was applied; reads the files."""
        recorded = ((migration, self.checksums[migration.id]) for migration in self.applied)
        return tuple(m.id for m, checksum in recorded if checksum and checksum != m.sha256)

    @property
    def left_out(self) -> tuple[str, ...]:
        """Ids of pending migrations with a later one applied."""
        last = max((migration.number for migration in self.applied), default=0)
        return tuple(migration.id for migration in self.pending if migration.number < last)

    @property
    def problems(self) -> tuple[str, ...]:
        """How the applied migrations are not a part of the shipped ones, a line each."""
        return (
            *(f"{id}: the file is not the one that was applied" for id in self.drifted),
            *(f"{id}: not applied, though a later one is" for id in self.left_out),
        )

    def refuse_newer(self, location: str) -> None:
        """Raise `NewerSchema` when the database has migrations this program does not know."""
        if self.unknown:
            raise NewerSchema(
                f"{location} was upgraded by a newer program: "
                f"it has {', '.join(self.unknown)}, which this one does not know",
                unknown=self.unknown,
                hint="install the newer program; going back needs its `opencode db rollback`",
            )

    def refuse_drift(self, location: str) -> None:
        """Raise `SchemaDrift` when there are `problems`."""
        if problems := self.problems:
            raise SchemaDrift(
                f"{location} does not fit this program's migrations: {'; '.join(problems)}",
                differences=problems,
                hint="install the program again; its .sql files must never be edited",
            )


def read_migrations(directory: Path) -> tuple[Migration, ...]:
    """The migrations of a folder in the order of their numbers.

    Raises:
        IncompleteInstallation: None are there, a number is missing or given twice, or a migration
            has no rollback.
    """
    found: list[Migration] = []
    for path in sorted(directory.iterdir()):
        name = path.name.removesuffix(".sql")
        match = _FILE_NAME.fullmatch(name)
        if match and path.suffix == ".sql":
            rollback = path.with_name(name + _ROLLBACK)
            found.append(Migration(name, int(match["number"]), path, rollback))
    numbers = [migration.number for migration in found]
    problem = ""
    if not found:
        problem = "there are no migrations"
    elif numbers != list(range(1, len(found) + 1)):
        problem = f"the numbers have gaps or repeat: {', '.join(map(str, numbers))}"
    elif missing := [m.rollback_path.name for m in found if not m.rollback_path.is_file()]:
        problem = f"missing: {', '.join(missing)}"
    if problem:
        raise IncompleteInstallation(
            f"the installation is incomplete: {directory}: {problem}",
            hint="install the program again",
        )
    return tuple(found)


@cache
def shipped_migrations(dialect: Dialect) -> tuple[Migration, ...]:
    """The program's own migrations, in order; see `read_migrations` for what is checked."""
    return read_migrations(migrations_directory(dialect))


def read_applied(connection: Connection) -> tuple[AppliedMigration, ...] | None:
    """What the ledger says, in one SELECT; None when the database has no ledger.

    Every column is asked for, because a ledger made by yoyo's own commands has no checksums.
    """
    try:
        rows = fetch(connection, f"SELECT * FROM {LEDGER} ORDER BY migration_id")  # noqa: S608
    except Exception as error:
        if _is_no_such_table(error):
            return None
        raise
    return tuple(
        AppliedMigration(
            id=row["migration_id"],
            applied_at=str(row["applied_at_utc"])[:19].replace("T", " "),
            sha256=row.get("sha256"),
        )
        for row in rows
    )


def plan(applied: Sequence[AppliedMigration], shipped: Sequence[Migration]) -> Plan:
    """Compare what a database has with what the program has, both ways."""
    checksums = {line.id: line.sha256 for line in applied}
    known = {migration.id for migration in shipped}
    return Plan(
        applied=tuple(migration for migration in shipped if migration.id in checksums),
        pending=tuple(migration for migration in shipped if migration.id not in checksums),
        unknown=tuple(line.id for line in applied if line.id not in known),
        checksums=checksums,
    )


def fetch(connection: Connection, sql: str) -> list[dict[str, Any]]:
    """All rows of a query without parameters, by column name, on any driver."""
    cursor = connection.cursor()
    try:
        cursor.execute(sql)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    finally:
        cursor.close()


def _is_no_such_table(error: Exception) -> bool:
    """True for both drivers, without loading either."""
    first = error.args[0] if error.args else None
    return first == _NO_SUCH_TABLE or str(first).startswith("no such table")
