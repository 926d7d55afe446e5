"""Reading a file in another process; what it is for is in test_backup."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from opencode.db.apart import reading_apart


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "-a file\n"
    path.write_bytes(os.urandom(5_000_000))
    return path


@pytest.mark.parametrize("limit", [0, 100, 5_000_000, 9_000_000])
def test_the_beginning_arrives(file: Path, limit: int) -> None:
    with reading_apart(file, limit) as stream:
        assert stream.read() == file.read_bytes()[:limit]


def test_a_relative_name_will_do(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(file.parent)
    with reading_apart(Path(file.name)) as stream:
        assert stream.read() == file.read_bytes()


def test_why_a_file_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="missing"), reading_apart(tmp_path / "missing"):
        pass
    with pytest.raises(IsADirectoryError), reading_apart(tmp_path):
        pass


def test_what_is_not_read_to_the_end_is_no_whole_file(file: Path) -> None:
    with pytest.raises(OSError, match="Broken pipe"), reading_apart(file) as stream:
        stream.read(10)


def test_an_error_ends_the_other_process(file: Path) -> None:
    with pytest.raises(KeyboardInterrupt), reading_apart(file):
        raise KeyboardInterrupt


def test_a_process_that_does_not_start_is_an_error(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    with pytest.raises(FileNotFoundError), reading_apart(file):
        pass
