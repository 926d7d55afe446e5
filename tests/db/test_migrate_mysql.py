"""Migrations on a real MySQL or MariaDB server, cut off at any statement."""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from opencode.db.backfill import BackfillReport
from opencode.db.kept_projects import KEPT
from opencode.db.lock import server_lock
from opencode.db.migrate_ledger import JOURNAL
from opencode.db.migrations import Migration, fetch, read_migrations
from opencode.db.mysql_connect import Connector
from opencode.db.mysql_cursor import MySQLConnection
from opencode.db.mysql_errors import NoAnswer
from opencode.db.survey import dry_run, status
from opencode.db.upgrade import UpgradeReport, rollback
from opencode.errors import DatabaseLocked, MigrationFailed, SchemaDrift
from tests.db.databases import PROJECT
from tests.db.mysqldatabase import SHIPPED, Database, execute
from tests.db.mysqltarget import Crash, Crashing, Wrap
from tests.servers.plugin import NEEDS_DATABASES, MakeAccount, MakeDatabase
from tools.servers.server import Server

# Two dozen crashes, with as many upgrades or more, take long on a slow machine.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

IDS = [migration.id for migration in SHIPPED]
CRASHES = 24


@pytest.fixture
def database(mysql_database: str) -> Database:
    return Database(mysql_database)


def write(directory: Path, number: int, sql: str, undo: str = "DROP TABLE t;") -> Migration:
    name = f"{number:04}_m{number}"
    directory.mkdir(exist_ok=True)
    (directory / f"{name}.sql").write_text(sql)
    (directory / f"{name}.rollback.sql").write_text(undo)
    return read_migrations(directory)[number - 1]


def test_an_empty_database_gets_everything_once(database: Database) -> None:
    report = database.upgrade()
    assert list(report.applied) == IDS
    assert (report.created, report.backup) == (True, None)
    assert database.upgrade() == UpgradeReport()
    found = status(database.target())
    assert (found.pending, found.problems, found.version) == ((), (), len(IDS))
    assert database.run(f"SELECT * FROM {JOURNAL}") == ()


def test_every_rollback_restores_what_was_before(database: Database) -> None:
    database.apply()
    snapshots = [database.snapshot()]
    for migration in SHIPPED:
        database.apply(migration)
        snapshots.append(database.snapshot())
    for migration in reversed(SHIPPED):
        assert database.snapshot() == snapshots.pop()
        assert database.undo(migration) == (migration.id,)
    assert database.snapshot() == snapshots.pop()


def test_only_the_statements_of_a_migration_may_take_long(
    database: Database, tmp_path: Path
) -> None:
    database.connector = Connector(replace(database.settings, read_timeout=0.5), environ={})
    slow = "CREATE TABLE t (x INT);\n\nINSERT INTO t SELECT SLEEP(1);"
    migration = write(tmp_path / "m", 1, slow, "DELETE FROM t WHERE SLEEP(1) = 0;\n\nDROP TABLE t;")
    assert database.apply(migration) == (migration.id,)
    assert database.undo(migration) == (migration.id,)
    with database.open() as connection, pytest.raises(NoAnswer):
        execute(connection, "SELECT SLEEP(30)")


def test_a_failure_tells_its_true_cause_and_the_next_run_goes_on(
    database: Database, tmp_path: Path
) -> None:
    sql = "CREATE TABLE t (x INT);\n\n-- Why.\nCREATE INDEX i ON u (x);\n\nCREATE TABLE v (x INT);"
    migration = write(tmp_path / "m", 1, sql)
    for _ in range(2):
        with pytest.raises(MigrationFailed) as caught:
            database.apply(migration)
        error = caught.value
        assert error.statement.endswith("CREATE INDEX i ON u (x);")
        assert "doesn't exist" in error.cause
        assert "1305" not in error.message
        assert "goes on from there" in error.hint
    database.run("CREATE TABLE u (x INT)")
    assert database.apply(migration) == (migration.id,)
    assert {"t", "u", "v"} <= set(database.names("SHOW TABLES"))


def test_a_table_somebody_else_made_is_never_taken_for_our_own(
    database: Database, tmp_path: Path
) -> None:
    database.run("CREATE TABLE t (somebody_elses INT)")
    migration = write(tmp_path / "m", 1, "CREATE TABLE t (x INT);")
    for _ in range(2):
        with pytest.raises(MigrationFailed, match="already exists"):
            database.apply(migration)


