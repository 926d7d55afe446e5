"""A private server: a program found on the machine, in a temporary directory of its own."""

from __future__ import annotations

import os
import pwd
import re
import secrets
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tools.servers.account import Account
from tools.servers.server import OwnServer, Product, ServerError, free_port, tail

__all__ = ["PrivateServer", "Program", "find_programs"]

# Not in an ordinary user's PATH, or kept out of it by their packagers.
_MORE_PLACES = (
    "/usr/sbin",
    "/usr/local/sbin",
    "/usr/libexec",
    "/usr/local/mysql/bin",
    "/opt/homebrew/opt/mysql/bin",
    "/opt/homebrew/opt/mariadb/bin",
)
_INSTALLERS = ("mariadb-install-db", "mysql_install_db")
_INSTALL_SECONDS = 90
_LONGEST_SOCKET = 100  # sun_path has 104 to 108 bytes
_STARTS = 5
_PORT_IS_TAKEN = re.compile(r"already have another (mysqld )?server running on port")
# mariadb-install-db says what went wrong before this, and general advice after it.
_ADVICE = "Installation of system tables failed!"

_INIT_SQL = """\
DROP USER IF EXISTS ''@'localhost';
CREATE USER IF NOT EXISTS 'root'@'%' IDENTIFIED BY '{password}';
GRANT ALL PRIVILEGES ON *.* TO 'root'@'%' WITH GRANT OPTION;
ALTER USER 'root'@'localhost' IDENTIFIED BY '{password}';
"""


@dataclass(frozen=True, slots=True)
class Program:
    """A `mysqld` or `mariadbd`."""

    path: Path
    product: Product
    version: str


def find_programs() -> Iterator[Program]:
    """The first program of each product; under the name `mysqld` there may be either."""
    found: set[Product] = set()
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), *_MORE_PLACES])
    for name in ("mysqld", "mariadbd"):
        place = shutil.which(name, path=path)
        program = _identify(Path(place)) if place else None
        if program and program.product not in found:
            found.add(program.product)
            yield program


