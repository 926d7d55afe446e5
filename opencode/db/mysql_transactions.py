"""Transactions on pooled connections: bound to a thread, run again when the server undid them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TypeVar

from opencode.db.deadline import Deadline
from opencode.db.mysql_attempts import Attempts
from opencode.db.mysql_cursor import MySQLConnection, hurried, patient
from opencode.db.mysql_errors import MySQLError, quiet, timed_out, translate
from opencode.db.mysql_savepoints import OpenTransaction
from opencode.db.mysql_timeouts import is_at_work, is_full
from opencode.db.outage_log import OutageLog
from opencode.db.pool import Pool
from opencode.errors import OpencodeError

__all__ = ["Transactions"]

T = TypeVar("T")


class Transactions:
    """Runs work on connections of a pool; any thread may call."""

    def __init__(
        self, pool: Pool[MySQLConnection], outage: OutageLog, retry_seconds: float
    ) -> None:
        self._pool = pool
        self._outage = outage
        self._place = outage.place
        self._retry_seconds = retry_seconds
        self._local = threading.local()

    def run(
        self,
        work: Callable[[MySQLConnection], T],
        arrived: Callable[[MySQLConnection], T | None] | None,
    ) -> T:
        """Run `work` in a transaction and commit it; see `Provider.run`."""
        held = self._held()
        if held is not None:
            return held.write(work)
        attempts = Attempts(self._place, self._retry_seconds)
        while True:
            try:
                return self._attempt(work, arrived, attempts)
            except MySQLError as error:
                if attempts.commit_sent and timed_out(error) and is_full(self._pool, self._place):
                    raise attempts.full() from error
                attempts.pause(error, can_tell=arrived is not None)
            except OpencodeError as error:
                attempts.note_refusal(error)

    def read(self, work: Callable[[MySQLConnection], T]) -> T:
        """Run `work` without a transaction of its own; again when the connection is lost.

        Not when the server is still at work on it: it would be no faster, and be done twice.
        """
        held = self._held()
        if held is not None:
            return held.read(work)
        attempts = Attempts(self._place, self._retry_seconds)
        thread = 0
        while True:
            try:
                with self._connection() as connection:
                    thread = connection.thread_id()  # type: ignore[no-untyped-call]
                    return work(connection)
            except MySQLError as error:
                if timed_out(error) and is_at_work(self._pool, thread):
                    raise translate(error, self._place) from error
                attempts.pause(error)

    def look(self, work: Callable[[MySQLConnection], T], seconds: float) -> T:
        """As `read`, all of it within so many seconds: who looks again soon gives up soon."""
        held = self._held()
        if held is not None:
            return held.read(work)
        deadline = Deadline(seconds)
        attempts = Attempts(self._place, seconds, deadline=deadline)
        while True:
            try:
                with (
                    self._connection(deadline.remaining()) as connection,
                    hurried(connection, deadline.remaining()),
                ):
                    return work(connection)
            except MySQLError as error:
                if timed_out(error):
                    meaning = quiet(self._place, seconds)
                    self._outage.failed(meaning)
                    raise meaning from error
                attempts.pause(error)

    @contextmanager
    def block(self) -> Iterator[None]:
        """Make all calls of this thread inside one transaction, which is never run again."""
        joined = self._held()
        if joined is not None:
            joined.refuse_in_snapshot()
            yield
            return
        attempts = Attempts(self._place, self._retry_seconds)
        with ExitStack() as stack:
            held = OpenTransaction(self._begin(stack, _begin_writing), self._place)
            try:
                with self._holding(held):
                    yield
                    if held.failed is not None:
                        raise held.failed
                _commit(held.connection, attempts)
            except MySQLError as error:
                _undo(held.connection)
                raise attempts.meaning(error) from error
            except Exception:
                _undo(held.connection)
                raise

    @contextmanager
    def snapshot(self, *, slow: bool = False) -> Iterator[None]:
        """Make all reads of this thread inside the block see the rows of one moment.

        `slow` ones may each take as long as a change of the schema.
        """
        if self._held() is not None:
            yield
            return
        with ExitStack() as stack:
            connection = self._begin(stack, _begin_reading)
            held = OpenTransaction(connection, self._place, reading=True)
            if slow:
                stack.enter_context(patient(held.connection))
            try:
                with self._holding(held):
                    yield
            finally:
                _undo(held.connection)

    @contextmanager
    def _connection(self, timeout: float | None = None) -> Iterator[MySQLConnection]:
        """Lend a connection of the pool; when it has done its work, an outage is over."""
        with self._pool.connection(timeout) as connection:
            yield connection
            if connection.open:
                self._outage.is_over()

    def _held(self) -> OpenTransaction | None:
        held: OpenTransaction | None = getattr(self._local, "held", None)
        return held

    @contextmanager
    def _holding(self, held: OpenTransaction) -> Iterator[None]:
        self._local.held = held
        try:
            yield
        finally:
            self._local.held = None

    def _attempt(
        self,
        work: Callable[[MySQLConnection], T],
        arrived: Callable[[MySQLConnection], T | None] | None,
        attempts: Attempts,
    ) -> T:
        """Find that an earlier attempt has done it, or do it; the driver's errors come out."""
        if attempts.commit_sent and arrived is not None:
            with self._connection() as connection:
                found = arrived(connection)
            if found is not None:
                return found
        if attempts.refusal is not None:
            raise attempts.refusal
        with self._connection() as connection:
            connection.begin()
            try:
                with self._holding(OpenTransaction(connection, self._place, rerun=True)):
                    result = work(connection)
                _commit(connection, attempts)
            except Exception:
                _undo(connection)
                raise
            return result

    def _begin(self, stack: ExitStack, begin: Callable[[MySQLConnection], None]) -> MySQLConnection:
        """Begin on a connection that `stack` gives back; one that has died is replaced."""
        attempts = Attempts(self._place, self._retry_seconds)
        while True:
            with ExitStack() as trial:
                connection = trial.enter_context(self._connection())
                try:
                    begin(connection)
                except MySQLError as error:
                    failure = error
                else:
                    stack.push(trial.pop_all())
                    return connection
            attempts.pause(failure)


def _begin_writing(connection: MySQLConnection) -> None:
    connection.begin()


def _begin_reading(connection: MySQLConnection) -> None:
    # For this one transaction; READ COMMITTED has no snapshot.
    _execute(connection, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    _execute(connection, "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")


def _execute(connection: MySQLConnection, statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _commit(connection: MySQLConnection, attempts: Attempts) -> None:
    sent = connection.open
    try:
        connection.commit()
    except MySQLError as error:
        if sent:
            attempts.note_commit_error(error)
        raise


def _undo(connection: MySQLConnection) -> None:
    """Roll back; the server does it itself for a connection that is lost."""
    try:
        if connection.open:
            connection.rollback()
    except MySQLError:
        if connection.open:
            connection.close()
