"""Giving sessions the project back that they had before a rollback took the column away.

The rollback of 0004 leaves a table `session_projects_kept` for it.  The table is not part of the
schema: it is there from such a rollback to the next upgrade, so its statements are not among the
generated ones.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Final

from opencode.db.migrations import Connection, fetch
from opencode.db.resources import Dialect

__all__ = ["KEPT", "KeptProjects", "find_kept_projects"]

log = logging.getLogger(__name__)

KEPT: Final = "session_projects_kept"
_COMMAND_DENIED = 1142

# ruff: noqa: S608 -- names and numbers of this module only

_IS_THERE: Final = {
    "sqlite": f"SELECT 1 AS found FROM sqlite_master WHERE type = 'table' AND name = '{KEPT}'",
    "mysql": "SELECT 1 AS found FROM information_schema.tables"
    f" WHERE table_schema = DATABASE() AND table_name = '{KEPT}'",
}
_UNTAGGED: Final = {"sqlite": "sessions.project_id IS NULL", "mysql": "sessions.project_id = ''"}
_MATCHES: Final = f"FROM sessions INNER JOIN {KEPT} AS kept ON kept.session_id = sessions.id WHERE"
# Differs by necessity: MySQL has no LIMIT in a subquery of IN, SQLite no UPDATE of a join.
_RESTORE: Final = {
    "sqlite": f"""
UPDATE sessions
SET project_id = (SELECT kept.project_id FROM {KEPT} AS kept WHERE kept.session_id = sessions.id)
WHERE id IN (SELECT sessions.id {_MATCHES} {{untagged}} LIMIT {{limit}})""",
    "mysql": f"""
UPDATE sessions
INNER JOIN (SELECT sessions.id, kept.project_id {_MATCHES} {{untagged}} LIMIT {{limit}}) AS batch
ON batch.id = sessions.id
SET sessions.project_id = batch.project_id""",
}


@dataclass(frozen=True, slots=True)
class KeptProjects:
    """The table, when it is there."""

    connection: Connection
    dialect: Dialect

    def cover(self, *, tagged: bool) -> bool:
        """Whether it has the project of every session without one; `tagged`: some have theirs."""
        untagged = _UNTAGGED[self.dialect] if tagged else "1 = 1"
        sql = (
            f"SELECT 1 AS found FROM sessions WHERE {untagged}"
            f" AND id NOT IN (SELECT session_id FROM {KEPT}) LIMIT 1"
        )
        return not fetch(self.connection, sql)

    def restore(self, limit: int) -> int:
        """Give some sessions theirs; returns how many."""
        sql = _RESTORE[self.dialect].format(untagged=_UNTAGGED[self.dialect], limit=limit)
        return self._run(sql)

    def drop(self) -> None:
        """Remove the table; where the account may not drop it, it stays and is empty."""
        self._run(f"DELETE FROM {KEPT}")
        try:
            self._run(f"DROP TABLE {KEPT}")
        except Exception as error:
            if not error.args or error.args[0] != _COMMAND_DENIED:
                raise
            log.info("%s stays, empty: the account may not drop tables", KEPT)

    def _run(self, sql: str) -> int:
        cursor = self.connection.cursor()
        try:
            cursor.execute(sql)
            return int(cursor.rowcount)
        finally:
            cursor.close()


def find_kept_projects(connection: Connection, dialect: Dialect) -> KeptProjects | None:
    """What a rollback kept; None when there was none, or all was given back."""
    return KeptProjects(connection, dialect) if fetch(connection, _IS_THERE[dialect]) else None
