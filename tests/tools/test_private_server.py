"""Private servers: what is in the way of starting one, and what is done about it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.db.fakemysql import serving
from tests.servers.plugin import CHOSEN, NEEDS_OWN
from tools.servers import private
from tools.servers.private import PrivateServer
from tools.servers.server import Server, ServerError, free_port

# As Debian's mariadb-install-db ends when the server it calls does.
INSTALLER = """\
#!/bin/sh
echo "mariadbd: Error writing file 'aria_log' (Errcode: 28 'No space left on device')" >&2
echo
echo "Installation of system tables failed!  Examine the logs in"
for line in $(seq 30); do echo "general advice $line"; done
exit 1
"""


@pytest.fixture
def own_server(mysql_server: Server, pytestconfig: pytest.Config) -> Iterator[PrivateServer]:
    """One of the program of `mysql_server`, not yet started; removed after the test."""
    source = pytestconfig.stash[CHOSEN].source(mysql_server.name)
    if source.kind != "private":
        pytest.skip(NEEDS_OWN)
    server = PrivateServer(Path(source.what), source.product)
    yield server
    server.remove()


def test_an_installation_that_fails_tells_the_cause(tmp_path: Path) -> None:
    installer = tmp_path / "mariadb-install-db"
    installer.write_text(INSTALLER)
    installer.chmod(0o755)
    server = PrivateServer(tmp_path / "mariadbd", "mariadb")
    with pytest.raises(ServerError, match="No space left on device") as caught:
        server.launch()
    server.remove()
    assert "general advice" not in str(caught.value)


@contextmanager
def somebody_at(port: int) -> Iterator[int]:
    """A program that listens at a port, and hangs up."""
    listener = socket.create_server(("127.0.0.1", port))
    with serving(listener, lambda client: client.close()):
        yield listener.getsockname()[1]


def test_a_port_that_was_taken_meanwhile_is_given_up(
    own_server: PrivateServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with somebody_at(0) as taken:
        ports = iter([taken, free_port()])
        monkeypatch.setattr(private, "free_port", lambda: next(ports))
        own_server.start()
        assert own_server.account.port != taken
        own_server.account.connect().close()
    assert list(ports) == []


def test_a_server_keeps_its_port_when_it_is_started_again(
    own_server: PrivateServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who takes the port while the server is dead mostly leaves it soon."""
    own_server.start()
    port = own_server.account.port
    own_server.kill()
    relaunch = PrivateServer.relaunch
    refused: list[bool] = []
    with ExitStack() as others:
        others.enter_context(somebody_at(port))

        def relaunch_when_it_is_free(server: PrivateServer) -> None:
            refused.append(server._port_was_taken())
            if refused[-1]:
                others.close()
            relaunch(server)

        monkeypatch.setattr(PrivateServer, "relaunch", relaunch_when_it_is_free)
        own_server.start()
    own_server.account.connect().close()
    assert own_server.account.port == port
    assert refused == [False, True]


def test_a_directory_of_one_user_is_no_place_for_anothers_server(tmp_path: Path) -> None:
    inside = tmp_path / "private" / "inside"
    inside.mkdir(parents=True)
    inside.parent.chmod(0o700)
    assert not private._is_open_to_all(inside)
    assert private._is_open_to_all(Path("/"))
