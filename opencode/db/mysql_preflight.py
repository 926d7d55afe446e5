"""What stands in the way of changing the schema of a MySQL database, found before it is tried.

MySQL commits at every change of the schema, so that a migration refused in its middle leaves half
of itself behind.  Looked at are the account's privileges and the server's settings; all that would
fail is told at once, with what helps.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from opencode.db.migrations import Connection, fetch
from opencode.db.mysql_grants import Grants, read_grants
from opencode.db.target import Change
from opencode.errors import Obstacle, PreflightFailed, ServerReadOnly

__all__ = ["NEEDED", "Surroundings", "find_obstacles", "find_warnings", "look", "preflight"]

log = logging.getLogger(__name__)

DAILY: Final = ("SELECT", "INSERT", "UPDATE", "DELETE")
NEEDED: Final = (*DAILY, "CREATE", "ALTER", "INDEX", "REFERENCES", "TRIGGER")
"""Privileges that migrations need; undoing the first one needs DROP as well."""

_NO_GRANT_TABLES = 1290
_SMALLEST_PAGE = 16_384
"""Bytes of `innodb_page_size`: keys of 3,072 bytes need it."""
_SMALL_PACKET = 16 * 1024 * 1024

_VARIABLES: Final = (
    "binlog_format",
    "enforce_storage_engine",  # MariaDB
    "group_replication_enforce_update_everywhere_checks",  # MySQL
    "innodb_page_size",
    "innodb_read_only",
    "log_bin",
    "log_bin_trust_function_creators",
    "max_allowed_packet",
    "partial_revokes",  # MySQL
    "read_only",
    "super_read_only",  # MySQL
    "transaction_read_only",
    "tx_read_only",  # MariaDB before 11.1
    "version",
    "wsrep_on",  # MariaDB, Percona XtraDB Cluster
)
_OFF = frozenset({"", "0", "OFF", "NO"})
_COLLATIONS = ("ascii_bin", "utf8mb4_bin")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """An account and the server it is on, as far as changes of the schema depend on them."""

    location: str
    account: str
    """`user@host`, as the server knows it."""
    role: str
    """The active ones; empty when there is none."""
    database: str
    grants: Grants | None
    """None where the server does not tell."""
    variables: Mapping[str, str]
    """By lower-case name; a product leaves out what it does not have."""
    innodb: bool = True
    collations: frozenset[str] = frozenset(_COLLATIONS)

    def is_on(self, variable: str) -> bool:
        """Whether a switch is there, and on."""
        return self.variables.get(variable, "").upper() not in _OFF

    @property
    def is_mariadb(self) -> bool:
        """Whether it is MariaDB's SQL that helps."""
        return "mariadb" in self.variables.get("version", "").lower()


def preflight(connection: Connection, location: str, change: Change) -> tuple[str, ...]:
    """Refuse what the server would refuse halfway; returns what else is worth telling.

    Nothing is changed, and `connection` must be that of the account which is to make the changes.

    Raises:
        PreflightFailed: With all obstacles there are.
        ServerReadOnly: There is but this one, which may pass by itself.
    """
    found = look(connection, location)
    obstacles = find_obstacles(found, change)
    if obstacles:
        log.error("not to be changed: %s", obstacles)
        raise _refusal(found, obstacles)
    return tuple(find_warnings(found))


def look(connection: Connection, location: str) -> Surroundings:
    """Ask the server; four statements."""
    (me,) = fetch(
        connection, "SELECT CURRENT_USER() AS a, CURRENT_ROLE() AS r, DATABASE() AS d"
    )
    names = ", ".join(f"'{name}'" for name in _VARIABLES)
    rows = fetch(connection, f"SHOW VARIABLES WHERE Variable_name IN ({names})")
    variables = {str(name).lower(): str(value) for name, value in map(dict.values, rows)}
    collations = ", ".join(f"'{name}'" for name in _COLLATIONS)
    parts = fetch(
        connection,
        "SELECT collation_name AS name FROM information_schema.collations"
        f" WHERE collation_name IN ({collations}) UNION ALL"  # noqa: S608
        " SELECT engine FROM information_schema.engines"
        " WHERE engine = 'InnoDB' AND support IN ('YES', 'DEFAULT')",
    )
    available = {str(row["name"]) for row in parts}
    role = "" if me["r"] in {None, "NONE"} else str(me["r"])
    return Surroundings(
        location=location,
        account=str(me["a"]),
        role=role,
        database=str(me["d"]),
        grants=_grants(connection, str(me["d"]), variables, united=bool(role)),
        variables=variables,
        innodb="InnoDB" in available,
        collations=frozenset(available & {*_COLLATIONS}),
    )
