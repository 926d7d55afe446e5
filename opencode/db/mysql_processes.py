"""What a server tells of its connections."""

from __future__ import annotations

import re
from typing import NamedTuple

from opencode.db.migrations import Connection, fetch

__all__ = ["Process", "find_process", "process_list"]

# Not SHOW PROCESSLIST: it cuts statements off within a character, which the driver cannot decode.
_FIELDS = "SELECT id AS i, user AS u, host AS h, command AS c"
_FAITHFUL = "performance_schema.processlist"
_OLD = "information_schema.processlist"
_FIRST_WITH_FAITHFUL = (8, 0, 22)


class Process(NamedTuple):
    """One connection of a server."""

    id: int
    user: str
    host: str
    """With the port, where the server knows it."""
    at_work: bool
    """Whether it has a statement under way."""


def find_process(connection: Connection, id: int) -> Process | None:
    """A connection by its number; None when there is none, or the account may not know of it."""
    rows = fetch(connection, f"{_FIELDS} FROM {process_list(connection)} WHERE id = {int(id)}")
    if not rows:
        return None
    row = rows[0]
    return Process(int(row["i"]), str(row["u"]), str(row["h"]), row["c"] == "Query")


def process_list(connection: Connection) -> str:
    """The name of the table of connections that can be read whatever they are doing.

    MySQL's old one fails (3854) while anybody's statement has a letter of four bytes, an emoji for
    one; MariaDB's does not, and MariaDB has no other.
    """
    version = str(fetch(connection, "SELECT VERSION() AS v")[0]["v"])
    if "mariadb" in version.lower():
        return _OLD
    numbers = tuple(int(number) for number in re.findall(r"\d+", version)[:3])
    return _FAITHFUL if numbers >= _FIRST_WITH_FAITHFUL else _OLD
