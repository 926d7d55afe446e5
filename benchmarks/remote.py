"""The interface on a MySQL server that is far away: 200 ms are added to every round trip.

Takes the server from OPENCODE_TEST_MYSQL_DSN (of an empty database that may be written to); without
it there is nothing to measure. The peer is the same program on the same server without the proxy.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from benchmarks.far import FarServer, far_server
from benchmarks.measure import Comparison
from benchmarks.terminal import TimedTerminal
from opencode import open_store
from opencode.config import Overrides, load_config
from opencode.config.server import MySQLSettings
from opencode.parts import Text
from opencode.store import Store

DELAY = 0.2
SIZE = (140, 40)
SESSIONS = 300
MESSAGES = 400
PRESSES = int(__import__("os").environ.get("PRESSES", "20"))
PROJECT = "bench"
SETTLED = 0.4
"""Seconds of silence after which nothing is under way: the spinner would have turned."""

HERE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Press:
    """A key to be timed, where it means something, and what takes it back."""

    what: str
    key: bytes
    back: bytes = b""


ESC = b"\x1b"
LIST = (
    Press("j, a line down in the list", b"j"),
    Press("k, a line up in the list", b"k"),
    Press("space, a page down in the list", b" ", b"b"),
    Press("G, to the last session", b"G", b"g"),
    Press("/, the filter", b"/", ESC),
    Press("enter, a session", b"\r", ESC),
    Press("n, a new session", b"n", ESC),
    Press("r, the title", b"r", ESC),
    Press("s, the order", b"s"),
    Press("P, the projects", b"P", ESC),
    Press("?, the help", b"?", ESC),
    Press("ctrl-p, the palette", b"\x10", ESC),
)
SESSION = (
    Press("k, a line up in the session", b"k"),
    Press("b, a page up in the session", b"b", b" "),
    Press("G, to the last message", b"G", b"g"),
    Press("/, find in the session", b"/", ESC),
    Press("f, its files", b"f", ESC),
    Press("i, the prompt", b"i", ESC),
    Press("esc, back to the list", ESC, b"\r"),
)


def run(directory: Path) -> Iterator[Comparison]:
    """Compare the time to the frame that answers a key; tell the round trips that follow it."""
    dsn = os.environ.get("OPENCODE_TEST_MYSQL_DSN", "").partition(" ")[0]
    settings = load_config(Path(), overrides=Overrides(dsn=dsn)).mysql if dsn else None
    if settings is None or settings.socket:
        print("OPENCODE_TEST_MYSQL_DSN names no host: nothing was measured far away")
        return
    with (
        closing(open_store(directory, project=PROJECT, dsn=dsn)) as store,
        far_server((settings.host, settings.port), DELAY) as far,
    ):
        sessions = _fill(store)
        try:
            programs = Programs(directory, settings, far)
            yield from programs.first_screens()
            for keys, opened in ((LIST, b""), (SESSION, b"\r")):
                yield from programs.compare(keys, opened)
        finally:
            store.sessions.delete(*sessions)


def _fill(store: Store) -> list[str]:
    sessions = [
        store.sessions.create(title=f"session {number}", author=f"author {number % 5}").id
        for number in range(SESSIONS)
    ]
    for number in range(MESSAGES):
        store.messages.append(sessions[-1], role="user", parts=[Text(f"message {number}")])
    store.files.record(sessions[-1], path="a.txt", content="a\n")
    return sessions


class Programs:
    """The program, on the server itself and on the one that is far away."""

    def __init__(self, directory: Path, settings: MySQLSettings, far: FarServer) -> None:
        self._directory = directory
        self._settings = settings
        self._far = far

    def first_screens(self) -> Iterator[Comparison]:
        """Compare starting."""
        times = []
        for _ in range(5):
            before = self._far.round_trips
            pair = []
            for port in (self._far.port, self._settings.port):
                with self._started(port) as terminal:
                    pair.append(terminal.until(rb"session \d+\b") - terminal.started)
                    if port == self._far.port:
                        trips = self._far.round_trips - before
                        terminal.rest(SETTLED)
            times.append((pair[0], pair[1]))
        print(f"  first list: {trips} round trips, {self._far.round_trips - before} in all")
        yield _comparison("first list", times)

    def compare(self, keys: tuple[Press, ...], opened: bytes) -> Iterator[Comparison]:
        """Press keys in both; `opened` leads to where they mean something."""
        with self._started(self._far.port) as far, self._started(self._settings.port) as near:
            for terminal in (far, near):
                terminal.until(rb"1 of 300")
                terminal.rest(SETTLED)
                if opened:
                    terminal.press(opened)
                    terminal.rest(SETTLED)
            for press in keys:
                yield self._pressed(press, far, near)

    def _pressed(self, press: Press, far: TimedTerminal, near: TimedTerminal) -> Comparison:
        times, settled, trips = [], [], []
        for _ in range(PRESSES):
            before, begun = self._far.round_trips, time.perf_counter()
            times.append((far.press(press.key), near.press(press.key)))
            settled.append(far.rest(SETTLED) - begun)
            trips.append(self._far.round_trips - before)
            near.rest()
            if press.back:
                far.press(press.back), near.press(press.back)
                far.rest(SETTLED), near.rest()
        cuts = statistics.quantiles((seconds for seconds, _ in times), n=20)
        print(
            f"  p50 {cuts[9] * 1e3:.1f} ms, p95 {cuts[18] * 1e3:.1f} ms; "
            f"all there after {statistics.median(settled) * 1e3:.0f} ms, "
            f"{statistics.median(trips):.0f} round trips"
        )
        return _comparison(press.what, times)

    def _started(self, port: int) -> TimedTerminal:
        settings = self._settings
        password = settings.resolve_password(os.environ).reveal()
        address = f"tcp({settings.host if port == settings.port else '127.0.0.1'}:{port})"
        environment = {
            "HOME": str(self._directory),
            "LANG": "C.UTF-8",
            "OPENCODE_MYSQL_DSN": f"{settings.username}@{address}/{settings.database}",
            "OPENCODE_MYSQL_PASSWORD": password,
            "OPENCODE_PROJECT_ID": PROJECT,
            "OPENCODE_SESSION_PROVIDER_TYPE": "mysql",
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(HERE),
            "TERM": "xterm-256color",
        }
        command = [sys.executable, "-m", "opencode"]
        return TimedTerminal(command, cwd=self._directory, environment=environment, size=SIZE)


def _comparison(what: str, times: list[tuple[float, float]]) -> Comparison:
    ratios = [far / near for far, near in times]
    low, _, high = statistics.quantiles(ratios, n=4)
    far, near = (statistics.median(column) for column in zip(*times, strict=True))
    return Comparison(what, far, near, statistics.median(ratios), (low, high))
