"""Appending on MySQL: 16 processes, against bare PyMySQL doing the same statements; then reading.

Takes the server from OPENCODE_TEST_MYSQL_DSN (of an empty database that may be written to); without
it there is nothing to measure.
"""

from __future__ import annotations

import multiprocessing
import os
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks import mysql_pages
from benchmarks.measure import Comparison
from opencode import open_store
from opencode.config import Overrides, load_config
from opencode.parts import Text
from opencode.store.ids import new_id

PROCESSES = 16
MESSAGES = 100
ROUNDS = 3
PARTS = '[{"type":"text","data":{"text":"hello"}}]'
COLUMNS = "id, session_id, seq, role, parts, model, created_at, updated_at, finished_at"

Writer = Callable[[str, str], list[float]]


def run(directory: Path) -> Iterator[Comparison]:
    """Compare appending into one session, and into one for each process; then `mysql_pages`."""
    dsn = os.environ.get("OPENCODE_TEST_MYSQL_DSN", "").partition(" ")[0]
    if not dsn:
        print("OPENCODE_TEST_MYSQL_DSN is not set: nothing was measured on MySQL")
        return
    with open_store(directory, project="bench", dsn=dsn) as store:
        for name, count in (("one session", 1), (f"{PROCESSES} sessions", PROCESSES)):
            sessions = [store.sessions.create(title="bench").id for _ in range(count)]
            targets = [sessions[number % count] for number in range(PROCESSES)]
            yield _compare(f"append, {PROCESSES} processes, {name}", dsn, targets)
            store.sessions.delete(*sessions)
    yield from mysql_pages.run(directory, dsn)


def _compare(name: str, dsn: str, targets: Sequence[str]) -> Comparison:
    ratios, ours, peers = [], [], []
    for _ in range(ROUNDS):
        first, own = _load(with_store, dsn, targets)
        second, bare = _load(by_hand, dsn, targets)
        ratios.append(first / second)
        ours.append(own)
        peers.append(bare)
    total = PROCESSES * MESSAGES
    for who, (seconds, p50, p99) in (("ours", ours[-1]), ("bare", peers[-1])):
        print(
            f"  {who}: {total / seconds:,.0f} messages a second, "
            f"p50 {p50 * 1e3:.1f} ms, p99 {p99 * 1e3:.1f} ms"
        )
    return Comparison(
        name,
        statistics.median(seconds / total for seconds, _, _ in ours),
        statistics.median(seconds / total for seconds, _, _ in peers),
        statistics.median(ratios),
        (min(ratios), max(ratios)),
    )


def _load(
    writer: Writer, dsn: str, targets: Sequence[str]
) -> tuple[float, tuple[float, float, float]]:
    context = multiprocessing.get_context("spawn")
    with context.Pool(PROCESSES) as pool:
        pool.map(_warm_up, range(PROCESSES), chunksize=1)
        start = time.perf_counter()
        parts = pool.starmap(writer, [(dsn, target) for target in targets], 1)
        seconds = time.perf_counter() - start
    latencies = [latency for part in parts for latency in part]
    cuts = statistics.quantiles(latencies, n=100)
    return seconds, (seconds, cuts[49], cuts[98])


def _warm_up(_number: int) -> None:
    import opencode.db.mysql  # noqa: F401  importing is not what is measured


def _timed(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def with_store(dsn: str, session_id: str) -> list[float]:
    """Append with the store; return the latency of each message in seconds."""
    with open_store(Path(), project="bench", dsn=dsn) as store:
        return [
            _timed(lambda: store.messages.append(session_id, role="user", parts=[Text("hello")]))
            for _ in range(MESSAGES)
        ]


def by_hand(dsn: str, session_id: str) -> list[float]:
    """Append with PyMySQL alone, as somebody would who does it by hand."""
    import pymysql

    connection = pymysql.connect(**_arguments(dsn), autocommit=True, charset="utf8mb4")
    cursor = connection.cursor()
    cursor.execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")

    def append() -> None:
        message_id, now = new_id(), int(time.time())
        cursor.execute("BEGIN")
        cursor.execute(
            "UPDATE sessions SET message_count = message_count + 1, last_seq = last_seq + 1 "
            "WHERE project_id = 'bench' AND id = %s",
            (session_id,),
        )
        cursor.execute(
            f"INSERT INTO messages ({COLUMNS}) SELECT %s, id, last_seq, 'user', %s, NULL, %s, %s, "
            "NULL FROM sessions WHERE project_id = 'bench' AND id = %s",
            (message_id, PARTS, now, now, session_id),
        )
        cursor.execute(f"SELECT {COLUMNS} FROM messages WHERE id = %s", (message_id,))
        cursor.fetchone()
        cursor.execute("COMMIT")

    latencies = [_timed(append) for _ in range(MESSAGES)]
    connection.close()
    return latencies


def _arguments(dsn: str) -> dict[str, Any]:
    settings = load_config(Path(), overrides=Overrides(dsn=dsn)).mysql
    if settings is None:
        raise SystemExit("OPENCODE_TEST_MYSQL_DSN is not a MySQL DSN")
    address: dict[str, Any] = {"host": settings.host, "port": settings.port}
    return {
        **({"unix_socket": settings.socket} if settings.socket else address),
        "user": settings.username,
        "password": settings.resolve_password(os.environ).reveal(),
        "database": settings.database,
    }
