"""Copies of a SQLite database: complete or not there at all, and never in place of a file.

SQLite's own backup is used while others work with the database: a plain copy would miss what is
still in the write-ahead log.
"""

from __future__ import annotations

import errno
import filecmp
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from tempfile import mkstemp

from opencode.db.apart import can_read_apart, reading_apart
from opencode.db.sqlite_errors import translate
from opencode.errors import (
    DatabaseDamaged,
    DatabaseReadOnly,
    DiskFull,
    StoreError,
    UsageError,
)

__all__ = ["CopyProgress", "copy_before_migration", "copy_database"]

CopyProgress = Callable[[int, int], None]
"""Called with how much is copied and how much there is, in bytes or pages."""

_BYTES_AT_ONCE = 4 << 20
_PAGES_AT_ONCE = 1024  # Ctrl-C is noticed in between
_PARTIAL = ".partial"
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}
"""What file systems without hard links answer."""
_RESERVE = 16 << 20  # what the migrations themselves may need before the log is checkpointed


def copy_database(
    connection: sqlite3.Connection, file: Path, *, progress: CopyProgress | None = None
) -> None:
    """Write the committed state of the database to a new file, readable by its owner only.

    Raises:
        UsageError: `file` exists.
        DiskFull, DatabaseReadOnly, DatabaseDamaged, DatabaseLocked: There is no such file then.
    """
    with _partial_copy(
        connection, file, 0, lambda to: _copy_pages(connection, to, progress)
    ) as partial:
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
    with _partial_copy(
        connection, file, _RESERVE, lambda to: _copy_file(connection, to, progress)
    ) as partial:
        for earlier in sorted(database.parent.glob(f"{database.name}.before-{number:04}-*.bak")):
            if filecmp.cmp(earlier, partial, shallow=False):
                return earlier
        _publish(partial, file)
    return file


@contextmanager
def _partial_copy(
    connection: sqlite3.Connection, file: Path, reserve: int, copy: Callable[[Path], None]
) -> Iterator[Path]:
    """A verified copy under a temporary name beside `file`; removed again if it is still there."""
    if connection.in_transaction:
        raise StoreError("a backup cannot be made inside a transaction")
    partial: Path | None = None
    try:
        if file.exists():
            raise _exists(file)
        _check_space(connection, file.parent, reserve)
        partial = _create_partial(file)
        copy(partial)
        _verify(partial, _path_of(connection))
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


def _copy_file(connection: sqlite3.Connection, to: Path, progress: CopyProgress | None) -> None:
    """Copy byte for byte if the log is empty.

    A reader that finds nothing in the log keeps checkpoints from changing the file; without a log
    it keeps writers out.
    """
    source = _path_of(connection)
    if can_read_apart() and not _has_log(source):
        with _reading(connection):
            if not _has_log(source):
                _copy_bytes(source, to, progress)
                return
    _copy_pages(connection, to, progress)


def _path_of(connection: sqlite3.Connection) -> Path:
    return Path(connection.execute("PRAGMA database_list").fetchone()[2])


def _has_log(database: Path) -> bool:
    log = database.with_name(database.name + "-wal")
    return log.exists() and log.stat().st_size > 0


def _copy_bytes(source: Path, to: Path, progress: CopyProgress | None) -> None:
    total = source.stat().st_size
    with to.open("wb") as copy, reading_apart(source) as raw:
        while chunk := raw.read(_BYTES_AT_ONCE):
            copy.write(chunk)
            if progress:
                progress(copy.tell(), total)
    if to.stat().st_size != total:
        raise StoreError(f"{to} is not a whole copy", hint="try again; nothing was changed")


@contextmanager
def _reading(connection: sqlite3.Connection) -> Iterator[None]:
    """Keep one state of the database: writers wait, or write to the log.

    Without it sqlite3's backup starts over after every write, and waits for a lock without end.
    """
    connection.execute("BEGIN")
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        yield
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _copy_pages(connection: sqlite3.Connection, to: Path, progress: CopyProgress | None) -> None:
    def step(_status: int, remaining: int, total: int) -> None:
        if progress:
            progress(total - remaining, total)

    with _reading(connection), closing(sqlite3.connect(to, isolation_level=None)) as copy:
        # Its own journal would only double the writing: a half-made copy is thrown away.
        copy.execute("PRAGMA journal_mode = OFF")
        copy.execute("PRAGMA synchronous = OFF")
        connection.backup(copy, pages=_PAGES_AT_ONCE, progress=step)


def _verify(copy: Path, original: Path) -> None:
    """Refuse a copy that SQLite finds fault with; the original has the same fault."""
    uri = f"{copy.absolute().as_uri()}?mode=ro&immutable=1"  # makes no files beside it
    with closing(sqlite3.connect(uri, uri=True)) as connection:
        findings = [row[0] for row in connection.execute("PRAGMA quick_check(3)")]
    if findings != ["ok"]:
        raise DatabaseDamaged(
            f"{original} is damaged: {findings[0]}",
            hint="nothing was changed; `opencode db check` tells more, a backup may help",
        )


def _publish(partial: Path, file: Path) -> None:
    """Give the copy its name, which no file may have yet, not even one made just now."""
    try:
        try:
            os.link(partial, file)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            partial.rename(file)
    except FileExistsError as error:
        raise _exists(file) from error
    with suppress(OSError):  # not every file system can flush a directory
        _flush(file.parent)


def _exists(file: Path) -> UsageError:
    return UsageError(f"{file} exists", hint="name a file that does not exist yet")


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
