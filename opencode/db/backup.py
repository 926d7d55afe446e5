"""Copies of a SQLite database: complete or not there at all, and never in place of a file.

SQLite's own backup is used, because a plain copy of the file would miss what is still in the
write-ahead log, and closing the file afterwards would drop the locks of this process on it.
"""

from __future__ import annotations

import errno
import filecmp
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from tempfile import mkstemp

from opencode.db.sqlite_errors import translate
from opencode.errors import (
    DatabaseDamaged,
    DatabaseLocked,
    DatabaseReadOnly,
    DiskFull,
    StoreError,
    UsageError,
)

__all__ = ["CopyProgress", "copy_before_migration", "copy_database"]

CopyProgress = Callable[[int, int], None]
"""Called with the pages copied and the pages there are."""

_PAGES_AT_ONCE = 1024  # Ctrl-C is noticed in between
_BUSY_LIMIT = 60.0
_PARTIAL = ".partial"
_RESERVE = 16 << 20  # what the migrations themselves may need before the log is checkpointed


def copy_database(
    connection: sqlite3.Connection, file: Path, *, progress: CopyProgress | None = None
) -> None:
    """Write the committed state of the database to a new file, readable by its owner only.

    Raises:
        UsageError: `file` exists.
        DiskFull, DatabaseReadOnly, DatabaseDamaged, DatabaseLocked: There is no such file then.
    """
    with _partial_copy(connection, file, 0, progress) as partial:
        _publish(partial, file)


def copy_before_migration(
    connection: sqlite3.Connection,
    database: Path,
    number: int,
    *,
    progress: CopyProgress | None = None,
) -> Path:
    """Copy the database to `<name>.before-<number>-<time>.bak` beside it; returns the copy.

    `number` is that of the first migration that will be applied or undone.  Call it with the
    migration lock held.  A copy that an interrupted upgrade made of the very same state is used
    again.
    """
    pattern = f"{database.name}.before-*"
    for leftover in database.parent.glob(pattern + _PARTIAL):
        leftover.unlink(missing_ok=True)
    now = datetime.now().astimezone()
    stem = f"{database.name}.before-{number:04}-{now:%Y%m%d-%H%M%S}"
    file = database.with_name(f"{stem}.bak")
    for attempt in range(2, 1000):
        if not file.exists():
            break
        file = database.with_name(f"{stem}-{attempt}.bak")
    with _partial_copy(connection, file, _RESERVE, progress) as partial:
        for earlier in sorted(database.parent.glob(f"{database.name}.before-{number:04}-*.bak")):
            if filecmp.cmp(earlier, partial, shallow=False):
                return earlier
        _publish(partial, file)
    return file


@contextmanager
def _partial_copy(
    connection: sqlite3.Connection, file: Path, reserve: int, progress: CopyProgress | None
) -> Iterator[Path]:
    """A verified copy under a temporary name beside `file`; removed again if it is still there."""
    if connection.in_transaction:
        raise StoreError("a backup cannot be made inside a transaction")
    partial: Path | None = None
    try:
        _check_space(connection, file.parent, reserve)
        partial = _create_partial(file)
        _copy(connection, partial, progress)
        _verify(partial)
        _flush(partial)
        yield partial
    except sqlite3.Error as error:
        raise translate(error, file) from error
    except OSError as error:
        raise _os_error(error, file) from error
    finally:
        if partial is not None:
            with suppress(OSError):
                partial.unlink(missing_ok=True)


def _create_partial(file: Path) -> Path:
    """An empty file for its owner only, beside `file`."""
    descriptor, name = mkstemp(dir=file.parent, prefix=f"{file.name}.", suffix=_PARTIAL)
    os.close(descriptor)
    return Path(name)


def _copy(connection: sqlite3.Connection, to: Path, progress: CopyProgress | None) -> None:
    deadline = time.monotonic() + _BUSY_LIMIT

    def step(status: int, remaining: int, total: int) -> None:
        nonlocal deadline
        if status not in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            deadline = time.monotonic() + _BUSY_LIMIT
        elif time.monotonic() > deadline:  # sqlite3 itself would try for ever
            raise DatabaseLocked(
                "the database could not be copied: another process keeps it locked",
                hint="close the other program and try again",
            )
        if progress:
            progress(total - remaining, total)

    with closing(sqlite3.connect(to, isolation_level=None)) as copy:
        # Its own journal would only double the writing: a half-made copy is thrown away.
        copy.execute("PRAGMA journal_mode = OFF")
        copy.execute("PRAGMA synchronous = OFF")
        connection.execute("BEGIN")  # one state for all pages, whoever else is writing
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            connection.backup(copy, pages=_PAGES_AT_ONCE, progress=step)
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")


def _verify(copy: Path) -> None:
    """Refuse a copy that SQLite finds fault with; the original has the same fault."""
    uri = f"{copy.absolute().as_uri()}?mode=ro&immutable=1"  # makes no files beside it
    with closing(sqlite3.connect(uri, uri=True)) as connection:
        findings = [row[0] for row in connection.execute("PRAGMA quick_check(3)")]
    if findings != ["ok"]:
        raise DatabaseDamaged(
            f"the database is damaged: {findings[0]}",
            hint="nothing was changed; `opencode db check` tells more, a backup may help",
        )


def _publish(partial: Path, file: Path) -> None:
    """Give the copy its name, which no file may have yet."""
    if file.exists():
        raise UsageError(f"{file} exists", hint="name a file that does not exist yet")
    partial.rename(file)
    with suppress(OSError):  # not every file system can flush a directory
        _flush(file.parent)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _check_space(connection: sqlite3.Connection, directory: Path, reserve: int) -> None:
    pages, size = (
        connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size")
    )
    needed = pages * size + reserve
    free = shutil.disk_usage(directory).free
    if free < needed:
        raise DiskFull(
            f"no space for a backup in {directory}: {needed:,} bytes are needed, {free:,} are free",
            hint="free some space and try again; nothing was changed",
        )


def _os_error(error: OSError, file: Path) -> StoreError:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return DiskFull(
            f"no space left for {file}", hint="free some space and try again; nothing was changed"
        )
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return DatabaseReadOnly(
            f"{file} cannot be written: {error.strerror}",
            hint="give yourself the right to write there, or name another place",
        )
    return StoreError(f"{file}: {error.strerror or error}", hint="name another place")