def test_tables_of_our_names_without_a_ledger_are_refused(database: Database) -> None:
    database.run("CREATE TABLE sessions (cookie INT)")
    with pytest.raises(SchemaDrift, match="no ledger of migrations knows of: sessions"):
        database.upgrade()
    assert database.names("SHOW TABLES") == ["sessions"]


def test_a_file_that_changed_since_it_was_begun_is_refused(
    database: Database, tmp_path: Path
) -> None:
    with pytest.raises(MigrationFailed):
        database.apply(write(tmp_path / "m", 1, "CREATE TABLE t (x INT); DROP TABLE u;"))
    with pytest.raises(SchemaDrift, match="begun with another version"):
        database.apply(write(tmp_path / "m", 1, "CREATE TABLE t (x INT);"))


def test_a_lost_trigger_is_drift(database: Database) -> None:
    database.upgrade()
    rollback(database.target(), steps=1)
    database.run("DROP TRIGGER update_files_updated_at")
    with pytest.raises(SchemaDrift, match=r"trigger files\.update_files_updated_at is missing"):
        database.upgrade()


def count_statements(work: Callable[[Wrap], object]) -> int:
    """How many statements an undisturbed run takes."""
    counters: list[Crashing] = []

    def wrap(connection: MySQLConnection) -> Crashing:
        counters.append(Crashing(connection, 0, after=False))
        return counters[-1]

    work(wrap)
    return counters[0].count


def crash_points(total: int) -> list[tuple[int, bool]]:
    """Places all over a run, before and after a statement by turns."""
    width = total / CRASHES
    return [(1 + int(width * (n + random.random())), bool(n % 2)) for n in range(CRASHES)]


def test_cut_off_at_any_statement_the_next_start_completes(database: Database) -> None:
    total = count_statements(lambda wrap: database.upgrade(database.target(wrap)))
    clean = database.snapshot()
    for at, after in crash_points(total):
        database.empty()
        with pytest.raises(Crash):
            database.upgrade(database.target(partial(Crashing, at=at, after=after)))
        database.upgrade()
        assert database.snapshot() == clean, (at, after)
        assert status(database.target()).pending == ()
        assert database.run(f"SELECT * FROM {JOURNAL}") == ()


def test_a_rollback_cut_off_at_any_statement_is_mended(database: Database) -> None:
    database.upgrade()
    clean = database.snapshot()
    total = count_statements(lambda wrap: rollback(database.target(wrap), to=0))
    for at, after in crash_points(total):
        database.empty()  # MariaDB keeps columns that are dropped, up to a limit
        database.upgrade()
        with pytest.raises(Crash):
            rollback(
                database.target(partial(Crashing, at=at, after=after)),
                to=0,
            )
        database.upgrade()
        assert database.snapshot() == clean, (at, after)


def test_an_unfinished_migration_stops_a_rollback(database: Database, tmp_path: Path) -> None:
    one = write(tmp_path / "m", 1, "CREATE TABLE t (x INT);")
    two = write(tmp_path / "m", 2, "CREATE TABLE u (x INT); DROP TABLE nowhere;")
    database.apply(one)
    with pytest.raises(MigrationFailed):
        database.apply(two)
    with pytest.raises(SchemaDrift, match="0002_m2 was begun and not finished"):
        database.undo(one)


def test_the_lock_tells_its_holder_and_goes_with_the_connection(database: Database) -> None:
    with database.open() as waiter, database.open() as holder, server_lock(holder):
        connection = fetch(holder, "SELECT CONNECTION_ID() AS id")[0]["id"]
        with (
            pytest.raises(DatabaseLocked, match=f"connection {connection} of "),
            server_lock(waiter, timeout=0),
        ):
            pytest.fail("locked twice")
        execute(waiter, f"KILL {connection}")
        with server_lock(waiter, timeout=10):
            pass


def test_two_databases_of_one_server_do_not_wait_for_each_other(
    mysql_server: Server, mysql_databases: MakeDatabase
) -> None:
    first, second = (Database(mysql_databases(mysql_server)) for _ in range(2))
    with (
        first.open() as one,
        second.open() as two,
        server_lock(one),
        server_lock(two, timeout=0),
    ):
        pass


