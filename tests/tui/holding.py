"""A TCP proxy that keeps what a server answers to itself until it is told to pass it on."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from tests.db.fakemysql import serving


@dataclass
class HoldingProxy:
    """Passes everything on, until `hold`."""

    target: tuple[str, int]
    port: int
    held: int = 0
    """How many answers were kept back."""
    _open: threading.Event = field(default_factory=threading.Event)

    def hold(self) -> None:
        """Keep back all answers from now on."""
        self._open.clear()

    def release(self) -> None:
        """Pass on what was kept back, and what comes."""
        self._open.set()

    def serve(self, client: socket.socket) -> None:
        with socket.create_connection(self.target) as server:
            back = threading.Thread(target=self._pump_back, args=(server, client), daemon=True)
            back.start()
            with suppress(OSError):
                while data := client.recv(1 << 16):
                    server.sendall(data)
            with suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)
            self._open.wait(60)
            back.join(timeout=5)

    def _pump_back(self, server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while data := server.recv(1 << 16):
                if not self._open.is_set():
                    self.held += 1
                    self._open.wait(60)
                client.sendall(data)
            client.shutdown(socket.SHUT_RDWR)


@contextmanager
def holding_proxy(target: tuple[str, int]) -> Iterator[HoldingProxy]:
    """Run one on a free port of 127.0.0.1."""
    listener = socket.create_server(("127.0.0.1", 0))
    proxy = HoldingProxy(target, listener.getsockname()[1])
    proxy.release()
    with serving(listener, proxy.serve):
        yield proxy
        proxy.release()
