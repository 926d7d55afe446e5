"""Golden screens of what cannot be reached by keys alone: a shared database, one that goes away."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from opencode.errors import DatabaseUnavailable, StoreError
from opencode.store import Store
from opencode.tui import theme
from opencode.tui.versions import Standing
from tests.tui.conftest import Golden, StartDriver, at_every_size, name_of
from tests.tui.doubles import Outage
from tests.tui.driver import NOW, Driver
from tests.tui.stores import add_session, database_of

LOST = DatabaseUnavailable(
    "db.team.example:3306/opencode did not answer within 30 s",
    hint="check the host and port in sessionProvider.mysql, the VPN, the firewall",
)

OFFLINE = {
    "offline": ["R"],
    "offline-again": ["R", "r", "r"],
    "offline-dismissed": ["R", "esc"],
    "offline-session": ["enter", "g", "R", "esc"],
}


@pytest.fixture
def team(usual: Store, shared: None) -> Store:
    """A database that several people write to."""
    with closing(sqlite3.connect(database_of(usual))) as database, database:
        database.execute(
            "UPDATE sessions SET author = CASE id WHEN 'flaky' THEN 'grace' "
            "WHEN 'wide' THEN '花子' WHEN 'untitled' THEN NULL "
            "ELSE 'Ada Lovelace <ada@example.com>' END"
        )
    return usual


def compare(golden: Golden, state: str, size: tuple[int, int], driver: Driver) -> None:
    golden(name_of(state, size), driver.lines())
    assert driver.attributes() - {None} <= theme.ATTRIBUTES


@at_every_size
def test_shared_database(
    team: Store, drive: StartDriver, golden: Golden, size: tuple[int, int]
) -> None:
    driver = drive(team, size=size)
    compare(golden, "shared", size, driver)
    compare(golden, "shared-delete", size, driver.press("d"))
    compare(golden, "shared-author", size, driver.press("esc", "a", *"ada"))
    compare(golden, "shared-session", size, driver.press("esc", "enter"))


@at_every_size
@pytest.mark.parametrize("state", OFFLINE)
def test_database_goes_away(
    team: Store,
    drive: StartDriver,
    golden: Golden,
    monkeypatch: pytest.MonkeyPatch,
    state: str,
    size: tuple[int, int],
) -> None:
    ways = ("read", "run", "data_version")
    outages = [Outage(monkeypatch, team.provider, way) for way in ways]
    *before, last = " ".join(OFFLINE[state]).partition("R")
    driver = drive(team, size=size).press(*before[0].split())
    for outage in outages:
        outage.error = LOST
        outage.on = True
    compare(golden, state, size, driver.press(*before[1].split(), *last.split()))


@at_every_size
def test_reconnecting(
    team: Store,
    drive: StartDriver,
    golden: Golden,
    monkeypatch: pytest.MonkeyPatch,
    size: tuple[int, int],
) -> None:
    outage = Outage(monkeypatch, team.sessions, "list")
    outage.error = LOST
    driver = drive(team, size=size)
    outage.on = True
    driver.press("R").press("r", settle=False)
    compare(golden, "reconnecting", size, driver)
    outage.on = False
    driver.settle()
    compare(golden, "reconnected", size, driver)


@at_every_size
def test_error(
    usual: Store,
    drive: StartDriver,
    golden: Golden,
    monkeypatch: pytest.MonkeyPatch,
    size: tuple[int, int],
) -> None:
    outage = Outage(monkeypatch, usual.sessions, "contents")
    outage.error = StoreError(
        "there is no session implement in project github.com/opencode-ai/opencode",
        hint="somebody else may have deleted it; R reads the list again",
    )
    driver = drive(usual, size=size)
    outage.on = True
    compare(golden, "error", size, driver.press("d"))


@at_every_size
def test_log(usual: Store, drive: StartDriver, golden: Golden, size: tuple[int, int]) -> None:
    driver = drive(usual, size=size)
    for level, message in (
        (logging.INFO, "opened opencode.db, 10 migrations are applied"),
        (logging.WARNING, f"{LOST.message}; trying again"),
        (logging.ERROR, "a job failed\nTraceback (most recent call last):\n  ZeroDivisionError"),
    ):
        record = logging.LogRecord("opencode", level, "", 0, message, None, None)
        record.created = NOW
        driver.app.log.handle(record)
    compare(golden, "log-records", size, driver.press("l"))


@at_every_size
def test_projects(usual: Store, drive: StartDriver, golden: Golden, size: tuple[int, int]) -> None:
    for number, project in enumerate(("github.com/acme/shop", "notes", "日本語/プロジェクト")):
        add_session(usual.in_project(project), "One", age=86_400 * (number + 1))
    compare(golden, "projects-several", size, drive(usual, size=size).press("P", "j"))


@at_every_size
def test_locked(
    usual: Store,
    drive: StartDriver,
    golden: Golden,
    monkeypatch: pytest.MonkeyPatch,
    size: tuple[int, int],
) -> None:
    words = "the database is locked by process 4711 (sqlite3); waiting for up to 60 s"
    driver = drive(usual, size=size).press("r").type("!").press("enter", settle=False)
    monkeypatch.setattr(type(usual.provider), "waits_for", words)
    driver.timers.run_until(driver.timers.time + 4, lambda: None)
    compare(golden, "locked", size, driver)
    monkeypatch.undo()
    driver.settle()
    assert "locked" not in driver.text()


@at_every_size
def test_replacing_a_title(
    usual: Store, drive: StartDriver, golden: Golden, size: tuple[int, int]
) -> None:
    driver = drive(usual, size=size).press("r", "ctrl u").type("Session provider")
    usual.sessions.rename("implement", "Implement the session provider for MySQL")
    compare(golden, "renamed", size, driver.press("enter"))


@at_every_size
def test_replacing_a_file(
    usual: Store,
    drive: StartDriver,
    golden: Golden,
    monkeypatch: pytest.MonkeyPatch,
    size: tuple[int, int],
) -> None:
    standing = Standing(Path("/home/ada/src/opencode/README.md"), size=1_730, same=False)
    monkeypatch.setattr("opencode.tui.screens.write.write_version", lambda *_, **__: standing)
    driver = drive(usual, size=size).press("enter", "f", "w")
    compare(golden, "write", size, driver)
    compare(golden, "replace", size, driver.press("enter"))


def test_the_log_is_not_hidden_by_the_panel_it_was_opened_from(
    usual: Store, drive: StartDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    outage = Outage(monkeypatch, usual.sessions, "list")
    driver = drive(usual)
    outage.on = True
    assert "Cannot reach" in driver.press("R").text()
    assert "Cannot reach" not in driver.press("l").text()
    assert "Cannot reach" in driver.press("esc").text()
