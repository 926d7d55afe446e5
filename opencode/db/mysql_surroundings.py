"""An account and the server it is on, as far as changes of the schema depend on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from opencode.db.migrations import Connection, fetch
from opencode.db.mysql_errors import MySQLError, is_lost
from opencode.db.mysql_grants import Grants, read_grants

__all__ = ["COLLATIONS", "Surroundings", "look"]

COLLATIONS: Final = frozenset({"ascii_bin", "utf8mb4_bin"})
"""Those the tables are made with."""

_OFF: Final = frozenset({"", "0", "OFF", "NO"})
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
    "wsrep_on",  # Galera
)

_AVAILABLE: Final = """
SELECT collation_name AS name FROM information_schema.collations
WHERE collation_name IN ('ascii_bin', 'utf8mb4_bin')
UNION ALL
SELECT engine FROM information_schema.engines
WHERE engine = 'InnoDB' AND support IN ('YES', 'DEFAULT')
"""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What was found; `grants` is None where the server does not tell."""

    account: str
    """`user@host`, as the server knows it."""
    role: str
    """The active roles; empty when there is none."""
    database: str
    grants: Grants | None
    variables: Mapping[str, str]
    """By lower-case name; a product leaves out those it does not have."""
    has_innodb: bool = True
    collations: frozenset[str] = COLLATIONS

    def value(self, variable: str) -> str:
        """What a variable is set to; empty when there is none of that name."""
        return self.variables.get(variable, "")

    def is_on(self, variable: str) -> bool:
        """Whether a switch exists and is on."""
        return self.value(variable).upper() not in _OFF

    def has_any_of(self, *administrative: str) -> bool:
        """Whether the account has one of these privileges; also where nobody knows."""
        return self.grants is None or self.grants.has_any_of(administrative)

    @property
    def is_mariadb(self) -> bool:
        """Whether it is MariaDB's SQL that helps."""
        return "mariadb" in self.value("version").lower()


def look(connection: Connection) -> Surroundings:
    """Ask the server, with four statements that change nothing."""
    account, role, database = _identity(connection)
    names = ", ".join(f"'{name}'" for name in _VARIABLES)
    rows = fetch(connection, f"SHOW VARIABLES WHERE Variable_name IN ({names})")
    variables = {str(name).lower(): str(value) for name, value in (row.values() for row in rows)}
    available = {str(row["name"]) for row in fetch(connection, _AVAILABLE)}
    return Surroundings(
        account=account,
        role=role,
        database=database,
        grants=_grants(
            connection,
            database,
            literal=variables.get("partial_revokes", "").upper() == "ON",
            # MySQL prints what comes from an active role as the account's own.
            united=bool(role) and "mariadb" not in variables["version"].lower(),
        ),
        variables=variables,
        has_innodb="InnoDB" in available,
        collations=COLLATIONS & available,
    )


def _identity(connection: Connection) -> tuple[str, str, str]:
    """Account, active role or nothing, database."""
    sql = "SELECT CURRENT_USER() AS account, CURRENT_ROLE() AS role, DATABASE() AS db"
    (row,) = fetch(connection, sql)
    role = "" if row["role"] in {None, "NONE"} else str(row["role"])
    return str(row["account"]), role, str(row["db"])


def _grants(connection: Connection, database: str, *, literal: bool, united: bool) -> Grants | None:
    try:
        rows = fetch(connection, "SHOW GRANTS")
    except MySQLError as error:
        if is_lost(error):
            raise
        return None  # the grant tables are switched off, say
    lines = [str(line) for row in rows for line in row.values()]
    return read_grants(lines, database, literal=literal, united=united)
