"""A login to a server: made from a DSN, turned into others, connected with."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import quote

import pymysql

from opencode.config import TLSMode
from opencode.config.dsn import parse_dsn

__all__ = ["Account", "Connection"]

if TYPE_CHECKING:
    from pymysql.cursors import Cursor

    Connection: TypeAlias = pymysql.Connection[Cursor]
else:
    Connection = pymysql.Connection  # generic in its stubs only

_READ_SECONDS = 30.0
_LOCK_SECONDS = 20  # less, so that a lock which is not given up is told as such


@dataclass(frozen=True, slots=True)
class Account:
    """Where a server listens and as whom to log in; `database` may be empty."""

    user: str
    password: str = field(repr=False)
    host: str = "127.0.0.1"
    port: int = 3306
    socket: str | None = None
    database: str = ""
    tls: TLSMode | None = None
    ca: str | None = None
    cert: str | None = None
    key: str | None = None

    @classmethod
    def parse(cls, dsn: str) -> Account:
        """Read a DSN of either form; `BrokenDSN` (a ValueError) when that fails."""
        read = parse_dsn(dsn)
        return cls(
            user=read.username or "root",
            password=read.password.reveal() if read.password else "",
            host=read.host or "127.0.0.1",
            port=read.port or 3306,
            socket=read.socket,
            database=read.database or "",
            tls=read.tls,
            ca=read.ca,
            cert=read.cert,
            key=read.key,
        )

    @property
    def dsn(self) -> str:
        """The account as a URL; it holds the password."""
        login = f"{_encode(self.user)}:{_encode(self.password)}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        place = _encode(self.socket) if self.socket else f"{host}:{self.port}"
        options = {
            "tls": self.tls,
            "ssl-ca": self.ca,
            "ssl-cert": self.cert,
            "ssl-key": self.key,
        }
        query = "&".join(f"{name}={_encode(value)}" for name, value in options.items() if value)
        return f"mysql://{login}@{place}/{_encode(self.database)}{'?' if query else ''}{query}"

    def using(self, database: str) -> Account:
        """The same account with another database."""
        return replace(self, database=database)

    def connect(self, *, timeout: float = 10.0) -> Connection:
        """Open a connection with autocommit; pymysql's errors when that fails."""
        return pymysql.connect(
            host=self.host,
            port=self.port,
            unix_socket=self.socket,
            user=self.user,
            # A str would be sent as Latin-1.
            password=self.password.encode(),
            database=self.database or None,
            charset="utf8mb4",
            autocommit=True,
            connect_timeout=timeout,
            read_timeout=_READ_SECONDS,
            init_command=f"SET SESSION lock_wait_timeout = {_LOCK_SECONDS}",
            **self._encryption(),
        )

    def _encryption(self) -> dict[str, Any]:
        if self.tls is TLSMode.DISABLED:
            return {"ssl_disabled": True}
        return {
            "ssl_ca": self.ca,
            "ssl_cert": self.cert,
            "ssl_key": self.key,
            "ssl_verify_cert": self.tls in {TLSMode.VERIFY_CA, TLSMode.VERIFY_IDENTITY},
            "ssl_verify_identity": self.tls is TLSMode.VERIFY_IDENTITY,
        }


def _encode(text: str) -> str:
    return quote(text, safe="")
