"""The start of every command: when it does nothing, when all, and when it refuses."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from opencode.db.backfill import BackfillReport
from opencode.db.kept_projects import KEPT
from opencode.db.migrations import shipped_migrations
from opencode.db.survey import dry_run, status
from opencode.db.target import SQLiteTarget
from opencode.db.upgrade import UpgradeProgress, UpgradeReport, rollback, upgrade
from opencode.errors import (
    DatabaseDamaged,
    DatabaseLocked,
    DatabaseReadOnly,
    DiskFull,
    InvalidValue,
    NewerSchema,
    PendingMigrations,
    SchemaDrift,
    StoreError,
)
from tests.conftest import PROJECT as SOURCE
from tests.db.databases import (
    PROJECT,
    backups,
    dump,
    make_go_database,
    opened,
    rows,
    upgrade_file,
)

IDS = [migration.id for migration in shipped_migrations("sqlite")]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "opencode.db"


@pytest.fixture
def current(path: Path) -> Path:
    """A Go database after its upgrade."""
    make_go_database(path)
    upgrade_file(path)
    return path


def test_a_new_database_is_made_private_and_needs_no_backup(path: Path) -> None:
    report = upgrade_file(path)
    assert list(report.applied) == IDS
    assert (report.created, report.adopted, report.backup) == (True, (), None)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert status(SQLiteTarget(path)).problems == ()


def test_a_current_database_costs_two_selects(
    current: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    statements: list[str] = []
    connect = sqlite3.connect

    def traced(*args: object, **options: object) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*args, **options)  # type: ignore[call-overload]
        connection.set_trace_callback(statements.append)
        return connection

    monkeypatch.setattr("sqlite3.connect", traced)
    assert upgrade_file(current) == UpgradeReport()
    # The others have a lock waited for, and read no more than the first page, which is needed.
    ledger, backfill = [one for one in statements if not one.startswith("PRAGMA")]
    assert ledger == "SELECT * FROM _yoyo_migration ORDER BY migration_id"
    assert "EXISTS" in backfill
    assert len(statements) == 6


def test_a_current_database_does_not_load_the_engine(current: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from tests.db.databases import upgrade_file\n"
        "upgrade_file(Path(sys.argv[1])); print(sorted({'yoyo', 'sqlparse'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(current)],
        cwd=SOURCE,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[]\n"


def test_an_upgrade_tells_what_it_does_in_order(path: Path) -> None:
    make_go_database(path, sessions=3, messages=4)
    seen: list[UpgradeProgress] = []
    report = upgrade_file(path, progress=seen.append)
    stages = [progress.stage for progress in seen]
    assert list(dict.fromkeys(stages)) == ["backup", "copied", "migrate", "backfill"]
    migrating = [progress for progress in seen if progress.stage == "migrate"]
    assert [progress.text for progress in migrating][:2] == ["updated at guards", "session project"]
    assert [progress.done for progress in migrating] == list(range(len(IDS) - 2))
    assert (seen[-1].done, seen[-1].total) == (15, 15)
    assert next(p.text for p in seen if p.stage == "copied").endswith(f": {report.backup}")
    assert report.backfilled.project_id == PROJECT
    assert report.seconds > 0
    assert backups(path) == [report.backup]


def test_the_backup_is_the_untouched_database(path: Path) -> None:
    make_go_database(path)
    before = path.read_bytes()
    report = upgrade_file(path)
    assert report.backup is not None
    assert report.backup.read_bytes() == before


def test_without_auto_migrate_a_pending_migration_stops_the_start(path: Path) -> None:
    make_go_database(path)
    before = sorted(path.parent.iterdir()), dump(path, leave_out=())
    waits = rf"opencode\.db waits for {len(IDS) - 2} migrations"
    with pytest.raises(PendingMigrations, match=waits) as caught:
        upgrade_file(path, auto_migrate=False)
    assert list(caught.value.pending) == IDS[2:]
    assert "opencode db migrate" in caught.value.hint
    assert (sorted(path.parent.iterdir()), dump(path, leave_out=())) == before


def test_without_auto_migrate_no_database_is_made(path: Path) -> None:
    with pytest.raises(PendingMigrations):
        upgrade_file(path, auto_migrate=False)
    assert not path.parent.exists()


def test_without_auto_migrate_rows_are_still_filled_in(current: Path) -> None:
    with opened(current) as connection:
        connection.execute("UPDATE sessions SET project_id = NULL WHERE id = 'session-0001'")
    assert upgrade_file(current, auto_migrate=False).backfilled.sessions == 1


def test_a_newer_database_is_refused(current: Path) -> None:
    with opened(current) as connection:
        connection.execute(
            "INSERT INTO _yoyo_migration VALUES ('x', '0042_future', '2030-01-01 00:00:00', 'x')"
        )
    before = dump(current, leave_out=())
    with pytest.raises(NewerSchema, match="0042_future"):
        upgrade_file(current)
    with pytest.raises(NewerSchema):
        rollback(SQLiteTarget(current), steps=1)
    assert dump(current, leave_out=()) == before
    assert status(SQLiteTarget(current)).unknown == ("0042_future",)


def test_a_changed_file_is_told_and_stops_the_next_migration(current: Path) -> None:
    with opened(current) as connection:
        connection.execute(
            "UPDATE _yoyo_migration SET sha256 = 'x' WHERE migration_id LIKE '0004%'"
        )
    assert upgrade_file(current) == UpgradeReport()
    assert status(SQLiteTarget(current)).problems == (
        "0004_session_project: the file is not the one that was applied",
    )
    with pytest.raises(SchemaDrift, match="0004_session_project"):
        rollback(SQLiteTarget(current), steps=1)
    with opened(current) as connection:
        connection.execute("UPDATE sessions SET project_id = NULL")
    assert upgrade_file(current).backfilled.sessions == 3


def test_a_schema_changed_by_hand_stops_the_next_migration(current: Path) -> None:
    rollback(SQLiteTarget(current), steps=1)
    with opened(current) as connection:
        connection.execute("DROP INDEX idx_sessions_project")
    with pytest.raises(SchemaDrift, match="idx_sessions_project is missing"):
        upgrade_file(current)
    with pytest.raises(SchemaDrift):
        dry_run(SQLiteTarget(current))


def test_a_failed_project_lookup_changes_nothing(path: Path) -> None:
    from opencode.db.upgrade import upgrade
    from opencode.errors import ProjectError

    def fail() -> str:
        raise ProjectError("git is gone")

    make_go_database(path)
    before = dump(path, leave_out=())
    with pytest.raises(ProjectError):
        upgrade(SQLiteTarget(path), auto_migrate=True, project_id=fail)
    assert (dump(path, leave_out=()), backups(path)) == (before, [])
    assert list(upgrade_file(path).applied) == IDS[2:]


def test_a_rollback_backs_up_and_can_be_upgraded_again(current: Path) -> None:
    before = dump(current)
    report = rollback(SQLiteTarget(current), to=4)
    assert list(report.rolled_back) == IDS[:3:-1]
    assert report.backup is not None
    assert dump(report.backup) == before
    assert list(upgrade_file(current).applied) == IDS[4:]
    assert sorted(dump(current)) == sorted(before)


def test_a_rollback_keeps_the_projects_for_the_next_upgrade(current: Path) -> None:
    """Sessions made in between get the directory's."""
    with opened(current) as connection:
        connection.execute("UPDATE sessions SET project_id = 'p-' || id")
    sql = "SELECT id, project_id, updated_at FROM sessions ORDER BY id"
    before = rows(current, sql)
    rollback(SQLiteTarget(current), to=3)
    with opened(current) as connection:
        connection.execute(
            "INSERT INTO sessions (id, title, updated_at, created_at) VALUES ('0', '', 9, 9)"
        )
    assert upgrade_file(current).backfilled == BackfillReport(1, 12, PROJECT, restored=3)
    assert rows(current, sql) == [("0", PROJECT, 9), *before]
    rollback(SQLiteTarget(current), to=3)
    assert upgrade_file(current).backfilled == BackfillReport(0, 12, restored=4)
    assert rows(current, sql) == [("0", PROJECT, 9), *before]
    assert not rows(current, f"SELECT name FROM sqlite_master WHERE name = '{KEPT}'")


