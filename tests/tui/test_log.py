"""The log on the screen."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from opencode.logs import LogFile
from opencode.store import Store
from opencode.tui import Known
from opencode.tui.log import KEPT, LogTail, captured
from tests.tui.conftest import StartDriver
from tests.tui.driver import Driver

if TYPE_CHECKING:
    import pytest


def test_nothing_reaches_the_terminal_and_all_comes_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = logging.getLogger()
    stream = logging.StreamHandler(sys.stderr)
    root.addHandler(stream)
    before = list(root.handlers)
    tail = LogTail()
    try:
        with captured(tail, tmp_path / "log"):
            logging.getLogger("opencode.x").warning("mysql://u:secret@h/d \x1b[2J")
            logging.getLogger("urwid").debug("every key")
            logging.getLogger("py.warnings").warning("deprecated")
        assert root.handlers == before
    finally:
        root.removeHandler(stream)
    assert capsys.readouterr().err == ""
    assert [line.message for line in tail.lines] == ["mysql://***@h/d ", "deprecated"]
    assert "secret" not in (tmp_path / "log").read_text()


def test_a_log_file_that_is_set_up_already_is_used(tmp_path: Path) -> None:
    root = logging.getLogger()
    handler = LogFile(tmp_path / "one")
    root.addHandler(handler)
    try:
        with captured(LogTail(), tmp_path / "two"):
            logging.getLogger("opencode.x").error("once")
    finally:
        root.removeHandler(handler)
    assert (tmp_path / "one").read_text().count("once") == 1
    assert not (tmp_path / "two").exists()


def test_memory_is_bounded() -> None:
    tail = LogTail()
    for number in range(KEPT + 10):
        tail.handle(logging.LogRecord("x", logging.INFO, "", 0, f"{number}", None, None))
    assert [tail.lines[0].message, len(tail.lines)] == ["10", KEPT]


def test_what_the_configuration_warns_of_is_told_at_the_start(usual: Store) -> None:
    warnings = ("/x/.opencode.json: theme 'purple' is ignored", "OPENCODE_THEM is ignored")
    driver = Driver(lambda: usual, owns_store=False, known=lambda: Known(warnings=warnings))
    assert "The configuration gives 2 warnings; see the log with l." in driver.text()
    driver.press("l")
    assert "2 records" in driver.header()
    for warning in warnings:
        assert f"warning {warning}" in driver.text()
    assert "gives 2 warnings" not in driver.press("esc").text()


def test_without_warnings_nothing_is_told(usual: Store) -> None:
    driver = Driver(lambda: usual, owns_store=False)
    assert "The configuration" not in driver.text()
    assert "0 records" in driver.press("l").header()


def test_screen(usual: Store, drive: StartDriver) -> None:
    driver = drive(usual)
    for number in range(40):
        record = logging.LogRecord("x", logging.WARNING, "", 0, f"record {number}", None, None)
        driver.app.log.handle(record)
    driver.press("l")
    assert "40 records · newest last" in driver.header()
    assert "warning record 39" in driver.text()
    driver.press("g", "?", "q", "q")
    assert driver.header().startswith(" Sessions")
