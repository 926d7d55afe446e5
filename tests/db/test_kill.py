"""kill -9 at any moment of an upgrade, and many upgrades at once.

Whenever a process is killed, the next start finishes the work, and the database is then what it
would be if nothing had happened.
"""

from __future__ import annotations

import random
import shutil
import time
from pathlib import Path

import pytest

from opencode.db.migrations import shipped_migrations
from opencode.db.survey import status
from opencode.db.target import SQLiteTarget
from tests.db.databases import backups, dump, make_go_database, rows, upgrade_file
from tests.db.workers import Worker, all_at_once, begin, worker

SESSIONS = 300
MESSAGES = 30
MIGRATIONS = len(shipped_migrations("sqlite"))
KILLS_BY_TIME = 24
KILLS_BY_EVENT = 16


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of the Go OpenCode large enough for its upgrade to take a while."""
    directory = tmp_path_factory.mktemp("old")
    return make_go_database(directory / "opencode.db", sessions=SESSIONS, messages=MESSAGES)


@pytest.fixture(scope="module")
def clean(old: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], list[str]]:
    """What an undisturbed upgrade makes of it, and what it told on the way."""
    path = copy(old, tmp_path_factory.mktemp("clean"))
    with worker(str(path)) as process:
        events = go(process).splitlines()
    return dump(path), events


def copy(old: Path, directory: Path) -> Path:
    directory.mkdir(exist_ok=True)
    return Path(shutil.copyfile(old, directory / "opencode.db"))


def go(process: Worker) -> str:
    output, _ = process.communicate("go\n", timeout=60)
    assert process.returncode == 0
    return output


def finish(path: Path, expected: list[str]) -> None:
    """The next start completes what a killed one began."""
    upgrade_file(path)
    assert dump(path) == expected
    assert status(SQLiteTarget(path)).problems == ()
    assert rows(path, "PRAGMA integrity_check") == [("ok",)]
    assert not [file for file in backups(path) if file.suffix != ".bak"]


@pytest.mark.slow
def test_killed_at_any_time_the_next_start_completes(
    old: Path, clean: tuple[list[str], list[str]], tmp_path: Path
) -> None:
    expected, _ = clean
    whole = timed(copy(old, tmp_path / "timed"))
    unfinished = 0
    for number in range(KILLS_BY_TIME):
        path = copy(old, tmp_path / str(number))
        with worker(str(path)) as process:
            begin(process)
            time.sleep(whole * (number + random.random()) / KILLS_BY_TIME)
            process.kill()
            process.wait()
        unfinished += bool(status(SQLiteTarget(path)).pending) or not_filled_in(path)
        finish(path, expected)
    assert unfinished >= KILLS_BY_TIME // 4  # else the test does not test anything


@pytest.mark.slow
def test_killed_after_any_event_the_next_start_completes(
    old: Path, clean: tuple[list[str], list[str]], tmp_path: Path
) -> None:
    expected, events = clean
    chosen = random.sample(range(len(events) - 1), min(KILLS_BY_EVENT, len(events) - 1))
    for number in chosen:
        path = copy(old, tmp_path / str(number))
        with worker(str(path)) as process:
            begin(process)
            assert process.stdout is not None
            for _ in range(number + 1):
                process.stdout.readline()
            process.kill()
            process.wait()
        finish(path, expected)


@pytest.mark.slow
def test_killed_again_and_again_it_still_gets_there(
    old: Path, clean: tuple[list[str], list[str]], tmp_path: Path
) -> None:
    expected, _ = clean
    path = copy(old, tmp_path / "again")
    for _ in range(6):
        with worker(str(path)) as process:
            begin(process)
            assert process.stdout is not None
            for _ in range(3):
                process.stdout.readline()
            process.kill()
            process.wait()
    finish(path, expected)


@pytest.mark.slow
@pytest.mark.parametrize("count", [2, 10])
@pytest.mark.parametrize("kind", ["old", "new"])
def test_of_many_that_start_at_once_exactly_one_migrates(
    old: Path, clean: tuple[list[str], list[str]], tmp_path: Path, count: int, kind: str
) -> None:
    path = copy(old, tmp_path / "at-once") if kind == "old" else tmp_path / "x" / "opencode.db"
    outputs = all_at_once([str(path)] * count)
    applied = sorted(int(lines[-1].split()[1]) for lines in outputs)
    assert applied == [0] * (count - 1) + [MIGRATIONS - (2 if kind == "old" else 0)]
    if kind == "old":
        assert dump(path) == clean[0]
        assert len(backups(path)) == 1
    else:
        assert status(SQLiteTarget(path)).problems == ()


def timed(path: Path) -> float:
    """Seconds from the word to go to the end of an undisturbed upgrade."""
    with worker(str(path)) as process:
        began = time.monotonic()
        go(process)
        return time.monotonic() - began


def not_filled_in(path: Path) -> bool:
    sql = "SELECT EXISTS (SELECT 1 FROM sessions WHERE project_id IS NULL)"
    return rows(path, sql) == [(1,)]
