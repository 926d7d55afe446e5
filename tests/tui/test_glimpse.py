"""Opening a session that the preview shows: what is there is on the screen before it is read."""

from __future__ import annotations

import pytest

from opencode.errors import StoreError
from opencode.parts import Text
from opencode.store import Store
from opencode.tui import loading
from tests.tui.conftest import StartDriver
from tests.tui.doubles import Outage, Spy
from tests.tui.driver import Driver
from tests.tui.stores import add_session, many_messages
from tests.tui.test_gone import GONE, delete_elsewhere
from tests.tui.test_session import marked
from tests.tui.test_sessions import write_elsewhere

WIDE = (140, 40)


@pytest.fixture
def long(store: Store, drive: StartDriver) -> Driver:
    """A list with a preview, on a session of 950 messages."""
    many_messages(store, add_session(store, "Long", id="long"), 950)
    return drive(store, size=WIDE)


def opened(driver: Driver, *keys: str) -> Driver:
    """Open the session with the cursor, from a store that has not answered yet."""
    driver.press(*keys, "enter", settle=False)
    assert driver.jobs.busy
    return driver


def _fail(*args: object, **kwargs: object) -> None:
    raise StoreError("it cannot be read")


def rest(driver: Driver) -> None:
    """Let the cursor rest, so that the preview asks for its session; nothing is answered."""
    driver.timers.run_until(driver.timers.time + 0.1, lambda: None)


def body(driver: Driver) -> list[str]:
    """The screen but for its header, where a spinner may turn."""
    return driver.lines()[1:]


def test_what_the_preview_shows_is_there_at_once(usual: Store, drive: StartDriver) -> None:
    driver = opened(drive(usual, size=WIDE))
    assert driver.header().startswith(" Implement session provider feature")
    assert "of 10" in driver.header()
    assert "All tests pass now." in driver.text()
    assert "What to do" in driver.text()
    assert "## What to do" not in driver.text()
    before = body(driver)
    driver.jobs.settle()
    assert driver.errands.busy == 0, "what was made ready for the preview is made again"
    assert body(driver) == before
    driver.settle()
    assert body(driver) == before


def test_without_a_preview_it_is_read_first(usual: Store, drive: StartDriver) -> None:
    driver = opened(drive(usual))
    assert "loading…" in driver.text()
    driver.settle()
    assert "All tests pass now." in driver.text()


def test_a_session_without_messages(usual: Store, drive: StartDriver) -> None:
    driver = opened(drive(usual, size=WIDE).press("j", "j"))
    assert "No messages in this session yet." in driver.text()
    driver.settle()
    assert "No messages in this session yet." in driver.text()


def test_the_preview_of_another_session_is_not_taken_for_it(
    usual: Store, drive: StartDriver
) -> None:
    driver = opened(drive(usual, size=WIDE), "j")
    assert "Fix flaky" in driver.header()
    assert "loading…" in driver.text()
    assert "All tests pass now." not in driver.text()
    driver.settle()
    assert "It fails once in ten runs." in driver.text()


@pytest.mark.parametrize("arrived", [True, False], ids=["seen", "only asked for"])
@pytest.mark.parametrize("asked_again", [True, False], ids=["asked again", "not yet"])
def test_who_comes_back_from_another_session_need_not_wait(
    usual: Store, drive: StartDriver, arrived: bool, asked_again: bool
) -> None:
    """The server has answered nothing since the cursor came back."""
    driver = drive(usual, size=WIDE).press("j", settle=arrived)
    rest(driver)
    driver.press("k", settle=False)
    if asked_again:
        rest(driver)
        assert "loading…" in driver.text()
    opened(driver)
    assert driver.header().startswith(" Implement session provider feature")
    assert "All tests pass now." in driver.text()
    driver.settle()
    assert "All tests pass now." in driver.text()


def test_what_is_kept_of_a_session_is_read_again(usual: Store, drive: StartDriver) -> None:
    driver = drive(usual, size=WIDE).press("j")
    parts = '[{"type":"text","data":{"text":"Changed."}}]'
    write_elsewhere(usual, f"UPDATE messages SET parts = '{parts}' WHERE session_id = 'implement'")
    driver.press("k", settle=False)
    assert "Changed." not in opened(driver).text()
    driver.settle()
    assert "Changed." in driver.text()


def test_a_preview_that_could_not_be_read_is_no_beginning(
    usual: Store, drive: StartDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    outage = Outage(monkeypatch, usual.messages, "page")
    outage.on, outage.error = True, StoreError("it cannot be read")
    driver = drive(usual, size=WIDE)
    assert "It cannot be read" in driver.text()
    outage.on = False
    assert "loading…" in opened(driver).text()
    driver.settle()
    assert "All tests pass now." in driver.text()
    assert "It cannot be read" not in driver.text()


def test_what_changed_meanwhile_comes_as_any_change_does(long: Driver, store: Store) -> None:
    store.messages.append("long", role="user", parts=[Text("From elsewhere.")])
    parts = '[{"type":"text","data":{"text":"Changed."}}]'
    write_elsewhere(
        store,
        f"UPDATE messages SET parts = '{parts}' WHERE seq = 949",
        "DELETE FROM messages WHERE seq = 948",
    )
    opened(long)
    assert "message 948" in long.text()
    assert "message 949" in long.text()
    assert marked(long)[-1] == "message 950"
    long.settle()
    assert marked(long)[-1] == "message 950"
    assert "Changed." in long.text()
    assert "message 948" not in long.text()
    assert long.header().endswith("of 950 · ↓ 1 new")
    assert marked(long.press("G"))[-1] == "From elsewhere."


def test_who_has_gone_up_meanwhile_stays_there(long: Driver, store: Store) -> None:
    store.messages.append("long", role="user", parts=[Text("From elsewhere.")])
    opened(long).press("page up", settle=False)
    stood, before = marked(long), body(long)
    long.settle()
    assert marked(long) == stood
    assert body(long) == before
    assert long.header().endswith("of 951 · ↓ 1 new")


def test_it_is_read_on_once_what_there_is_was_read(
    store: Store, drive: StartDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that was asked for sooner would come in vain: the window is replaced after it."""
    many_messages(store, add_session(store, "Long"), 950)
    with monkeypatch.context() as patch:
        patch.setattr(loading, "messages_before", _fail)
        driver = drive(store, size=WIDE)
    again = Spy(monkeypatch, store.messages, "list").calls
    pages = Spy(monkeypatch, store.messages, "page").calls
    opened(driver).press("page up", "page up", settle=False)
    driver.settle()
    assert (len(again), len(pages)) == (1, 1)
    driver.press(*["page up"] * 100)
    assert "message 1" in marked(driver)


def test_a_preview_that_is_elsewhere_is_no_end(long: Driver) -> None:
    long.press("tab", "g")
    assert any(line.endswith("message 1") for line in long.lines())
    assert "loading…" in opened(long).text()
    long.settle()
    assert marked(long)[-1] == "message 950"


def test_all_there_was_in_the_preview_was_deleted(long: Driver, store: Store) -> None:
    write_elsewhere(store, "DELETE FROM messages WHERE seq > 900")
    opened(long)
    assert "message 950" in long.text()
    long.settle()
    assert marked(long)[-1] == "message 900"


def test_the_session_was_deleted_meanwhile(usual: Store, drive: StartDriver) -> None:
    driver = drive(usual, size=WIDE)
    delete_elsewhere(usual, "implement")
    opened(driver)
    assert GONE not in driver.text()
    driver.settle()
    assert GONE in driver.text()
    assert "All tests pass now." in driver.text()
