"""A session that is deleted elsewhere while it is open here: that is shown, and no text is lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from opencode.errors import DatabaseUnavailable
from opencode.store import Store, open_store
from opencode.tui.draftfiles import DraftFiles
from opencode.tui.drafts import Drafts, Kept
from tests.tui.conftest import Golden, StartDriver, at_every_size, name_of
from tests.tui.doubles import Outage
from tests.tui.driver import Driver
from tests.tui.stores import PROJECT, add_session, database_of, many_messages
from tests.tui.test_writing import said, typed

GONE = "This session was deleted elsewhere"
LONG_ENOUGH = 1.1
"""Seconds until the interface has looked for news."""


def delete_elsewhere(store: Store, session_id: str = "flaky") -> None:
    """As another process does it."""
    path = database_of(store)
    with open_store(path.parent, project=PROJECT, dsn=f"sqlite:///{path}") as other:
        other.sessions.delete(session_id)


def notices(driver: Driver) -> str:
    return " ".join(words for _, words in driver.app.notice_runs())


def drafts_of(store: Store) -> list[str]:
    directory = database_of(store).with_name("opencode.db.drafts")
    return [json.loads(file.read_text())["text"] for file in directory.glob("*.json")]


@pytest.fixture
def flaky(usual: Store, drive: StartDriver) -> Driver:
    """An open session of one message."""
    return drive(usual).press("j", "enter")


@pytest.fixture
def stranded(usual: Store, flaky: Driver) -> Driver:
    """A session that was deleted, with something typed in it and not sent."""
    flaky.press("i").type("half a thought").press("esc")
    delete_elsewhere(usual)
    return flaky.advance(LONG_ENOUGH)


@at_every_size
def test_who_reads_is_told(
    usual: Store, drive: StartDriver, golden: Golden, size: tuple[int, int]
) -> None:
    driver = drive(usual, size=size).press("enter")
    delete_elsewhere(usual, "implement")
    golden(name_of("gone", size), driver.advance(LONG_ENOUGH).lines())


@at_every_size
def test_who_has_typed_is_told_where_it_is(
    usual: Store, drive: StartDriver, shared: None, golden: Golden, size: tuple[int, int]
) -> None:
    driver = drive(usual, size=size).press("enter", "i").type("half a thought").press("esc")
    delete_elsewhere(usual, "implement")
    golden(name_of("stranded", size), driver.advance(5.1).lines())


@at_every_size
def test_who_types_goes_on_typing(
    usual: Store, drive: StartDriver, golden: Golden, size: tuple[int, int]
) -> None:
    driver = drive(usual, size=size).press("enter", "i").type("half a")
    delete_elsewhere(usual, "implement")
    golden(name_of("unsendable", size), driver.advance(LONG_ENOUGH).lines())
    driver.type(" thought; yes").press("enter")
    assert GONE in driver.text()
    assert driver.app.drafts.text("implement") == "half a thought; yes"


def test_what_is_loaded_can_be_read_on(usual: Store, drive: StartDriver) -> None:
    many_messages(usual, "flaky", 500)
    driver = drive(usual).press("enter", "g", "G")
    delete_elsewhere(usual)
    driver.advance(LONG_ENOUGH).press(*"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", "k", "g")
    assert GONE in driver.text()
    assert "no session" not in driver.text()
    assert driver.app.layers[-1].place == "gone"
    assert driver.press("esc").header().startswith(" Sessions")
    assert "of 5" in driver.header()
    assert "Fix flaky" not in driver.text()


def test_what_cannot_be_done_any_more_has_no_key(stranded: Driver) -> None:
    for key in ("r", "f", "o", "E", "z"):
        assert stranded.press(key).app.layers[-1].place == "stranded"


def test_sending_shows_it(usual: Store, flaky: Driver) -> None:
    flaky.press("i").type("too late")
    delete_elsewhere(usual)
    flaky.press("enter", "!")
    assert typed(flaky) == "too late!"
    assert "· deleted elsewhere" in flaky.text()
    flaky.press("esc")
    assert "Your text is kept: y copies it" in flaky.text()


def test_messages_on_their_way_come_back_in_their_order(usual: Store, flaky: Driver) -> None:
    delete_elsewhere(usual)
    flaky.press("i").press(*"one", "enter", *"two", "enter", *"three", settle=False)
    flaky.settle()
    assert typed(flaky) == "one\n\ntwo\n\nthree"
    assert not flaky.app.drafts.unsent()


def test_who_has_left_is_told_as_well(usual: Store, flaky: Driver) -> None:
    flaky.press("i", *"too late")
    delete_elsewhere(usual)
    flaky.press("enter", "esc", "esc", settle=False)
    flaky.settle()
    assert "“Fix flaky migration test on MySQL 8” was deleted elsewhere" in notices(flaky)
    assert typed(flaky.press("enter", "i", "up")) == "too late"


def test_the_text_can_be_copied(stranded: Driver, copied: list[str]) -> None:
    stranded.press("y")
    assert copied == ["half a thought"]
    assert notices(stranded) == "Copied your text."
    assert GONE in stranded.text()


def test_the_text_can_go_on_in_a_new_session(usual: Store, stranded: Driver) -> None:
    stranded.press("s")
    assert stranded.header().startswith(" Fix flaky migration test on MySQL 8")
    assert typed(stranded) == "half a thought"
    stranded.type("!").press("enter")
    (new,) = [s for s in usual.sessions.list().items if s.title.startswith("Fix flaky")]
    assert said(usual, new.id) == ["half a thought!"]
    stranded.press("esc", "esc").advance(1)
    assert drafts_of(usual) == []
    assert stranded.text().count("Fix flaky") == 1


def test_the_text_can_be_looked_at_and_changed(usual: Store, stranded: Driver) -> None:
    stranded.press("i").type(", and more")
    assert typed(stranded) == "half a thought, and more"
    assert "enter send" not in stranded.footer()
    stranded.press("esc", "esc")
    assert stranded.press("enter", "i", "up").text().count("half a thought, and more") == 1


def test_the_text_can_be_thrown_away(usual: Store, stranded: Driver) -> None:
    stranded.press("d").advance(1)
    assert stranded.app.layers[-1].place == "gone"
    assert drafts_of(usual) == []
    assert typed(stranded.press("esc", "enter", "i", "up")) == "half a thought"


def test_the_text_waits_in_the_history_until_it_is_sent(usual: Store, stranded: Driver) -> None:
    stranded.press("esc")
    assert notices(stranded) == "Your text is kept: ↑ in any message prompt brings it back."
    stranded.advance(1)
    assert drafts_of(usual) == ["half a thought"]
    stranded.press("enter", "i", "up", "enter").advance(1)
    assert drafts_of(usual) == []


def test_the_text_is_there_at_the_next_start(
    usual: Store, stranded: Driver, drive: StartDriver
) -> None:
    stranded.app.close()
    driver = drive(usual)
    assert "Kept: 1 draft of deleted sessions" in notices(driver)
    assert typed(driver.press("enter", "i", "up")) == "half a thought"


def test_deleting_it_oneself_takes_the_draft_along(usual: Store, flaky: Driver) -> None:
    flaky.press("i").type("half a thought").press("esc").advance(1)
    assert drafts_of(usual) == ["half a thought"]
    flaky.press("d", "y").advance(1)
    assert drafts_of(usual) == []
    assert GONE not in flaky.text()


def test_a_session_that_is_there_after_all(
    usual: Store, flaky: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    delete_elsewhere(usual)
    assert GONE in flaky.advance(LONG_ENOUGH).text()
    add_session(usual, "Back again", id="flaky")
    flaky.press("R")
    assert GONE not in flaky.text()
    flaky.press("i").type("hello").press("enter")
    assert said(usual) == ["hello"]


def test_what_happened_below_another_screen_is_seen_on_the_way_back(
    usual: Store, flaky: Driver
) -> None:
    flaky.press("f")
    delete_elsewhere(usual)
    flaky.advance(LONG_ENOUGH).press("esc")
    assert GONE in flaky.text()


def test_a_preview_of_a_session_that_is_deleted_is_no_error(
    usual: Store, drive: StartDriver
) -> None:
    driver = drive(usual, size=(140, 40)).press("j")
    delete_elsewhere(usual)
    driver.advance(LONG_ENOUGH)
    assert "no session" not in driver.text()
    assert "of 5" in driver.header()


def test_opening_a_session_that_is_gone(usual: Store, drive: StartDriver) -> None:
    driver = drive(usual).press("j")
    usual.sessions.delete("flaky")
    driver.press("enter")
    assert GONE in driver.text()
    assert "Nothing of this session was read before." in driver.text()


def test_a_server_that_says_so_is_back(
    usual: Store, flaky: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    outage = Outage(monkeypatch, usual.messages, "list")
    outage.on, outage.error = True, DatabaseUnavailable("the server went away")
    flaky.press("R")
    outage.on = False
    usual.sessions.delete("flaky")
    flaky.press("r")
    assert "Cannot reach" not in flaky.text()
    assert GONE in flaky.text()


def test_drafts_of_other_texts_stay_when_one_is_sent(tmp_path: Path) -> None:
    drafts = Drafts()
    for id, words in (("one", "first"), ("two", "second")):
        drafts.restore(Kept(id, PROJECT, words))
        drafts.lose(id)
    drafts.send("three", "first", "m")
    assert (drafts.text("one"), drafts.text("two")) == ("", "second")
    DraftFiles(tmp_path).write([drafts.kept("one")])
    assert not list(tmp_path.glob("*.json"))
