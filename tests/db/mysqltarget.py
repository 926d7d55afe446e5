"""The MySQL server's databases as the upgrade sees them, with connections that tests can break."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

from opencode.config.server import MySQLSettings
from opencode.db.mysql_connect import Connector
from opencode.db.mysql_errors import MySQLError, translate
from opencode.db.mysql_session import MySQLConnection
from opencode.db.mysql_target import MySQLTarget

__all__ = ["Crash", "Crashing", "Wrap", "make_target"]

Wrap = Callable[[MySQLConnection], Any]


def make_target(settings: MySQLSettings, wrap: Wrap | None = None) -> MySQLTarget:
    """`wrap` may put something around the connection that makes changes."""
    connector = Connector(settings, environ={})

    @contextmanager
    def connect() -> Iterator[Any]:
        with closing(connector.connect()) as connection:
            yield wrap(connection) if wrap else connection

    return MySQLTarget(
        lambda: closing(connector.connect()),
        connect,
        location=str(connector.place),
        errors=(MySQLError,),
        translate=lambda error: translate(error, connector.place),
        lock_timeout=30,
    )


class Crash(BaseException):
    """Raised where the process would be killed."""


class Crashing:
    """A connection on which the process dies at one statement, before or after it was run."""

    def __init__(self, connection: MySQLConnection, at: int, *, after: bool) -> None:
        self.count = 0
        self._connection = connection
        self._at = at
        self._after = after

    def cursor(self) -> Any:
        return _Cursor(self, self._connection.cursor())

    def step(self, run: Callable[[], Any]) -> Any:
        self.count += 1
        if self.count == self._at and not self._after:
            raise Crash
        result = run()
        if self.count == self._at:
            raise Crash
        return result

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


class _Cursor:
    def __init__(self, connection: Crashing, cursor: Any) -> None:
        self._connection = connection
        self._cursor = cursor

    def execute(self, sql: str, *parameters: object) -> Any:
        return self._connection.step(lambda: self._cursor.execute(sql, *parameters))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)