def test_no_project_is_asked_for_where_all_are_kept(current: Path) -> None:
    rollback(SQLiteTarget(current), to=3)
    target = SQLiteTarget(current)
    report = upgrade(target, auto_migrate=True, project_id=lambda: pytest.fail("asked"))
    assert (report.backfilled.restored, report.backfilled.sessions) == (3, 0)


def test_a_rollback_to_nothing_leaves_no_table(current: Path) -> None:
    rollback(SQLiteTarget(current), to=0)
    tables = {name for (name,) in rows(current, "SELECT name FROM sqlite_master")}
    assert not tables & {"sessions", KEPT}


def test_a_rollback_counts_steps_from_the_end(current: Path) -> None:
    assert list(rollback(SQLiteTarget(current), steps=2).rolled_back) == IDS[:-3:-1]
    assert status(SQLiteTarget(current)).version == len(IDS) - 2


@pytest.mark.parametrize(
    "choice",
    [
        *({}, {"to": 1, "steps": 1}, {"to": 99}, {"to": -1}, {"to": len(IDS)}),
        *({"steps": 99}, {"steps": 0}),
    ],
    ids=str,
)
def test_rollbacks_that_cannot_be_are_refused(current: Path, choice: dict[str, Any]) -> None:
    before = backups(current)
    with pytest.raises(InvalidValue):
        rollback(SQLiteTarget(current), **choice)
    assert backups(current) == before


