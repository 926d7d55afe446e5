"""The SQLite provider itself; what it has in common with others is in tests/conformance."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from opencode.db.sqlite import SQLiteProvider
from opencode.db.sqlite_connect import BUSY_TIMEOUT, connect
from opencode.errors import DatabaseLocked, StoreError, UsageError
from opencode.store import Store, open_store
from tests.conftest import RunOpencode

COUNT = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); \
print(c.execute('SELECT count(*) FROM sessions').fetchone()[0]); c.close()"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "data" / "opencode.db"


@pytest.fixture
def store(database: Path, tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path, project="acme", dsn=f"sqlite:///{database}") as opened:
        yield opened


def test_a_new_place_is_private(store: Store, database: Path) -> None:
    store.sessions.create()
    assert database.stat().st_mode & 0o777 == 0o600
    assert database.parent.stat().st_mode & 0o777 == 0o700
    assert (database.parent / ".gitignore").read_text() == "*\n"
    log = database.with_name("opencode.db-wal")
    assert log.stat().st_mode & 0o777 == 0o600


def test_an_existing_place_keeps_its_permissions(tmp_path: Path, database: Path) -> None:
    database.parent.mkdir(mode=0o755)
    database.touch(0o644)
    open_store(tmp_path, project="acme", dsn=f"sqlite:///{database}").close()
    assert database.stat().st_mode & 0o777 == 0o644
    assert not (database.parent / ".gitignore").exists()


def test_a_second_thread_leaves_the_locks_of_the_first(store: Store, database: Path) -> None:
    """Opening and closing the file by hand would drop them, and others delete the log."""

    def seen_by_another_process() -> int:
        done = subprocess.run(
            [sys.executable, "-c", COUNT, str(database)],
            capture_output=True,
            text=True,
            check=True,
        )
        return int(done.stdout)

    store.sessions.create()
    thread = threading.Thread(target=store.sessions.count)
    thread.start()
    thread.join()
    assert seen_by_another_process() == 1
    store.sessions.create()
    store.sessions.create()
    assert seen_by_another_process() == 3


def test_the_lock_is_waited_for_no_longer_than_told(database: Path, store: Store) -> None:
    store.sessions.create()
    provider = SQLiteProvider(database, busy_timeout=0.05)
    with store.transaction(), pytest.raises(DatabaseLocked):
        provider.run(lambda querier: querier.set_last_seq(last_seq=1, id="x"))
    provider.close()


class Alarm(Exception):
    """What a signal raises here, as Ctrl-C raises KeyboardInterrupt."""


@contextmanager
def alarm(seconds: float) -> Iterator[None]:
    def ring(number: int, frame: object) -> None:
        raise Alarm

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_waiting_for_the_lock_can_be_interrupted(database: Path, store: Store) -> None:
    store.sessions.create()
    provider = SQLiteProvider(database)
    started = time.monotonic()
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Alarm), alarm(0.1):
            provider.run(lambda querier: querier.set_last_seq(last_seq=1, id="x"))
    assert time.monotonic() - started < BUSY_TIMEOUT / 4
    assert provider.run(lambda querier: querier.set_last_seq(last_seq=1, id="x")) == 0
    provider.close()


def test_connections_of_ended_threads_are_closed(
    database: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.sessions.create()
    made: list[sqlite3.Connection] = []

    def keep(path: Path, **options: Any) -> sqlite3.Connection:
        made.append(connect(path, **options))
        return made[-1]

    monkeypatch.setattr("opencode.db.sqlite.connect", keep)
    for _ in range(3):
        thread = threading.Thread(target=store.sessions.count)
        thread.start()
        thread.join()
    assert len(made) == 3
    for connection in made[:-1]:
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            connection.execute("SELECT 1")
    assert store.sessions.count() == 1


def test_readers_do_not_wait_for_a_writer(database: Path, store: Store) -> None:
    store.sessions.create()
    provider = SQLiteProvider(database, busy_timeout=0.05)
    with store.transaction():
        store.sessions.create()
        assert provider.read(lambda querier: querier.count_everything()).sessions == 1
    assert provider.read(lambda querier: querier.count_everything()).sessions == 2
    provider.close()


def test_the_data_version_tells_of_others_only(database: Path, store: Store) -> None:
    before = store.data_version()
    store.sessions.create()
    assert store.data_version() == before
    with closing(sqlite3.connect(database)) as other, other:
        other.execute("UPDATE sessions SET title = 'changed elsewhere'")
    assert store.data_version() != before


def test_a_backup_is_complete_private_and_never_in_place_of_a_file(
    store: Store, tmp_path: Path
) -> None:
    store.sessions.create(title="kept")
    copy = tmp_path / "copy.db"
    store.backup(copy)
    assert copy.stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT title FROM sessions").fetchall() == [("kept",)]
    with pytest.raises(UsageError):
        store.backup(copy)


def test_a_closed_store_says_so(store: Store) -> None:
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.sessions.count()


def test_text_that_is_not_utf8_is_readable(
    store: Store, database: Path, run_opencode: RunOpencode
) -> None:
    """The Go program stores a file's bytes as text, whatever they are."""
    session = store.sessions.create(title="found me")
    with closing(sqlite3.connect(database)) as go, go:
        go.execute("UPDATE sessions SET title = CAST(x'636166e9' AS TEXT)")
        go.execute(
            "INSERT INTO files (id, session_id, path, content, version, created_at, updated_at) "
            "VALUES ('f', ?, 'latin1.txt', CAST(x'636166e90a' AS TEXT), 'initial', 1, 1)",
            (session.id,),
        )
    assert store.sessions.list().items[0].title == "caf\udce9"
    assert store.sessions.count(filter="CAF") == 1
    assert store.files.latest(session.id, "latin1.txt").content == "caf\udce9\n"
    assert store.files.diff(session.id).endswith("+caf\udce9\n")
    listed = run_opencode("session", "list", "-P", "acme", env=_data_directory(database))
    assert (listed.returncode, "caf\N{REPLACEMENT CHARACTER}" in listed.stdout) == (0, True)


def _data_directory(database: Path) -> dict[str, str]:
    return {"OPENCODE_DATA_DIRECTORY": str(database.parent)}
