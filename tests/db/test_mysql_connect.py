"""Logging in to servers that are not there, are silent, are others than they say, or refuse."""

from __future__ import annotations

import gc
import logging
import shlex
import socket
import ssl
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from opencode.config import TLSMode
from opencode.config.server import MySQLSettings, PasswordKind, PasswordSource, Secret, TLSSettings
from opencode.db.mysql_connect import Connector
from opencode.errors import DatabaseRefused, DatabaseUnavailable, OpencodeError
from tests.db.fakemysql import Authority, FakeMySQL, fake_mysql, make_authority, serving
from tests.waiting import wait_for

PASSWORD = "pass/wörd@:1"


@pytest.fixture
def server() -> Iterator[FakeMySQL]:
    with fake_mysql() as server:
        yield server


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"))


def settings(port: int, *, tls: TLSSettings | None = None, seconds: float = 5.0) -> MySQLSettings:
    return MySQLSettings(
        host="127.0.0.1",
        port=port,
        database="sessions",
        username="ada",
        password=Secret(PASSWORD),
        password_source=PasswordSource(PasswordKind.TEXT),
        connection_timeout=seconds,
        read_timeout=5,
        write_timeout=5,
        tls=tls or TLSSettings(mode=TLSMode.DISABLED),
    )


def verified(ca: Path | None, mode: TLSMode = TLSMode.VERIFY_IDENTITY) -> TLSSettings:
    return TLSSettings(mode=mode, ca=ca)


@contextmanager
def connected(settings: MySQLSettings) -> Iterator[Connector]:
    connector = Connector(settings, environ={})
    connection = connector.connect()
    yield connector
    connector.close(connection)


def refusal(settings: MySQLSettings, kind: type[OpencodeError] = DatabaseRefused) -> OpencodeError:
    """The error of connecting, which names the place and hides the password."""
    with pytest.raises(kind) as raised, connected(settings):
        pass
    error = raised.value
    assert type(error) is kind
    assert f"{settings.host}:{settings.port}/sessions" in error.message
    assert error.hint
    assert "\n" not in error.message
    assert PASSWORD not in error.message + error.hint
    return error


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def test_the_server_tells_about_itself(server: FakeMySQL) -> None:
    server.settings |= {"version": "10.11.19-MariaDB-0+deb12u1", "max_allowed_packet": "1048576"}
    server.settings["tx_isolation"] = server.settings.pop("transaction_isolation")
    with connected(settings(server.port)) as connector:
        assert connector.facts is not None
        assert str(connector.facts) == "MariaDB 10.11.19"
        assert connector.facts.max_allowed_packet == 1_048_576


@pytest.mark.parametrize(
    "version", ["5.7.44-log", "8.0.15", "5.5.5-10.6.18-MariaDB", "8.0.11-TiDB-v7.5.0"]
)
def test_an_old_server_is_refused(server: FakeMySQL, version: str) -> None:
    server.settings["version"] = version
    error = refusal(settings(server.port))
    assert "too old" in error.message
    assert "MySQL 8.0.16" in error.hint


def test_an_old_server_s_name_for_itself(server: FakeMySQL) -> None:
    server.settings["version"] = "5.5.5-10.6.18-MariaDB"
    assert "MariaDB 10.6.18, which" in refusal(settings(server.port)).message


@pytest.mark.parametrize(("version", "words"), [("5.7.44-log", "too old"), ("9.0.0", "a setting")])
def test_a_server_that_lacks_a_setting(server: FakeMySQL, version: str, words: str) -> None:
    server.settings["version"] = version
    server.unknown_variable = b"sql_mode"
    assert words in refusal(settings(server.port)).message


def test_after_the_login_there_are_two_round_trips(server: FakeMySQL) -> None:
    with connected(settings(server.port)):
        change, look = server.statements
    assert change.startswith(b"SET SESSION ")
    assert look.startswith(b"SHOW SESSION VARIABLES ")


@pytest.mark.parametrize("unknown", [b"", b"tx_isolation"])
def test_a_server_that_does_not_know_the_isolation_as_a_variable(
    server: FakeMySQL, unknown: bytes
) -> None:
    server.settings["transaction_isolation"] = "REPEATABLE-READ"
    server.unknown_variable = unknown
    server.takes_isolation = True
    with connected(settings(server.port)):
        kinds = [statement.split()[2].decode() for statement in server.statements]
    first = ["autocommit"] * (2 if unknown else 1)
    assert kinds == [*first, "VARIABLES", "TRANSACTION", "VARIABLES"]


def test_an_offline_server_is_tried_again(server: FakeMySQL) -> None:
    server.refusals = [(3032, "The server is currently in offline mode")]
    with connected(settings(server.port)):
        assert server.connections == 2


