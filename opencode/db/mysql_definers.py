"""Whether the triggers of a database can run: they do so with the rights of whoever made them.

When that account is gone, every write fails, though nothing in the schema is different.
"""

from __future__ import annotations

from typing import Final

from opencode.db.migrations import Connection, fetch
from opencode.db.mysql_errors import error_code

__all__ = ["broken_triggers"]

_NO_SUCH_DEFINER = 1449
_DENIED = frozenset({1142, 1143, 1370})
_TABLES: Final = ("sessions", "messages", "files")
# MariaDB may name a role, which has no host.
_GONE: Final = """
SELECT DISTINCT made.definer AS definer
FROM information_schema.triggers AS made
LEFT JOIN mysql.user AS account
    ON made.definer IN (CONCAT(account.user, '@', account.host), account.user)
WHERE made.event_object_schema = DATABASE() AND made.definer <> '' AND account.user IS NULL
"""
_REMEDY: Final = "create it again with SELECT, UPDATE and TRIGGER on the database"


def broken_triggers(connection: Connection, errors: tuple[type[Exception], ...]) -> tuple[str, ...]:
    """Return what keeps triggers from running, a line each.

    The list of accounts is for administrators.  Everybody else may find out by writing: a row of
    each table is updated to what it is, and that taken back.  Rows that others hold are left to
    them.  The triggers on insertion and deletion are not tried.
    """
    try:
        gone = [str(row["definer"]) for row in fetch(connection, _GONE)]
    except errors:
        gone = []
    if gone:
        return tuple(f"the triggers' account {name} is gone: {_REMEDY}" for name in gone)
    tried = (_try_updating(connection, table, errors) for table in _TABLES)
    return tuple(dict.fromkeys(filter(None, tried)))


def _try_updating(connection: Connection, table: str, errors: tuple[type[Exception], ...]) -> str:
    """What is wrong; empty when nothing is, or when it cannot be told."""
    try:
        _execute(connection, "BEGIN")
        row = fetch(connection, f"SELECT id FROM {table} LIMIT 1 FOR UPDATE SKIP LOCKED")  # noqa: S608
        if row:
            _execute(connection, f"UPDATE {table} SET updated_at = updated_at WHERE id = %s", row)  # noqa: S608
    except errors as error:
        text = str(error.args[-1])
        if error_code(error) == _NO_SUCH_DEFINER:
            return f"the triggers cannot run: {text}; {_REMEDY}"
        if error_code(error) in _DENIED and text.startswith("TRIGGER command denied"):
            return f"the triggers cannot run: {text}; GRANT it SELECT, UPDATE and TRIGGER again"
        return ""
    finally:
        _execute(connection, "ROLLBACK")
    return ""


def _execute(connection: Connection, sql: str, rows: list[dict[str, object]] | None = None) -> None:
    cursor = connection.cursor()
    try:
        cursor.execute(sql, tuple(rows[0].values()) if rows else None)
    finally:
        cursor.close()
