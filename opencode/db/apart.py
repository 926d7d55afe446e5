"""Reading a database file without losing the locks of this process on it.

POSIX drops all locks a process has on a file as soon as it closes any descriptor of it, and SQLite
does not take them again: other processes then delete the write-ahead log in use, or write at the
same time.  So a child process, which has no locks, opens and closes the file.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

__all__ = ["can_read_apart", "reading_apart"]

_CHILD = """
import os, sys
try:
    file = os.open(sys.argv[1], os.O_RDONLY)
    left = int(sys.argv[2])
    while chunk := os.read(file, min(left, 1 << 20)):
        left -= len(chunk)
        while chunk:
            chunk = chunk[os.write(1, chunk):]
except OSError as error:
    sys.exit(100 + error.errno)
"""
_ERRNO = 100  # told from Python's own exit codes by this


def can_read_apart() -> bool:
    """Whether there is a Python to start: a frozen program has none."""
    return bool(sys.executable) and not getattr(sys, "frozen", False)


@contextmanager
def reading_apart(path: Path, limit: int = sys.maxsize) -> Iterator[IO[bytes]]:
    """The first `limit` bytes of a file, to be read to their end.

    Raises:
        OSError: On leaving, when the file could not be read, with the reason; at once, when no
            process can be started.
    """
    import subprocess

    command = [sys.executable, "-I", "-S", "-c", _CHILD, str(path.absolute()), str(limit)]
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as child:
        if child.stdout is None:
            raise RuntimeError("a pipe was asked for")
        try:
            yield child.stdout
        except BaseException:
            child.kill()
            raise
    if child.returncode > _ERRNO:
        code = child.returncode - _ERRNO
        raise OSError(code, os.strerror(code), str(path))
    if child.returncode:
        reason = f"the process that read it ended with {child.returncode}"
        raise OSError(errno.EIO, reason, str(path))
