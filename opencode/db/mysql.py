"""The MySQL provider: one database on a MySQL or MariaDB server, reached by a pool."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from opencode.config import ProviderType
from opencode.config.server import MySQLSettings
from opencode.db.mysql_connect import Connector
from opencode.db.mysql_cursor import MySQLConnection, patient
from opencode.db.mysql_errors import MySQLError, translate
from opencode.db.mysql_session import ServerFacts
from opencode.db.mysql_target import MySQLTarget
from opencode.db.mysql_transactions import Transactions
from opencode.db.patience import Tell
from opencode.db.pool import Pool, PoolFigures, PoolLimits
from opencode.db.querier import Querier
from opencode.db.queries import Queries, load_queries
from opencode.errors import OpencodeError, UsageError

__all__ = ["RETRY_SECONDS", "MySQLProvider"]

T = TypeVar("T")

RETRY_SECONDS = 30.0
"""How long work is tried again after it first failed: the restart of a server, a failover."""

_OTHER_VALUES = 16 * 1024
"""Bytes for a statement's own text and for every value but the content, escaped."""

# The present second, and those in which the tables were last committed to (on MariaDB: in which
# that transaction began).
_LAST_COMMITS = """
SELECT UNIX_TIMESTAMP(), UNIX_TIMESTAMP(update_time)
FROM information_schema.tables
WHERE table_schema = DATABASE() AND table_name IN ('sessions', 'messages', 'files')
ORDER BY table_name
"""
_SIZE = """
SELECT SUM(data_length + index_length)
FROM information_schema.tables
WHERE table_schema = DATABASE()
"""
_MYSQL_DUMP = "mysqldump --single-transaction --no-tablespaces --set-gtid-purged=OFF"
_MARIADB_DUMP = "mariadb-dump --single-transaction --no-tablespaces"
_CHECK = "CHECK TABLE sessions, messages, files"


