"""Reading the shipped migrations, and comparing them with a ledger."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from opencode.db.migrations import (
    AppliedMigration,
    Migration,
    plan,
    read_applied,
    read_migrations,
    shipped_migrations,
)
from opencode.db.resources import Dialect
from opencode.errors import IncompleteInstallation, NewerSchema, SchemaDrift

DIALECTS: tuple[Dialect, ...] = ("sqlite", "mysql")


def write_migrations(directory: Path, *names: str, rollbacks: bool = True) -> Path:
    directory.mkdir(exist_ok=True)
    for name in names:
        table = name.partition("_")[2]
        (directory / f"{name}.sql").write_text(f"CREATE TABLE {table} (id INTEGER);\n")
        if rollbacks:
            (directory / f"{name}.rollback.sql").write_text(f"DROP TABLE {table};\n")
    return directory


def lines(*ids: str, sha256: str | None = None) -> list[AppliedMigration]:
    return [AppliedMigration(id, "2026-01-01 00:00:00", sha256) for id in ids]


@pytest.fixture
def three(tmp_path: Path) -> tuple[Migration, ...]:
    return read_migrations(write_migrations(tmp_path / "m", "0001_one", "0002_two", "0003_three"))


def test_both_dialects_ship_the_same_migrations() -> None:
    sqlite, mysql = map(shipped_migrations, DIALECTS)
    assert [migration.id for migration in sqlite] == [migration.id for migration in mysql]
    assert [migration.number for migration in sqlite] == list(range(1, len(sqlite) + 1))


@pytest.mark.parametrize("dialect", DIALECTS)
def test_shipped_files_use_nothing_the_engine_ignores(dialect: Dialect) -> None:
    for migration in shipped_migrations(dialect):
        for path in (migration.path, migration.rollback_path):
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"^\s*--\s*(transactional|depends)\s*:", text, re.MULTILINE), path
            assert "DELIMITER" not in text, path
            bare = re.sub(r"--.*$", "", text, flags=re.MULTILINE)
            assert not re.search(r"(?:\A|;)\s*(?:PRAGMA|SELECT)\b", bare), path


def test_reading_sorts_by_number_and_names_in_words(three: tuple[Migration, ...]) -> None:
    assert [(m.id, m.number, m.name) for m in three] == [
        ("0001_one", 1, "one"),
        ("0002_two", 2, "two"),
        ("0003_three", 3, "three"),
    ]


@pytest.mark.parametrize(
    ("names", "problem"),
    [
        ((), "there are no migrations"),
        (("0001_a", "0003_c"), "gaps or repeat: 1, 3"),
        (("0001_a", "0001_b"), "gaps or repeat: 1, 1"),
        (("0002_b",), "gaps or repeat: 2"),
    ],
)
def test_incomplete_folders_are_refused(
    tmp_path: Path, names: tuple[str, ...], problem: str
) -> None:
    directory = write_migrations(tmp_path / "[odd] name?", *names)
    with pytest.raises(IncompleteInstallation, match=re.escape(problem)):
        read_migrations(directory)


def test_every_migration_needs_its_rollback(tmp_path: Path) -> None:
    directory = write_migrations(tmp_path / "m", "0001_a", rollbacks=False)
    with pytest.raises(IncompleteInstallation, match=r"missing: 0001_a\.rollback\.sql"):
        read_migrations(directory)


def test_other_files_in_the_folder_do_not_matter(tmp_path: Path) -> None:
    directory = write_migrations(tmp_path / "m", "0001_a")
    for name in (".sqlfluff", "README.md", "0001_a.sql.orig", "notes.sql"):
        (directory / name).write_text("")
    assert [migration.id for migration in read_migrations(directory)] == ["0001_a"]


def test_the_checksum_does_not_depend_on_line_endings(three: tuple[Migration, ...]) -> None:
    before = three[0].sha256
    three[0].path.write_bytes(three[0].path.read_bytes().replace(b"\n", b"\r\n"))
    assert three[0].sha256 == before
    three[0].path.write_text("-- changed\n")
    assert three[0].sha256 != before


def test_a_database_without_ledger_is_told_from_one_with_an_empty_ledger() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        assert read_applied(connection) is None
        connection.execute("CREATE TABLE _yoyo_migration (migration_id, applied_at_utc)")
        assert read_applied(connection) == ()


def test_a_ledger_of_yoyo_itself_has_no_checksums() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE _yoyo_migration (migration_id, applied_at_utc)")
        connection.execute(
            "INSERT INTO _yoyo_migration VALUES ('0001_one', '2026-01-02T03:04:05.678901')"
        )
        assert read_applied(connection) == (
            AppliedMigration("0001_one", "2026-01-02 03:04:05", None),
        )


def test_other_errors_are_not_taken_for_a_missing_ledger() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE VIEW _yoyo_migration AS SELECT 1 AS x")
        with pytest.raises(sqlite3.OperationalError, match="migration_id"):
            read_applied(connection)


def test_the_plan_compares_both_ways(three: tuple[Migration, ...]) -> None:
    found = plan(lines("0001_one", "0004_four"), three)
    assert found.applied == three[:1]
    assert found.pending == three[1:]
    assert found.unknown == ("0004_four",)
    with pytest.raises(NewerSchema, match=r"here\.db was .* it has 0004_four") as caught:
        found.refuse_newer("here.db")
    assert caught.value.unknown == ("0004_four",)


def test_a_changed_file_is_drift(three: tuple[Migration, ...]) -> None:
    good = lines("0001_one", sha256=three[0].sha256)
    plan(good, three).refuse_drift("here.db")
    three[0].path.write_text("CREATE TABLE one (id TEXT);\n")
    found = plan(good, three)
    assert found.drifted == ("0001_one",)
    with pytest.raises(SchemaDrift, match="0001_one: the file is not the one"):
        found.refuse_drift("here.db")


def test_without_checksum_there_is_no_drift(three: tuple[Migration, ...]) -> None:
    plan(lines("0001_one"), three).refuse_drift("here.db")


def test_a_migration_left_out_is_drift(three: tuple[Migration, ...]) -> None:
    with pytest.raises(SchemaDrift, match="0002_two: not applied, though a later one is"):
        plan(lines("0001_one", "0003_three"), three).refuse_drift("here.db")
