"""Every error this program raises on purpose.

    OpencodeError
    ├── UsageError                   2  the call itself is wrong
    │   └── InvalidValue             2  a value breaks a limit or has the wrong form
    ├── ConfigError                  2  one or more problems in configuration or environment
    ├── ProjectError                 2  the project's identity cannot be told
    ├── NotFound                     1  nothing by that id, path or version in this project
    ├── AmbiguousId                  1  an id prefix fits more than one row
    ├── RenamedMeanwhile             1  a session has no longer the title that was seen
    ├── Cancelled                    1  the user said no
    └── StoreError                   1  the database would not do what was asked
        ├── AlreadyExists            1  another row has that id
        ├── DatabaseUnavailable      3  out of reach for now: try again
        │   └── DatabaseLocked       3  another process holds it for longer than we wait
        ├── DatabaseRefused          2  the server does not let us in as we are configured
        ├── DatabaseDamaged          1  not a database, truncated, or inconsistent
        ├── DatabaseReadOnly         1  file or directory refuses writes
        │   └── ServerReadOnly       3  the server does, as during a failover: try again
        ├── DiskFull                 1  no room left; nothing was changed
        │   └── ServerFull           3  none on the server, where others may make some
        ├── IncompleteInstallation   1  the SQL that ships with the program is missing
        └── SchemaError              1  the schema is not what this program can use
            ├── PendingMigrations    1  migrations wait, and autoMigrate is off
            ├── PreflightFailed      2  not begun: lists what stands in the way, and what helps
            ├── NewerSchema          1  written by a newer program
            ├── SchemaDrift          1  not what its ledger claims
            └── MigrationFailed      1  says which, at which statement, and what was applied

The number is the exit code. A message is one line and says what is wrong and
where; the hint says what to do about it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

__all__ = [
    "AlreadyExists",
    "AmbiguousId",
    "Cancelled",
    "ConfigError",
    "DatabaseDamaged",
    "DatabaseLocked",
    "DatabaseReadOnly",
    "DatabaseRefused",
    "DatabaseUnavailable",
    "DiskFull",
    "IncompleteInstallation",
    "InvalidValue",
    "MigrationFailed",
    "NewerSchema",
    "NotFound",
    "Obstacle",
    "OpencodeError",
    "PendingMigrations",
    "PreflightFailed",
    "Problem",
    "ProjectError",
    "RenamedMeanwhile",
    "SchemaDrift",
    "SchemaError",
    "ServerFull",
    "ServerReadOnly",
    "StoreError",
    "UsageError",
]


class OpencodeError(Exception):
    """Base of all errors meant for the user; `str()` is the one-line message."""

    exit_code = 1
    attempts = 1
    """How often it was tried; where that is more than once, the message says so."""
    logged = False
    """Whether the log has it already, or its like in the same outage of a server."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(OpencodeError):
    """The call is wrong: unknown option value, contradicting options, a missing terminal."""

    exit_code = 2


class InvalidValue(UsageError):
    """A value is too long, not finite, or not of the form it must have."""


class Problem(NamedTuple):
    """One thing wrong with the configuration: where it stands, what it is, what to do."""

    where: str
    """A file's path, or `environment`, or `command line`."""
    key: str
    """The dotted key (`sessionProvider.mysql.port`) or the variable's name; may be empty."""
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        place = f"{self.where}: {self.key}" if self.key else self.where
        return f"{place}: {self.message}" + (f" ({self.remedy})" if self.remedy else "")


class ConfigError(OpencodeError):
    """The configuration cannot be used; `problems` holds all that is wrong with it at once.

    `warnings` are those of `Config`, which there is none of.
    """

    exit_code = 2

    def __init__(
        self,
        problems: Sequence[Problem],
        *,
        message: str = "",
        hint: str = "",
        warnings: Sequence[str] = (),
    ) -> None:
        self.problems = tuple(problems)
        self.warnings = tuple(warnings)
        if not message:
            message = (
                str(self.problems[0])
                if len(self.problems) == 1
                else f"{len(self.problems)} problems in the configuration"
            )
        super().__init__(message, hint=hint)


class ProjectError(OpencodeError):
    """Git could not be asked, or refused, and guessing would file sessions under a wrong name."""

    exit_code = 2


class NotFound(OpencodeError):
    """Nothing in this project answers to the id, path or version given."""


class AmbiguousId(OpencodeError):
    """A prefix fits several sessions; `candidates` are (id, title) pairs, newest first."""

    def __init__(
        self, message: str, *, candidates: Sequence[tuple[str, str]], hint: str = ""
    ) -> None:
        super().__init__(message, hint=hint)
        self.candidates = tuple(candidates)


class RenamedMeanwhile(OpencodeError):
    """Somebody has given the session another title, which is `title`; it was left alone."""

    def __init__(self, message: str, *, title: str, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.title = title


class Cancelled(OpencodeError):
    """The user declined a confirmation; nothing was changed."""


class StoreError(OpencodeError):
    """The database refused or failed; nothing was half-done."""


class AlreadyExists(StoreError):
    """Another row has that id, perhaps in another project; nothing was stored."""


class DatabaseUnavailable(StoreError):
    """Out of reach for now; the same call may succeed later."""

    exit_code = 3


class DatabaseLocked(DatabaseUnavailable):
    """Another process held the database for longer than the time limit."""


class DatabaseRefused(StoreError):
    """The server answers, but not to this account, encryption or program: change what is set."""

    exit_code = 2


class DatabaseDamaged(StoreError):
    """The file is not a database of this program, is truncated, or is inconsistent."""


class DatabaseReadOnly(StoreError):
    """The file, its directory or the server does not accept writes."""


class ServerReadOnly(DatabaseReadOnly):
    """The server does not accept writes for now: a replica, or a failover under way."""

    exit_code = 3


class DiskFull(StoreError):
    """No space was left; the transaction was rolled back."""


class ServerFull(DiskFull):
    """The server has no space left, which its administrator can change at any time."""

    exit_code = 3


class IncompleteInstallation(StoreError):
    """The .sql files that travel with the program are not where they must be."""


class SchemaError(StoreError):
    """The database's schema is not one this program can work with as it is."""


class PendingMigrations(SchemaError):
    """Migrations wait to be applied and `autoMigrate` is off; `pending` names them."""

    def __init__(self, message: str, *, pending: Sequence[str], hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.pending = tuple(pending)


class Obstacle(NamedTuple):
    """One thing that would make a change of the schema fail; any of its remedies will do."""

    message: str
    remedies: tuple[str, ...]


class PreflightFailed(SchemaError):
    """The schema was not touched, because changing it would fail; `obstacles` holds all reasons."""

    exit_code = 2

    def __init__(self, message: str, *, obstacles: Sequence[Obstacle], hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.obstacles = tuple(obstacles)


class NewerSchema(SchemaError):
    """The database holds migrations this program does not know; `unknown` names them."""

    def __init__(self, message: str, *, unknown: Sequence[str], hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.unknown = tuple(unknown)


class SchemaDrift(SchemaError):
    """The schema differs from what the migration ledger claims; `differences` lists how."""

    def __init__(self, message: str, *, differences: Sequence[str], hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.differences = tuple(differences)


class MigrationFailed(SchemaError):
    """A migration failed and was rolled back; those in `applied` stay."""

    def __init__(
        self,
        message: str,
        *,
        migration: str,
        statement: str,
        cause: str,
        applied: Sequence[str] = (),
        hint: str = "",
    ) -> None:
        super().__init__(message, hint=hint)
        self.migration = migration
        self.statement = statement
        self.cause = cause
        self.applied = tuple(applied)
