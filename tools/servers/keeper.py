"""The process that owns the servers of a run, as seen by those who use it.

All workers of a test run share a server, which starts when the first of them asks for it. The
process removes its servers when its parent ends, however that dies; see `keeping`.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tools import PROJECT
from tools.servers.server import Server, ServerError
from tools.servers.sources import Source

__all__ = ["Keeper", "KeeperProcess"]

_ANSWER_SECONDS = 115.0
_GOODBYE_SECONDS = 60.0


class Keeper:
    """What any process may ask for; one `handle` is one server, shared by those who name it."""

    def __init__(self, directory: str) -> None:
        self.directory = directory
        """Tells other processes where the keeper is; holds a socket."""

    def start(self, source: Source, handle: str, flags: Sequence[str] = ()) -> Server:
        """Return the server once it answers; started, or after `kill` started again.

        Raises:
            ServerError: It does not start.
        """
        answer = self._ask(do="start", source=asdict(source), handle=handle, flags=list(flags))
        return Server(**{**answer, "version": tuple(answer["version"])})

    def kill(self, handle: str) -> None:
        """End the server as a crash would; its data stay."""
        self._ask(do="kill", handle=handle)

    def remove(self, handle: str) -> None:
        """End the server and remove its data."""
        self._ask(do="remove", handle=handle)

    @property
    def address(self) -> str:
        """The path of the socket."""
        return str(Path(self.directory, "s"))

    def _ask(self, **request: Any) -> dict[str, Any]:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(_ANSWER_SECONDS)
            try:
                connection.connect(self.address)
                connection.sendall(json.dumps(request).encode() + b"\n")
                with connection.makefile(encoding="utf-8") as lines:
                    line = lines.readline()
            except OSError as error:
                raise ServerError(f"the keeper of the servers does not answer: {error}") from error
        answer: dict[str, Any] = json.loads(line or '{"error": "the keeper of the servers died"}')
        if "error" in answer:
            raise ServerError(answer["error"])
        return answer


class KeeperProcess(Keeper):
    """The process itself, for its parent; leaving the block ends it with all its servers."""

    def __init__(self) -> None:
        super().__init__(tempfile.mkdtemp(prefix="opencode-keeper-"))
        # Bound here, so that no client comes too early.
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(self.address)
            listener.listen(64)
            arguments = ["-m", "tools.servers.keeping", str(listener.fileno()), self.directory]
            self._process = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=PROJECT,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                # Ctrl-C is the parent's affair.
                start_new_session=True,
                pass_fds=[listener.fileno()],
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Wait until everything is gone."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(_GOODBYE_SECONDS)