def test_a_refused_login_without_encryption(server: FakeMySQL, authority: Authority) -> None:
    """The server does not say that the account has REQUIRE SSL."""
    server.passwords_refused = 2
    assert refusal(settings(server.port)).hint.startswith("set sessionProvider.mysql.tls.mode")
    preferred = replace(settings(server.port), tls=TLSSettings())
    assert refusal(preferred).hint.startswith("check sessionProvider.mysql.username")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sql_mode", ""),
        ("transaction_isolation", "REPEATABLE-READ"),
        ("time_zone", "SYSTEM"),
        ("foreign_key_checks", "OFF"),
        ("character_set_client", "latin1"),
        ("collation_connection", "utf8mb4_general_ci"),
    ],
)
def test_settings_that_were_not_taken_are_noticed(server: FakeMySQL, name: str, value: str) -> None:
    server.settings[name] = value
    assert name in refusal(settings(server.port)).message


def test_a_host_that_does_not_exist() -> None:
    error = refusal(replace(settings(3306), host="no-such-host.invalid"), DatabaseRefused)
    assert "no host named no-such-host.invalid" in error.message


def test_looking_up_a_name_has_the_same_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: answer.wait(30) and [])
    started = time.monotonic()
    error = refusal(settings(3306, seconds=0.2), DatabaseUnavailable)
    assert time.monotonic() - started < 2
    assert "no answer" in error.message
    answer.set()


def test_a_closed_port_is_tried_until_the_limit(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    error = refusal(settings(free_port(), seconds=0.5), DatabaseUnavailable)
    attempts = [message for message in caplog.messages if message.startswith("connecting, ")]
    (told,) = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert told.getMessage().endswith("nothing listens on this port")
    assert "nothing listens on this port" in error.message
    assert error.attempts == len(attempts)
    assert f"tried {len(attempts)} times in " in error.message
    assert error.logged
    assert len(attempts) > 1
    assert PASSWORD not in caplog.text


def test_a_silent_server() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        serving(listener, lambda client: client.recv(1)),
    ):
        started = time.monotonic()
        error = refusal(settings(listener.getsockname()[1], seconds=0.3), DatabaseUnavailable)
    assert time.monotonic() - started < 2
    assert "says nothing" in error.message


def test_a_server_that_drips(server: FakeMySQL) -> None:
    """Each read is in time; all of them together are not."""

    def drip(client: socket.socket) -> None:
        with suppress(OSError):
            client.sendall(b"\xff\0\0\0")
            while True:
                client.sendall(b"x")
                time.sleep(0.02)

    with socket.create_server(("127.0.0.1", 0)) as listener, serving(listener, drip):
        error = refusal(settings(listener.getsockname()[1], seconds=0.3), DatabaseUnavailable)
    assert "says nothing" in error.message


@pytest.mark.parametrize(
    "greeting",
    [b"\x05\x00\x00\x00\x0b\x08\x05\x1a\x00", b"\x04\0\0\x07HTTP", b"\x01\0\0\0\x0a"],
)
def test_something_else_than_mysql_listens(greeting: bytes) -> None:
    with fake_mysql(greeting=greeting) as server:
        assert "does not speak MySQL" in refusal(settings(server.port)).message


@pytest.mark.parametrize("code", [1040, 1203, 1226, 1053])
def test_what_passes_is_tried_again(server: FakeMySQL, code: int) -> None:
    server.refusals = [(code, "max_user_connections, for now")] * 2
    server.hang_up = 1
    with connected(settings(server.port)):
        assert server.connections == 4


def test_too_many_connections(server: FakeMySQL) -> None:
    server.refusals = [(1040, "Too many connections")] * 1000
    error = refusal(settings(server.port, seconds=0.3), DatabaseUnavailable)
    assert "too many connections" in error.message
    assert "maxConnections" in error.hint


@pytest.mark.parametrize(
    ("code", "text", "message"),
    [
        (1045, "Access denied for user 'ada'@'h' (using password: YES)", "wrong user or password"),
        (1044, "Access denied for user 'ada'@'h' to database 'sessions'", "no right to database"),
        (1049, "Unknown database 'sessions'", "there is no database sessions"),
        (1130, "Host 'h' is not allowed to connect", "takes no connections from this host"),
        (1862, "Your password has expired", "cannot log in"),
        (3159, "Connections using insecure transport are prohibited", "demands encryption"),
    ],
)
def test_what_the_user_must_change_is_not_tried_again(
    server: FakeMySQL, code: int, text: str, message: str
) -> None:
    server.refusals = [(code, text)]
    error = refusal(settings(server.port))
    assert message in error.message
    assert error.exit_code == 2
    assert error.logged
    assert server.connections == 1


@pytest.mark.parametrize("method", [b"mysql_clear_password", b"dialog"])
def test_the_password_never_goes_out_in_clear_text(server: FakeMySQL, method: bytes) -> None:
    server.login_method = method
    assert "without encryption" in refusal(settings(server.port)).message
    # The server hears of the end of the connection a little later than we.
    wait_for(lambda: bool(server.logins))
    assert server.logins == [b""]


