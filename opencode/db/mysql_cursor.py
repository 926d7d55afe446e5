"""A connection's statements and socket: how long and how large, and who notices a dead peer."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeAlias

from pymysql.connections import Connection
from pymysql.cursors import Cursor
from pymysql.err import OperationalError

from opencode.db.mysql_errors import NoAnswer, timed_out
from opencode.errors import InvalidValue

__all__ = [
    "SHORTEST",
    "SLOW_SECONDS",
    "BareConnection",
    "MySQLConnection",
    "SizedCursor",
    "hurried",
    "keep_alive",
    "patient",
]

SLOW_SECONDS = 24 * 3600.0
"""How long a statement of a migration or a check may take on large tables."""

SHORTEST = 0.001
"""Seconds of a time limit that has run out; 0 would be: do not wait at all."""

_LONGEST_CHARACTER = 4  # bytes of UTF-8

# A peer that is gone is noticed after a minute and a half, whatever the time limits.
_KEEP_ALIVE = (
    ("TCP_KEEPIDLE", 30),
    ("TCP_KEEPALIVE", 30),  # its name on macOS
    ("TCP_KEEPINTVL", 10),
    ("TCP_KEEPCNT", 6),
    ("TCP_USER_TIMEOUT", 90_000),  # milliseconds; for what was sent and not acknowledged
)


class SizedCursor(Cursor):
    """Refuses a statement that the server would answer by hanging up (errors 2006 and 2013)."""

    def execute(self, query: str, args: Any = None) -> int:
        """Run a statement.

        Raises:
            InvalidValue: It is longer than `max_allowed_packet`.
            NoAnswer: None came within the time limit for reading.
        """
        statement = self.mogrify(query, args)
        limit = self.connection.max_allowed_packet
        if len(statement) * _LONGEST_CHARACTER >= limit:
            size = len(statement.encode()) + 1  # the command byte
            if size > limit:
                raise InvalidValue(
                    f"the statement has {size:,} bytes; the server accepts {limit:,}",
                    hint="store less, or have max_allowed_packet raised on the server",
                )
        try:
            return super().execute(statement)
        except OperationalError as error:
            if not timed_out(error):
                raise
            raise NoAnswer(_read_timeout(self.connection)) from error


if TYPE_CHECKING:
    MySQLConnection: TypeAlias = Connection[SizedCursor]
else:
    MySQLConnection = Connection  # generic in its stubs only


class BareConnection(MySQLConnection):
    """Asks nothing of the server but to be let in; the session's settings are `prepare`'s.

    PyMySQL (1.2.4) has no option against the SET NAMES after each login, which is a round trip.
    """

    def set_character_set(self, charset: str, collation: str | None = None) -> None:
        """Do nothing: this side knows the character set from the constructor."""


@contextmanager
def patient(connection: MySQLConnection) -> Iterator[None]:
    """Wait for the answers inside the block as long as they take: for work on whole tables."""
    usual = _read_timeout(connection)
    _set_read_timeout(connection, SLOW_SECONDS)
    try:
        yield
    finally:
        _set_read_timeout(connection, usual)


@contextmanager
def hurried(connection: MySQLConnection, seconds: float) -> Iterator[None]:
    """Wait for no answer inside the block for longer than this, nor than usual."""
    usual = _read_timeout(connection)
    _set_read_timeout(connection, max(SHORTEST, min(usual, seconds)))
    try:
        yield
    finally:
        _set_read_timeout(connection, usual)


def keep_alive(connection: MySQLConnection) -> None:
    """Have the system ask after the peer while nothing is sent, as far as it can."""
    wire: socket.socket = connection._sock  # type: ignore[attr-defined]  # noqa: SLF001
    if wire.family not in {socket.AF_INET, socket.AF_INET6}:
        return
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _KEEP_ALIVE:
        option = getattr(socket, name, None)
        if option is not None:
            with suppress(OSError):
                wire.setsockopt(socket.IPPROTO_TCP, option, value)


# PyMySQL looks at it before each answer, and offers no other way to change it (1.2.4).
def _read_timeout(connection: MySQLConnection) -> float:
    seconds: float = connection._read_timeout  # type: ignore[attr-defined]  # noqa: SLF001
    return seconds


def _set_read_timeout(connection: MySQLConnection, seconds: float) -> None:
    connection._read_timeout = seconds  # type: ignore[attr-defined]  # noqa: SLF001
