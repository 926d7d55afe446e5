"""What is known of a server that answers, and how one that we run ourselves is handled."""

from __future__ import annotations

import re
import socket
import threading
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Literal

from pymysql.err import MySQLError

from tools.servers.account import Account

__all__ = ["OwnServer", "Product", "Server", "ServerError", "describe", "free_port", "tail"]

Product = Literal["mysql", "mariadb"]

_READY_SECONDS = 100.0
"""Less than the time limit of a test, so that the server's own words are shown instead."""

_PAUSE = 0.05


class ServerError(Exception):
    """A server cannot be had; the message says why and ends with what its log ends with."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers. `admin_dsn` holds a password and, unless restricted, no database."""

    name: str
    """As in the ids of tests: `mariadb-10.11.19`, `mysql:8.4`."""
    product: Product
    version: tuple[int, int, int]
    admin_dsn: str = field(repr=False)
    socket: str | None = None
    ca: str | None = None
    """The file with the server's own CA, where there is one."""
    restricted: bool = False
    """The account may use its one database and cannot create others."""

    @property
    def admin(self) -> Account:
        """The administrator's login, in parts."""
        return Account.parse(self.admin_dsn)


def describe(
    name: str,
    account: Account,
    *,
    socket: str | None = None,
    ca: str | None = None,
    restricted: bool = False,
) -> Server:
    """Ask a server what it is; pymysql's errors when it does not answer."""
    connection = account.connect()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT VERSION()")
            row = cursor.fetchone()
    finally:
        connection.close()
    text = str(row[0]) if row else ""
    product: Product = "mariadb" if "mariadb" in text.lower() else "mysql"
    numbers = [int(number) for number in re.findall(r"\d+", text)[:3]]
    major, minor, patch = (*numbers, 0, 0, 0)[:3]
    return Server(name, product, (major, minor, patch), account.dsn, socket, ca, restricted)


class OwnServer(ABC):
    """A server of ours, that nobody else uses: it may be killed, and must be removed."""

    account: Account
    socket: str | None = None
    ca: str | None = None

    def __init__(self) -> None:
        self.cancelled = threading.Event()
        """Set from another thread, it ends the waiting for the server."""

    @abstractmethod
    def launch(self) -> None:
        """Start it for the first time."""

    @abstractmethod
    def relaunch(self) -> None:
        """Start it again, at the same port and with the data it had."""

    @abstractmethod
    def kill(self) -> None:
        """End it as a crash would, and wait until it is gone."""

    @abstractmethod
    def remove(self) -> None:
        """End it and remove all it has written; does nothing the second time."""

    @abstractmethod
    def has_ended(self) -> bool:
        """Whether the process is gone."""

    @abstractmethod
    def log(self) -> str:
        """What it has printed."""

    def start(self) -> None:
        """Start it, or again after `kill`, and wait until it lets the administrator in."""
        if self.started:
            self.relaunch()
        else:
            self.launch()
        self.wait_until_ready()

    @property
    @abstractmethod
    def started(self) -> bool:
        """Whether it was launched before."""

    def wait_until_ready(self) -> None:
        """Log in until that succeeds."""
        deadline = time.monotonic() + _READY_SECONDS
        while True:
            try:
                self.account.connect(timeout=deadline - time.monotonic()).close()
                return
            except (MySQLError, OSError) as error:
                last = error
            if self.has_ended():
                raise ServerError(f"{self} ended at once; its log:{tail(self.log())}")
            if self.cancelled.wait(_PAUSE):
                raise ServerError(f"{self} is no longer wanted")
            if time.monotonic() > deadline - _PAUSE:
                raise ServerError(f"{self} does not answer ({last}); its log:{tail(self.log())}")


def free_port() -> int:
    """A TCP port on the loopback interface that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def tail(text: str, lines: int = 15) -> str:
    """The end of a log, indented."""
    return "".join(f"\n    {line}" for line in text.splitlines()[-lines:])
