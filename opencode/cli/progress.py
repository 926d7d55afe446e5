"""The progress of an upgrade on stderr, and what it did."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self

from opencode.cli import output, streams

if TYPE_CHECKING:
    from opencode.db.upgrade import UpgradeProgress, UpgradeReport

__all__ = ["ProgressLine", "tell_upgrade"]

BAR = 24
FIRST_LINE = 2.0
"""Seconds until the first line where there is no terminal: a short upgrade needs none."""
NEXT_LINE = 10.0


class ProgressLine:
    """Shows progress in one line of a terminal, elsewhere now and then in a line of its own.

    Used as a context manager: at its end the line is gone.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._due = clock() + FIRST_LINE
        self._terminal = streams.is_terminal("stderr")
        self._shown = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._shown and self._terminal:
            output.transient("")

    def __call__(self, progress: UpgradeProgress) -> None:
        """Show what is being done."""
        if progress.stage == "copied":  # told now, because what follows may not get to its end
            if self._shown and self._terminal:
                output.transient("")
            self._shown = ""
            output.note(progress.text)
        elif self._terminal:
            line = _with_bar(progress)
            if line != self._shown:
                output.transient(line)
            self._shown = line
        elif progress.stage == "wait" or self._clock() >= self._due:
            self._due = self._clock() + NEXT_LINE
            output.note(_with_percent(progress))


def _with_percent(progress: UpgradeProgress) -> str:
    if not progress.total:
        return progress.text
    return f"{progress.text}: {progress.done * 100 // progress.total} %"


def _with_bar(progress: UpgradeProgress) -> str:
    if not progress.total:
        return f"{progress.text} …"
    full = min(progress.done * BAR // progress.total, BAR)
    return f"[{'#' * full}{'.' * (BAR - full)}] {_with_percent(progress)}"


def tell_upgrade(report: UpgradeReport, location: str) -> None:
    """Tell what an upgrade did; of nothing, nothing.  Its copy was told when it was made."""
    from opencode.text import plural

    for warning in report.warnings:
        output.warn(warning)
    if report.created:
        output.note(f"new database: {location}")
        return
    if report.adopted:
        output.note(f"took over a database of the Go OpenCode: {location}")
    if report.applied:
        names = ", ".join(report.applied)
        output.note(f"applied {plural(len(report.applied), 'migration')}: {names}")
    filled = report.backfilled
    if filled.restored:
        sessions = plural(filled.restored, "session")
        output.note(f"given back: the projects of {sessions}, as they were before the rollback")
    if filled.sessions or filled.messages:
        of = f" {filled.project_id}" if filled.project_id else ""
        output.note(
            f"filled in: the project{of} of {plural(filled.sessions, 'session')}, "
            f"the numbers of {plural(filled.messages, 'message')}"
        )
