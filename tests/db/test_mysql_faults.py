"""What networks do to connections: nothing is lost, nothing is doubled, nothing hangs."""

from __future__ import annotations

import random
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace

import pytest

from opencode.config import TLSMode
from opencode.config.server import MySQLSettings, TLSSettings
from opencode.db.mysql import MySQLProvider
from opencode.db.mysql_connect import Connector
from opencode.errors import DatabaseUnavailable
from opencode.models import Message
from opencode.parts import Text
from opencode.store.messages import Messages
from opencode.store.scope import Scope
from opencode.store.sessions import Sessions
from tests.db.faultproxy import Fault, FaultProxy, fault_proxy
from tests.db.mysqldatabase import execute, migrated
from tests.servers.plugin import NEEDS_TCP
from tools.servers.server import Server

READ_TIMEOUT = 0.5


@pytest.fixture(scope="module")
def settings(mysql_server: Server, mysql_module_database: str) -> MySQLSettings:
    if mysql_server.admin.socket:
        pytest.skip(NEEDS_TCP)  # a proxy cannot stand before a Unix socket
    return migrated(mysql_module_database)


@pytest.fixture
def proxy(settings: MySQLSettings) -> Iterator[FaultProxy]:
    with fault_proxy((settings.host, settings.port)) as proxy:
        yield proxy


class Client:
    """A store reached through the proxy, with one session."""

    def __init__(
        self,
        settings: MySQLSettings,
        port: int,
        *,
        retry_seconds: float,
        connection_timeout: float,
        read_timeout: float,
    ) -> None:
        through = replace(
            settings,
            host="127.0.0.1",
            port=port,
            tls=TLSSettings(mode=TLSMode.DISABLED),  # the proxy looks for words
            connection_timeout=connection_timeout,
            read_timeout=read_timeout,
            write_timeout=read_timeout,
        )
        self.provider = MySQLProvider(through, environ={}, retry_seconds=retry_seconds)
        scope = Scope(self.provider, "github.com/acme/app", lambda: "Ada")
        self.sessions = Sessions(scope)
        self.messages = Messages(scope)
        self.session = self.sessions.create(id=secrets.token_hex(8))

    def append(self, text: str) -> Message:
        return self.messages.append(self.session.id, role="user", parts=[Text(text)])

    def close(self) -> None:
        self.provider.close()


@contextmanager
def connected(
    settings: MySQLSettings,
    proxy: FaultProxy,
    *,
    retry_seconds: float = 15,
    connection_timeout: float = 5,
    read_timeout: float = READ_TIMEOUT,
) -> Iterator[Client]:
    client = Client(
        settings,
        proxy.port,
        retry_seconds=retry_seconds,
        connection_timeout=connection_timeout,
        read_timeout=read_timeout,
    )
    with closing(client):
        yield client


@pytest.fixture
def client(settings: MySQLSettings, proxy: FaultProxy) -> Iterator[Client]:
    with connected(settings, proxy) as client:
        yield client


def stored(settings: MySQLSettings, client: Client) -> list[tuple[object, ...]]:
    """(number, parts) of the session's messages, and its counters, as the server has them."""
    with closing(Connector(settings, environ={}).connect()) as connection:
        session = client.session.id
        counters = execute(
            connection,
            f"SELECT message_count, last_seq, title FROM sessions WHERE id = '{session}'",
        )
        rows = execute(
            connection,
            f"SELECT seq, parts FROM messages WHERE session_id = '{session}' ORDER BY seq",
        )
    return [*counters, *rows]


def texts(settings: MySQLSettings, client: Client) -> list[str]:
    """The texts of the session's messages; checks that numbers and counters fit."""
    (count, last_seq, _), *rows = stored(settings, client)
    assert (count, last_seq) == (len(rows), len(rows))
    assert [seq for seq, _ in rows] == list(range(1, len(rows) + 1))
    return [str(parts) for _, parts in rows]


FAULTS = [Fault.RESET_BEFORE, Fault.RESET_AFTER, Fault.SILENCE_BEFORE, Fault.SILENCE_AFTER]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(
    "request_", [b"BEGIN", b"last_seq + 1", b"INSERT INTO messages", b"COMMIT"]
)
def test_a_message_is_stored_once(
    settings: MySQLSettings, proxy: FaultProxy, client: Client, fault: Fault, request_: bytes
) -> None:
    proxy.expect(request_, fault)
    message = client.append("hello")
    assert proxy.triggered == 1
    assert message.seq == 1
    assert message.parts == (Text("hello"),)
    assert len(texts(settings, client)) == 1
    assert client.append("next").seq == 2


