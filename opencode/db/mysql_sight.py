"""What an account gets to see of a schema: servers hide some of it from those who may do little."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Final

from opencode.db.migrations import Connection, fetch
from opencode.db.mysql_grants import Grants
from opencode.errors import OpencodeError

__all__ = ["Sight"]

log = logging.getLogger(__name__)

_UNSEEN: Final = (
    "{} not looked at: the account lacks the privilege TRIGGER; set OPENCODE_MYSQL_MIGRATION_DSN "
    "to the account for migrations, and {}"
)
_TRIGGERS: Final = """
SELECT trigger_name AS name, COALESCE(action_statement, '') <> '' AS has_body
FROM information_schema.triggers
WHERE event_object_schema = DATABASE() AND event_object_table IN ('files', 'messages', 'sessions')
"""


class Sight:
    """What can be seen with a connection, and with that of the account for migrations.

    `connect` opens the latter, which may be of the same account; `errors` is what it raises.
    """

    def __init__(
        self,
        connect: Callable[[], AbstractContextManager[Connection]],
        errors: tuple[type[Exception], ...],
    ) -> None:
        self._connect = connect
        self._failures: tuple[type[Exception], ...] = (OpencodeError, *errors)

    @contextmanager
    def of_triggers(self, connection: Connection) -> Iterator[Connection | None]:
        """The connection that sees most of the triggers; None when neither account sees any.

        MySQL shows them to those only who may make them.  MariaDB shows their names to all who may
        write, so there one that is missing among others is missing; that none is seen means
        nothing by itself.
        """
        if _reads_triggers(connection):
            yield connection
            return
        with ExitStack() as stack:
            best = connection if fetch(connection, _TRIGGERS) else None
            try:
                other = stack.enter_context(self._connect())
                if _reads_triggers(other):
                    best = other
            except self._failures as error:
                log.warning("the account for migrations cannot look at the triggers: %s", error)
            yield best

    def gaps(self, connection: Connection) -> tuple[str, ...]:
        """What could not be looked at, a line each."""
        found = []
        with self.of_triggers(connection) as triggers:
            if triggers is None:
                found.append(_UNSEEN.format("the triggers were", "they are"))
            elif not _reads_triggers(triggers):
                found.append(_UNSEEN.format("what the triggers do was", "it is"))
        if _may_only_read(connection):
            found.append("the foreign keys were not looked at: the account may only read")
        return tuple(found)

    def without_hidden(self, connection: Connection, missing: Sequence[str]) -> tuple[str, ...]:
        """Leave out the foreign keys that only seem to be missing."""
        if any(map(_is_foreign_key, missing)) and _may_only_read(connection):
            return tuple(line for line in missing if not _is_foreign_key(line))
        return tuple(missing)


def _reads_triggers(connection: Connection) -> bool:
    """Whether the account sees what they do, or would if there were any."""
    if any(row["has_body"] for row in fetch(connection, _TRIGGERS)):
        return True
    grants = _grants(connection)
    return grants is None or not grants.lacking(["TRIGGER"])


def _is_foreign_key(thing: str) -> bool:
    return thing.startswith("foreign key ")


def _may_only_read(connection: Connection) -> bool:
    """MariaDB hides foreign keys from such an account."""
    grants, writing = _grants(connection), ["INSERT", "UPDATE", "DELETE"]
    return grants is not None and grants.lacking(writing) == writing


def _grants(connection: Connection) -> Grants | None:
    from opencode.db.mysql_surroundings import look

    return look(connection).grants
