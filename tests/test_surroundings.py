"""Bad surroundings: one clear line, a hint, the right exit code, no traceback, nothing changed."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from opencode.store import open_store
from tests.conftest import PROJECT, GitRepository, RunOpencode

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="mounting and chown need root")


@pytest.fixture
def checkout(git_repository: GitRepository) -> Path:
    """A checkout with a database of one session."""
    root = git_repository("checkout")
    with open_store(root) as store:
        store.sessions.create(title="kept")
    return root


@pytest.fixture
def fails(run_opencode: RunOpencode) -> Callable[..., str]:
    """Runs a command that must fail cleanly; returns what it said on stderr."""

    def run(
        code: int,
        *args: str,
        cwd: Path,
        says: str,
        env: dict[str, str] | None = None,
        input: str | None = None,
    ) -> str:
        done = run_opencode(*args, cwd=cwd, env=env, input=input)
        lines = done.stderr.splitlines()
        assert done.returncode == code, done.stderr
        assert done.stdout == ""
        assert "Traceback" not in done.stderr
        assert sum(line.startswith("error: ") for line in lines) == 1, done.stderr
        assert any(line.startswith("hint: ") for line in lines), done.stderr
        assert says in done.stderr
        return done.stderr

    return run


def database(root: Path) -> Path:
    return root / ".opencode" / "opencode.db"


def snapshot(directory: Path) -> dict[str, str]:
    """Names and contents of all files, of those too that SQLite makes for a while."""
    return {
        str(path.relative_to(directory)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }


@contextmanager
def mounted(directory: Path, *options: str) -> Iterator[None]:
    subprocess.run(["mount", *options, str(directory)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(directory)], check=True)


@contextmanager
def read_only(path: Path) -> Iterator[None]:
    """Root writes whatever the mode says, but not to a file system mounted read-only."""
    if os.geteuid() == 0:
        bind = ["mount", "--bind", str(path), str(path)]
        subprocess.run(bind, check=True)
        with mounted(path, "-o", "remount,ro,bind"):
            yield
        return
    mode = path.stat().st_mode
    path.chmod(mode & ~0o222)
    try:
        yield
    finally:
        path.chmod(mode)


def test_a_file_that_is_not_sqlite(checkout: Path, fails: Callable[..., str]) -> None:
    database(checkout).write_bytes(b"this is not a database\n" * 100)
    before = snapshot(checkout)
    fails(1, "session", "list", cwd=checkout, says="is not a SQLite database")
    assert snapshot(checkout) == before


@pytest.mark.parametrize("keep", [50, 4096, 20_000])
def test_a_truncated_file(checkout: Path, fails: Callable[..., str], keep: int) -> None:
    os.truncate(database(checkout), keep)
    before = snapshot(checkout)
    said = fails(1, "session", "list", cwd=checkout, says="is truncated")
    assert f"{keep:,} of {'at least 512' if keep < 100 else ''}" in said
    assert snapshot(checkout) == before


def test_a_damaged_file(checkout: Path, fails: Callable[..., str]) -> None:
    content = bytearray(database(checkout).read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    database(checkout).write_bytes(content)
    fails(1, "session", "list", cwd=checkout, says="is damaged")


def test_another_programs_database(checkout: Path, fails: Callable[..., str]) -> None:
    database(checkout).unlink()
    with sqlite3.connect(database(checkout)) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
    connection.close()
    before = snapshot(checkout)
    fails(1, "session", "list", cwd=checkout, says="opencode.db")
    assert snapshot(checkout) == before


def test_a_read_only_directory(checkout: Path, fails: Callable[..., str]) -> None:
    before = snapshot(checkout)
    with read_only(database(checkout).parent):
        fails(1, "session", "new", "--title", "x", cwd=checkout, says="the directory")
    assert snapshot(checkout) == before
    with open_store(checkout) as store:
        assert store.sessions.count() == 1


def test_a_read_only_file(checkout: Path, fails: Callable[..., str]) -> None:
    before = snapshot(checkout)
    with read_only(database(checkout)):
        fails(1, "session", "new", "--title", "x", cwd=checkout, says="the database file")
    assert snapshot(checkout) == before


def test_a_read_only_file_of_the_go_opencode(
    go_database: Path, git_repository: GitRepository, fails: Callable[..., str]
) -> None:
    root = git_repository("checkout")
    before = snapshot(root)
    with read_only(go_database):
        fails(1, "session", "list", cwd=root, says="read-only")
    assert snapshot(root) == before


def test_a_directory_that_may_not_be_entered(checkout: Path) -> None:
    """For root without the rights that let it pass everywhere."""
    directory = database(checkout).parent
    directory.chmod(0)
    rights = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"]
    try:
        done = subprocess.run(
            [
                *(rights if os.geteuid() == 0 else []),
                sys.executable,
                "-m",
                "opencode",
                "db",
                "status",
            ],
            cwd=checkout,
            env={**os.environ, "PYTHONPATH": str(PROJECT)},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
    finally:
        directory.chmod(0o700)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"error: {database(checkout)} cannot be ")
    assert "Permission denied\nhint: " in done.stderr


def test_a_read_only_place_for_a_new_database(
    git_repository: GitRepository, fails: Callable[..., str]
) -> None:
    root = git_repository("fresh", remote=None)
    with read_only(root):
        fails(1, "session", "list", cwd=root, says="cannot be written")


@needs_root
def test_a_full_disk(checkout: Path, fails: Callable[..., str], tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    with mounted(small, "-t", "tmpfs", "-o", "size=700k", "tmpfs"):
        shutil.copytree(checkout / ".opencode", small / ".opencode")
        (small / "filler").write_bytes(b"x" * 200_000)
        env = {"OPENCODE_DATA_DIRECTORY": str(small / ".opencode")}
        with open_store(checkout, environ={**os.environ, **env}) as store:
            before = store.sessions.list().items[0]
        add = ("message", "add", before.id, "-")
        fails(1, *add, cwd=checkout, env=env, input="x" * 400_000, says="no space left")
        (small / "filler").unlink()
        with open_store(checkout, environ={**os.environ, **env}) as store:
            assert store.sessions.get(before.id) == before
            assert store.check().ok


def test_a_locked_database(checkout: Path, fails: Callable[..., str]) -> None:
    holder = sqlite3.connect(database(checkout), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    env = {"OPENCODE_SQLITE_BUSY_TIMEOUT": "0.1"}
    fails(3, "session", "new", "--title", "x", cwd=checkout, env=env, says="is locked")
    holder.execute("ROLLBACK")
    holder.close()


def test_a_newer_schema(checkout: Path, fails: Callable[..., str]) -> None:
    with sqlite3.connect(database(checkout)) as connection:
        connection.execute(
            "INSERT INTO _yoyo_migration (migration_hash, migration_id, applied_at_utc) "
            "VALUES ('x', '0099_from_the_future', '2030-01-01')"
        )
    connection.close()
    fails(1, "session", "list", cwd=checkout, says="0099_from_the_future")


def test_missing_migrations(checkout: Path, fails: Callable[..., str], tmp_path: Path) -> None:
    broken = tmp_path / "site"
    shutil.copytree(
        PROJECT / "opencode", broken / "opencode", ignore=shutil.ignore_patterns("__pycache__")
    )
    env = {"PYTHONPATH": str(broken)}
    fails(1, "session", "list", cwd=checkout, env=env, says="installation is incomplete")


@pytest.mark.parametrize(
    ("config", "says"),
    [
        ('{"data": {', "line 1"),
        ('{"sessionProvider": {"typ": "sqlite"}}', "sessionProvider.typ"),
        ('{"sessionProvider": {"autoMigrate": "yes"}}', "sessionProvider.autoMigrate"),
        ('{"sessionProvider": {"type": "postgres"}}', "postgres"),
        ('{"sessionProvider": {"type": "mysql"}}', "OPENCODE_MYSQL_DSN"),
    ],
)
def test_a_broken_configuration(
    checkout: Path, fails: Callable[..., str], config: str, says: str
) -> None:
    (checkout / ".opencode.json").write_text(config)
    before = snapshot(checkout)
    said = fails(2, "session", "list", cwd=checkout, says=says)
    assert ".opencode.json" in said
    assert snapshot(checkout) == before


def test_git_is_missing(checkout: Path, fails: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    env = {"PATH": str(tmp_path / "empty")}
    fails(2, "session", "list", cwd=checkout, env=env, says="OPENCODE_PROJECT_ID")


def test_git_is_missing_for_a_database_of_the_go_opencode(
    go_database: Path,
    git_repository: GitRepository,
    fails: Callable[..., str],
    run_opencode: RunOpencode,
    tmp_path: Path,
) -> None:
    """Nothing is begun before it is clear whose the sessions are; then what is said counts."""
    root = git_repository("checkout")
    (tmp_path / "empty").mkdir()
    env = {"PATH": str(tmp_path / "empty")}
    before = snapshot(root)
    fails(2, "session", "list", cwd=root, env=env, says="OPENCODE_PROJECT_ID")
    assert set(snapshot(root).items()) >= set(before.items())
    assert not list(go_database.parent.glob("*.bak"))
    said = run_opencode("-P", "acme/app", "session", "list", cwd=root, env=env).stderr
    assert "filled in: the project acme/app of 9 sessions" in said


@needs_root
def test_dubious_ownership(checkout: Path, fails: Callable[..., str]) -> None:
    for path in (checkout, checkout / ".git"):
        os.chown(path, 12345, 12345)
    fails(2, "session", "list", cwd=checkout, says="safe.directory")


def test_no_terminal(checkout: Path, run_opencode: RunOpencode) -> None:
    done = run_opencode(cwd=checkout)
    assert done.returncode == 2
    assert done.stderr == ("error: the interface needs a terminal; try: opencode session list\n")
