"""A server that prepares every connection for another program than ours."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from opencode.db.mysql_connect import Connector
from opencode.parts import Text
from opencode.store import open_store
from tests.db.mysqldatabase import execute, migrated, settings_of
from tests.servers.databases import account_on
from tests.servers.plugin import MakeDatabase, StartServer

DAILY = ("SELECT", "INSERT", "UPDATE", "DELETE")
INIT_CONNECT = "SET autocommit = 0, NAMES latin1, sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES'"
HARD = "é 漢 😀 \\ ' \" % \u7e17"
"""The last one ends in a backslash where it is read as GBK or Big5."""


def test_it_is_as_on_any_other(
    start_mysql: StartServer, mysql_databases: MakeDatabase, tmp_path: Path
) -> None:
    server = start_mysql(f"--init-connect={INIT_CONNECT}", "--character-set-server=latin1").server
    dsn = mysql_databases(server)
    migrated(dsn)
    # It is not done for administrators.
    with account_on(server, dsn, DAILY, password=None, options="") as daily:
        with open_store(tmp_path, dsn=daily, project="p", environ={}) as store:
            session = store.sessions.create(title=HARD)
            store.messages.append(session.id, role="user", parts=[Text(HARD)])
        with open_store(tmp_path, dsn=daily, project="p", environ={}) as store:
            (message,) = store.messages.page(session.id)
            assert (store.sessions.get(session.id).title, message.parts) == (HARD, (Text(HARD),))
        with closing(Connector(settings_of(daily), environ={}).connect()) as connection:
            assert execute(connection, "SELECT @@autocommit") == ((1,),)
