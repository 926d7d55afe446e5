"""A server that is killed under load and started again."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from opencode.config import MySQLSettings
from opencode.db.mysql import MySQLProvider
from opencode.db.mysql_connect import Connector
from opencode.errors import DatabaseUnavailable, ServerFull, ServerReadOnly
from opencode.parts import Text
from opencode.store.messages import Messages
from opencode.store.scope import Scope
from opencode.store.sessions import Sessions
from tests.db.mysqlserver import apply_migrations, execute
from tests.db.privateserver import PrivateServer, private_server, wait_until

pytestmark = [pytest.mark.mysql, pytest.mark.slow]

WRITERS = 6


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateServer]:
    with private_server(tmp_path_factory.mktemp("db")) as server:
        yield server


@pytest.fixture
def settings(server: PrivateServer) -> MySQLSettings:
    return make_database(server)


def make_database(server: PrivateServer) -> MySQLSettings:
    with closing(Connector(server.settings, environ={}).connect()) as connection:
        execute(connection, "CREATE DATABASE sessions")
        apply_migrations(connection, "sessions")
    return replace(server.settings, database="sessions")


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


def test_killed_under_load_and_started_again(
    server: PrivateServer, settings: MySQLSettings
) -> None:
    stop = threading.Event()
    with closing(MySQLProvider(settings, environ={})) as provider:
        writers = [Writer(provider, str(number)) for number in range(WRITERS)]
        threads = [threading.Thread(target=writer.run, args=(stop,)) for writer in writers]
        for thread in threads:
            thread.start()
        for _ in range(2):
            before = [len(writer.acknowledged) for writer in writers]
            wait_until(
                lambda before=before: all(
                    len(writer.acknowledged) > count + 20
                    for writer, count in zip(writers, before, strict=True)
                )
            )
            server.kill()
            server.start()
            server.wait()
        before = [len(writer.acknowledged) for writer in writers]
        wait_until(
            lambda: all(
                len(writer.acknowledged) > count
                for writer, count in zip(writers, before, strict=True)
            )
        )
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


def test_a_server_that_becomes_read_only(server: PrivateServer, settings: MySQLSettings) -> None:
    """As at a failover; an account without special rights notices."""
    admin = Connector(server.settings, environ={}).connect()
    execute(
        admin,
        "CREATE USER ada@'127.0.0.1'",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON sessions.* TO ada@'127.0.0.1'",
    )
    with closing(MySQLProvider(replace(settings, username="ada"), environ={})) as provider:
        writer = Writer(provider, "x")
        execute(admin, "SET GLOBAL read_only = 1")
        with pytest.raises(ServerReadOnly, match="accepts no writes") as raised:
            writer.messages.append(writer.session.id, role="user", parts=[Text("x")])
        assert raised.value.exit_code == 3
        assert writer.found() == []
        execute(admin, "SET GLOBAL read_only = 0")
        writer.messages.append(writer.session.id, role="user", parts=[Text("x")])
    admin.close()


def test_a_disk_that_is_full(server: PrivateServer) -> None:
    """A tablespace that may not grow stands in for the disk: InnoDB says the same of both."""
    server.kill()
    server.start(
        "--innodb-file-per-table=0", "--innodb-data-file-path=ibdata1:12M:autoextend:max:20M"
    )
    server.wait()
    with closing(MySQLProvider(make_database(server), environ={})) as provider:
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