@pytest.mark.parametrize("fault", FAULTS)
def test_several_losses_in_a_row(
    settings: MySQLSettings, proxy: FaultProxy, client: Client, fault: Fault
) -> None:
    proxy.expect(b"COMMIT", fault, times=3)
    proxy.expect(b"messages.created_at", fault, times=2)  # looking whether it has arrived
    assert client.append("hello").seq == 1
    assert len(texts(settings, client)) == 1


def test_a_commit_that_comes_late(
    settings: MySQLSettings, proxy: FaultProxy, client: Client
) -> None:
    """The next attempt waits for the row the first one holds, and then finds it there."""
    proxy.expect(b"COMMIT", Fault.LATE)
    timer = threading.Timer(READ_TIMEOUT * 1.5, proxy.deliver.set)
    timer.start()
    assert client.append("hello").seq == 1
    timer.join()
    assert len(texts(settings, client)) == 1


@pytest.mark.parametrize("fault", FAULTS)
def test_what_may_be_done_twice_is(
    settings: MySQLSettings, proxy: FaultProxy, client: Client, fault: Fault
) -> None:
    proxy.expect(b"COMMIT", fault)
    assert client.sessions.rename(client.session.id, "new").title == "new"


@pytest.mark.parametrize("fault", FAULTS)
def test_a_deleted_message_stays_deleted(
    settings: MySQLSettings, proxy: FaultProxy, client: Client, fault: Fault
) -> None:
    message = client.append("hello")
    proxy.expect(b"COMMIT", fault)
    client.messages.delete(message.id)
    assert stored(settings, client) == [(0, 1, "")]


@pytest.mark.parametrize("fault", FAULTS)
def test_what_cannot_be_told_is_said(
    settings: MySQLSettings, proxy: FaultProxy, client: Client, fault: Fault
) -> None:
    proxy.expect(b"COMMIT", fault)
    with pytest.raises(DatabaseUnavailable, match="unknown whether it was stored"):
        client.sessions.add_usage(client.session.id, cost=1.0)
    cost = client.sessions.get(client.session.id).cost
    assert cost == (1.0 if fault in {Fault.RESET_AFTER, Fault.SILENCE_AFTER} else 0.0)
    assert client.sessions.add_usage(client.session.id, cost=1.0).cost == cost + 1


@pytest.mark.parametrize("fault", FAULTS)
def test_before_the_commit_it_can_be_told(proxy: FaultProxy, client: Client, fault: Fault) -> None:
    proxy.expect(b"cost + ", fault)
    assert client.sessions.add_usage(client.session.id, cost=1.0).cost == 1.0


@pytest.mark.parametrize("fault", [Fault.RESET_AFTER, Fault.SILENCE_AFTER])
def test_the_commit_of_a_block(
    settings: MySQLSettings, proxy: FaultProxy, client: Client, fault: Fault
) -> None:
    def block() -> None:
        with client.provider.transaction():
            client.append("one")
            client.append("two")

    proxy.expect(b"COMMIT", fault)
    with pytest.raises(DatabaseUnavailable, match="unknown whether it was stored"):
        block()
    assert len(texts(settings, client)) == 2


def test_the_server_stays_away_after_a_commit(settings: MySQLSettings, proxy: FaultProxy) -> None:
    with connected(settings, proxy, retry_seconds=1) as client:
        proxy.expect(b"COMMIT", Fault.RESET_AFTER)
        proxy.expect(b"SET SESSION", Fault.RESET_BEFORE, times=1000)
        with pytest.raises(DatabaseUnavailable, match="unknown whether it was stored"):
            client.append("hello")
        assert len(texts(settings, client)) == 1


@pytest.mark.parametrize("fault", FAULTS)
def test_reading_is_done_again(proxy: FaultProxy, client: Client, fault: Fault) -> None:
    client.append("hello")
    proxy.expect(b"FROM messages", fault, times=2)
    assert len(client.messages.list(client.session.id)) == 1


def test_a_server_that_falls_silent_for_good(settings: MySQLSettings, proxy: FaultProxy) -> None:
    with connected(settings, proxy, retry_seconds=1) as client:
        proxy.expect(b"FROM messages", Fault.SILENCE_BEFORE, times=1000)
        started = time.monotonic()
        with pytest.raises(DatabaseUnavailable, match=r"no answer within readTimeout \(0\.5 s\)"):
            client.messages.list(client.session.id)
        assert time.monotonic() - started < 1 + 2 * READ_TIMEOUT + 2


