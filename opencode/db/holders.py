"""Which process holds a lock on a file, where the system tells (Linux).

Only /proc is read: opening a database's file and closing it again would drop the locks that this
process has on it.
"""

from __future__ import annotations

from pathlib import Path

__all__ = ["database_lock_holder", "locked_by"]

_EVERYTHING = range(1 << 63)

# See https://www.sqlite.org/fileformat.html and os_unix.c.
_WAL_WRITER = range(120, 123)
"""Bytes of the shared memory: writing, a checkpoint, recovery."""
_FILE = range(0x40000000, 0x40000000 + 512)
"""Bytes of the database itself: PENDING, RESERVED and SHARED."""


def database_lock_holder(database: Path) -> str | None:
    """Which process keeps others from writing to a SQLite database, or from reading it."""
    shared = database.with_name(f"{database.name}-shm")
    return locked_by(shared, _WAL_WRITER) or locked_by(database, _FILE)


def locked_by(file: Path, within: range = _EVERYTHING) -> str | None:
    """Which process has locked bytes of a file for itself alone: its number and its name."""
    try:
        inode = str(file.stat().st_ino)
        lines = Path("/proc/locks").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    for line in lines:  # "1: POSIX  ADVISORY  WRITE 1234 08:01:5678 1073741824 1073742335"
        fields = line.split()
        if len(fields) < 8 or fields[3] != "WRITE" or fields[5].rpartition(":")[2] != inode:
            continue
        last = within.stop if fields[7] == "EOF" else int(fields[7])
        if int(fields[6]) < within.stop and last >= within.start and (pid := int(fields[4])) > 0:
            return _describe(pid)
    return None


def _describe(pid: int) -> str:
    """Number and name; not the command line, which may hold secrets."""
    try:
        name = Path(f"/proc/{pid}/comm").read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        name = ""
    return f"process {pid} ({name})" if name else f"process {pid}"
