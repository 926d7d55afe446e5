"""What an error of SQLite means to the person who ran into it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from opencode.db.sqlite_file import check_content, check_place
from opencode.errors import (
    AlreadyExists,
    DatabaseDamaged,
    DatabaseLocked,
    DatabaseReadOnly,
    DiskFull,
    StoreError,
)

__all__ = ["explain", "is_busy", "translate"]

_DUPLICATE = {sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_UNIQUE}
_PRIMARY = 0xFF  # extended result codes carry the primary one in the lowest byte


def is_busy(error: sqlite3.Error) -> bool:
    """Whether the same transaction may succeed when it is run again."""
    return _code(error) in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def translate(error: sqlite3.Error, path: Path) -> StoreError:
    """Return the error to raise, `from` the one given, for the database file `path`."""
    code = _code(error)
    if getattr(error, "sqlite_errorcode", None) in _DUPLICATE:
        return AlreadyExists(
            f"{path}: the same is there already ({error})", hint="use another id or name"
        )
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return DatabaseLocked(
            f"{path} is locked by another process",
            hint="wait for it to finish, or close the other program, and try again",
        )
    if code in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH}:
        return DatabaseReadOnly(
            f"{path} cannot be written", hint="check the permissions of the file and its directory"
        )
    if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and _no_space(path)):
        return DiskFull(
            f"no space left on the disk that holds {path}",
            hint="free some space and try again; nothing was changed",
        )
    if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return DatabaseDamaged(
            f"{path} is damaged or not a SQLite database ({error})",
            hint="restore a backup (opencode.db.*.bak beside it), or move the file away",
        )
    if code == sqlite3.SQLITE_CANTOPEN:
        return StoreError(
            f"{path} cannot be opened", hint="check that its directory exists and can be written"
        )
    return StoreError(f"{path}: {error}", hint="run opencode db check; details are in the log")


def explain(error: sqlite3.Error, path: Path) -> StoreError:
    """As `translate`, for an error on opening the file: a look at it can tell more."""
    vague = {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
    try:
        check_place(path)
        if _code(error) in vague:
            check_content(path)
    except StoreError as reason:
        return reason
    return translate(error, path)


def _code(error: sqlite3.Error) -> int:
    return int(getattr(error, "sqlite_errorcode", None) or 0) & _PRIMARY


def _no_space(path: Path) -> bool:
    from shutil import disk_usage

    try:
        return disk_usage(path.parent).free < 1 << 16
    except OSError:
        return False
