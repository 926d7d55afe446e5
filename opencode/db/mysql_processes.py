"""What a server tells of its connections."""

from __future__ import annotations

from typing import Any, NamedTuple

from opencode.db.migrations import Connection, fetch
from opencode.db.mysql_errors import MySQLError, error_code

__all__ = ["Process", "find_process"]

# MySQL's own, and MariaDB's, which MySQL has too but fails to read (3854) while anybody's statement
# has a letter of four bytes, an emoji for one. SHOW PROCESSLIST cuts statements off within a
# letter, which the driver cannot decode.
_TABLES = ("performance_schema.processlist", "information_schema.processlist")
_NO_SUCH_TABLE = frozenset({1049, 1142, 1146})


class Process(NamedTuple):
    """One connection of a server."""

    user: str
    host: str
    """With the port, where the server knows it."""
    at_work: bool
    """Whether it has a statement under way."""


def find_process(connection: Connection, id: int) -> Process | None:
    """A connection by its number; None when there is none, or the account may not know of it."""
    for row in _with_own(connection, id):
        if int(row["i"]) == id:
            return Process(str(row["u"]), str(row["h"]), row["c"] == "Query")
    return None


def _with_own(connection: Connection, id: int) -> list[dict[str, Any]]:
    """Rows of that connection and of the one that asks.

    A table without the latter tells nothing: with `performance_schema` off MySQL's own is empty.
    """
    for table in _TABLES:
        try:
            rows = fetch(
                connection,
                f"SELECT id AS i, user AS u, host AS h, command AS c FROM {table} "  # noqa: S608
                f"WHERE id IN ({id}, CONNECTION_ID())",
            )
        except MySQLError as error:
            if error_code(error) not in _NO_SUCH_TABLE:
                raise
            continue
        if rows:
            return rows
    return []
