from __future__ import annotations

import logging
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from opencode import logs
from tests.conftest import PROJECT


@pytest.fixture(autouse=True)
def root_logger() -> Iterator[None]:
    """Handlers and level as they were."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def log_file(home: Path) -> Path:
    return home / ".local/state/opencode/opencode.log"


def log(message: str, *args: object, level: int = logging.INFO) -> None:
    logging.getLogger("opencode.test").log(level, message, *args)


@pytest.mark.parametrize(
    ("environ", "path"),
    [
        ({"HOME": "/home/ada"}, "/home/ada/.local/state/opencode/opencode.log"),
        ({"HOME": "/h", "XDG_STATE_HOME": "/state"}, "/state/opencode/opencode.log"),
        ({"HOME": "/h", "XDG_STATE_HOME": "state"}, "/h/.local/state/opencode/opencode.log"),
        ({}, None),
    ],
)
def test_log_path_follows_the_xdg_rules(environ: dict[str, str], path: str | None) -> None:
    assert logs.log_path(environ) == (Path(path) if path else None)


def test_configuring_alone_makes_no_file(log_file: Path) -> None:
    assert logs.configure() == log_file
    assert not log_file.exists()


def test_records_reach_a_private_file(log_file: Path) -> None:
    logs.configure()
    log("opened %s", "database")
    line = log_file.read_text()
    assert line.endswith("opencode.test: opened database\n")
    assert line.startswith("20")
    assert "Z INFO [" in line
    assert stat.S_IMODE(log_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(log_file.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("name", "lines"), [("", 2), ("debug", 3), ("WARNING", 1), ("error", 0), ("loud", 2)]
)
def test_the_level_comes_from_the_environment(
    log_file: Path, monkeypatch: pytest.MonkeyPatch, name: str, lines: int
) -> None:
    monkeypatch.setenv("OPENCODE_LOG_LEVEL", name)
    logs.configure()
    for level in (logging.DEBUG, logging.INFO, logging.WARNING):
        log("hello", level=level)
    assert (log_file.read_text().count("\n") if log_file.exists() else 0) == lines


def test_debug_goes_before_the_environment(log_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENCODE_LOG_LEVEL", "error")
    logs.configure(debug=True)
    log("hello", level=logging.DEBUG)
    assert "hello" in log_file.read_text()


def test_configuring_twice_logs_once(log_file: Path) -> None:
    logs.configure()
    logs.configure()
    log("hello")
    assert log_file.read_text().count("hello") == 1


def test_a_log_that_cannot_be_written_stops_nothing(
    log_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log_file.parent.parent.mkdir(parents=True)
    log_file.parent.write_text("a file where the directory should be")
    logs.configure()
    log("hello")
    assert capsys.readouterr() == ("", "")


def test_without_a_home_nothing_is_written_anywhere(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("HOME")
    assert logs.configure() is None
    log("hello", level=logging.ERROR)
    assert capsys.readouterr() == ("", "")


def test_a_link_is_not_followed(log_file: Path, tmp_path: Path) -> None:
    log_file.parent.mkdir(parents=True)
    target = tmp_path / "target"
    log_file.symlink_to(target)
    logs.configure()
    log("hello")
    assert not target.exists()


def test_a_full_file_makes_room(log_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "MAX_BYTES", 1000)
    logs.configure()
    for number in range(40):
        log("record %d %s", number, "x" * 50)
    older = log_file.with_name("opencode.log.1")
    assert log_file.stat().st_size <= 1000
    assert older.stat().st_size <= 1200
    assert "record 39" in log_file.read_text() + older.read_text()


def test_control_characters_are_spelt_out_and_lines_indented(log_file: Path) -> None:
    logs.configure()
    log("title \x1b]52;c;evil\x07 \x9b2J \u202e\nERROR forged")
    text = log_file.read_text()
    assert "\\x1b]52;c;evil\\x07 \\x9b2J \\u202e\n    ERROR forged\n" in text


def test_tracebacks_are_logged_without_secrets(log_file: Path) -> None:
    logs.configure()
    try:
        raise ValueError("mysql://ada:s3cret@db/sessions")
    except ValueError:
        logging.getLogger("opencode.test").exception("failed")
    text = log_file.read_text()
    assert "Traceback" in text
    assert "s3cret" not in text


def test_a_program_without_logging_gets_nothing_on_stderr(tmp_path: Path) -> None:
    """Python would print warnings."""
    script = """
import sys
from opencode import open_store
from opencode.errors import DatabaseUnavailable
try:
    open_store(sys.argv[1], dsn="ada:secret@tcp(127.0.0.1:1)/sessions?timeout=300ms")
except DatabaseUnavailable:
    print("unavailable")
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("unavailable\n", "")
