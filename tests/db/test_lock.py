"""The migration lock: one process at a time, and none after its holder is gone."""

from __future__ import annotations

import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from opencode.db.lock import file_lock, file_lock_holder, lock_path
from opencode.errors import DatabaseLocked, StoreError
from tests.conftest import PROJECT

HOLDER = """
import sys
from pathlib import Path
from opencode.db.lock import file_lock
with file_lock(Path(sys.argv[1])):
    print("locked", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "opencode.db"


@contextmanager
def other_process(path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that holds the lock until its stdin is closed, or it is killed."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "locked\n"
        try:
            yield process
        finally:
            process.kill()


def test_the_lock_keeps_others_out_until_it_is_given_back(path: Path) -> None:
    with file_lock(path), pytest.raises(DatabaseLocked), file_lock(path, timeout=0):
        pytest.fail("locked twice")
    with file_lock(path, timeout=0):
        pass


def test_it_is_given_back_after_an_error(path: Path) -> None:
    with pytest.raises(ZeroDivisionError), file_lock(path):
        _ = 1 / 0
    with file_lock(path, timeout=0):
        pass


def test_a_killed_holder_leaves_nothing_behind(path: Path) -> None:
    with other_process(path) as process:
        with pytest.raises(DatabaseLocked), file_lock(path, timeout=0):
            pytest.fail("locked twice")
        process.kill()
        process.wait()
        with file_lock(path, timeout=0):
            pass


@pytest.mark.skipif(not Path("/proc/locks").exists(), reason="only Linux tells who holds a lock")
def test_the_error_names_the_holder(path: Path) -> None:
    assert file_lock_holder(path) is None
    with other_process(path) as process:
        assert (file_lock_holder(path) or "").startswith(f"process {process.pid} (")
        holder = f"process {process.pid} "
        with (
            pytest.raises(DatabaseLocked, match=holder) as caught,
            file_lock(path, timeout=0.1),
        ):
            pytest.fail("locked twice")
        assert caught.value.exit_code == 3
        assert "0.1 seconds" in caught.value.message
    assert file_lock_holder(path) is None


def test_a_waiter_is_told_once_and_gets_the_lock(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("opencode.db.lock.WORTH_MENTIONING", 0.0)
    told: list[str] = []
    waiting = threading.Event()
    release = threading.Event()
    locked = threading.Event()

    def tell(holder: str) -> None:
        told.append(holder)
        waiting.set()

    def hold() -> None:
        with file_lock(path):
            locked.set()
            release.wait(10)

    def wait() -> None:
        with file_lock(path, waiting=tell):
            pass

    threads = [threading.Thread(target=hold), threading.Thread(target=wait)]
    threads[0].start()
    assert locked.wait(10)
    threads[1].start()
    assert waiting.wait(10)
    release.set()
    for thread in threads:
        thread.join(10)
    assert len(told) == 1


def test_the_file_is_private_empty_and_stays(path: Path) -> None:
    with file_lock(path):
        pass
    file = lock_path(path)
    assert file.name == "opencode.db.migrate-lock"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.stat().st_size == 0
    assert [entry.name for entry in path.parent.iterdir()] == [file.name]


def test_a_directory_that_is_not_there_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(StoreError), file_lock(tmp_path / "missing" / "opencode.db"):
        pytest.fail("locked without a file")
