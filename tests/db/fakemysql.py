"""A server that speaks just enough of MySQL's protocol to show how logging in can go wrong."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_CLIENT_SSL = 0x0800
# LONG_PASSWORD, CONNECT_WITH_DB, PROTOCOL_41, TRANSACTIONS, SECURE_CONNECTION, PLUGIN_AUTH
_CAPABILITIES = 0x0001 | 0x0008 | 0x0200 | 0x2000 | 0x8000 | 0x80000
_AUTOCOMMIT = 2
_OK = b"\x00\x00\x00" + struct.pack("<HH", _AUTOCOMMIT, 0)

SETTINGS: Mapping[str, str] = {
    "version": "8.4.2",
    "max_allowed_packet": "67108864",
    "transaction_isolation": "READ-COMMITTED",
    "sql_mode": "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,"
    "NO_ENGINE_SUBSTITUTION",
    "time_zone": "+00:00",
    "innodb_lock_wait_timeout": "10",
    "lock_wait_timeout": "30",
    "wait_timeout": "600",
    "foreign_key_checks": "ON",
    "sql_safe_updates": "OFF",
    "completion_type": "NO_CHAIN",
    "sql_select_limit": "18446744073709551615",
    "autocommit": "ON",
    "character_set_client": "utf8mb4",
    "character_set_connection": "utf8mb4",
    "character_set_results": "utf8mb4",
    "collation_connection": "utf8mb4_bin",
}


@dataclass
class FakeMySQL:
    """What it answers; a test changes the fields as it goes. Counts what it saw."""

    port: int = 0
    settings: dict[str, str] = field(default_factory=lambda: dict(SETTINGS))
    tls: ssl.SSLContext | None = None
    greeting: bytes | None = None
    """Sent instead of a greeting; nothing at all when it is empty."""
    refusals: list[tuple[int, str]] = field(default_factory=list)
    """Errors for the next connections, in place of the greeting."""
    passwords_refused: int = 0
    """How many logins are answered with 1045."""
    login_method: bytes = b"mysql_native_password"
    """What the server switches to after the first packet."""
    unknown_variable: bytes = b""
    """SET SESSION is answered with 1193 where it names this."""
    takes_isolation: bool = False
    """SET SESSION TRANSACTION ISOLATION LEVEL changes the variable."""
    statements: list[bytes] = field(default_factory=list)
    """What came after the logins."""
    hang_up: int = 0
    """How many connections are closed at once."""
    connections: int = 0
    encrypted: int = 0
    logins: list[bytes] = field(default_factory=list)
    """The packets that clients answered the switch with."""

    def serve(self, client: socket.socket) -> None:
        self.connections += 1
        wire = _Wire(client)
        try:
            self._converse(wire)
        finally:
            wire.socket.close()

    def _converse(self, wire: _Wire) -> None:
        if self.hang_up:
            self.hang_up -= 1
            return
        if self.greeting is not None:
            wire.socket.sendall(self.greeting)
            wire.socket.recv(1)
            return
        if self.refusals:
            wire.send(_error(*self.refusals.pop(0)))
            return
        if self._log_in(wire):
            while (command := wire.receive()) and command[0] != 1:  # COM_QUIT
                self._answer(wire, command)

    def _log_in(self, wire: _Wire) -> bool:
        wire.send(_greeting(self.settings["version"], tls=self.tls is not None))
        login = wire.receive()
        if self.tls is not None and struct.unpack("<I", login[:4])[0] & _CLIENT_SSL:
            wire.socket = self.tls.wrap_socket(wire.socket, server_side=True)
            self.encrypted += 1
            login = wire.receive()
        if not login:
            return False
        wire.send(b"\xfe" + self.login_method + b"\0" + b"s" * 20 + b"\0")
        self.logins.append(wire.receive())
        if not self.logins[-1] and self.login_method != b"mysql_native_password":
            return False
        if self.passwords_refused:
            self.passwords_refused -= 1
            wire.send(_error(1045, "Access denied for user 'u'@'h' (using password: YES)"))
            return False
        wire.send(_OK)
        return True

    def _answer(self, wire: _Wire, command: bytes) -> None:
        self.statements.append(command[1:])
        unknown = self.unknown_variable
        if unknown and b"SET SESSION" in command and unknown in command:
            wire.send(_error(1193, f"Unknown system variable '{unknown.decode()}'"))
            return
        if self.takes_isolation and b"ISOLATION LEVEL READ COMMITTED" in command:
            self.settings["transaction_isolation"] = "READ-COMMITTED"
        if b"SHOW SESSION VARIABLES" not in command:
            wire.send(_OK)
            return
        wire.send(b"\x02")
        for name in (b"Variable_name", b"Value"):
            wire.send(_column(name))
        wire.send(b"\xfe\0\0\x02\0")
        for pair in self.settings.items():
            wire.send(b"".join(_text(value.encode()) for value in pair))
        wire.send(b"\xfe\0\0\x02\0")


@contextmanager
def fake_mysql(**options: object) -> Iterator[FakeMySQL]:
    """Run one on a free port of 127.0.0.1."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = FakeMySQL(port=listener.getsockname()[1], **options)  # type: ignore[arg-type]
    with serving(listener, server.serve):
        yield server


