"""kill -9 at any moment of an upgrade on a server, again and again, and many starts at once.

Whenever a process is killed, the next start finishes the work, and the database is then what it
would be if nothing had happened. A statement that changes tables cannot be undone on a server: what
is left behind is looked at by the next start, which may be killed in turn.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.db.mysqldatabase import SHIPPED, Database
from tests.db.workers import all_at_once, begin, worker

# Many kills on two kinds of databases take long on a slow machine.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

KILLS = 25
"""On each kind of database, so twice as many on each server."""
IN_A_ROW = 5
"""At most so many starts are killed before one is left alone."""
STARTS = 10
SESSIONS = 550  # the backfill takes 500 at once
MESSAGES = 2
THEN = 1_750_000_000

TABLES = ("sessions", "messages", "files")


@dataclass(frozen=True, slots=True)
class Undisturbed:
    """What an upgrade makes of a database when nobody kills it."""

    data: object
    events: int
    """How often it tells how far it is."""
    seconds: float

    @property
    def pace(self) -> float:
        """Seconds between two events."""
        return self.seconds / self.events


def leave_empty(database: Database) -> None:
    database.empty()


def leave_old(database: Database) -> None:
    """As a program of the second schema left it: no projects, no numbers, triggers of old."""
    database.empty()
    database.apply(*SHIPPED[:2])
    with database.open() as connection, connection.cursor() as cursor:
        cursor.execute(f"SET timestamp = {THEN}")  # what the triggers take for now
        cursor.executemany(
            "INSERT INTO sessions (id, parent_session_id, title, updated_at, created_at)"
            " VALUES (%s, %s, %s, %s, %s)",
            [
                (f"s{number:04}", "s0000" if number % 3 else None, f"Title {number}", THEN, THEN)
                for number in range(SESSIONS)
            ],
        )
        cursor.executemany(
            "INSERT INTO messages (id, session_id, role, parts, created_at, updated_at)"
            " VALUES (%s, %s, 'user', %s, %s, %s)",
            [
                (f"m{9 - place}-{number:04}", f"s{number:04}", f"[{place}]", THEN + place, THEN)
                for number in range(SESSIONS)
                for place in range(MESSAGES)
            ],
        )
        cursor.executemany(
            "INSERT INTO files (id, session_id, path, content, version, created_at, updated_at)"
            " VALUES (%s, %s, 'main.go', 'package main', 'initial', %s, %s)",
            [(f"f{number:04}", f"s{number:04}", THEN, THEN) for number in range(0, SESSIONS, 10)],
        )


def contents(database: Database) -> list[object]:
    return [database.run(f"SELECT * FROM {table} ORDER BY id") for table in TABLES]


def watch(database: Database) -> Undisturbed:
    """Upgrade in a process that nobody kills."""
    with worker(database.dsn) as process:
        began = time.monotonic()
        output, _ = process.communicate("go\n", timeout=60)
        seconds = time.monotonic() - began
    assert process.returncode == 0
    events = output.count("\n")
    return Undisturbed(contents(database), events, seconds)


def is_killed(database: Database, events: int, seconds: float) -> bool:
    """Start, and kill so long after so many events; False where the work was done sooner."""
    with worker(database.dsn) as process:
        begin(process)
        assert process.stdout is not None
        told = [process.stdout.readline() for _ in range(events)]
        time.sleep(seconds)
        process.kill()
        told.append(process.stdout.read())
    return "applied" not in "".join(told)


@pytest.fixture
def database(mysql_database: str) -> Database:
    return Database(mysql_database)


@pytest.mark.parametrize("leave", [leave_empty, leave_old])
def test_killed_again_and_again_it_still_gets_there(
    database: Database, leave: Callable[[Database], None]
) -> None:
    database.upgrade()
    schema = database.snapshot()
    leave(database)
    undisturbed = watch(database)
    chance = random.Random(1)
    kills = rounds = 0
    while kills < KILLS:
        leave(database)
        events = chance.randrange(undisturbed.events)
        for _ in range(IN_A_ROW):
            if not is_killed(database, events, chance.uniform(0, undisturbed.pace)):
                break
            kills += 1
            events = chance.randrange(2)
        database.upgrade()
        assert database.is_finished()
        assert database.snapshot() == schema
        assert contents(database) == undisturbed.data
        rounds += 1
        assert rounds < KILLS, "hardly a start was killed before it had done its work"


def test_of_many_that_start_at_once_exactly_one_migrates_and_all_work(database: Database) -> None:
    outputs = all_at_once([database.dsn] * STARTS, module="store_worker")
    applied, stored = zip(*outputs, strict=True)
    assert sorted(applied) == ["applied 0"] * (STARTS - 1) + [f"applied {len(SHIPPED)}"]
    found = database.names("SELECT id FROM sessions WHERE message_count = 1")
    assert sorted(stored) == sorted(f"stored {id} True" for id in found)
    assert len(found) == STARTS
    assert database.is_finished()
