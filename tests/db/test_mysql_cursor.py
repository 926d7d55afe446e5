"""How long a statement may take on which connection, and whether a dead peer is noticed."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from opencode.config import TLSMode
from opencode.config.server import MySQLSettings, TLSSettings
from opencode.db import mysql_connect
from opencode.db.lock import server_lock
from opencode.db.mysql_connect import Connector
from opencode.db.mysql_cursor import MySQLConnection, patient
from opencode.db.mysql_errors import NoAnswer
from tests.db.faultproxy import Fault, FaultProxy, fault_proxy
from tests.db.mysqldatabase import execute, settings_of
from tests.servers.plugin import NEEDS_TCP
from tools.servers.server import Server

READ_TIMEOUT = 0.5


@pytest.fixture
def settings(mysql_server: Server, mysql_database: str) -> MySQLSettings:
    return replace(settings_of(mysql_database), read_timeout=READ_TIMEOUT)


@pytest.fixture
def proxy(mysql_server: Server, settings: MySQLSettings) -> Iterator[FaultProxy]:
    if mysql_server.admin.socket:
        pytest.skip(NEEDS_TCP)  # a proxy cannot stand before a Unix socket
    with fault_proxy((settings.host, settings.port)) as proxy:
        yield proxy


def connected(settings: MySQLSettings, *, for_changes: bool = False) -> closing[MySQLConnection]:
    return closing(Connector(settings, environ={}).connect(for_changes=for_changes))


def through(settings: MySQLSettings, proxy: FaultProxy) -> MySQLSettings:
    tls = TLSSettings(mode=TLSMode.DISABLED)  # the proxy looks for words
    return replace(settings, host="127.0.0.1", port=proxy.port, tls=tls)


def test_the_limit_for_an_answer_is_named(settings: MySQLSettings) -> None:
    with connected(settings) as connection, pytest.raises(NoAnswer, match=r"after 0\.5 s"):
        execute(connection, "SELECT SLEEP(30)")


def test_a_patient_block_has_the_long_limit(settings: MySQLSettings) -> None:
    with connected(settings) as connection:
        with patient(connection):
            execute(connection, f"SELECT SLEEP({READ_TIMEOUT * 2})")
        with pytest.raises(NoAnswer):
            execute(connection, "SELECT SLEEP(30)")


def test_a_server_that_falls_silent_does_not_hold_up_a_migration(
    settings: MySQLSettings, proxy: FaultProxy
) -> None:
    with (
        connected(settings) as holder,
        server_lock(holder),
        connected(through(settings, proxy), for_changes=True) as waiter,
    ):
        proxy.expect(b"GET_LOCK", Fault.SILENCE_BEFORE)
        started = time.monotonic()
        with pytest.raises(NoAnswer), server_lock(waiter):
            pass
        assert time.monotonic() - started < mysql_connect._SHORTEST_FOR_CHANGES + 5


def test_waiting_for_the_lock_is_no_silence(settings: MySQLSettings) -> None:
    """A turn takes longer than this time limit."""
    with connected(settings, for_changes=True) as waiter, connected(settings) as holder:
        with server_lock(holder):
            assert execute(waiter, "SELECT GET_LOCK('opencode.test', 1)") == ((1,),)
            assert execute(holder, "SELECT GET_LOCK('opencode.test', 0)") == ((0,),)
        assert execute(waiter, "SELECT SLEEP(1)") == ((0,),)


def test_the_system_asks_after_the_peer(settings: MySQLSettings, proxy: FaultProxy) -> None:
    with connected(through(settings, proxy)) as connection:
        wire: socket.socket = connection._sock  # type: ignore[attr-defined]
        assert wire.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        for name, value in (("TCP_KEEPIDLE", 30), ("TCP_KEEPCNT", 6), ("TCP_USER_TIMEOUT", 90_000)):
            if option := getattr(socket, name, None):
                assert wire.getsockopt(socket.IPPROTO_TCP, option) == value