@contextmanager
def serving(listener: socket.socket, serve: Callable[[socket.socket], object]) -> Iterator[None]:
    """Run `serve` for each connection in a thread of its own, until the block ends."""
    clients: list[socket.socket] = []

    def run(client: socket.socket) -> None:
        with suppress(OSError, ssl.SSLError, struct.error, IndexError):
            serve(client)
        with suppress(OSError):
            client.shutdown(socket.SHUT_RDWR)
        client.close()

    def accept() -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                clients.append(client)
                threading.Thread(target=run, args=(client,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for client in clients:
            with suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)
        thread.join(timeout=5)


class _Wire:
    def __init__(self, client: socket.socket) -> None:
        self.socket = client
        self.sequence = 0

    def send(self, payload: bytes) -> None:
        header = struct.pack("<I", len(payload))[:3] + bytes([self.sequence])
        self.sequence = (self.sequence + 1) % 256
        self.socket.sendall(header + payload)

    def receive(self) -> bytes:
        header = self._exactly(4)
        if not header:
            return b""
        self.sequence = header[3] + 1
        return self._exactly(int.from_bytes(header[:3], "little"))

    def _exactly(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            more = self.socket.recv(size - len(data))
            if not more:
                return b""
            data += more
        return data


def _greeting(version: str, *, tls: bool) -> bytes:
    capabilities = _CAPABILITIES | (_CLIENT_SSL if tls else 0)
    return b"".join(
        (
            b"\x0a" + version.encode() + b"\0",
            struct.pack("<I", 7) + b"s" * 8 + b"\0",
            struct.pack("<HBHHB", capabilities & 0xFFFF, 45, _AUTOCOMMIT, capabilities >> 16, 21),
            b"\0" * 10 + b"s" * 12 + b"\0",
            b"mysql_native_password\0",
        )
    )


def _error(code: int, text: str) -> bytes:
    return b"\xff" + struct.pack("<H", code) + b"#HY000" + text.encode()


def _text(value: bytes) -> bytes:
    return bytes([len(value)]) + value


def _column(name: bytes) -> bytes:
    parts = b"".join(_text(part) for part in (b"def", b"", b"", b"", name, name))
    return parts + b"\x0c" + struct.pack("<HIBHB", 45, 1024, 0xFD, 0, 0) + b"\0\0"


@dataclass(frozen=True)
class Authority:
    """A certificate authority of its own; `ca` is the file to trust."""

    directory: Path
    ca: Path
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    def issue(self, name: str, *, expired: bool = False, early: bool = False) -> tuple[Path, Path]:
        """Return the files of a certificate for a host name or address, and of its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        alternative = x509.SubjectAlternativeName(
            [x509.IPAddress(ip_address(name)) if name[0].isdigit() else x509.DNSName(name)]
        )
        certificate = (
            _builder(
                name,
                self.certificate.subject,
                key,
                since=1 if early else -60,
                days=-1 if expired else 30,
            )
            .add_extension(alternative, critical=False)
            .sign(self.key, hashes.SHA256())
        )
        stem = self.directory / f"{name}{'-expired' if expired else ''}{'-early' if early else ''}"
        return _write(stem, certificate, key)

    def server_context(
        self, name: str, *, expired: bool = False, early: bool = False
    ) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.issue(name, expired=expired, early=early))
        return context


def make_authority(directory: Path, name: str = "Test CA") -> Authority:
    directory.mkdir(parents=True, exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        _builder(name, _name(name), key, days=30)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    ca, _ = _write(directory / "ca", certificate, key)
    return Authority(directory, ca, key, certificate)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(
    subject: str, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, *, since: int = -60, days: int
) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + dt.timedelta(days=since))
        .not_valid_after(now + dt.timedelta(days=days))
    )


def _write(
    stem: Path, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey
) -> tuple[Path, Path]:
    files = stem.with_name(f"{stem.name}.pem"), stem.with_name(f"{stem.name}.key")
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return files
