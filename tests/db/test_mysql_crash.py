"""A server that is killed under load and started again."""

from __future__ import annotations

import threading
import time
from contextlib import closing

import pytest

from opencode.db.mysql import MySQLProvider
from opencode.db.mysql_connect import Connector
from opencode.errors import DatabaseUnavailable, ServerFull, ServerReadOnly
from opencode.parts import Text
from opencode.store.messages import Messages
from opencode.store.scope import Scope
from opencode.store.sessions import Sessions
from tests.db.mysqldatabase import execute, migrated, settings_of
from tests.servers.databases import account_on
from tests.servers.plugin import KillableServer, StartServer
from tools.servers.server import Server

pytestmark = pytest.mark.slow

WRITERS = 6


@pytest.fixture
def server(start_mysql: StartServer) -> KillableServer:
    return start_mysql()


@pytest.fixture
def database(server: KillableServer) -> str:
    return make_database(server.server)


def make_database(server: Server) -> str:
    """The administrator's DSN of a new database of the program's; it goes with its server."""
    account = server.admin.using("sessions")
    with closing(account.using("").connect()) as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {account.database}")
    migrated(account.dsn)
    return account.dsn


class Writer:
    """Appends numbered messages to a session of its own until it is told to stop."""

    def __init__(self, provider: MySQLProvider, name: str) -> None:
        scope = Scope(provider, "github.com/acme/app", lambda: "Ada")
        self.messages = Messages(scope)
        self.session = Sessions(scope).create(title=name)
        self.acknowledged: list[str] = []
        self.uncertain: list[str] = []

    def run(self, stop: threading.Event) -> None:
        number = 0
        while not stop.is_set():
            number += 1
            text = str(number)
            try:
                self.messages.append(self.session.id, role="user", parts=[Text(text)])
            except DatabaseUnavailable:
                self.uncertain.append(text)
            else:
                self.acknowledged.append(text)

    def found(self) -> list[str]:
        parts = [message.parts[0] for message in self.messages.list(self.session.id)]
        return [part.text for part in parts if isinstance(part, Text)]


def wait_for_messages(writers: list[Writer], more: int) -> None:
    """Until each writer has stored this many more."""
    limit = time.monotonic() + 60
    for writer, wanted in [(writer, len(writer.acknowledged) + more) for writer in writers]:
        while len(writer.acknowledged) < wanted:
            assert time.monotonic() < limit, "waited too long"
            time.sleep(0.01)


def test_killed_under_load_and_started_again(server: KillableServer, database: str) -> None:
    stop = threading.Event()
    with closing(MySQLProvider(settings_of(database), environ={})) as provider:
        writers = [Writer(provider, str(number)) for number in range(WRITERS)]
        threads = [threading.Thread(target=writer.run, args=(stop,)) for writer in writers]
        for thread in threads:
            thread.start()
        for _ in range(2):
            wait_for_messages(writers, 20)
            server.kill()
            server.restart()
        wait_for_messages(writers, 1)
        stop.set()
        for thread in threads:
            thread.join()
        for writer in writers:
            found = writer.found()
            assert len(found) == len(set(found))
            assert set(writer.acknowledged) <= set(found)
            assert set(found) <= {*writer.acknowledged, *writer.uncertain}
            assert writer.uncertain == []
        assert provider.figures().lost >= WRITERS


def test_a_server_that_becomes_read_only(server: KillableServer, database: str) -> None:
    """As at a failover; an account without special rights notices."""
    daily = ("SELECT", "INSERT", "UPDATE", "DELETE")
    with (
        closing(Connector(settings_of(database), environ={}).connect()) as admin,
        account_on(server.server, database, daily, password=None, options="") as dsn,
        closing(MySQLProvider(settings_of(dsn), environ={})) as provider,
    ):
        writer = Writer(provider, "x")
        execute(admin, "SET GLOBAL read_only = 1")
        with pytest.raises(ServerReadOnly, match="accepts no writes") as raised:
            writer.messages.append(writer.session.id, role="user", parts=[Text("x")])
        assert raised.value.exit_code == 3
        assert writer.found() == []
        execute(admin, "SET GLOBAL read_only = 0")
        writer.messages.append(writer.session.id, role="user", parts=[Text("x")])


def test_a_disk_that_is_full(start_mysql: StartServer) -> None:
    """A tablespace that may not grow stands in for the disk: InnoDB says the same of both."""
    small = "--innodb-data-file-path=ibdata1:12M:autoextend:max:20M"
    settings = settings_of(make_database(start_mysql("--innodb-file-per-table=0", small).server))
    with closing(MySQLProvider(settings, environ={})) as provider:
        writer = Writer(provider, "x")

        def fill() -> None:
            for _ in range(40):
                writer.messages.append(writer.session.id, role="user", parts=[Text("x" * 500_000)])

        with pytest.raises(ServerFull, match="no space left on the server") as raised:
            fill()
        assert raised.value.exit_code == 3
        stored = writer.found()
        assert 0 < len(stored) < 40
        assert provider.figures().lost == 0
