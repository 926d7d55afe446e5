"""A database that cannot be asked for a while: when that is over, and what is told of it."""

from __future__ import annotations

import pytest

from opencode.errors import DatabaseRefused
from opencode.store import Store
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


def switch(outages: list[Outage], *, on: bool) -> None:
    for outage in outages:
        outage.on = on
