"""Database files that go away under the program."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from opencode.errors import DatabaseUnavailable
from opencode.store import Store, open_store
from opencode.tui.openfile import OpenFile
from tests.tui.conftest import StartDriver
from tests.tui.driver import Driver
from tests.tui.stores import PROJECT, add_session, database_of, new_store, usual_sessions


def test_it_tells_once_and_again_when_it_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.touch()
    file = OpenFile(path)
    assert not file.is_another()
    path.rename(tmp_path / "away")
    for _ in range(2):
        with pytest.raises(DatabaseUnavailable, match="is gone"):
            file.is_another()
    (tmp_path / "away").rename(path)
    assert not file.is_another()
    (tmp_path / "new").touch()
    (tmp_path / "new").rename(path)
    with pytest.raises(DatabaseUnavailable, match="was replaced"):
        file.is_another()
    assert file.is_another()


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A database that nobody else has open."""
    with new_store(tmp_path / "data") as store:
        usual_sessions(store)
        return database_of(store)


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """Another database, with one session."""
    with new_store(tmp_path / "other") as store:
        add_session(store, "In the other")
        return database_of(store)


def opened(path: Path) -> Store:
    return open_store(path.parent, project=PROJECT, dsn=f"sqlite:///{path}")


def start(path: Path, drive: StartDriver) -> Driver:
    return drive(partial(opened, path))


def test_a_file_that_is_replaced_is_told_and_opened(
    here: Path, drive: StartDriver, other: Path
) -> None:
    driver = start(here, drive)
    for file in here.parent.glob("opencode.db-*"):
        file.unlink()
    other.replace(here)
    driver.press("n").type("Lost?").press("enter")
    assert "was replaced by another file" in driver.text()
    driver.press("r")
    assert driver.footer() == " Started “Lost?”."
    assert "1 of 2" in driver.header()
    assert "▌ Lost?" in driver.text()
    driver.advance(3)
    with opened(here) as now:
        titles = [session.title for session in now.sessions.list().items]
    assert titles == ["Lost?", "In the other"]


def test_a_file_that_is_replaced_is_noticed_at_rest_and_waits_to_be_opened(
    here: Path, drive: StartDriver, other: Path
) -> None:
    """It may be a copy that is not finished, and opening it would upgrade it."""
    driver = start(here, drive)
    for file in here.parent.glob("opencode.db-*"):
        file.unlink()
    other.replace(here)
    before = here.read_bytes()
    driver.advance(5)
    assert "was replaced by another file" in driver.words()
    assert driver.app.offline
    assert here.read_bytes() == before
    driver.press("r").settle()
    assert "In the other" in driver.text()
    assert not driver.app.offline


def test_a_file_that_is_gone_is_noticed_at_rest_and_not_made_anew(
    here: Path, drive: StartDriver, tmp_path: Path
) -> None:
    driver = start(here, drive)
    path = here
    path.parent.rename(tmp_path / "away")
    driver.advance(1.1)
    assert "is gone" in driver.resize(140, 40).text()
    driver.resize(80, 24)
    driver.press("r", "esc", "enter", "r", "esc")
    assert not path.parent.exists()
    (tmp_path / "away").rename(path.parent)
    driver.press("esc", "R")
    assert "offline" not in driver.attributes()
    assert "Cannot reach" not in driver.text()


@pytest.mark.parametrize("keys", [(), ("esc",), ("r",), ("esc", "enter", "esc")])
def test_a_file_that_is_back_is_noticed(
    here: Path, drive: StartDriver, tmp_path: Path, keys: tuple[str, ...]
) -> None:
    driver = start(here, drive)
    away = tmp_path / "away"
    here.parent.rename(away)
    driver.advance(1.1).press(*keys)
    assert driver.app.offline
    with opened(away / here.name) as elsewhere:
        add_session(elsewhere, "Written meanwhile")
    driver.advance(5)
    assert driver.app.offline
    away.rename(here.parent)
    driver.advance(1.1).settle()
    assert "offline" not in driver.attributes()
    assert "Cannot reach" not in driver.text()
    if "enter" not in keys:
        assert "Written meanwhile" in driver.text()


def test_another_file_is_not_opened_unasked(
    here: Path, drive: StartDriver, other: Path, tmp_path: Path
) -> None:
    driver = start(here, drive)
    here.parent.rename(tmp_path / "away")
    driver.advance(1.1)
    other.parent.rename(here.parent)
    driver.advance(5)
    assert driver.app.offline
    driver.press("r").settle()
    assert "In the other" in driver.text()


def test_the_log_of_the_old_file_is_not_taken_for_the_new_ones(
    here: Path, drive: StartDriver, other: Path, caplog: pytest.LogCaptureFixture
) -> None:
    driver = start(here, drive)
    driver.press("n").type("In the old log").press("enter")
    other.replace(here)
    driver.press("R", "r")
    assert "Cannot reach the session database" in driver.text()
    # Not from the screen, where it depends on the length of the path where lines end.
    assert "the log of the old one is still beside it" in caplog.messages[-1]
    for file in here.parent.glob("opencode.db-*"):
        file.rename(here.with_name(f"old{file.name}"))
    driver.press("r")
    assert "1 of 1" in driver.header()
    assert "In the old log" not in driver.text()


def test_a_store_of_somebody_else_is_not_opened_anew(
    usual: Store, drive: StartDriver, other: Path
) -> None:
    driver = drive(usual)
    other.replace(database_of(usual))
    driver.press("R", "r")
    assert "Leave the program and start it again." in driver.text()
    assert usual.sessions.count() == 6
