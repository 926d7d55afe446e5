"""What a session provider is: one database, reached in transactions."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from opencode.config import ProviderType
from opencode.db.querier import Querier
from opencode.errors import StoreError

if TYPE_CHECKING:
    from opencode.db.pool import PoolFigures

__all__ = ["Provider", "ProviderType", "written_in_snapshot"]

T = TypeVar("T")


class Provider(Protocol):
    """A database of sessions; any thread may call, each works on a connection of its own.

    Every method may raise `StoreError`: `DatabaseUnavailable` where trying again may help.
    """

    @property
    def type(self) -> ProviderType:
        """Which provider this is; never silently another one than was configured."""
        ...

    @property
    def location(self) -> str:
        """Where the database is, for people: a path, or host, port and name; never a password."""
        ...

    @property
    def waits_for(self) -> str:
        """What a call of another thread waits for now, in words; empty if nothing is known."""
        ...

    @property
    def max_content_bytes(self) -> int:
        """The largest message or file, in bytes of UTF-8, that one statement can carry."""
        ...

    def run(
        self,
        work: Callable[[Querier], T],
        *,
        arrived: Callable[[Querier], T | None] | None = None,
    ) -> T:
        """Run `work` in a write transaction and commit it.

        It is run again as a whole after a transient error, so it must have no effect outside the
        database.  Inside `transaction` it joins that transaction.

        When the connection is lost while the commit is under way, nobody knows whether it
        happened.  `arrived` then looks, on a new connection: it returns the result when it did,
        None when `work` must be run again.  Without `arrived` the error is raised.
        """
        ...

    def read(self, work: Callable[[Querier], T]) -> T:
        """Run `work`, which only reads; each of its statements sees the newest committed rows.

        It is run again as a whole when the connection is lost.
        """
        ...

    def transaction(self) -> AbstractContextManager[None]:
        """Make all calls of this thread inside the block one write transaction."""
        ...

    def snapshot(self, *, slow: bool = False) -> AbstractContextManager[None]:
        """Let all reads of this thread inside the block see the database of one moment.

        `slow` reads go through whole tables, and may take longer than others.
        `run` and `transaction` fail inside it.  Inside `transaction` it joins that transaction.
        """
        ...

    def data_version(self, *, within: float | None = None) -> int:
        """Return a number that differs from the last one when others have committed since.

        A server that has not answered `within` so many seconds, attempts and all, is unavailable.
        """
        ...

    def server_version(self) -> str:
        """Return product and version of the database."""
        ...

    def size_bytes(self) -> int:
        """Return how much room the database takes."""
        ...

    def figures(self) -> PoolFigures | None:
        """Return how the pool of connections stands; None where there is none."""
        ...

    def integrity_errors(self) -> list[str]:
        """Return what the database's own integrity check finds; empty when all is well."""
        ...

    def backup(self, file: Path) -> None:
        """Write a copy to a new file; `UsageError` when it exists or the provider cannot."""
        ...

    def close(self) -> None:
        """Close every connection; further calls fail."""
        ...


def written_in_snapshot() -> StoreError:
    """Return the error for a write inside `Provider.snapshot`, where it would be undone."""
    return StoreError(
        "nothing can be written inside a snapshot", hint="write after it, or use a transaction"
    )