def test_a_rollback_of_nothing_makes_nothing(path: Path) -> None:
    with pytest.raises(InvalidValue, match="no migration that"):
        rollback(SQLiteTarget(path), steps=1)
    assert not path.parent.exists()


def test_the_project_is_asked_once_and_only_for_sessions(path: Path) -> None:
    from opencode.db.upgrade import upgrade

    asked: list[str] = []

    def ask() -> str:
        asked.append("asked")
        return PROJECT

    make_go_database(path, sessions=0)
    upgrade(SQLiteTarget(path), auto_migrate=True, project_id=ask)
    assert asked == []
    make_go_database(path.with_name("other.db"))
    upgrade(SQLiteTarget(path.with_name("other.db")), auto_migrate=True, project_id=ask)
    assert asked == ["asked"]


def test_the_status_of_a_database_that_is_not_there(path: Path) -> None:
    found = status(SQLiteTarget(path))
    assert (found.version, found.applied, list(found.pending)) == (0, (), IDS)
    assert dry_run(SQLiteTarget(path)).startswith("-- The ledger of migrations\n")
    assert not path.parent.exists()


def test_the_status_of_a_go_database_changes_nothing(path: Path) -> None:
    make_go_database(path)
    before = sorted(path.parent.iterdir()), hashlib.sha256(path.read_bytes()).digest()
    found = status(SQLiteTarget(path))
    assert (found.version, list(found.pending), found.problems) == (2, IDS[2:], ())
    assert found.applied[0].applied_at == "2025-05-16 10:00:00"
    assert (sorted(path.parent.iterdir()), hashlib.sha256(path.read_bytes()).digest()) == before


