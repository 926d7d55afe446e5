"""A TCP proxy between client and server that does to connections what networks do."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum, auto

from tests.db.fakemysql import serving


class Fault(Enum):
    """What happens to a request that holds the bytes waited for."""

    RESET_BEFORE = auto()
    """It never arrives, and the client sees the connection reset."""
    RESET_AFTER = auto()
    """The server acts on it; its answer is lost and the client sees the connection reset."""
    SILENCE_BEFORE = auto()
    """It never arrives, and nobody is told."""
    SILENCE_AFTER = auto()
    """The server acts on it; its answer never arrives, and nobody is told."""
    LATE = auto()
    """As SILENCE_BEFORE, but it arrives when the test says so (`deliver`)."""


@dataclass
class FaultProxy:
    """Passes everything on, until a fault is set."""

    target: tuple[str, int]
    port: int = 0
    delay: float = 0.0
    """Seconds that each piece of data takes, both ways."""
    refuse: bool = False
    """Reset new connections."""
    connections: int = 0
    triggered: int = 0
    deliver: threading.Event = field(default_factory=threading.Event)
    _faults: list[tuple[bytes, Fault]] = field(default_factory=list)
    _open: list[tuple[socket.socket, socket.socket]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def expect(self, request: bytes, fault: Fault, *, times: int = 1) -> None:
        """Do this to the next requests that hold these bytes."""
        with self._lock:
            self._faults += [(request, fault)] * times

    def cut(self) -> None:
        """Reset all connections there are."""
        with self._lock:
            pairs, self._open = self._open, []
        for client, server in pairs:
            _reset(client)
            _reset(server)

    def serve(self, client: socket.socket) -> None:
        self.connections += 1
        if self.refuse:
            _reset(client)
            return
        with socket.create_connection(self.target) as server:
            with self._lock:
                self._open.append((client, server))
            link = _Link(self, client, server)
            back = threading.Thread(target=link.pump_back, daemon=True)
            back.start()
            with suppress(OSError):
                link.pump_forth()
            with suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)
            back.join(timeout=5)

    def take(self, data: bytes) -> Fault | None:
        with self._lock:
            for index, (request, fault) in enumerate(self._faults):
                if request in data:
                    del self._faults[index]
                    self.triggered += 1
                    return fault
        return None


@dataclass
class _Link:
    proxy: FaultProxy
    client: socket.socket
    server: socket.socket
    lose_answers: bool = False
    reset_at_answer: bool = False

    def pump_forth(self) -> None:
        while data := self.client.recv(1 << 16):
            time.sleep(self.proxy.delay)
            fault = self.proxy.take(data)
            match fault:
                case Fault.RESET_BEFORE:
                    _reset(self.client)
                    return
                case Fault.SILENCE_BEFORE:
                    self.lose_answers = True
                    continue
                case Fault.LATE:
                    self.lose_answers = True
                    self.proxy.deliver.wait(30)
                case Fault.SILENCE_AFTER | Fault.RESET_AFTER:
                    self.lose_answers = True
                    self.reset_at_answer = fault is Fault.RESET_AFTER
            self.server.sendall(data)

    def pump_back(self) -> None:
        with suppress(OSError):
            while data := self.server.recv(1 << 16):
                time.sleep(self.proxy.delay)
                if not self.lose_answers:
                    self.client.sendall(data)
                elif self.reset_at_answer:
                    break
        _reset(self.client)


def _reset(connection: socket.socket) -> None:
    """Close so that the other side sees a reset, also while another thread reads from it."""
    with suppress(OSError):
        linger = struct.pack("ii", 1, 0)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()


@contextmanager
def fault_proxy(target: tuple[str, int]) -> Iterator[FaultProxy]:
    """Run one on a free port of 127.0.0.1."""
    listener = socket.create_server(("127.0.0.1", 0))
    proxy = FaultProxy(target, port=listener.getsockname()[1])
    with serving(listener, proxy.serve):
        yield proxy
        proxy.deliver.set()
        proxy.cut()
