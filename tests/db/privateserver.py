"""A MariaDB server of a test's own, which may be killed."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from opencode.config import MySQLSettings
from opencode.db.mysql_connect import Connector

START_SECONDS = 60


@dataclass
class PrivateServer:
    """One data directory; root has no password and comes from 127.0.0.1."""

    directory: Path
    port: int
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def settings(self) -> MySQLSettings:
        return MySQLSettings(host="127.0.0.1", port=self.port, database="mysql", username="root")

    def start(self, *flags: str) -> None:
        log = (self.directory / "log").open("ab")
        with log:
            self.process = subprocess.Popen(
                [*_program("mariadbd"), *self._options(), *flags], stdout=log, stderr=log
            )

    def wait(self) -> None:
        """Until it answers."""
        with closing(Connector(self.settings, environ={}).connect(START_SECONDS)):
            return

    def kill(self) -> None:
        """End it at once, as a crash does."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def _options(self) -> list[str]:
        return [
            f"--datadir={self.directory / 'data'}",
            f"--socket={self.directory / 's'}",
            f"--port={self.port}",
            "--bind-address=127.0.0.1",
            f"--pid-file={self.directory / 'pid'}",
            "--skip-log-bin",
        ]


@contextmanager
def private_server(directory: Path) -> Iterator[PrivateServer]:
    """Make and start one below `directory`, which should have a short path."""
    (directory / "data").mkdir()
    subprocess.run(
        [
            *_program("mariadb-install-db"),
            f"--datadir={directory / 'data'}",
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
        ],
        check=True,
        capture_output=True,
        timeout=START_SECONDS,
    )
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    server = PrivateServer(directory, port)
    server.start()
    try:
        server.wait()
        yield server
    finally:
        server.kill()


def _program(name: str) -> list[str]:
    path = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/bin")
    if path is None:
        pytest.skip(f"{name} is not installed")
    as_root = ["--user=root"] if os.geteuid() == 0 else []
    return [path, "--no-defaults", *as_root]


def wait_until(condition: object, seconds: float = 30) -> None:
    """Poll a callable until it is true."""
    assert callable(condition)
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "waited too long"
        time.sleep(0.01)
