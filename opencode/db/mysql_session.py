"""A connection as every user of the MySQL database must have it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from opencode.db.mysql_cursor import MySQLConnection, SizedCursor
from opencode.db.mysql_errors import MySQLError, Place, error_code
from opencode.errors import DatabaseRefused

__all__ = ["CHARSET", "COLLATION", "MySQLConnection", "ServerFacts", "prepare"]

CHARSET = "utf8mb4"
COLLATION = "utf8mb4_bin"
"""Of literals; compared exactly, like the columns."""

_SQL_MODE = (
    "STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,ONLY_FULL_GROUP_BY"
)

# What a server's configuration may have changed, and what the program relies on.
_SESSION = MappingProxyType(
    {
        "autocommit": "ON",
        "character_set_client": CHARSET,
        "character_set_connection": CHARSET,
        "character_set_results": CHARSET,
        "collation_connection": COLLATION,
        "sql_mode": _SQL_MODE,
        "time_zone": "+00:00",
        "innodb_lock_wait_timeout": "10",
        "lock_wait_timeout": "30",
        # A client that has vanished keeps its locks until then; the default is eight hours.
        "wait_timeout": "600",
        "foreign_key_checks": "ON",
        "sql_safe_updates": "OFF",
        "completion_type": "NO_CHAIN",
        "sql_select_limit": "18446744073709551615",
    }
)
# Each product skips the other's comment: MariaDB those that ask for a version from 5.7 to 9.9.
# A tree of sessions may be deeper than 1,000 levels; MariaDB would cut it off without a word.
# MySQL's information_schema may be a day old by default (MySQLProvider.data_version).
_MYSQL_ONLY = "/*!80003 , cte_max_recursion_depth = 1000000, information_schema_stats_expiry = 0 */"
_MARIADB_ONLY = "/*M! , max_recursive_iterations = 1000000 */"
# MySQL and MariaDB 11.1, which calls the other one deprecated; MariaDB.
_ISOLATION = ("transaction_isolation", "tx_isolation")
_READ_COMMITTED = "READ-COMMITTED"
_ISOLATED = (
    f"/*!80003 , SESSION {_ISOLATION[0]} = '{_READ_COMMITTED}' */ "
    f"/*M! , SESSION {_ISOLATION[1]} = '{_READ_COMMITTED}' */"
)
_UNKNOWN_VARIABLE = 1193

_OLDEST = {"MySQL": (8, 0, 16), "MariaDB": (10, 11, 0)}
"""Before 8.0.16 MySQL ignored CHECK constraints; before 10.8 MariaDB ignored DESC in indexes."""

_VERSION = re.compile(r"(?:5\.5\.5-)?(\d+)\.(\d+)\.(\d+)")


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """What a server says of itself when a connection is made."""

    product: str
    """`MySQL` or `MariaDB`."""
    version: tuple[int, int, int]
    max_allowed_packet: int

    def __str__(self) -> str:
        return f"{self.product} {'.'.join(map(str, self.version))}"


def prepare(connection: MySQLConnection, place: Place) -> ServerFacts:
    """Set and verify the session's settings; two round trips, if all goes as it should.

    Raises:
        DatabaseRefused: The server is too old, or something in between ignores the settings.
    """
    with connection.cursor() as cursor:
        try:
            _set(cursor)
        except MySQLError:
            if connection.open:  # an old server does not know all of them
                _facts(_read_variables(cursor), place)
            raise
        variables = _read_variables(cursor)
        if not _is_isolated(variables):
            cursor.execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
            variables = _read_variables(cursor)
    facts = _facts(variables, place)
    wrong = _unset(variables)
    if wrong:
        raise DatabaseRefused(
            f"{place}: the session settings were not taken: {', '.join(wrong)}",
            hint="a proxy before the server must pass SET SESSION on to it",
        )
    connection.max_allowed_packet = facts.max_allowed_packet
    return facts


def _set(cursor: SizedCursor) -> None:
    assignments = ", ".join(f"{name} = {_literal(value)}" for name, value in _SESSION.items())
    settings = f"SET SESSION {assignments} {_MYSQL_ONLY} {_MARIADB_ONLY}"
    try:
        cursor.execute(f"{settings} {_ISOLATED}")
    except MySQLError as error:
        if error_code(error) != _UNKNOWN_VARIABLE:
            raise
        # A later MariaDB may know no tx_isolation any more.
        cursor.execute(settings)


def _literal(value: str) -> str:
    return value if value.isdecimal() else f"'{value}'"


def _read_variables(cursor: SizedCursor) -> Mapping[str, str]:
    # Unlike SELECT @@name it takes names that one of the products does not know.
    names = ("version", "max_allowed_packet", *_ISOLATION, *_SESSION)
    wanted = ", ".join(f"'{name}'" for name in names)
    cursor.execute(f"SHOW SESSION VARIABLES WHERE Variable_name IN ({wanted})")
    return {str(name).lower(): str(value) for name, value in cursor.fetchall()}


def _facts(variables: Mapping[str, str], place: Place) -> ServerFacts:
    text = variables.get("version", "")
    found = _VERSION.match(text)
    version = (int(found[1]), int(found[2]), int(found[3])) if found else (0, 0, 0)
    product = "MariaDB" if "mariadb" in text.lower() else "MySQL"
    if version < _OLDEST[product]:
        if found and product == "MariaDB":  # which may call itself 5.5.5-10.6.12-MariaDB
            text = ".".join(found.groups())
        raise DatabaseRefused(
            f"{place}: the server is {product} {text or 'of an unknown version'}, which is too old",
            hint="MySQL 8.0.16 or newer, or MariaDB 10.11 or newer, is needed",
        )
    return ServerFacts(product, version, int(variables["max_allowed_packet"]))


def _unset(variables: Mapping[str, str]) -> list[str]:
    """The variables that are not as they must be."""
    wrong = [
        name
        for name, value in _SESSION.items()
        if _comparable(variables.get(name, "")) != _comparable(value)
    ]
    if not _is_isolated(variables):
        wrong.append("transaction_isolation")
    return wrong


def _is_isolated(variables: Mapping[str, str]) -> bool:
    return any(variables.get(name) == _READ_COMMITTED for name in _ISOLATION)


def _comparable(value: str) -> frozenset[str]:
    """`sql_mode` comes back in another order."""
    return frozenset(value.upper().split(","))
