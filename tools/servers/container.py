"""A throw-away container with a server, through the `docker` package."""

from __future__ import annotations

import io
import os
import secrets
import socket
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import docker
from docker.errors import DockerException, ImageNotFound, NotFound

from tools.servers.account import Account
from tools.servers.server import OwnServer, Product, ServerError, free_port

if TYPE_CHECKING:
    from docker.models.containers import Container

__all__ = ["ContainerServer", "prepare_image", "product_of"]

_LABEL = "opencode.tests"
_CA = "/var/lib/mysql/ca.pem"


def product_of(image: str) -> Product:
    """Which product an image holds, by its name."""
    name = image.rpartition("/")[2].partition(":")[0]
    return "mariadb" if "mariadb" in name else "mysql"


def prepare_image(image: str) -> str:
    """Return an empty text when containers of it can be started, else why not; may pull it."""
    try:
        client = docker.from_env()
    except DockerException:
        return "no Docker engine answers"
    try:
        _remove_orphans(client)
        client.images.get(image)
    except ImageNotFound:
        print(f"pulling the image {image} …", file=sys.stderr, flush=True)
        try:
            client.images.pull(image)
        except DockerException as error:
            return f"the image {image} is neither here nor can it be pulled: {error}"
    except DockerException as error:
        return f"the Docker engine cannot be used: {error}"
    finally:
        client.close()
    return ""


class ContainerServer(OwnServer):
    """Reached by a free port of 127.0.0.1; left as the image has it, `flags` apart."""

    def __init__(self, image: str, flags: Sequence[str] = ()) -> None:
        super().__init__()
        self.image = image
        self.flags = tuple(flags)
        self._container: Container | None = None
        self._directory: tempfile.TemporaryDirectory[str] | None = None

    def __str__(self) -> str:
        return f"the container of {self.image}"

    @property
    def started(self) -> bool:
        return self._container is not None

    def launch(self) -> None:
        prefix = product_of(self.image).upper()
        self.account = Account("root", secrets.token_urlsafe(12), port=free_port())
        try:
            self._client = docker.from_env()
            # Not `run`: it keeps to itself what it made when the start fails.
            self._container = self._client.containers.create(
                self.image,
                list(self.flags),
                environment={f"{prefix}_ROOT_PASSWORD": self.account.password},
                labels={_LABEL: f"{socket.gethostname()} {os.getpid()}"},
                ports={"3306/tcp": ("127.0.0.1", self.account.port)},
            )
            self._container.start()
        except DockerException as error:
            raise ServerError(f"{self} cannot be started: {error}") from error

    def wait_until_ready(self) -> None:
        """Also fetch the CA, which MySQL makes at its first start."""
        super().wait_until_ready()
        if self.ca is None:
            self.ca = self._fetch_ca()

    def relaunch(self) -> None:
        self._running.start()

    def kill(self) -> None:
        self._running.kill()
        self._running.wait()

    def remove(self) -> None:
        if self._container:
            _remove(self._container)
            self._container = None
            self._client.close()
        if self._directory:
            self._directory.cleanup()

    def has_ended(self) -> bool:
        self._running.reload()
        return self._running.status in {"exited", "dead"}

    def log(self) -> str:
        return self._running.logs().decode(errors="replace")

    @property
    def _running(self) -> Container:
        assert self._container is not None
        return self._container

    def _fetch_ca(self) -> str | None:
        try:
            chunks, _ = self._running.get_archive(_CA)
        except NotFound:
            return None
        with tarfile.open(fileobj=io.BytesIO(b"".join(chunks))) as archive:
            member = archive.extractfile("ca.pem")
            assert member is not None
            content = member.read()
        self._directory = tempfile.TemporaryDirectory(prefix="opencode-mysqld-")
        path = Path(self._directory.name, "ca.pem")
        path.write_bytes(content)
        return str(path)


def _remove_orphans(client: docker.DockerClient) -> None:
    """Remove containers whose owner on this machine was killed before it could do so."""
    for container in client.containers.list(all=True, filters={"label": _LABEL}):
        host, _, pid = container.labels[_LABEL].partition(" ")
        if host == socket.gethostname() and not _is_alive(int(pid)):
            _remove(container)


def _remove(container: Container) -> None:
    try:
        container.remove(force=True, v=True)
    except NotFound:
        return


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
