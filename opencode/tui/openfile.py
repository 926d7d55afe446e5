"""A database file that was moved, replaced or removed while it is open.

SQLite goes on with the old file, which has no name any more: what is written to it is lost.
"""

from __future__ import annotations

from pathlib import Path

from opencode.errors import DatabaseUnavailable

__all__ = ["OpenFile"]


class OpenFile:
    """Remembers which file goes by a name."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known = _identity(path)
        self._log = path.with_name(f"{path.name}-wal")
        self._known_log = _identity(self._log)
        self._told = False

    def is_another(self) -> bool:
        """Whether the name is another file's by now, and somebody has been told so.

        Raises:
            DatabaseUnavailable: nobody has been told yet, or there is no such file.
        """
        now = _identity(self._path)
        if now == self._known:
            self._told = False
            self._known_log = _identity(self._log)
            return False
        told, self._told = self._told, True
        if now is None:
            raise DatabaseUnavailable(
                f"{self._path} is gone", hint="nothing is written until it is back"
            )
        if not told:
            raise DatabaseUnavailable(
                f"{self._path} was replaced by another file",
                hint="nothing was written to either; r opens the new one",
            )
        return True

    def is_there(self) -> bool:
        """Whether the file that is open goes by its name."""
        return self._known is not None and _identity(self._path) == self._known

    def check_log(self) -> None:
        """Refuse to have the new file opened while the log of the old one lies beside it.

        SQLite leaves it there when the file is another one, and whoever opens that next has it
        written over the new one.
        """
        if self._known_log is not None and _identity(self._log) == self._known_log:
            raise DatabaseUnavailable(
                f"{self._path} was replaced, and the log of the old one is still beside it",
                hint=f"move {self._log.name} to the old file, or away; then press r",
            )


def _identity(path: Path) -> tuple[int, int] | None:
    """Return what tells a file from all others; None when there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
