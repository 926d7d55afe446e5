"""Reading among many sessions on MySQL: in a project that is large, against one that is small.

A ratio near 1 means that what is read does not grow with the project. OPENCODE_BENCH_SESSIONS is
how many sessions there are in all; a tenth of them is in the large project.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path

from benchmarks.measure import Comparison, compare
from opencode import open_store
from opencode.db.mysql import MySQLProvider
from opencode.db.mysql_cursor import SizedCursor
from opencode.parts import Text
from opencode.store import Store

SESSIONS = int(os.environ.get("OPENCODE_BENCH_SESSIONS", "100000"))
LARGE = SESSIONS // 10
SMALL = 900
PAGE = 50
CHUNK = 50_000
# Six of seven are children of another one; a third costs the same.
SEED = """
INSERT INTO sessions (
    id, project_id, parent_session_id, title, author, cost, updated_at, created_at
)
WITH RECURSIVE numbers (n) AS (
    SELECT {first}
    UNION ALL
    SELECT n + 1 FROM numbers WHERE n + 1 < {end}
)
SELECT
    lpad(n, 12, '0'),
    if(n < {large}, 'large', concat('small-', (n - {large}) DIV {small})),
    if(n MOD 7 = 0, NULL, lpad(n - n MOD 7, 12, '0')),
    concat('Session ', n),
    'ada',
    n MOD 3,
    1700000000 + n,
    1700000000 + n
FROM numbers
"""
COUNTERS = "SHOW SESSION STATUS LIKE 'Handler_read%'"


def run(directory: Path, dsn: str) -> Iterator[Comparison]:
    """Compare pages, filters, opening and appending."""
    with (
        closing(open_store(directory, project="large", dsn=dsn)) as large,
        closing(open_store(directory, project="small-1", dsn=dsn)) as small,
        ExitStack() as stack,
    ):
        _seed(large)
        stack.callback(_clean_up, large)
        ours = _calls(large, f"{LARGE // 2 - LARGE // 2 % 7:012}")
        middle = LARGE + SMALL + SMALL // 2
        peers = _calls(small, f"{middle - middle % 7:012}")
        print(f"  {SESSIONS:,} sessions, {LARGE:,} and {SMALL:,} in the two projects")
        for name, call in ours.items():
            rows = _rows_read(large, call), _rows_read(small, peers[name])
            print(f"  {name}: {rows[0]:,} and {rows[1]:,} rows read")
            yield compare(name, call, peers[name], rounds=7, calls=5)


def _calls(store: Store, middle: str) -> dict[str, Callable[[], object]]:
    sessions = store.sessions
    session = sessions.get(middle)
    page = partial(sessions.list, limit=PAGE)
    by_cost = partial(page, sort="cost", children=True)
    return {
        "first page": page,
        "last page": partial(page, last=True),
        "page up from the middle": partial(page, before=sessions.cursor(session, "updated")),
        "page amid equal costs": partial(by_cost, after=sessions.cursor(session, "cost")),
        "filter that matches many": partial(page, filter="session"),
        "filter that matches nothing": partial(page, filter="no such title"),
        "open a session": partial(_open, store, middle),
        "append a message": partial(store.messages.append, middle, role="user", parts=[Text("x")]),
    }


def _open(store: Store, session_id: str) -> object:
    return store.sessions.get(session_id), store.messages.list(session_id)


@contextmanager
def _cursor(store: Store) -> Iterator[SizedCursor]:
    assert isinstance(store.provider, MySQLProvider)
    with store.provider.borrow() as connection, connection.cursor() as cursor:
        yield cursor


def _seed(store: Store) -> None:
    with _cursor(store) as cursor:
        for first in range(0, SESSIONS, CHUNK):
            end = min(first + CHUNK, SESSIONS)
            cursor.execute(SEED.format(first=first, end=end, large=LARGE, small=SMALL))
        cursor.execute("ANALYZE TABLE sessions")
        cursor.fetchall()


def _clean_up(store: Store) -> None:
    with _cursor(store) as cursor:
        while cursor.execute(f"DELETE FROM sessions WHERE id < '{SESSIONS:012}' LIMIT {CHUNK}"):
            pass


def _rows_read(store: Store, call: Callable[[], object]) -> int:
    """The pool lends the same connection every time."""
    call()
    before = _counters(store)
    call()
    return _counters(store) - before


def _counters(store: Store) -> int:
    with _cursor(store) as cursor:
        cursor.execute(COUNTERS)
        return sum(int(value) for _, value in cursor.fetchall())
