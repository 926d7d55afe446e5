"""The interface in a terminal against a bare urwid program, both on the same database."""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.long_database import MESSAGES, SESSIONS, fill
from benchmarks.measure import Comparison
from benchmarks.terminal import TimedTerminal

SIZE = (140, 40)
ROUNDS = 11
KEYS = 200
PAGES = 1_000
REST = 20
"""Seconds."""

FIRST = rb"[^,\d]1 of 100,000"
"""What says that the cursor is on the first session."""

WITH_7 = 40_951
"""Sessions with a 7 in their titles."""

HERE = Path(__file__).resolve().parent.parent

Pair = tuple[float, float]
"""Seconds that ours took, and the peer."""


@dataclass(frozen=True, slots=True)
class Programs:
    """How both are started, on one database."""

    directory: Path

    def ours(self) -> TimedTerminal:
        return self._started("-m", "opencode")

    def bare(self, limit: int = SESSIONS, *session: str) -> TimedTerminal:
        file = str(self.directory / "opencode.db")
        return self._started("-m", "benchmarks.bare_urwid", file, str(limit), *session)

    def _started(self, *command: str) -> TimedTerminal:
        environment = {
            "HOME": str(self.directory),
            "LANG": "C.UTF-8",
            "OPENCODE_DATA_DIRECTORY": str(self.directory),
            "OPENCODE_PROJECT_ID": "bench",
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(HERE),
            "TERM": "xterm-256color",
        }
        return TimedTerminal(
            [sys.executable, *command], cwd=self.directory, environment=environment, size=SIZE
        )


def run(directory: Path) -> Iterator[Comparison]:
    """Compare starting, keys and jumps; tell about memory, and what is done at rest."""
    fill(directory)
    programs = Programs(directory)
    yield from _first_screens(programs)
    yield from _keys(programs)
    yield from _jumps(programs)
    _paging(programs)
    _at_rest(programs)


def _first_screens(programs: Programs) -> Iterator[Comparison]:
    """Compare with a program that reads one page, and with one that loads all rows."""
    for what, bare in (("one page", partial(programs.bare, 100)), ("all rows", programs.bare)):
        _first_screen(programs.ours), _first_screen(bare)  # warms the caches
        times: list[Pair] = []
        for turn in range(ROUNDS):
            if turn % 2:
                theirs, mine = _first_screen(bare), _first_screen(programs.ours)
            else:
                mine, theirs = _first_screen(programs.ours), _first_screen(bare)
            times.append((mine, theirs))
        yield _comparison(f"first useful screen (peer: {what})", times)


def _first_screen(start: Callable[[], TimedTerminal]) -> float:
    with start() as terminal:
        return terminal.until(rb"session 0\b") - terminal.started


def _keys(programs: Programs) -> Iterator[Comparison]:
    """Compare keys; the peer has all its rows in memory."""
    down, page_down = b"\x1b[B", b"\x1b[6~"
    for what, key, bare_key in (("line", b"j", down), ("page", b" ", page_down)):
        with programs.ours() as ours, programs.bare() as bare:
            _settled(ours, bare, rb"1 of 100,000")
            yield _pressed(f"a {what} down in the list", ours, key, bare, bare_key)
    for what, key, bare_key in (("line", b"k", down), ("page", b"b", page_down)):
        with programs.ours() as ours, programs.bare(MESSAGES, "long") as bare:
            ours.until(rb"1 of 100,000")
            ours.press(b"\r")
            _settled(ours, bare, rb"of 20,000")
            yield _pressed(f"a {what} up in the session", ours, key, bare, bare_key)


def _settled(ours: TimedTerminal, bare: TimedTerminal, shown: bytes) -> None:
    for terminal in (ours, bare):
        terminal.until(shown)
        terminal.rest(0.5)


def _pressed(
    what: str, ours: TimedTerminal, key: bytes, bare: TimedTerminal, bare_key: bytes
) -> Comparison:
    times = [(ours.press(key), bare.press(bare_key)) for _ in range(KEYS)]
    for who, seconds in zip(("ours", "bare"), zip(*times, strict=True), strict=True):
        cuts = statistics.quantiles(seconds, n=20)
        print(f"  {who}: p50 {cuts[9] * 1e3:.1f} ms, p95 {cuts[18] * 1e3:.1f} ms")
    return _comparison(what, times)


def _jumps(programs: Programs) -> Iterator[Comparison]:
    """Compare going to the end and filtering with a program that has all rows loaded."""
    last, filtered = rb"100,000 of 100,000", rb"of 40,951"
    with programs.ours() as ours, programs.bare() as bare:
        _settled(ours, bare, FIRST)
        before = ours.memory()
        times: list[Pair] = []
        for _ in range(ROUNDS):
            times.append((ours.press_until(b"G", last), bare.press_until(b"\x1b[F", last)))
            ours.press_until(b"g", FIRST)
            bare.press_until(b"\x1b[H", FIRST)
        yield _comparison("G, to the last session", times)
        grown = ours.memory() - before
        ours.press(b"/")
        times = []
        for _ in range(ROUNDS):
            times.append((ours.press_until(b"7", filtered), bare.press_until(b"/", filtered)))
            ours.press_until(b"\x7f", rb"of 100,000")
            bare.press_until(b"a", rb"of 100,000")
        yield _comparison(f"/, to {WITH_7:,} of the sessions", times)
        print(
            f"  memory: ours {ours.memory():.0f} MB ({grown:+.1f} MB after G and g), "
            f"bare {bare.memory():.0f} MB"
        )


def _paging(programs: Programs) -> None:
    """Tell how memory grows while somebody pages through the list, and does so again.

    What the first time adds is SQLite's cache of pages, which is bounded.
    """
    with programs.ours() as ours:
        ours.until(rb"1 of 100,000")
        memory = [ours.memory()]
        for _ in range(2):
            for _ in range(PAGES):
                ours.press(b" ")
            memory.append(ours.memory())
            ours.press_until(b"g", FIRST)
        first, second = memory[1] - memory[0], memory[2] - memory[1]
        print(
            f"  memory: {memory[0]:.1f} MB, {first:+.1f} MB after {PAGES:,} pages, "
            f"{second:+.1f} MB after the same again"
        )


def _at_rest(programs: Programs) -> None:
    """Tell what a program does while nobody does anything."""
    with programs.ours() as ours, programs.bare() as bare:
        _settled(ours, bare, rb"1 of 100,000")
        ours.rest(1.5)
        before = ours.cpu(), bare.cpu()
        time.sleep(REST)
        mine, theirs = ours.cpu() - before[0], bare.cpu() - before[1]
        print(f"  {REST} s at rest: ours {mine * 1e3:.1f} ms, bare {theirs * 1e3:.1f} ms")


def _comparison(what: str, times: Sequence[Pair]) -> Comparison:
    low, middle, high = statistics.quantiles((ours / peer for ours, peer in times), n=4)
    return Comparison(
        what,
        statistics.median(ours for ours, _ in times),
        statistics.median(peer for _, peer in times),
        middle,
        (low, high),
    )
