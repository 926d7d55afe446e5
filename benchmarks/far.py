"""A server as it is from far away: a proxy on this machine that takes its time."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from queue import SimpleQueue

__all__ = ["FarServer", "far_server"]


class FarServer:
    """Passes bytes on, those to the server late by the time of a round trip."""

    def __init__(self, target: tuple[str, int], seconds: float) -> None:
        self.round_trips = 0
        """How many statements, and other messages, were sent to the server."""
        self._target = target
        self._seconds = seconds
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]

    def serve(self) -> None:
        """Take connections until `close`."""
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._target)
                _start(self._send, client, server)
                _start(_pump, server, client)

    def close(self) -> None:
        """Take no more connections."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _send(self, client: socket.socket, server: socket.socket) -> None:
        """Send what comes from the client, each piece in its time."""
        pieces: SimpleQueue[tuple[float, bytes]] = SimpleQueue()
        _start(_deliver, pieces, server)
        with suppress(OSError):
            while data := client.recv(1 << 16):
                self.round_trips += 1
                pieces.put((time.monotonic() + self._seconds, data))
        pieces.put((0, b""))


@contextmanager
def far_server(target: tuple[str, int], seconds: float) -> Iterator[FarServer]:
    """Run a proxy before a server that adds `seconds` to every round trip."""
    far = FarServer(target, seconds)
    _start(far.serve)
    try:
        yield far
    finally:
        far.close()


def _start(target: object, *arguments: object) -> None:
    threading.Thread(target=target, args=arguments, daemon=True).start()  # type: ignore[arg-type]


def _deliver(pieces: SimpleQueue[tuple[float, bytes]], server: socket.socket) -> None:
    while True:
        due, data = pieces.get()
        if not data:
            break
        time.sleep(max(0.0, due - time.monotonic()))
        with suppress(OSError):
            server.sendall(data)
    with suppress(OSError):
        server.shutdown(socket.SHUT_RDWR)


def _pump(server: socket.socket, client: socket.socket) -> None:
    with suppress(OSError):
        while data := server.recv(1 << 16):
            client.sendall(data)
    with suppress(OSError):
        client.shutdown(socket.SHUT_RDWR)