def test_who_only_looks_gives_up_soon(settings: MySQLSettings, proxy: FaultProxy) -> None:
    with connected(settings, proxy, retry_seconds=30, read_timeout=30) as client:
        known = client.provider.data_version
        assert known(within=10)
        proxy.expect(b"information_schema.tables", Fault.SILENCE_BEFORE)
        started = time.monotonic()
        with pytest.raises(DatabaseUnavailable, match=r"no answer within 0\.5 seconds"):
            known(within=0.5)
        assert time.monotonic() - started < 10
        assert known(within=10)
        proxy.refuse = True
        proxy.cut()
        started = time.monotonic()
        with pytest.raises(DatabaseUnavailable):
            known(within=0.5)
        assert time.monotonic() - started < 10
        proxy.refuse = False
        assert known(within=10)


def test_who_only_looks_bridges_what_passes(proxy: FaultProxy, client: Client) -> None:
    assert client.provider.data_version(within=10)
    proxy.cut()
    assert client.provider.data_version(within=10)


def test_the_log_is_short_while_a_server_is_away(
    settings: MySQLSettings, proxy: FaultProxy, caplog: pytest.LogCaptureFixture
) -> None:
    with connected(settings, proxy, connection_timeout=2) as client:
        proxy.refuse = True
        proxy.cut()
        for _ in range(2):
            with pytest.raises(DatabaseUnavailable, match=r"tried \d+ times"):
                client.messages.list(client.session.id)
        proxy.refuse = False
        client.messages.list(client.session.id)
    first, *others, last = caplog.messages
    assert "failing for" not in first
    assert len(others) <= 1  # where the reset comes while packets are read it is another cause
    assert "back after" in last


def test_an_outage_is_over_when_a_lost_commit_is_found(
    proxy: FaultProxy, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    outage = client.provider._connector.outage
    proxy.expect(b"COMMIT", Fault.RESET_AFTER)

    def work(_: object) -> str:
        outage.failed(DatabaseUnavailable("nothing listens on this port"))
        return "stored"

    assert client.provider.run(work, arrived=lambda _: "found") == "found"
    assert "back after" in caplog.messages[-1]


def test_a_slow_network(settings: MySQLSettings, proxy: FaultProxy) -> None:
    proxy.delay = 0.03
    with connected(settings, proxy) as client:
        assert client.append("hello").seq == 1
        assert client.provider.figures().lost == 0


def test_a_silent_idle_connection_is_noticed(proxy: FaultProxy, client: Client) -> None:
    client.append("hello")
    client.provider._pool._note_loss()  # as if it had been idle for long
    proxy.expect(b"\x01\x00\x00\x00\x0e", Fault.SILENCE_BEFORE)  # COM_PING
    assert len(client.messages.list(client.session.id)) == 1
    assert proxy.triggered == 1


def test_a_silent_idle_connection_does_not_use_the_time_up(
    settings: MySQLSettings, proxy: FaultProxy
) -> None:
    with connected(settings, proxy, connection_timeout=2, read_timeout=10) as client:
        client.append("hello")
        client.provider._pool._note_loss()  # as if it had been idle for long
        proxy.expect(b"\x01\x00\x00\x00\x0e", Fault.SILENCE_BEFORE)  # COM_PING
        assert len(client.messages.list(client.session.id)) == 1
        assert proxy.triggered == 1


def test_all_connections_are_cut_again_and_again(
    settings: MySQLSettings, proxy: FaultProxy, client: Client
) -> None:
    """Four writers; whatever was acknowledged is there once, whatever is there was sent."""
    acknowledged: list[str] = []
    uncertain: list[str] = []
    cuts: list[int] = []
    stop = threading.Event()

    def write(name: str) -> None:
        for number in range(25):
            text = f"{name}-{number}"
            try:
                client.append(text)
            except DatabaseUnavailable:
                uncertain.append(text)
            else:
                acknowledged.append(text)

    def disturb() -> None:
        chance = random.Random(1)
        while not stop.wait(chance.uniform(0, 0.03)):
            proxy.cut()
            cuts.append(len(acknowledged))
            # However long it takes to connect: cut sooner, nobody would ever get through.
            while len(acknowledged) == cuts[-1] and not stop.wait(0.001):
                pass

    disturber = threading.Thread(target=disturb)
    disturber.start()
    writers = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    stop.set()
    disturber.join()

    found = [text.split('"text":"')[1].split('"')[0] for text in texts(settings, client)]
    assert len(found) == len(set(found))
    assert set(acknowledged) <= set(found) <= {*acknowledged, *uncertain}
    assert uncertain == []
    assert len(cuts) >= 10
