"""What a server is doing that has not answered in time, asked on another connection."""

from __future__ import annotations

from opencode.db.mysql_cursor import MySQLConnection
from opencode.db.mysql_errors import MySQLError, Place, translate
from opencode.db.mysql_processes import find_process
from opencode.db.pool import Pool
from opencode.errors import OpencodeError, ServerFull

__all__ = ["is_at_work", "is_full"]

_TEMPORARY_TABLE = "SELECT plugin_name FROM information_schema.plugins LIMIT 1"


def is_at_work(pool: Pool[MySQLConnection], thread: int) -> bool:
    """Whether the server goes on with the statement of a connection that we have given up.

    Else the network has lost it, or the answer.

    Raises:
        DatabaseUnavailable: The server cannot be asked, nor could the work be done again.
    """
    try:
        with pool.connection() as connection:
            process = find_process(connection, thread)
    except MySQLError:
        return False
    return process is not None and process.at_work


def is_full(pool: Pool[MySQLConnection], place: Place) -> bool:
    """Whether the server lacks disk space.

    MySQL does not say so at COMMIT: when the binary log cannot be written it waits for
    somebody to make space.  What needs a temporary table fails at once.
    """
    try:
        with pool.connection() as connection, connection.cursor() as cursor:
            cursor.execute(_TEMPORARY_TABLE)
    except MySQLError as error:
        return isinstance(translate(error, place), ServerFull)
    except OpencodeError:
        pass
    return False