def test_through_encryption_it_does_and_as_utf_8(authority: Authority) -> None:
    with fake_mysql(tls=authority.server_context("127.0.0.1")) as server:
        server.login_method = b"mysql_clear_password"
        with connected(settings(server.port, tls=verified(authority.ca))):
            assert server.logins == [PASSWORD.encode() + b"\0"]


def test_a_password_from_a_command_is_got_once(server: FakeMySQL, tmp_path: Path) -> None:
    connector = Connector(commanded(server.port, tmp_path), environ={})
    for _ in range(3):
        connector.close(connector.connect())
    assert (tmp_path / "calls").read_text() == "x"


def test_a_short_lived_password_is_renewed(server: FakeMySQL, tmp_path: Path) -> None:
    connector = Connector(commanded(server.port, tmp_path), environ={})
    connector.close(connector.connect())
    server.passwords_refused = 1
    connector.close(connector.connect())
    assert (tmp_path / "calls").read_text() == "xx"

    server.passwords_refused = 100
    with pytest.raises(DatabaseRefused, match="wrong user or password"):
        connector.connect()
    assert (tmp_path / "calls").read_text() == "xxxx"


def commanded(port: int, directory: Path) -> MySQLSettings:
    """A command that prints another password each time and notes that it was called."""
    script = "import time; open('calls', 'a').write('x'); print(time.time_ns())"
    source = PasswordSource(
        PasswordKind.COMMAND,
        f"{shlex.quote(sys.executable)} -c {shlex.quote(script)}",
        "sessionProvider.mysql.passwordCommand",
        directory=directory,
    )
    return replace(settings(port), password_source=source)


# PyMySQL 1.2.4 leaves the socket open when connect() fails; collected, it is closed.
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_a_socket_that_is_not_there(tmp_path: Path) -> None:
    missing = replace(settings(0, seconds=0.2), socket=str(tmp_path / "mysqld.sock"))
    with pytest.raises(DatabaseUnavailable, match="no server at this socket"):
        Connector(missing, environ={}).connect()
    gc.collect()


@pytest.mark.parametrize("mode", [TLSMode.PREFERRED, TLSMode.REQUIRED])
def test_encryption_without_verification(authority: Authority, mode: TLSMode) -> None:
    with (
        fake_mysql(tls=authority.server_context("elsewhere.test", expired=True)) as server,
        connected(settings(server.port, tls=TLSSettings(mode=mode))),
    ):
        assert server.encrypted == 1


def test_preferred_goes_on_without(server: FakeMySQL) -> None:
    with connected(settings(server.port, tls=TLSSettings())) as connector:
        connector.close(connector.connect())
    assert (server.encrypted, server.connections) == (0, 3)


@pytest.mark.parametrize("mode", [TLSMode.REQUIRED, TLSMode.VERIFY_CA, TLSMode.VERIFY_IDENTITY])
def test_encryption_that_the_server_does_not_offer(
    server: FakeMySQL, authority: Authority, mode: TLSMode
) -> None:
    error = refusal(settings(server.port, tls=TLSSettings(mode=mode, ca=authority.ca)))
    assert "the server offers none" in error.message
    assert server.logins == []


def test_the_right_server(authority: Authority) -> None:
    with (
        fake_mysql(tls=authority.server_context("127.0.0.1")) as server,
        connected(settings(server.port, tls=verified(authority.ca))),
    ):
        assert server.encrypted == 1


def test_verify_ca_leaves_the_name_out(authority: Authority) -> None:
    with (
        fake_mysql(tls=authority.server_context("elsewhere.test")) as server,
        connected(settings(server.port, tls=verified(authority.ca, TLSMode.VERIFY_CA))),
    ):
        assert server.encrypted == 1


def test_the_wrong_server(authority: Authority, tmp_path: Path) -> None:
    other = make_authority(tmp_path, "Other CA")
    for name, ca, expired, message in (
        ("127.0.0.1", other.ca, False, "not trusted"),
        ("127.0.0.1", None, False, "not trusted"),
        ("elsewhere.test", authority.ca, False, "another name"),
        ("127.0.0.1", authority.ca, True, "has expired"),
    ):
        with fake_mysql(tls=authority.server_context(name, expired=expired)) as server:
            error = refusal(settings(server.port, tls=verified(ca)))
            assert message in error.message
            assert error.exit_code == 2
            assert server.logins == []


def test_a_certificate_of_tomorrow(authority: Authority) -> None:
    with fake_mysql(tls=authority.server_context("127.0.0.1", early=True)) as server:
        error = refusal(settings(server.port, tls=verified(authority.ca)))
    assert "not valid yet" in error.message
    assert "clock" in error.hint


def test_a_client_certificate(authority: Authority) -> None:
    cert, key = authority.issue("ada")
    context = authority.server_context("127.0.0.1")
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(authority.ca)
    tls = TLSSettings(TLSMode.VERIFY_IDENTITY, authority.ca, cert, key)
    with fake_mysql(tls=context) as server, connected(settings(server.port, tls=tls)):
        assert server.encrypted == 1
