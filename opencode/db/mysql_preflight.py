"""A look around before the schema of a MySQL database is changed.

MySQL commits at every change of the schema, so a migration that is refused in its middle leaves
half of itself behind.  What the account may not do and what the server would not do is therefore
found out first, and told all at once.  `sql_require_primary_key` needs no look: every table has a
primary key.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from typing import Final

from opencode.db.migrations import Connection, Direction, Migration
from opencode.db.mysql_obstacles import (
    Change,
    find_obstacles,
    find_warnings,
    find_write_obstacle,
)
from opencode.db.mysql_surroundings import look
from opencode.errors import Obstacle, PreflightFailed, ServerReadOnly

__all__ = ["needed_privileges", "preflight"]

log = logging.getLogger(__name__)

_BY_STATEMENT: Final = {
    "ALTER": re.compile(r"\bALTER TABLE\b"),
    "INDEX": re.compile(r"\b(?:CREATE|DROP)(?: UNIQUE)? INDEX\b"),
    "REFERENCES": re.compile(r"\bREFERENCES\b"),
    "TRIGGER": re.compile(r"\bTRIGGER\b"),
    "DROP": re.compile(r"\bDROP TABLE\b"),
}
_COMMENT = re.compile(r"^\s*--.*$", re.MULTILINE)


def preflight(
    connection: Connection,
    location: str,
    migrations: Sequence[Migration],
    direction: Direction,
) -> tuple[str, ...]:
    """Refuse what the server would refuse halfway; returns what else is worth telling.

    `connection` must be that of the account which is to make the changes; none are made here.

    Raises:
        PreflightFailed: With all that is in the way.
        ServerReadOnly: Nothing but this is, and it may pass by itself.
    """
    found = look(connection)
    change = Change(direction, needed_privileges(migrations, direction))
    obstacles = list(find_obstacles(found, change))
    if read_only := find_write_obstacle(found):
        obstacles.append(read_only)
    if obstacles:
        log.error("nothing was changed: %s", obstacles)
        raise _refusal(location, obstacles, only_read_only=obstacles == [read_only])
    warnings = tuple(find_warnings(found))
    for warning in warnings:
        log.warning("%s: %s", location, warning)
    return warnings


def needed_privileges(migrations: Sequence[Migration], direction: Direction) -> frozenset[str]:
    """What applying or undoing migrations takes, keeping the ledger included."""
    paths = (m.path if direction == "apply" else m.rollback_path for m in migrations)
    sql = "\n".join(_COMMENT.sub("", path.read_text(encoding="utf-8")) for path in paths)
    found = {name for name, statement in _BY_STATEMENT.items() if statement.search(sql)}
    return frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", *found})


def _refusal(
    location: str, obstacles: Sequence[Obstacle], *, only_read_only: bool
) -> PreflightFailed | ServerReadOnly:
    first = obstacles[0]
    if only_read_only:
        return ServerReadOnly(f"{location}: {first.message}", hint="; ".join(first.remedies))
    what = first.message if len(obstacles) == 1 else f"{len(obstacles)} things are in the way"
    return PreflightFailed(
        f"{location} cannot be migrated: {what}",
        obstacles=obstacles,
        hint="nothing was changed; `opencode db migrate` lists what helps",
    )
