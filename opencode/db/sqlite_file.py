"""The database file itself: making it private, and telling what is wrong with it."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from pathlib import Path

from opencode.db.apart import can_read_apart, reading_apart
from opencode.errors import DatabaseDamaged, DatabaseReadOnly, DiskFull, StoreError

__all__ = ["check_content", "check_place", "database_exists", "prepare_database_file"]

_MAGIC = b"SQLite format 3\0"
_HEADER_SIZE = 100
_SMALLEST_SIZE = 512  # one page of the smallest size


def prepare_database_file(path: Path) -> None:
    """Make the directory (0700) and an empty file (0600) where there is none.

    A directory made here gets a `.gitignore` of `*`: sessions do not belong into a repository.
    An existing directory or file keeps its permissions.
    """
    try:
        if not path.parent.is_dir():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            (path.parent / ".gitignore").write_text("*\n")
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError as error:
        raise _file_error(error, path) from error


def database_exists(path: Path) -> bool:
    """Whether anything goes by that name; unlike `Path.exists` it says why it may not look."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise _file_error(error, path) from error
    return True


def check_place(path: Path) -> None:
    """Refuse a database that is no file, or that cannot be written, without opening it.

    SQLite would answer a read-only directory with "unable to open database file", and notice a
    read-only file at the first write only.
    """
    try:
        status = path.stat()
    except FileNotFoundError as error:
        raise StoreError(
            f"there is no database {path}", hint="`opencode db migrate` makes an empty one"
        ) from error
    except OSError as error:
        raise _file_error(error, path) from error
    if not stat.S_ISREG(status.st_mode):
        raise StoreError(f"{path} is not a file", hint="move it away, or set data.directory")
    for place in (path.parent, path):
        if not os.access(place, os.W_OK):
            what = "directory" if place == path.parent else "database file"
            raise DatabaseReadOnly(
                f"the {what} {place} is read-only", hint="give yourself the right to write to it"
            )


def check_content(path: Path) -> None:
    """Say what is wrong with a file that SQLite has refused."""
    if not can_read_apart():
        return
    # Looked at first: a checkpoint writes the header before it makes the file longer.
    has_log = path.with_name(path.name + "-wal").exists()
    try:
        with reading_apart(path, _HEADER_SIZE) as file:
            header = file.read()
        size = path.stat().st_size
    except OSError as error:
        raise _file_error(error, path) from error
    _check_header(path, header, size, has_log=has_log)


def _check_header(path: Path, header: bytes, size: int, *, has_log: bool) -> None:
    """See https://www.sqlite.org/fileformat2.html, "The Database Header"."""
    if not header:
        return
    if not header.startswith(_MAGIC):
        raise DatabaseDamaged(
            f"{path} is not a SQLite database",
            hint="move the file away, or set data.directory to another place",
        )
    page_size = int.from_bytes(header[16:18]) or 1
    page_size = 65536 if page_size == 1 else page_size
    counted = header[24:28] == header[92:96] and not has_log
    pages = int.from_bytes(header[28:32]) if counted else 0
    if size < max(pages * page_size, _SMALLEST_SIZE):
        whole = f"{pages * page_size:,}" if pages else f"at least {_SMALLEST_SIZE}"
        raise DatabaseDamaged(
            f"{path} is truncated: {size:,} of {whole} bytes are there",
            hint="restore a backup; opencode made none of this damage and changed nothing",
        )


def _file_error(error: OSError, path: Path) -> StoreError:
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return DatabaseReadOnly(
            f"{error.filename or path} cannot be written: {error.strerror}",
            hint="give yourself the right to write there, or set data.directory",
        )
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return DiskFull(
            f"no space left on the disk that holds {path}", hint="free some space and try again"
        )
    return StoreError(
        f"{error.filename or path}: {error.strerror or error}", hint="check data.directory"
    )
