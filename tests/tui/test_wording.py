"""Errors are told in sentences, wherever that is."""

from __future__ import annotations

import pytest

from opencode.db import mysql_meanings
from opencode.db.mysql_meanings import Meaning
from opencode.errors import DatabaseUnavailable, InvalidValue, NotFound, ServerFull
from opencode.store import Store
from opencode.tui.wording import sentence, told
from tests.tui.conftest import StartDriver
from tests.tui.doubles import Outage

LONG = ServerFull(
    "db.team:3306/opencode: no space left on the server (error 28)",
    hint="nothing was changed; its administrator must make space",
)

MEANINGS = {
    *mysql_meanings.BY_CODE.values(),
    *(value for value in vars(mysql_meanings).values() if isinstance(value, Meaning)),
}


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("the title has 300 characters", "The title has 300 characters."),
        ("db.team:3306: nothing listens there", "db.team:3306: nothing listens there."),
        ("/a/b cannot be opened", "/a/b cannot be opened."),
        ("opencode db status shows more", "opencode db status shows more."),
        ("autoMigrate is off", "autoMigrate is off."),
        ("is it a replica?", "Is it a replica?"),
        ("wait …", "Wait …"),
        ("It is gone.", "It is gone."),
        ("two\nlines \x1b[31m", "Two lines ."),
    ],
)
def test_sentences(words: str, shown: str) -> None:
    assert sentence(words) == shown


def test_the_hint_follows() -> None:
    assert told(LONG) == (
        "db.team:3306/opencode: no space left on the server (error 28). "
        "Nothing was changed; its administrator must make space."
    )
    assert told(NotFound("it is gone")) == "It is gone."


@pytest.mark.parametrize("meaning", sorted(MEANINGS, key=str))
def test_no_error_of_a_server_has_two_pairs_of_brackets_in_a_row(meaning: Meaning) -> None:
    words = told(meaning.kind(meaning.message, hint=meaning.hint))
    assert ") (" not in words
    assert ".." not in words


@pytest.mark.parametrize("attribute", ["list", "rename"])
def test_in_the_footer(
    usual: Store, drive: StartDriver, monkeypatch: pytest.MonkeyPatch, attribute: str
) -> None:
    outage = Outage(monkeypatch, usual.sessions, attribute)
    outage.error = InvalidValue("the server cannot store a value (22001)", hint="shorten it")
    driver = drive(usual)
    outage.on = True
    driver.press(*(["R"] if attribute == "list" else ["r", "x", "enter"]))
    assert "The server cannot store a value (22001). Shorten it." in driver.words()


def test_in_the_panel(usual: Store, drive: StartDriver, monkeypatch: pytest.MonkeyPatch) -> None:
    outage = Outage(monkeypatch, usual.sessions, "list")
    outage.error = DatabaseUnavailable("the server is not ready (1047)", hint="opencode db check")
    driver = drive(usual)
    outage.on = True
    panel = driver.press("R").text()
    assert "│ The server is not ready (1047). " in panel
    assert "│ opencode db check. " in panel


def test_what_is_waited_for(
    usual: Store, drive: StartDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver = drive(usual)
    monkeypatch.setattr(type(usual.provider), "waits_for", "opencode.db is locked by process 7")
    assert driver.footer() == " opencode.db is locked by process 7."