@pytest.mark.parametrize("content", [b"not a database at all" * 50, b"SQLite format 3\0"])
def test_a_file_that_is_no_database_is_refused(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    for look in (upgrade_file, lambda path: status(SQLiteTarget(path))):
        with pytest.raises(DatabaseDamaged, match=r"opencode\.db"):
            look(path)
    assert path.read_bytes() == content
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_a_truncated_database_is_refused(path: Path) -> None:
    make_go_database(path, sessions=30)
    content = path.read_bytes()[: 4096 * 5]
    path.write_bytes(content)
    with pytest.raises(DatabaseDamaged, match="truncated"):
        upgrade_file(path)
    assert path.read_bytes() == content
    assert not backups(path)


def test_a_directory_in_place_of_the_file_is_refused(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(StoreError, match="is not a file"):
        upgrade_file(path)


def test_a_database_locked_for_too_long_is_a_temporary_error(path: Path) -> None:
    from opencode.db.upgrade import upgrade

    make_go_database(path)
    target = SQLiteTarget(path, busy_timeout=0.05)
    with opened(path) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseLocked) as caught:
            upgrade(target, auto_migrate=True, project_id=str)
        other.execute("ROLLBACK")
    assert caught.value.exit_code == 3
    assert list(upgrade_file(path).applied) == IDS[2:]
    assert len(backups(path)) == 1


@contextmanager
def small_disk(directory: Path, megabytes: int) -> Iterator[Path]:
    """A file system of its own; only root can mount one."""
    directory.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "opencode-test", str(directory)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("needs the right to mount a tmpfs")
    try:
        yield directory
    finally:
        subprocess.run(["umount", "-l", str(directory)], check=True)


def test_without_space_for_the_backup_nothing_is_changed(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 8) as disk:
        path = make_go_database(disk / "opencode.db", sessions=50)
        before = dump(path, leave_out=())
        with pytest.raises(DiskFull, match="no space for a backup"):
            upgrade_file(path)
        assert dump(path, leave_out=()) == before
        assert not backups(path)


def fill_up(filler: Path) -> None:
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        while file.write(bytes(4096)):
            pass


def test_a_disk_that_fills_up_midway_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with small_disk(tmp_path / "disk", 8) as disk:
        path = make_go_database(disk / "opencode.db", sessions=50)
        before = rows(path, "SELECT id, parts FROM messages ORDER BY rowid")
        monkeypatch.setattr("opencode.db.backup._RESERVE", 0)
        filler = disk / "filler"

        def fill(progress: UpgradeProgress) -> None:
            if progress.stage == "migrate" and not filler.exists():
                fill_up(filler)

        with pytest.raises(DiskFull):
            upgrade_file(path, progress=fill)
        filler.unlink()
        assert rows(path, "SELECT id, parts FROM messages ORDER BY rowid") == before
        upgrade_file(path)
        assert rows(path, "SELECT id, parts FROM messages ORDER BY rowid") == before
        assert status(SQLiteTarget(path)).pending == ()


@contextmanager
def read_only(directory: Path) -> Iterator[None]:
    """As a mount for root, whom permissions do not stop."""
    if os.geteuid() == 0:
        command = ["mount", "--bind", "-o", "ro", str(directory), str(directory)]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            pytest.skip("needs the right to mount")
        try:
            yield
        finally:
            subprocess.run(["umount", "-l", str(directory)], check=True)
        return
    directory.chmod(0o500)
    try:
        yield
    finally:
        directory.chmod(0o700)


def test_a_read_only_directory_is_told(path: Path) -> None:
    make_go_database(path)
    content = path.read_bytes()
    with read_only(path.parent), pytest.raises(DatabaseReadOnly, match="read-only"):
        upgrade_file(path)
    assert path.read_bytes() == content
    assert list(upgrade_file(path).applied) == IDS[2:]


def test_a_read_only_place_for_a_new_database_is_told(tmp_path: Path) -> None:
    place = tmp_path / "place"
    place.mkdir()
    with read_only(place), pytest.raises(DatabaseReadOnly):
        upgrade_file(place / ".opencode" / "opencode.db")
    assert not list(place.iterdir())


def test_the_log_tells_what_an_upgrade_did(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    make_go_database(path)
    with caplog.at_level("INFO", logger="opencode.db.upgrade"):
        report = upgrade_file(path)
    (told,) = [line for line in caplog.messages if line.startswith("upgraded")]
    assert told.startswith(f"upgraded: applied {IDS[2]}, ")
    assert f"; found in place {IDS[0]}, {IDS[1]}; filed " in told
    assert f" under {PROJECT}; numbered " in told
    assert f"; copy of the old one: {report.backup} (" in told
