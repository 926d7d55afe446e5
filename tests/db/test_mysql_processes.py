"""A connection is found whatever it and the others are doing."""

from __future__ import annotations

import threading
from contextlib import closing, suppress

import pytest

from opencode.db.mysql_connect import Connector
from opencode.db.mysql_errors import MySQLError
from opencode.db.mysql_processes import find_process
from tests.db.mysqldatabase import execute, settings_of
from tests.servers.plugin import MakeDatabase, StartServer
from tests.waiting import wait_for
from tools.servers.account import Account

STATEMENTS = {
    "an emoji": "'\N{WAVING BLACK FLAG}'",  # four bytes in UTF-8
    "cut in a character": f"'{'x' * 81}ẞẞẞ'",  # SHOW PROCESSLIST ends within the first
}


@pytest.mark.parametrize("text", STATEMENTS.values(), ids=STATEMENTS.keys())
def test_a_connection_at_work_is_found(mysql_database: str, text: str) -> None:
    work_and_be_found(mysql_database, text)


def test_without_the_performance_schema(
    start_mysql: StartServer, mysql_databases: MakeDatabase
) -> None:
    """MySQL's table of connections is there all the same, and empty."""
    own = start_mysql("--performance-schema=OFF")
    work_and_be_found(mysql_databases(own.server), "'any'")


def work_and_be_found(dsn: str, text: str) -> None:
    connector = Connector(settings_of(dsn), environ={})
    other = connector.connect()
    with closing(connector.connect()) as connection:
        id = int(str(execute(other, "SELECT CONNECTION_ID()")[0][0]))
        idle = find_process(connection, id)
        assert idle is not None
        assert (idle.user, idle.at_work) == (Account.parse(dsn).user, False)

        def work() -> None:
            with suppress(MySQLError):
                execute(other, f"SELECT SLEEP(50), {text}")

        def at_work() -> bool:
            process = find_process(connection, id)
            return process is not None and process.at_work

        working = threading.Thread(target=work)
        working.start()
        try:
            wait_for(at_work)
        finally:
            execute(connection, f"KILL {id}")
            working.join()
        wait_for(lambda: find_process(connection, id) is None)
