"""Calls inside a transaction that their thread is in already: part of it, on a savepoint each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from opencode.db.mysql_cursor import MySQLConnection
from opencode.db.mysql_errors import MySQLError, Place, is_lost, must_rerun, translate
from opencode.db.provider import written_in_snapshot
from opencode.errors import OpencodeError

__all__ = ["OpenTransaction"]

T = TypeVar("T")


@dataclass(slots=True)
class OpenTransaction:
    """The transaction a thread is in."""

    connection: MySQLConnection
    place: Place
    rerun: bool = False
    """Whether whoever began it deals with the driver's errors, and runs it again."""
    reading: bool = False
    """Whether it is a snapshot, in which nothing can be written."""
    failed: OpencodeError | None = None
    """Set when the server has undone it: what follows would be committed on its own."""
    depth: int = 0
    """How many savepoints are open."""

    def read(self, work: Callable[[MySQLConnection], T]) -> T:
        """Run `work` as part of it."""
        if self.failed is not None:
            raise self.failed
        try:
            return work(self.connection)
        except MySQLError as error:
            if self.rerun:
                raise
            meaning = translate(error, self.place)
            if is_lost(error) or must_rerun(error):
                self.failed = meaning
            raise meaning from error

    def write(self, work: Callable[[MySQLConnection], T]) -> T:
        """Run `work` as part of it; when that fails the caller may go on with the rest."""
        self.refuse_in_snapshot()
        return self.read(lambda _: self._in_savepoint(work))

    def refuse_in_snapshot(self) -> None:
        """Raise what comes of writing where that cannot be done."""
        if self.reading:
            raise written_in_snapshot()

    def _in_savepoint(self, work: Callable[[MySQLConnection], T]) -> T:
        """Undo failed work as a whole, and only it."""
        name = f"joined_{self.depth}"
        self._execute(f"SAVEPOINT {name}")
        self.depth += 1
        try:
            result = work(self.connection)
        except MySQLError as error:
            # After these the server has undone the whole transaction, savepoint included.
            if not (is_lost(error) or must_rerun(error)):
                self._execute(f"ROLLBACK TO SAVEPOINT {name}")
            raise
        except Exception:
            self._execute(f"ROLLBACK TO SAVEPOINT {name}")
            raise
        finally:
            self.depth -= 1
        self._execute(f"RELEASE SAVEPOINT {name}")
        return result

    def _execute(self, statement: str) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(statement)
