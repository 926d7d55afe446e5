"""The program's log file: private, rotated, without secrets and without control characters.

Modules log through `logging.getLogger(__name__)`.  The file is made by the first record, so a
command with nothing to tell leaves none behind.
"""

from __future__ import annotations

import contextlib
import logging
import os
import time
from collections.abc import Mapping
from pathlib import Path

__all__ = ["LogFile", "configure", "log_path"]

LEVELS = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}

MAX_BYTES = 2_000_000
"""Above this size the file becomes `opencode.log.1`, and the one before that goes."""

FLAGS = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW

# Line breaks are kept; everything else that could move a cursor or hide text is spelt out.
INVISIBLE = {
    code: f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
    for code in (
        *(code for code in range(0x20) if chr(code) not in "\n\t"),
        *range(0x7F, 0xA0),
        *(0x061C, 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A), 0xFEFF),
    )
}


def log_path(environ: Mapping[str, str] = os.environ) -> Path | None:
    """`$XDG_STATE_HOME/opencode/opencode.log`, or None for a user without a home."""
    state = environ.get("XDG_STATE_HOME", "")
    if not os.path.isabs(state):  # noqa: PTH117 - a relative one is to be ignored, says the standard
        home = environ.get("HOME", "")
        if not home:
            return None
        state = f"{home}/.local/state"
    return Path(state, "opencode", "opencode.log")


class Formatter(logging.Formatter):
    """One record as a line with time (UTC), level, process and logger; further lines indented."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s [%(process)d] %(name)s: %(message)s")

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802
        """Return the time as ISO 8601 with milliseconds."""
        seconds = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        return f"{seconds}.{int(record.msecs):03}Z"

    def format(self, record: logging.LogRecord) -> str:
        from opencode.text.secrets import redact

        text = redact(super().format(record)).translate(INVISIBLE)
        return text.replace("\n", "\n    ")


class LogFile(logging.Handler):
    """Appends to the file, mode 0600; a log that cannot be written never stops the program.

    Each record is one write in append mode, so processes can share the file and rotate it.
    """

    def __init__(self, path: Path | None) -> None:
        """Without a path records go nowhere, and not to stderr either."""
        super().__init__()
        self.path = path
        self.setFormatter(Formatter())

    def emit(self, record: logging.LogRecord) -> None:
        if self.path is None:
            return
        try:
            text = self.format(record)
        except (KeyError, TypeError, ValueError):
            # Arguments that do not fit the message are a mistake in the code.
            self.handleError(record)
            return
        with contextlib.suppress(OSError):
            self._append(self.path, f"{text}\n".encode("utf-8", "backslashreplace"))

    @staticmethod
    def _append(path: Path, data: bytes) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(path, FLAGS, 0o600)
        try:
            os.write(file, data)
            full = os.fstat(file).st_size > MAX_BYTES
        finally:
            os.close(file)
        if full:
            path.replace(path.with_name(f"{path.name}.1"))


def configure(*, debug: bool = False, environ: Mapping[str, str] = os.environ) -> Path | None:
    """Send all records of the program to the log file; returns its path, None without a home.

    Calling again changes the level, which OPENCODE_LOG_LEVEL names.  A name that is no level
    counts as `info` here; the configuration refuses it.
    """
    path = log_path(environ)
    root = logging.getLogger()
    name = environ.get("OPENCODE_LOG_LEVEL", "").strip().lower()
    root.setLevel(logging.DEBUG if debug else LEVELS.get(name, logging.INFO))
    for handler in [handler for handler in root.handlers if isinstance(handler, LogFile)]:
        root.removeHandler(handler)
    root.addHandler(LogFile(path))
    return path
