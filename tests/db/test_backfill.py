"""Numbering messages and tagging sessions: only what has no value, at any point again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencode.db.backfill import BackfillProgress, BackfillReport, backfill
from opencode.db.migrations import shipped_migrations
from opencode.db.querier import Querier
from opencode.db.queries import load_queries
from opencode.errors import DatabaseDamaged
from tests.db.databases import PROJECT


def make_connection() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    for migration in shipped_migrations("sqlite"):
        connection.executescript(migration.path.read_text(encoding="utf-8"))
    return connection


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    connection = make_connection()
    yield connection
    connection.close()


class Interrupted(Exception):
    """Raised where a process would be killed."""


def fill(
    connection: sqlite3.Connection, *, batch: int = 500, stop_after: int | None = None
) -> tuple[BackfillReport, list[BackfillProgress]]:
    seen: list[BackfillProgress] = []

    def progress(at: BackfillProgress) -> None:
        seen.append(at)
        if len(seen) == stop_after:
            raise Interrupted

    querier = Querier(load_queries("sqlite"), connection)
    report = backfill(
        connection, querier, "sqlite", project_id=lambda: PROJECT, batch=batch, progress=progress
    )
    return report, seen


def add_session(
    connection: sqlite3.Connection, id: str, *, project: str | None = None, last_seq: int = 0
) -> None:
    connection.execute(
        "INSERT INTO sessions (id, title, updated_at, created_at, project_id, last_seq)"
        " VALUES (?, 'x', 100, 100, ?, ?)",
        (id, project, last_seq),
    )


def add_message(
    connection: sqlite3.Connection, id: str, session: str, *, seq: int | None, at: int = 100
) -> None:
    """A message as it was before there were numbers; with a seq the trigger stays out of it."""
    connection.execute(
        "INSERT INTO messages (id, session_id, role, created_at, updated_at, seq)"
        " VALUES (?, ?, 'user', ?, 100, ?)",
        (id, session, at, -1 if seq is None else seq),
    )
    if seq is None:
        connection.execute("UPDATE messages SET seq = NULL WHERE id = ?", (id,))


def numbers(connection: sqlite3.Connection, session: str = "s") -> dict[str, int | None]:
    found = connection.execute("SELECT id, seq FROM messages WHERE session_id = ?", (session,))
    return dict(found.fetchall())


def last_seq(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT last_seq FROM sessions WHERE id = 's'").fetchone()[0])


def test_times_decide_and_among_equal_ones_the_order_of_writing(
    connection: sqlite3.Connection,
) -> None:
    add_session(connection, "s", last_seq=4)
    for id, at in (("d", 200), ("c", 100), ("b", 100), ("a", 150)):
        add_message(connection, id, "s", seq=None, at=at)
    report, _ = fill(connection)
    assert numbers(connection) == {"c": 1, "b": 2, "a": 3, "d": 4}
    assert (report, last_seq(connection)) == (BackfillReport(1, 4, PROJECT), 4)


def test_the_reserved_numbers_lie_before_what_was_added_since(
    connection: sqlite3.Connection,
) -> None:
    add_session(connection, "s", last_seq=3)
    add_message(connection, "old-1", "s", seq=None)
    add_message(connection, "old-2", "s", seq=None)
    add_message(connection, "new", "s", seq=3)
    fill(connection)
    assert numbers(connection) == {"old-1": 1, "old-2": 2, "new": 3}
    assert last_seq(connection) == 3


def test_without_room_before_them_the_messages_go_to_the_end(
    connection: sqlite3.Connection,
) -> None:
    add_session(connection, "s", last_seq=2)
    add_message(connection, "first", "s", seq=1)
    add_message(connection, "second", "s", seq=2)
    add_message(connection, "late", "s", seq=None)
    fill(connection)
    assert numbers(connection) == {"first": 1, "second": 2, "late": 3}
    assert last_seq(connection) == 3


def test_a_counter_is_never_lowered(connection: sqlite3.Connection) -> None:
    add_session(connection, "s", last_seq=9)
    add_message(connection, "only", "s", seq=None)
    fill(connection)
    assert (numbers(connection), last_seq(connection)) == ({"only": 1}, 9)


def test_messages_without_a_session_are_numbered_too(connection: sqlite3.Connection) -> None:
    add_message(connection, "lost-1", "gone", seq=None)
    add_message(connection, "lost-2", "gone", seq=None)
    fill(connection)
    assert numbers(connection, "gone") == {"lost-1": 1, "lost-2": 2}


def test_only_sessions_without_a_project_get_one(connection: sqlite3.Connection) -> None:
    add_session(connection, "a", project="other")
    add_session(connection, "b")
    report, _ = fill(connection)
    found = connection.execute("SELECT id, project_id, updated_at FROM sessions ORDER BY id")
    assert found.fetchall() == [("a", "other", 100), ("b", PROJECT, 100)]
    assert report == BackfillReport(1, 0, PROJECT)


def test_the_project_is_not_looked_up_without_need(connection: sqlite3.Connection) -> None:
    add_session(connection, "s", project="other", last_seq=1)
    add_message(connection, "m", "s", seq=None)

    def never() -> str:
        raise AssertionError("asked for the project")

    querier = Querier(load_queries("sqlite"), connection)
    report = backfill(connection, querier, "sqlite", project_id=never)
    assert report == BackfillReport(sessions=0, messages=1)


def test_progress_counts_up_to_all(connection: sqlite3.Connection) -> None:
    for number in range(7):
        add_session(connection, f"s{number}", last_seq=2)
        for place in range(2):
            add_message(connection, f"m{number}{place}", f"s{number}", seq=None)
    report, seen = fill(connection, batch=4)
    assert report == BackfillReport(7, 14, PROJECT)
    assert [at.done for at in seen] == [4, 8, 12, 14, 18, 21]
    assert {at.total for at in seen} == {21}


def test_an_error_takes_its_batch_back(connection: sqlite3.Connection) -> None:
    for id in ("s", "t"):
        add_session(connection, id, last_seq=1)
        add_message(connection, f"{id}-1", id, seq=None)
    connection.execute(
        "CREATE TRIGGER stop BEFORE UPDATE OF seq ON messages WHEN old.session_id = 't'"
        " BEGIN SELECT raise(ABORT, 'stop'); END"
    )
    with pytest.raises(sqlite3.IntegrityError, match="stop"):
        fill(connection)
    assert not connection.in_transaction
    assert numbers(connection) == {"s-1": None}


def test_messages_that_cannot_be_numbered_do_not_go_on_for_ever(
    connection: sqlite3.Connection,
) -> None:
    add_session(connection, "s", last_seq=1)
    add_message(connection, "m", "s", seq=None)
    connection.execute(
        "CREATE TRIGGER skip BEFORE UPDATE OF seq ON messages BEGIN SELECT raise(IGNORE); END"
    )
    with pytest.raises(DatabaseDamaged, match="1 messages of session s"):
        fill(connection)
    assert not connection.in_transaction


@given(
    sizes=st.lists(st.integers(0, 6), max_size=6),
    batch=st.integers(1, 8),
    stops=st.lists(st.integers(1, 4), max_size=3),
)
def test_interrupted_anywhere_it_ends_as_if_it_had_not_been(
    sizes: list[int], batch: int, stops: list[int]
) -> None:
    def build() -> sqlite3.Connection:
        connection = make_connection()
        for number, size in enumerate(sizes):
            add_session(connection, f"s{number}", last_seq=size)
            for place in range(size):
                add_message(connection, f"m{number}-{place}", f"s{number}", seq=None, at=place // 2)
        return connection

    clean, broken = build(), build()
    fill(clean)
    for stop in stops:
        try:
            fill(broken, batch=batch, stop_after=stop)
        except Interrupted:
            assert not broken.in_transaction
    report, _ = fill(broken, batch=batch)
    assert list(broken.iterdump()) == list(clean.iterdump())
    assert report.messages <= sum(sizes)
    assert fill(broken)[0] == BackfillReport()
    clean.close()
    broken.close()