class MySQLProvider:
    """Sessions on a MySQL or MariaDB server; see `Provider` for the contract.

    Nothing is connected before it is needed.
    """

    type = ProviderType.MYSQL
    waits_for = ""
    errors = (MySQLError,)
    """What the connections of `borrow` and `connect_for_changes` raise."""

    def __init__(
        self,
        settings: MySQLSettings,
        *,
        environ: Mapping[str, str] = os.environ,
        retry_seconds: float = RETRY_SECONDS,
        waiting: Tell | None = None,
    ) -> None:
        self.settings = settings
        self._environ = environ
        self._connector = Connector(settings, environ=environ, waiting=waiting)
        limits = PoolLimits(
            max_connections=settings.max_connections,
            max_idle=settings.max_idle_connections,
            timeout=settings.connection_timeout,
        )
        hint = (
            f"raise sessionProvider.mysql.maxConnections, now {limits.max_connections}, "
            "or do fewer things at a time"
        )
        self._pool: Pool[MySQLConnection] = Pool(self._connector, limits, hint=hint)
        self._transactions = Transactions(self._pool, self._connector.outage, retry_seconds)

    @property
    def location(self) -> str:
        """Server and database, `host:port/database`."""
        return str(self._connector.place)

    @property
    def max_content_bytes(self) -> int:
        """The largest content that fits into a statement whatever it consists of.

        A statement may have `max_allowed_packet` bytes, and escaping makes at most two of one.
        """
        return max(0, self._facts().max_allowed_packet - _OTHER_VALUES) // 2

    def run(
        self,
        work: Callable[[Querier], T],
        *,
        arrived: Callable[[Querier], T | None] | None = None,
    ) -> T:
        """Run `work` in a transaction; again as a whole after a deadlock or a lost connection.

        `arrived` is asked when the connection is lost after COMMIT was sent, and again when a
        later attempt finds the row there already.
        """
        querier = self._querier
        return self._transactions.run(
            lambda connection: work(querier(connection)),
            None if arrived is None else lambda connection: arrived(querier(connection)),
        )

    def read(self, work: Callable[[Querier], T]) -> T:
        """Run `work` without a transaction of its own; again when the connection is lost."""
        return self._transactions.read(lambda connection: work(self._querier(connection)))

    def transaction(self) -> AbstractContextManager[None]:
        """One transaction for all calls of this thread; an inner one is part of the outer.

        The block cannot be run again.  After a deadlock or a lost connection every further call
        in it fails, and so does its end: nothing of it is stored.
        """
        return self._transactions.block()

    def snapshot(self, *, slow: bool = False) -> AbstractContextManager[None]:
        """One read transaction; when its connection is lost, every further read in it fails."""
        return self._transactions.snapshot(slow=slow)

    def data_version(self, *, within: float | None = None) -> int:
        """Return a number made of the times of the last commits to the tables.

        Commits of this process count too.  Times are whole seconds: until two seconds after a
        commit each second has its own number, and so has every second where the server knows no
        times.  A commit stays unseen when it comes later than that after its transaction began
        (MariaDB), and another transaction that began in the same second came before it.
        """

        def commits(connection: MySQLConnection) -> tuple[tuple[Any, ...], ...]:
            return _fetch(connection, _LAST_COMMITS)

        asked = self._transactions
        rows = asked.read(commits) if within is None else asked.look(commits, within)
        now = max((int(row[0]) for row in rows), default=0)
        times = [int(row[1] or 0) for row in rows]
        settled = any(times) and max(times) < now - 1
        version = 0 if settled else now
        for time in times:
            version = version << 40 | time
        return version

    def server_version(self) -> str:
        """Return `MySQL` or `MariaDB`, and the version of the server last connected to."""
        return str(self._facts())

    def size_bytes(self) -> int:
        """Return the server's estimate for data and indexes."""
        return int(self._rows(_SIZE)[0][0] or 0)

    def integrity_errors(self) -> list[str]:
        """Return the findings of CHECK TABLE, which may take long; on a connection of its own."""
        try:
            with self._apart(self._connector) as connection, patient(connection):
                rows = _fetch(connection, _CHECK)
        except MySQLError as error:
            raise self.translate(error) from error
        return [f"{table}: {text}" for table, _, kind, text in rows if _is_finding(kind, text)]

    def backup(self, file: Path) -> None:
        """Refuse: a server's database is backed up with the server's own tools."""
        names = f"{shlex.quote(self.settings.database)} > {shlex.quote(str(file))}"
        raise UsageError(
            "a database on a MySQL server cannot be copied into a file by this program",
            hint=f"{_MYSQL_DUMP} {names}, and on MariaDB {_MARIADB_DUMP} {names}",
        )

    def borrow(self) -> AbstractContextManager[MySQLConnection]:
        """Lend a connection of the pool; its errors are for `translate`."""
        return self._pool.connection()

    def connect_for_changes(self) -> AbstractContextManager[MySQLConnection]:
        """Open a connection of the account for migrations, which may hold the lock."""
        account = self.settings.migration
        own = self._connector
        if account is not None:
            own = Connector(account, environ=self._environ, waiting=own.waiting)
        return self._apart(own)

    def translate(self, error: Exception) -> OpencodeError:
        """Return the error to raise, `from` the one given."""
        return translate(error, self._connector.place)

    def target(self) -> MySQLTarget:
        """Return the database as the upgrade sees it."""
        return MySQLTarget(
            self.borrow,
            self.connect_for_changes,
            location=self.location,
            errors=(MySQLError,),
            translate=self.translate,
        )

    def figures(self) -> PoolFigures:
        """Return how the pool of connections stands."""
        return self._pool.figures()

    def close(self) -> None:
        """Close the connections; one in use is closed when its work is done."""
        self._pool.close()

    @cached_property
    def _queries(self) -> Queries:
        return load_queries("mysql")

    def _querier(self, connection: MySQLConnection) -> Querier:
        return Querier(self._queries, connection)

    def _rows(self, statement: str) -> tuple[tuple[Any, ...], ...]:
        return self._transactions.read(lambda connection: _fetch(connection, statement))

    @contextmanager
    def _apart(self, connector: Connector) -> Iterator[MySQLConnection]:
        """A connection outside the pool; none is idle there, for the account may have one only."""
        self._pool.close_idle()
        connection = connector.connect(for_changes=True)
        try:
            yield connection
        finally:
            connector.close(connection)

    def _facts(self) -> ServerFacts:
        while self._connector.facts is None:
            self._transactions.read(lambda _: None)
        return self._connector.facts


def _fetch(connection: MySQLConnection, statement: str) -> tuple[tuple[Any, ...], ...]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def _is_finding(kind: str, text: str) -> bool:
    """CHECK TABLE ends each table with the status OK, and may add notes."""
    return kind.lower() in {"error", "warning"} or (kind == "status" and text != "OK")
