"""What no query of the program's does."""

from __future__ import annotations

from contextlib import closing

from opencode.db.querier import Querier
from opencode.store import Store

__all__ = ["by_hand"]


def by_hand(store: Store, statement: str) -> None:
    """Run a statement, in a transaction of its own."""

    def work(querier: Querier) -> None:
        with closing(querier._connection.cursor()) as cursor:
            cursor.execute(statement)

    store.provider.run(work)
