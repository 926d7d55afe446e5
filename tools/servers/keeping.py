"""The keeper's process: `python -m tools.servers.keeping DESCRIPTOR DIRECTORY`.

It lives as long as its standard input is open. The write end of that pipe is with the parent
alone, and the system closes it however the parent ends, `kill -9` included.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import signal
import socket
import socketserver
import subprocess
import sys
import threading
from dataclasses import asdict
from types import FrameType
from typing import Any

from pymysql.err import MySQLError

from tools.servers.server import OwnServer, ServerError, describe
from tools.servers.sources import Source, own_server

__all__ = ["Servers", "main"]


class Servers:
    """The servers by handle. Requests for one handle wait for each other, others do not."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}
        self._servers: dict[str, OwnServer] = {}
        self._broken: dict[str, str] = {}

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Do what a client of `Keeper` asks for."""
        handle = request["handle"]
        with self._lock_of(handle):
            try:
                if request["do"] == "start":
                    return self._start(Source(**request["source"]), handle, request["flags"])
                if request["do"] == "kill":
                    self._servers[handle].kill()
                else:
                    self._servers.pop(handle).remove()
            except (ServerError, MySQLError, OSError, subprocess.SubprocessError) as error:
                # Once is enough: starting in vain takes long, and many tests will ask.
                self._broken[handle] = str(error)
                return {"error": str(error)}
        return {}

    def remove_all(self) -> None:
        """Stop what is being started, remove everything, and start nothing any more."""
        self._lock.acquire()
        for server in list(self._servers.values()):
            server.cancelled.set()
        for handle, server in list(self._servers.items()):
            with self._locks[handle]:
                server.remove()

    def _lock_of(self, handle: str) -> threading.Lock:
        with self._lock:
            return self._locks.setdefault(handle, threading.Lock())

    def _start(self, source: Source, handle: str, flags: list[str]) -> dict[str, Any]:
        if handle in self._broken:
            raise ServerError(self._broken[handle])
        server = self._servers.get(handle)
        if server is None:
            server = self._servers[handle] = own_server(source, flags)
        if not server.started or server.has_ended():
            server.start()
        facts = describe(source.name, server.account, socket=server.socket, ca=server.ca)
        return asdict(facts)


class _Handler(socketserver.StreamRequestHandler):
    server: _Listener

    def handle(self) -> None:
        # A client that is killed does not wait for the answer.
        with contextlib.suppress(ConnectionError):
            request = self.rfile.readline()
            answer = self.server.servers.answer(json.loads(request)) if request else {}
            self.wfile.write(json.dumps(answer).encode() + b"\n")


class _Listener(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True

    def __init__(self, descriptor: int, servers: Servers) -> None:
        super().__init__("", _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = socket.socket(fileno=descriptor)
        self.servers = servers


def main(descriptor: int, directory: str) -> None:
    """Serve until standard input ends or a signal asks to stop."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    servers = Servers()
    listener = _Listener(descriptor, servers)
    threading.Thread(target=listener.serve_forever, daemon=True).start()
    try:
        sys.stdin.buffer.read()
    finally:
        servers.remove_all()
        shutil.rmtree(directory, ignore_errors=True)


def _stop(number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + number)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
