"""What of an account and its server would make changes of the schema fail, and what helps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from opencode.db.migrations import Direction
from opencode.db.mysql_surroundings import COLLATIONS, Surroundings
from opencode.errors import Obstacle

__all__ = ["MIGRATING", "Change", "find_obstacles", "find_warnings", "find_write_obstacle"]

MIGRATING: Final = (
    *("SELECT", "INSERT", "UPDATE", "DELETE"),
    *("CREATE", "ALTER", "INDEX", "REFERENCES", "TRIGGER", "DROP"),
)
"""The privileges that all migrations together take, the last one when the first is undone."""

_SMALLEST_PAGE: Final = 16_384
"""Bytes of `innodb_page_size`; smaller ones have no keys of 3,072 bytes."""
_SMALL_PACKET: Final = 16 * 1024 * 1024
_BY_HAND: Final[dict[Direction, str]] = {
    "apply": "have an administrator apply what `opencode db migrate --dry-run` prints",
    "rollback": "have an administrator do it",
}


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be done, and the privileges that takes."""

    direction: Direction
    privileges: frozenset[str]


def find_obstacles(found: Surroundings, change: Change) -> Iterator[Obstacle]:
    """All that is in the way of a change, but that the server is read-only."""
    for check in (_account, _triggers, _cluster, _binary_log, _engine, _page_size, _collations):
        obstacle = check(found, change)
        if obstacle:
            yield obstacle


def find_write_obstacle(found: Surroundings) -> Obstacle | None:
    """Why the server takes no writes from this account, which may pass by itself."""
    # On MariaDB SUPER has not been enough since 10.11.
    lifting = ["READ_ONLY ADMIN"] if found.is_mariadb else ["SUPER", "CONNECTION_ADMIN"]
    switches = ["super_read_only", "innodb_read_only", "transaction_read_only", "tx_read_only"]
    if not found.has_any_of(*lifting):
        switches.insert(0, "read_only")
    on = [name for name in switches if found.is_on(name)]
    if not on:
        return None
    return Obstacle(
        f"the server accepts no writes ({', '.join(on)})",
        (
            "try again, when a failover is under way",
            "use the primary's address, when it is a replica",
        ),
    )


def find_warnings(found: Surroundings) -> Iterator[str]:
    """What works, and is likely to surprise."""
    packet = int(found.value("max_allowed_packet") or _SMALL_PACKET)
    if packet < _SMALL_PACKET:
        remedy = _setting(found, "max_allowed_packet", "67108864")
        yield (
            f"the server takes statements of at most {packet:,} bytes (max_allowed_packet), and a "
            f"message or file may need twice its size; an administrator can {remedy}"
        )


def _account(found: Surroundings, change: Change) -> Obstacle | None:
    # Only MySQL asks for it.
    needed = change.privileges - ({"REFERENCES"} if found.is_mariadb else set[str]())
    wanted = [name for name in MIGRATING if name in needed]
    lacking = found.grants.lacking(wanted) if found.grants else []
    if not lacking:
        return None
    # All of them: a new grant may hide the one that there is, when its name is a pattern.
    given = ", ".join(name for name in MIGRATING if name != "DROP" or name in needed)
    idle = found.grants is not None and found.grants.roles and not found.role
    return Obstacle(
        f"the account {found.account} lacks {', '.join(lacking)} on {found.database}",
        (
            f"GRANT {given} ON {_database(found)}.* TO {_quoted_account(found)}",
            *(["activate the role that has them (SET DEFAULT ROLE)"] if idle else []),
            "set OPENCODE_MYSQL_MIGRATION_DSN to an account that has them",
            _BY_HAND[change.direction],
        ),
    )


def _triggers(found: Surroundings, change: Change) -> Obstacle | None:
    # Galera makes the server log for itself, whatever log_bin says.
    logs = found.is_on("log_bin") or found.is_on("wsrep_on")
    trusts = found.is_on("log_bin_trust_function_creators")
    if "TRIGGER" not in change.privileges or not logs or trusts or found.has_any_of("SUPER"):
        return None
    return Obstacle(
        f"the account {found.account} may not make triggers: the server keeps a binary log, and "
        "log_bin_trust_function_creators is off (error 1419)",
        (
            _setting(found, "log_bin_trust_function_creators", "1"),
            "set OPENCODE_MYSQL_MIGRATION_DSN to an administrator's account, which has SUPER",
            _BY_HAND[change.direction],
        ),
    )


def _cluster(found: Surroundings, _: Change) -> Obstacle | None:
    if not found.is_on("group_replication_enforce_update_everywhere_checks"):
        return None
    return Obstacle(
        "the group of servers takes no cascading foreign keys "
        "(group_replication_enforce_update_everywhere_checks)",
        ("SELECT group_replication_switch_to_single_primary_mode()",),
    )


def _binary_log(found: Surroundings, _: Change) -> Obstacle | None:
    if not found.is_on("log_bin") or found.value("binlog_format").upper() != "STATEMENT":
        return None
    return Obstacle(
        "the server's binary log has a form that READ COMMITTED cannot be used with "
        "(binlog_format is STATEMENT)",
        (_setting(found, "binlog_format", "'ROW'"),),
    )


def _engine(found: Surroundings, _: Change) -> Obstacle | None:
    enforced = found.value("enforce_storage_engine")
    if found.has_innodb and enforced.upper() in {"", "INNODB"}:
        return None
    why = f"enforce_storage_engine is {enforced}" if found.has_innodb else "it is switched off"
    return Obstacle(
        f"the server makes no InnoDB tables: {why}", ("have InnoDB allowed in its configuration",)
    )


def _page_size(found: Surroundings, _: Change) -> Obstacle | None:
    size = int(found.value("innodb_page_size") or _SMALLEST_PAGE)
    if size >= _SMALLEST_PAGE:
        return None
    return Obstacle(
        f"the server's pages of {size:,} bytes are too small for the indexes (innodb_page_size)",
        (f"use a server set up with pages of {_SMALLEST_PAGE:,} bytes, the default",),
    )


def _collations(found: Surroundings, _: Change) -> Obstacle | None:
    missing = sorted(COLLATIONS - found.collations)
    if not missing:
        return None
    return Obstacle(
        f"the server does not know the collation {' and '.join(missing)}",
        ("use a server with the character sets utf8mb4 and ascii",),
    )


def _setting(found: Surroundings, name: str, value: str) -> str:
    """How an administrator sets a variable for good."""
    if found.is_mariadb:
        line = f"{name} = {value}".replace("'", "")
        return f"SET GLOBAL {name} = {value}, and {line} under [mysqld] in its configuration file"
    return f"SET PERSIST {name} = {value} (on a managed server: in its parameter group)"


def _database(found: Surroundings) -> str:
    """As a pattern that fits this database only; with `partial_revokes` it is no pattern."""
    name = found.database.replace("`", "``")
    if not found.is_on("partial_revokes"):
        name = name.replace("\\", "\\\\").replace("_", "\\_").replace("%", "\\%")
    return f"`{name}`"


def _quoted_account(found: Surroundings) -> str:
    parts = found.account.rpartition("@")
    user, host = (part.replace("\\", "\\\\").replace("'", "''") for part in parts[::2])
    return f"'{user}'@'{host}'"
