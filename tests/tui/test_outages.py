"""A database that cannot be asked for a while: when that is over, and what is told of it."""

from __future__ import annotations

from typing import Any

import pytest

from opencode.errors import DatabaseRefused, DatabaseUnavailable
from opencode.store import Store
from opencode.tui.live import LOST
from tests.tui.conftest import StartDriver
from tests.tui.doubles import Outage
from tests.tui.driver import Driver

LOOK = 6.0
"""Seconds within which there is another look at a database that several people write to."""


@pytest.fixture
def server(shared: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Any database looks like one on a server, without a file."""
    monkeypatch.setattr("opencode.tui.access._file_of", lambda _: None)


@pytest.mark.usefixtures("server")
class TestARefusedLogin:
    """Another password, which is then changed back."""

    @pytest.fixture
    def refused(self, usual: Store, monkeypatch: pytest.MonkeyPatch) -> list[Outage]:
        """What is asked for the version, and for messages."""
        outages = [
            Outage(monkeypatch, usual, "data_version"),
            Outage(monkeypatch, usual.messages, "page"),
        ]
        for outage in outages:
            outage.error = DatabaseRefused("wrong user or password for ada")
        return outages

    @pytest.fixture
    def locked_out(self, usual: Store, drive: StartDriver, refused: list[Outage]) -> Driver:
        """In a session that could not be read."""
        driver = drive(usual)
        switch(refused, on=True)
        driver.advance(LOOK).press("enter").advance(LOOK)
        assert "· refused" in driver.text()
        assert driver.text().count("Wrong user or password for ada.") == 2
        return driver

    def test_what_is_on_the_screen_is_read_again_by_itself(
        self, refused: list[Outage], locked_out: Driver
    ) -> None:
        switch(refused, on=False)
        locked_out.advance(LOOK).settle()
        assert locked_out.footer() == " The database is back."
        assert "All tests pass now." in locked_out.text()
        assert "efused" not in locked_out.text()
        assert "Wrong user" not in locked_out.text()

    def test_what_the_database_layer_has_logged_is_told_and_not_logged_again(
        self,
        usual: Store,
        drive: StartDriver,
        refused: list[Outage],
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        driver = drive(usual)
        for outage in refused:
            assert isinstance(outage.error, DatabaseRefused)
            outage.error.logged = True
        switch(refused, on=True)
        driver.press("enter").advance(LOOK)
        assert driver.footer() == " Wrong user or password for ada."
        assert caplog.messages == []

    def test_whatever_could_be_read_has_it_looked_at_once(
        self, refused: list[Outage], locked_out: Driver
    ) -> None:
        switch(refused, on=False)
        locked_out.press("esc").settle()
        assert locked_out.footer() == " The database is back."
        assert "refused" not in locked_out.text()

    def test_what_can_be_read_all_the_same_does_not_end_it(
        self, refused: list[Outage], locked_out: Driver
    ) -> None:
        locked_out.press("esc", "R").settle()
        assert "· refused" in locked_out.text()
        assert "is back" not in locked_out.text()


@pytest.mark.usefixtures("server")
class TestAServerThatHangs:
    """For a while, and another job is done as soon as it is over."""

    def test_what_failed_is_tried_again_at_once(
        self, usual: Store, drive: StartDriver, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        outage, real = Outage(monkeypatch, usual, "data_version"), usual.sessions.list
        offline: list[bool] = []

        def over(*args: Any, **kwargs: Any) -> object:
            offline.append(driver.app.offline)
            outage.on = False
            return real(*args, **kwargs)

        driver = drive(usual)
        monkeypatch.setattr(usual.sessions, "list", over)
        outage.on = True
        driver.app.focus(focused=False)
        driver.app.focus(focused=True)
        driver.press("R")
        assert offline == [True, False]
        assert driver.footer() == " The database is back."
        assert "offline" not in driver.attributes()

    def test_how_often_it_was_tried_is_told_once(
        self, usual: Store, drive: StartDriver, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        outage = Outage(monkeypatch, usual.sessions, "list")
        error = DatabaseUnavailable("nothing listens on this port; tried 38 times in 29.4 seconds")
        error.attempts = 38
        driver = drive(usual)
        outage.on, outage.error = True, error
        driver.press("R", "r")
        assert "tried 38 times in 29.4 seconds. " in driver.words()
        assert "attempts" not in driver.text()

    def test_what_fails_by_itself_is_tried_only_when_something_else_was_done(
        self, usual: Store, drive: StartDriver, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        driver = drive(usual, size=(140, 40))
        outage = Outage(monkeypatch, usual.sessions, "list")
        outage.on = True
        driver.press("R")
        assert "Cannot reach the session database" in driver.text()
        assert "(2 attempts)" in driver.text()
        outage.on = False
        driver.advance(LOST).settle()
        assert driver.footer() == " The database is back."

    def test_what_did_not_ask_the_database_brings_no_other_attempt(
        self, usual: Store, drive: StartDriver, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        outages = [
            Outage(monkeypatch, usual, "data_version"),
            Outage(monkeypatch, usual.sessions, "list"),
        ]
        driver = drive(usual)
        switch(outages, on=True)
        driver.press("R")
        driver.app.submit(lambda _: None, lambda _: None)
        driver.settle()
        assert "Cannot reach the session database" in driver.text()
        assert "attempts" not in driver.text()


def switch(outages: list[Outage], *, on: bool) -> None:
    for outage in outages:
        outage.on = on
