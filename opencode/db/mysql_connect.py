"""From settings to a connection: password, encryption, one deadline, and patience."""

from __future__ import annotations

import logging
import os
import ssl
import struct
import threading
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn

from pymysql.constants import CLIENT
from pymysql.err import OperationalError

from opencode import __version__
from opencode.config import TLSMode
from opencode.config.server import MySQLSettings, PasswordKind, Secret
from opencode.db.deadline import Backoff, Deadline, call_within
from opencode.db.mysql_cursor import (
    SHORTEST,
    BareConnection,
    MySQLConnection,
    SizedCursor,
    keep_alive,
)
from opencode.db.mysql_errors import (
    MySQLError,
    Place,
    error_code,
    is_transient_connect,
    silent,
    translate_connect,
)
from opencode.db.mysql_session import CHARSET, COLLATION, ServerFacts, prepare
from opencode.db.mysql_tls import tls_context
from opencode.db.outage_log import outage_log
from opencode.db.patience import Tell, told_when_slow
from opencode.errors import OpencodeError

if TYPE_CHECKING:
    from pymysql.connections import Connection

__all__ = ["Connector"]

log = logging.getLogger(__name__)

_SIGN_OF_LIFE = 5.0
"""Seconds an idle connection may take to answer a ping."""

_SHORTEST_FOR_CHANGES = 5.0
"""Seconds that an answer may take: waiting for the migration lock takes one by itself."""

_MOST_CHANGES = 2  # from encrypted to plain, and to a new password
_ACCESS_DENIED = 1045
_RENEWABLE = frozenset({PasswordKind.COMMAND, PasswordKind.FILE, PasswordKind.KEYRING})
_NO_TLS = 2026
_IN_TRANSACTION = 1  # SERVER_STATUS_IN_TRANS

# What PyMySQL stumbles over when the other side does not speak the protocol.
_GARBLED = (AssertionError, AttributeError, LookupError, TypeError, ValueError, struct.error)
# And when the package `cryptography` is missing.
_FAILURES = (MySQLError, RuntimeError, *_GARBLED)


class _NoClearText:
    """Takes the place of login methods that would send the password as it is.

    PyMySQL follows a server's wish for them on an unencrypted connection too; MySQL's own client
    does not.
    """

    def __init__(self, connection: object) -> None:
        """PyMySQL makes one for each login."""

    def authenticate(self, packet: object) -> NoReturn:
        """Refuse; 2059 is the client's number for a method that is not available."""
        raise OperationalError(2059, "the password would be sent without encryption")


_CLEAR_TEXT: dict[str, Callable[[Connection[Any]], Any]] = {
    "mysql_clear_password": _NoClearText,
    "dialog": _NoClearText,
}


