"""The migration engine on SQLite: what it applies, undoes, prints, and leaves after a failure."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from opencode.db.kept_projects import KEPT
from opencode.db.migrate import dry_run_sql, migrate, roll_back
from opencode.db.migrate_base import split_statements
from opencode.db.migrate_ledger import Ledger
from opencode.db.migrations import (
    Migration,
    read_applied,
    read_migrations,
    shipped_migrations,
)
from opencode.db.schema import expected_schema, read_schema
from opencode.db.sqlite_connect import connect
from opencode.db.sqlite_errors import translate
from opencode.errors import DatabaseLocked, MigrationFailed, StoreError
from tests.conftest import PROJECT as SOURCE
from tests.db.databases import backups, dump, make_go_database, opened, rows, upgrade_file

SHIPPED = shipped_migrations("sqlite")
IDS = [migration.id for migration in SHIPPED]
LEDGER = Ledger("sqlite")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "opencode.db"


@pytest.fixture
def connection(path: Path) -> Iterator[sqlite3.Connection]:
    connection = connect(path, busy_timeout=0.1)
    yield connection
    connection.close()


def error_of(error: Exception) -> StoreError:
    assert isinstance(error, sqlite3.Error)
    return translate(error, Path("opencode.db"))


def apply(connection: sqlite3.Connection, *migrations: Migration) -> tuple[str, ...]:
    return migrate(connection, LEDGER, migrations, translate=error_of)


def undo(connection: sqlite3.Connection, *migrations: Migration) -> tuple[str, ...]:
    return roll_back(connection, LEDGER, migrations, translate=error_of)


def write(directory: Path, number: int, sql: str, rollback: str = "DROP TABLE t;") -> Migration:
    name = f"{number:04}_m{number}"
    directory.mkdir(exist_ok=True)
    (directory / f"{name}.sql").write_text(sql)
    (directory / f"{name}.rollback.sql").write_text(rollback)
    return read_migrations(directory)[number - 1]


def applied(connection: sqlite3.Connection) -> list[str]:
    return [line.id for line in read_applied(connection) or ()]


def tables(connection: sqlite3.Connection) -> set[str]:
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    return {row[0] for row in names} - {"_yoyo_migration", "_yoyo_log", "_yoyo_version"}


@pytest.mark.parametrize("migration", SHIPPED, ids=IDS)
@pytest.mark.parametrize("direction", ["apply", "rollback"])
def test_files_are_cut_into_whole_statements(migration: Migration, direction: str) -> None:
    statements = split_statements(migration, "apply" if direction == "apply" else "rollback")
    assert statements
    assert all(sqlite3.complete_statement(statement) for statement in statements)


def test_the_ledger_says_what_was_applied(connection: sqlite3.Connection) -> None:
    assert list(apply(connection, *SHIPPED)) == IDS
    found = read_applied(connection)
    assert found is not None
    assert [line.id for line in found] == IDS
    assert [line.sha256 for line in found] == [migration.sha256 for migration in SHIPPED]


def test_the_log_names_neither_user_nor_machine(connection: sqlite3.Connection) -> None:
    apply(connection, *SHIPPED[:2])
    log = connection.execute(
        "SELECT migration_id, operation, username, hostname FROM _yoyo_log ORDER BY migration_id"
    )
    assert log.fetchall() == [(id, "apply", None, None) for id in IDS[:2]]


@pytest.mark.parametrize("count", range(1, len(SHIPPED) + 1))
def test_every_rollback_restores_what_was_before(
    connection: sqlite3.Connection, count: int
) -> None:
    apply(connection, *SHIPPED[:count])
    before = expected_schema(SHIPPED[: count - 1]).things
    assert undo(connection, SHIPPED[count - 1]) == (IDS[count - 1],)
    assert applied(connection) == IDS[: count - 1]
    now = read_schema(connection).things
    left = {name: now[name] for name in now if not re.search(f"yoyo|{KEPT}", name)}
    assert left == dict(before)
    assert (f"table {KEPT}" in now) == (count == 4)


def test_down_and_up_again_gives_the_same_schema(connection: sqlite3.Connection) -> None:
    apply(connection, *SHIPPED)
    schema = read_schema(connection)
    undo(connection, *reversed(SHIPPED))
    assert tables(connection) == {"yoyo_lock"}
    apply(connection, *SHIPPED)
    assert read_schema(connection) == schema


def test_foreign_keys_are_on_again_afterwards(connection: sqlite3.Connection) -> None:
    apply(connection, *SHIPPED)
    assert connection.execute("PRAGMA foreign_keys").fetchone() == (1,)


def test_a_rebuilt_table_does_not_take_its_children_along(
    connection: sqlite3.Connection, tmp_path: Path
) -> None:
    make = "CREATE TABLE t (id INTEGER PRIMARY KEY);"
    make += "CREATE TABLE c (t REFERENCES t (id) ON DELETE CASCADE);"
    rebuild = "CREATE TABLE n (id INTEGER PRIMARY KEY, x); INSERT INTO n (id) SELECT id FROM t;"
    rebuild += "DROP TABLE t; ALTER TABLE n RENAME TO t;"
    apply(connection, write(tmp_path / "m", 1, make))
    connection.execute("INSERT INTO t VALUES (1)")
    connection.execute("INSERT INTO c VALUES (1)")
    apply(connection, write(tmp_path / "m", 2, rebuild))
    assert connection.execute("SELECT count(*) FROM c").fetchone() == (1,)


def test_a_failed_migration_is_undone_and_reported(
    connection: sqlite3.Connection, tmp_path: Path
) -> None:
    good = write(tmp_path / "m", 1, "CREATE TABLE t (x);")
    bad = write(tmp_path / "m", 2, "CREATE TABLE u (x);\n\n-- Why.\nCREATE INDEX i ON nowhere (x);")
    never = write(tmp_path / "m", 3, "CREATE TABLE v (x);")
    with pytest.raises(MigrationFailed) as caught:
        apply(connection, good, bad, never)
    error = caught.value
    assert error.migration == bad.id
    assert error.statement.endswith("CREATE INDEX i ON nowhere (x);")
    assert error.cause == "no such table: main.nowhere"
    assert error.applied == (good.id,)
    assert error.message == (
        "migration 0002_m2 failed at “CREATE INDEX i ON nowhere (x);”: "
        "no such table: main.nowhere; done before it: 0001_m1"
    )
    assert "rolled back" in error.hint
    assert applied(connection) == [good.id]
    assert tables(connection) == {"t", "yoyo_lock"}
    assert not connection.in_transaction


def test_a_failed_mark_takes_the_migration_back(
    connection: sqlite3.Connection, tmp_path: Path
) -> None:
    one = write(tmp_path / "m", 1, "CREATE TABLE t (x);")
    apply(connection, one)
    connection.execute("DROP TABLE t")
    with pytest.raises(MigrationFailed, match="UNIQUE constraint failed"):
        apply(connection, one)
    assert "t" not in tables(connection)


def test_a_failed_rollback_is_undone_too(connection: sqlite3.Connection, tmp_path: Path) -> None:
    one = write(tmp_path / "m", 1, "CREATE TABLE t (x);", "DROP TABLE t; DROP TABLE nowhere;")
    apply(connection, one)
    with pytest.raises(
        MigrationFailed, match="rollback of 0001_m1 failed at “DROP TABLE nowhere;”"
    ):
        undo(connection, one)
    assert applied(connection) == [one.id]
    assert "t" in tables(connection)


def test_a_locked_database_is_not_called_a_failed_migration(
    connection: sqlite3.Connection, path: Path
) -> None:
    with opened(path) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseLocked):
            apply(connection, *SHIPPED)
    assert tables(connection) == set()
    assert list(apply(connection, *SHIPPED)) == IDS


def test_a_trigger_that_counts_is_one_statement(
    connection: sqlite3.Connection, tmp_path: Path
) -> None:
    sql = """
        CREATE TABLE t (x, n);
        CREATE TRIGGER r AFTER INSERT ON t BEGIN
            UPDATE t SET n = CASE WHEN new.x IS NULL THEN 0 ELSE 1 END WHERE x IS new.x;
            UPDATE t SET n = n + 1;
        END;
        CREATE INDEX i ON t (x);
    """
    migration = write(tmp_path / "m", 1, sql)
    assert len(split_statements(migration, "apply")) == 3
    apply(connection, migration)


def run_yoyo(*args: str, path: Path) -> str:
    command = [sys.executable, "-m", "yoyo", *args, "--batch", "--no-config-file"]
    database = ["--database", f"sqlite:///{path}", str(SOURCE / "migrations" / "sqlite")]
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(
        [*command, *database], capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_yoyos_own_program_reads_our_ledger(path: Path) -> None:
    upgrade_file(path)
    before = dump(path, leave_out=())
    listed = [line.split()[:2] for line in run_yoyo("list", path=path).splitlines()]
    assert [line for line in listed if line and line[0] in {"A", "U"}] == [["A", id] for id in IDS]
    run_yoyo("apply", path=path)
    assert dump(path, leave_out=()) == before


def test_a_database_begun_by_yoyos_own_program_is_taken_over(path: Path) -> None:
    run_yoyo("apply", "--revision", IDS[0], path=path)
    assert list(upgrade_file(path).applied) == IDS[1:]
    checksums = rows(path, "SELECT migration_id FROM _yoyo_migration WHERE sha256 IS NOT NULL")
    assert [row[0] for row in checksums] == IDS[1:]
    assert upgrade_file(path).applied == ()


@pytest.mark.parametrize("migrations", [0, 1, 2])
def test_the_printed_sql_run_by_hand_is_the_same_as_an_upgrade(
    tmp_path: Path, migrations: int
) -> None:
    from opencode.db.survey import dry_run, status
    from opencode.db.target import SQLiteTarget

    by_hand = make_go_database(tmp_path / "hand.db", migrations=migrations, sessions=0)
    by_program = make_go_database(tmp_path / "program.db", migrations=migrations, sessions=0)
    sql = dry_run(SQLiteTarget(by_hand))
    with opened(by_hand) as connection:
        connection.executescript(sql)
    upgrade_file(by_program)
    assert dump(by_hand) == dump(by_program)
    ledger = "SELECT migration_id, sha256 FROM _yoyo_migration ORDER BY 1"
    assert rows(by_hand, ledger) == rows(by_program, ledger)
    goose = "SELECT version_id, is_applied FROM goose_db_version ORDER BY id"
    assert rows(by_hand, goose) == rows(by_program, goose)
    assert upgrade_file(by_hand).applied == ()
    assert status(SQLiteTarget(by_hand)).problems == ()
    assert not backups(by_hand)
    assert dry_run(SQLiteTarget(by_hand)) == ""


def test_mysql_scripts_set_a_delimiter_around_bodies() -> None:
    sql = dry_run_sql(Ledger("mysql"), shipped_migrations("mysql"), ())
    body = sql.partition("DELIMITER $$\n")[2].partition("$$\nDELIMITER ;")[0]
    assert body.startswith("CREATE TRIGGER update_session_message_count_on_insert")
    assert body.rstrip().endswith("END")
    assert sql.count("DELIMITER $$") == 1
    assert "BEGIN IMMEDIATE" not in sql
