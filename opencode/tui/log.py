"""The last records of the log, for the screen; and no record ever written over it."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from opencode import text
from opencode.logs import LogFile

__all__ = ["LogLine", "LogTail", "captured"]

KEPT = 500


class LogLine(NamedTuple):
    """A record without secrets and control characters."""

    created: float
    level: str
    message: str


class LogTail(logging.Handler):
    """Keeps the last records in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: deque[LogLine] = deque(maxlen=KEPT)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the record, with its traceback if it has one."""
        message = _harmless(self.format(record))
        self.lines.append(LogLine(record.created, record.levelname.lower(), message))

    def keep(self, moment: float, level: str, words: str) -> None:
        """Keep what was told the user at some length, unless a record has it already."""
        known = self.lines[-1].message if self.lines else None
        if words != known:
            self.lines.append(LogLine(moment, level, _harmless(words)))


def _harmless(words: str) -> str:
    from opencode.text.secrets import redact

    return text.clean_text(redact(words))


@contextmanager
def captured(tail: LogTail, file: Path | None) -> Iterator[None]:
    """Send all records to the tail and to log files, and none to the terminal, for a while."""
    root = logging.getLogger()
    before = list(root.handlers)
    handlers: list[logging.Handler] = [h for h in before if isinstance(h, LogFile)]
    if file is not None and not handlers:
        handlers.append(LogFile(file))
    urwid = logging.getLogger("urwid")
    urwid_level = urwid.level
    # urwid's debug records tell every key and every alarm.
    urwid.setLevel(logging.WARNING)
    root.handlers[:] = [*handlers, tail]
    logging.captureWarnings(capture=True)
    try:
        yield
    finally:
        logging.captureWarnings(capture=False)
        root.handlers[:] = before
        urwid.setLevel(urwid_level)