def test_rows_left_by_a_rollback_are_filled_in(database: Database) -> None:
    database.upgrade()
    session = "INSERT INTO sessions (id, title, updated_at, created_at, project_id) VALUES"
    message = "INSERT INTO messages (id, session_id, role, parts, created_at, updated_at) VALUES"
    database.run(
        *(f"{session} ('s{n}', 'x', 100, 100, 'p{n}')" for n in range(3)),
        *(f"{message} ('m{n}', 's1', 'user', '[]', {200 - n % 2}, 100)" for n in range(7)),
    )
    database.run("UPDATE sessions SET updated_at = 100")
    rollback(database.target(), to=3)
    database.run(
        "INSERT INTO sessions (id, title, updated_at, created_at) VALUES ('new', '', 9, 9)"
    )
    report = database.upgrade()
    assert report.backfilled == BackfillReport(1, 0, PROJECT, restored=3)
    tagged = database.run("SELECT id, project_id, updated_at FROM sessions ORDER BY id")
    assert tagged == (("new", PROJECT, 9), *((f"s{n}", f"p{n}", 100) for n in range(3)))
    numbers = database.run("SELECT id, seq FROM messages ORDER BY seq")
    assert [id for id, _ in numbers] == ["m1", "m3", "m5", "m0", "m2", "m4", "m6"]
    assert [seq for _, seq in numbers] == list(range(1, 8))
    assert database.upgrade().backfilled == BackfillReport()
    assert KEPT not in database.names("SHOW TABLES")


def test_projects_survive_a_rollback_and_an_upgrade_cut_off_anywhere(database: Database) -> None:
    """Only those of its middle: that is where the projects are moved out and in again."""
    session = "INSERT INTO sessions (id, title, updated_at, created_at, project_id) VALUES"
    database.upgrade()
    database.run(*(f"{session} ('s{n}', 'x', 100, 100, 'p{n % 3}')" for n in range(9)))
    sql = "SELECT id, project_id, updated_at FROM sessions ORDER BY id"
    before = database.run(sql)
    down = count_statements(lambda wrap: rollback(database.target(wrap), to=3))
    up = count_statements(lambda wrap: database.upgrade(database.target(wrap)))
    for at in range(down - 14, down + 1, 3):
        with suppress(Crash):
            rollback(database.target(partial(Crashing, at=at, after=bool(at % 2))), to=3)
        database.upgrade()
        assert database.run(sql) == before, at
    for at in range(up - 24, up + 1, 3):
        rollback(database.target(), to=3)
        with suppress(Crash):
            database.upgrade(database.target(partial(Crashing, at=at, after=bool(at % 2))))
        database.upgrade()
        assert database.run(sql) == before, at


def test_an_account_that_may_not_drop_tables_empties_the_one_kept(
    database: Database, mysql_account: MakeAccount
) -> None:
    """The SQL was applied by hand; the daily account fills in the rest."""
    session = "INSERT INTO sessions (id, title, updated_at, created_at, project_id) VALUES"
    database.upgrade()
    database.run(f"{session} ('s', 'x', 100, 100, 'p')")
    rollback(database.target(), to=3)
    database.apply(*SHIPPED[3:])
    daily = Database(mysql_account(database.dsn, "SELECT", "INSERT", "UPDATE", "DELETE"))
    assert daily.upgrade().backfilled == BackfillReport(restored=1)
    assert database.run(f"SELECT * FROM {KEPT}") == ()
    assert database.run("SELECT project_id FROM sessions") == (("p",),)


def test_the_printed_sql_run_by_hand_is_the_same_as_an_upgrade(database: Database) -> None:
    script = dry_run(database.target())
    with database.open() as connection:
        for statement in split_script(script):
            execute(connection, statement)
    by_hand = database.snapshot()
    assert database.upgrade().applied == ()
    database.empty()
    database.upgrade()
    assert database.snapshot() == by_hand


def split_script(script: str) -> Iterator[str]:
    """As the mysql program does: a line ends a statement when it ends with the delimiter."""
    delimiter, lines = ";", list[str]()
    for line in script.splitlines():
        if line.startswith("DELIMITER "):
            delimiter = line.removeprefix("DELIMITER ")
        elif line.rstrip().endswith(delimiter):
            yield "\n".join([*lines, line.rstrip().removesuffix(delimiter)])
            lines = []
        elif not line.startswith("--"):
            lines.append(line)


def test_a_name_of_any_kind_can_be_locked(mysql_server: Server, database: Database) -> None:
    if mysql_server.restricted:
        pytest.skip(NEEDS_DATABASES)
    name = f"odd-{secrets.token_hex(20)} ü'x"
    database.run(f"CREATE DATABASE `{name}`")
    try:
        with database.open() as connection:
            connection.select_db(name)
            with server_lock(connection, timeout=0):
                pass
    finally:
        database.run(f"DROP DATABASE `{name}`")
