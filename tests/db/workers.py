"""Processes that upgrade or open a database, for tests that kill them or start many at once."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from tests.conftest import PROJECT

__all__ = ["Worker", "all_at_once", "begin", "worker"]

Worker = subprocess.Popen[str]


@contextmanager
def worker(place: str, *, module: str = "upgrade_worker") -> Iterator[Worker]:
    """A process that has loaded everything and waits for the word to go."""
    command = [sys.executable, "-m", f"tests.db.{module}", place]
    with subprocess.Popen(
        command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        try:
            yield process
        finally:
            process.kill()


def begin(process: Worker) -> None:
    """Give the word."""
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


def all_at_once(places: Sequence[str], *, module: str = "upgrade_worker") -> list[list[str]]:
    """The lines that each process of many printed, after the word was given to all."""
    with ExitStack() as stack:
        processes = [stack.enter_context(worker(place, module=module)) for place in places]
        for process in processes:
            begin(process)
        outputs = [process.communicate(timeout=100)[0] for process in processes]
    assert [process.returncode for process in processes] == [0] * len(processes)
    return [output.splitlines() for output in outputs]