class Connector:
    """Makes connections for one account; any thread may call.

    The password is got when it is first needed, and again when the server has turned down one
    that was good before: short-lived ones come from a command or a file.
    """

    def __init__(
        self,
        settings: MySQLSettings,
        *,
        environ: Mapping[str, str] = os.environ,
        waiting: Tell | None = None,
    ) -> None:
        self.settings = settings
        self.waiting = waiting
        """Told when a connection lets wait."""
        self.place = Place(
            settings.host, settings.port, settings.socket, settings.database, settings.username
        )
        self.outage = outage_log(self.place)
        self.facts: ServerFacts | None = None
        """What the last server connected to said."""
        self._environ = environ
        self._lock = threading.Lock()
        self._password: Secret | None = None
        self._plain = False

    def connect(
        self, timeout: float | None = None, *, for_changes: bool = False
    ) -> MySQLConnection:
        """Open a connection with autocommit, and with the session settings verified.

        `timeout` (default: `connectionTimeout`) holds for looking up the name, for the handshake
        and for all attempts together; what may pass by itself is tried again until then.
        A connection `for_changes` may wait for the migration lock, whatever `readTimeout` says.

        Raises:
            DatabaseUnavailable: Out of reach for now; tells how often it was tried.
            DatabaseRefused: The server does not let us in as we are configured, or is too old.
            ConfigError: The password cannot be got.
        """
        password = self._secret()
        deadline = Deadline(self.settings.connection_timeout if timeout is None else timeout)
        seen = [f"no answer from {self.place} yet"]
        with told_when_slow(
            self.waiting, lambda: f"{seen[-1]}; trying for {deadline.seconds:.0f} seconds"
        ):
            return self._connect(password, deadline, seen, for_changes=for_changes)

    def _connect(
        self, password: Secret, deadline: Deadline, seen: list[str], *, for_changes: bool
    ) -> MySQLConnection:
        """Try until it succeeds, or fails for good; `seen` gets what each attempt came to."""
        backoff = Backoff(base=0.1, cap=2.0)
        attempts = changes = 0
        while True:
            connection = self._new(password, deadline.remaining(), for_changes=for_changes)
            try:
                return self._establish(connection, deadline)
            except TimeoutError as error:
                cause: Exception = error
                meaning = silent(self.place, deadline.seconds, accepted=connection.open)
            except _FAILURES as error:
                if changes < _MOST_CHANGES and self._may_do_better(error, password):
                    changes += 1
                    password = self._secret()
                    continue
                cause, meaning = error, self._meaning(error)
            attempts += 1
            seen.append(meaning.message)
            self.outage.failed(meaning)
            log.debug("connecting, attempt %d: %s", attempts, meaning, exc_info=cause)
            if not is_transient_connect(cause) or not backoff.pause(deadline):
                raise _after(meaning, attempts, deadline) from cause

    def is_alive(self, connection: MySQLConnection, timeout: float) -> bool:
        """Ping; a connection that fails is closed, one that hangs closes itself later."""

        def ping() -> bool:
            try:
                connection.ping()
            except MySQLError:
                self.close(connection)
                return False
            return True

        try:
            return call_within(
                min(timeout, _SIGN_OF_LIFE), ping, discard=lambda _: self.close(connection)
            )
        except TimeoutError:
            return False

    def is_clean(self, connection: MySQLConnection) -> bool:
        """Whether it is open and outside a transaction, by the server's last answer."""
        status: int = getattr(connection, "server_status", None) or 0  # missing in the stubs
        return connection.open and not status & _IN_TRANSACTION

    def close(self, connection: MySQLConnection) -> None:
        """Say goodbye to the server, if it still listens; closing twice is fine."""
        if connection.open:
            connection.close()

    @cached_property
    def _tls(self) -> ssl.SSLContext | None:
        return tls_context(self.settings.tls, local=self.settings.socket is not None)

    def _secret(self) -> Secret:
        with self._lock:
            if self._password is None:
                self._password = self.settings.resolve_password(self._environ)
            return self._password

    def _new(self, password: Secret, timeout: float, *, for_changes: bool) -> MySQLConnection:
        settings = self.settings
        read_timeout = settings.read_timeout
        if for_changes:
            read_timeout = max(read_timeout, _SHORTEST_FOR_CHANGES)
        tls = None if self._plain else self._tls
        open_wire = tls is None and settings.socket is None
        return BareConnection(
            host=settings.host,
            port=settings.port,
            unix_socket=settings.socket,
            user=settings.username,
            # PyMySQL would send a str as Latin-1.
            password=password.reveal().encode(),
            database=settings.database,
            charset=CHARSET,
            collation=COLLATION,
            # Without it an UPDATE to the same value counts 0 rows.
            client_flag=CLIENT.FOUND_ROWS,
            cursorclass=SizedCursor,
            autocommit=True,
            connect_timeout=max(timeout, SHORTEST),
            read_timeout=read_timeout,
            write_timeout=settings.write_timeout,
            ssl=tls,
            ssl_disabled=tls is None,
            auth_plugin_map=_CLEAR_TEXT if open_wire else None,
            program_name=f"opencode {__version__}",
            defer_connect=True,
        )

    def _establish(self, connection: MySQLConnection, deadline: Deadline) -> MySQLConnection:
        """Bring a new connection up in time.

        PyMySQL's limits are for each address of a host and for each read of the handshake, and
        looking up a name has none; so it happens in a thread that can be left behind.
        """

        def establish() -> ServerFacts:
            connection.connect()
            try:
                keep_alive(connection)
                return prepare(connection, self.place)
            except BaseException:
                self.close(connection)
                raise

        self.facts = call_within(
            deadline.remaining(), establish, discard=lambda _: self.close(connection)
        )
        return connection

    def _meaning(self, error: BaseException) -> OpencodeError:
        return translate_connect(error, self.place, plain=self._tls is None)

    def _may_do_better(self, error: BaseException, password: Secret) -> bool:
        """Whether to try again at once, because something here has changed."""
        code = error_code(error)
        if code == _NO_TLS and self.settings.tls.mode is TLSMode.PREFERRED and not self._plain:
            log.info("%s offers no encryption; going on without", self.place)
            self._plain = True
            return True
        renewable = self.settings.password_source.kind in _RENEWABLE
        if code != _ACCESS_DENIED or not renewable or self.facts is None:
            return False
        with self._lock:
            if self._password == password:
                self._password = self.settings.resolve_password(self._environ)
            return self._password != password


def _after(error: OpencodeError, attempts: int, deadline: Deadline) -> OpencodeError:
    """The error of the last of several attempts, saying how many there were."""
    if attempts == 1:
        return error
    times = f"tried {attempts} times in {deadline.elapsed():.1f} seconds"
    last = type(error)(f"{error.message}; {times}", hint=error.hint)
    last.attempts, last.logged = attempts, error.logged
    return last