def _identify(path: Path) -> Program | None:
    try:
        done = subprocess.run(
            [path, "--no-defaults", "--version"],
            capture_output=True,
            text=True,
            timeout=20,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    version = re.search(r"Ver (\d+\.\d+\.\d+)", done.stdout)
    product: Product = "mariadb" if "mariadb" in done.stdout.lower() else "mysql"
    return Program(path, product, version[1]) if version else None


class PrivateServer(OwnServer):
    """Reached by 127.0.0.1 and a socket; runs as `mysql` or `nobody` when we are root.

    Left as an administrator finds it after the installation: no configuration file is read.
    """

    def __init__(self, path: Path, product: Product, flags: Sequence[str] = ()) -> None:
        super().__init__()
        self.path = path
        self.product = product
        self.flags = tuple(flags)
        self._user = _unprivileged_user()
        self._directory: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._run_begins = 0
        """Where in the log the last start begins."""
        self._has_answered = False

    def __str__(self) -> str:
        return str(self.path)

    @property
    def started(self) -> bool:
        return self._directory is not None

    def launch(self) -> None:
        self._directory = directory = self._make_directory()
        self.account = Account("root", secrets.token_urlsafe(12), port=free_port())
        self.socket = str(directory / "s")
        self._install(directory)
        init = directory / "init.sql"
        init.write_text(_INIT_SQL.format(password=self.account.password))
        self._give(init)
        self.relaunch()

    def wait_until_ready(self) -> None:
        """Also look for the CA, which MySQL makes at its first start.

        Nothing holds a port between its choice and the server's start, nor while the server is
        dead: where somebody else took it, another one is chosen, or the old one tried again.
        """
        for start in range(1, _STARTS + 1):
            try:
                super().wait_until_ready()
                break
            except ServerError:
                if start == _STARTS or not self._port_was_taken():
                    raise
            if not self._has_answered:
                self.account = replace(self.account, port=free_port())
            self.relaunch()
        self._has_answered = True
        ca = self._data / "ca.pem"
        self.ca = str(ca) if ca.exists() else None

    def relaunch(self) -> None:
        assert self._directory is not None
        command = [
            *(str(self.path), "--no-defaults", f"--datadir={self._data}"),
            *("--bind-address=127.0.0.1", f"--port={self.account.port}"),
            *(f"--socket={self.socket}", f"--pid-file={self._directory / 'pid'}"),
            *(f"--tmpdir={self._directory}", f"--init-file={self._directory / 'init.sql'}"),
            # The directory that packages of MySQL set need not be there.
            f"--secure-file-priv={self._directory}",
            *("--loose-mysqlx=OFF", *self._user_flag(), *self.flags),
        ]
        with self._log_file.open("ab") as log:
            self._run_begins = log.tell()
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
            )

    def kill(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()

    def remove(self) -> None:
        self.kill()
        if self._directory:
            shutil.rmtree(self._directory, ignore_errors=True)

    def has_ended(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def log(self) -> str:
        return self._log_file.read_text(errors="replace")

    @property
    def _data(self) -> Path:
        assert self._directory is not None
        return self._directory / "data"

    @property
    def _log_file(self) -> Path:
        assert self._directory is not None
        return self._directory / "log"

    def _port_was_taken(self) -> bool:
        last_run = self._log_file.read_bytes()[self._run_begins :]
        return self.has_ended() and bool(_PORT_IS_TAKEN.search(last_run.decode(errors="replace")))

    def _make_directory(self) -> Path:
        directory = Path(tempfile.mkdtemp(prefix="opencode-mysqld-"))
        too_long = len(os.fsencode(directory / "s")) > _LONGEST_SOCKET
        if too_long or (self._user and not _is_open_to_all(directory.parent)):
            directory.rmdir()
            directory = Path(tempfile.mkdtemp(prefix="opencode-mysqld-", dir="/tmp"))
        self._give(directory)
        return directory

    def _give(self, path: Path) -> None:
        if self._user:
            os.chown(path, self._user.pw_uid, self._user.pw_gid)

    def _user_flag(self) -> list[str]:
        return [f"--user={self._user.pw_name}"] if self._user else []

    def _install(self, directory: Path) -> None:
        """Make the data directory, with an administrator who has no password yet."""
        command = [f"--datadir={self._data}", f"--tmpdir={directory}", *self._user_flag()]
        if self.product == "mysql":
            command = [str(self.path), "--no-defaults", "--initialize-insecure", *command]
        else:
            # `--force`: it needs no name for this machine, and goes on where there is none.
            options = ("--auth-root-authentication-method=normal", "--skip-test-db", "--force")
            command = [self._installer(), "--no-defaults", *options, *command]
        with self._log_file.open("wb") as log:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                timeout=_INSTALL_SECONDS,
                check=False,
            )
        if done.returncode:
            cause = self.log().partition(_ADVICE)[0]
            raise ServerError(f"{command[0]} failed; its log:{tail(cause)}")

    def _installer(self) -> str:
        places = [str(self.path.resolve().parent), str(self.path.parent), os.environ.get("PATH")]
        path = os.pathsep.join([place for place in places if place])
        for name in _INSTALLERS:
            found = shutil.which(name, path=path)
            if found:
                return found
        raise ServerError(f"{self.path} cannot be set up without {_INSTALLERS[0]}")


def _unprivileged_user() -> pwd.struct_passwd | None:
    """The servers refuse to run as root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    return names.get("mysql") or names["nobody"]


def _is_open_to_all(directory: Path) -> bool:
    """Whether any user gets into it: a TMPDIR of root's own is no place for another's server."""
    return all(place.stat().st_mode & stat.S_IXOTH for place in (directory, *directory.parents))
