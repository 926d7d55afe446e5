"""Filling in what an older schema, or the Go OpenCode, left out: projects and message numbers.

Only rows without a value are touched, in short transactions; stopped at any point, the next run
goes on where this one was.  Whoever runs it holds the migration lock.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from opencode.db.kept_projects import find_kept_projects
from opencode.db.migrations import Connection
from opencode.db.querier import ListUnnumberedSessionsRow, Querier
from opencode.db.resources import Dialect
from opencode.db.sqlite_wait import begin_immediate
from opencode.errors import DatabaseDamaged

__all__ = ["BackfillProgress", "BackfillReport", "backfill"]

_SESSIONS_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class BackfillReport:
    """How many sessions got a project, which one, and how many messages a number.

    `restored` sessions got the one back that they had before a rollback.
    """

    sessions: int = 0
    messages: int = 0
    project_id: str = ""
    """Empty when no session needed one."""
    restored: int = 0

    def __bool__(self) -> bool:
        """Whether anything was filled in."""
        return bool(self.sessions or self.messages or self.restored)


@dataclass(frozen=True, slots=True)
class BackfillProgress:
    """Rows done so far, of sessions and messages together, and rows to do in all."""

    done: int
    total: int


def backfill(
    connection: Connection,
    querier: Querier,
    dialect: Dialect,
    *,
    project_id: Callable[[], str],
    batch: int = 500,
    progress: Callable[[BackfillProgress], None] | None = None,
) -> BackfillReport:
    """Number messages, then give sessions their project, about `batch` rows to a transaction.

    Sessions that had a project before a rollback get that one, the others `project_id`, which is
    asked once, and only when a session needs it.  Projects come last, because on
    MySQL a session without one is what tells the next start that there is work left.
    """
    unnumbered = querier.count_unnumbered_messages()
    untagged = querier.count_untagged_sessions()
    kept = find_kept_projects(connection, dialect)
    messages = sessions = restored = 0
    project = ""

    def report() -> None:
        done = messages + restored + sessions
        if progress:
            progress(BackfillProgress(done, max(done, unnumbered + untagged)))

    if unnumbered:
        for count in _batches(connection, dialect, lambda: _number_some(querier, batch)):
            messages += count
            report()
    if kept:
        for count in _batches(connection, dialect, partial(kept.restore, batch)):
            restored += count
            report()
        kept.drop()
    if untagged > restored:
        project = project_id()
        tag = partial(querier.tag_sessions, project_id=project, limit=batch)
        for count in _batches(connection, dialect, tag):
            sessions += count
            report()
    return BackfillReport(sessions, messages, project if sessions else "", restored)


def _batches(connection: Connection, dialect: Dialect, work: Callable[[], int]) -> Iterator[int]:
    """Do the work, a transaction each time, until there is none; yields how many rows each did."""
    while True:
        with _transaction(connection, dialect):
            count = work()
        if not count:
            return
        yield count


def _number_some(querier: Querier, batch: int) -> int:
    """Number the messages of some sessions, each completely; returns how many messages."""
    done = 0
    for session in querier.list_unnumbered_sessions(limit=_SESSIONS_AT_ONCE):
        done += _number_session(querier, session)
        if done >= batch:
            break
    return done


def _number_session(querier: Querier, session: ListUnnumberedSessionsRow) -> int:
    """Number a session's messages that have no number.

    The migration reserved the lowest numbers for the messages that were there; whatever was added
    since has higher ones.  Where the lowest are taken after all, the messages go to the end.
    """
    reserved = session.lowest_seq == 0 or session.lowest_seq > session.messages
    highest = max(session.last_seq, session.highest_seq)
    start = 0 if reserved else highest
    count = querier.number_messages(seq=start, session_id=session.session_id)
    if count != session.messages:
        raise DatabaseDamaged(
            f"{session.messages} messages of session {session.session_id} have no number, "
            f"but {count} could be given one",
            hint="run opencode db check",
        )
    last = max(start + count, highest)
    if last > session.last_seq:
        querier.set_last_seq(last_seq=last, id=session.session_id)
    return count


@contextmanager
def _transaction(connection: Connection, dialect: Dialect) -> Iterator[None]:
    if isinstance(connection, sqlite3.Connection):
        begin_immediate(connection)
    else:
        _execute(connection, "BEGIN IMMEDIATE" if dialect == "sqlite" else "BEGIN")
    try:
        yield
        _execute(connection, "COMMIT")
    except BaseException:
        if dialect == "mysql" or getattr(connection, "in_transaction", False):
            _execute(connection, "ROLLBACK")
        raise


def _execute(connection: Connection, statement: str) -> None:
    cursor = connection.cursor()
    try:
        cursor.execute(statement)
    finally:
        cursor.close()
