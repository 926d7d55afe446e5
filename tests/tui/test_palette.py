"""The command palette."""

from __future__ import annotations

import pytest

from opencode.store import Store
from opencode.tui.fuzzy import match
from opencode.tui.keymap import BINDINGS, PLACES
from opencode.tui.screens.palette import entries
from tests.tui.conftest import StartDriver


@pytest.mark.parametrize(
    ("typed", "text", "positions"),
    [
        ("", "rename", ()),
        ("rn", "rename", (0, 2)),
        ("dts", "delete the session", (0, 7, 11)),
        ("DEL", "delete", (0, 1, 2)),
        ("new s", "new session", (0, 1, 2, 4)),
        ("ß", "Straße", (4,)),
    ],
)
def test_letters_are_found_at_the_best_places(
    typed: str, text: str, positions: tuple[int, ...]
) -> None:
    found = match(typed, text)
    assert found is not None
    assert found.positions == frozenset(positions)


def test_letters_in_another_order_are_not_found() -> None:
    assert match("mr", "rename") is None
    assert match("x", "") is None


def test_what_begins_a_word_comes_first() -> None:
    names = ["filter by title as you type", "next message", "sort by last activity", "new session"]
    hits = {name: hit.score for name in names if (hit := match("ns", name))}
    assert max(hits, key=lambda name: hits[name]) == "new session"


@pytest.mark.parametrize(("keys", "place"), [([], "sessions"), (["enter"], "session")])
def test_every_command_of_the_place_is_there(
    usual: Store, drive: StartDriver, keys: list[str], place: str
) -> None:
    layer = drive(usual).press(*keys).app.layers[-1]
    commands = {b.command for b in BINDINGS if b.context in PLACES[place].contexts}
    assert {entry.command for entry in entries(layer)} == commands - {"palette", "interrupt"}


def test_a_command_is_found_and_done(usual: Store, drive: StartDriver) -> None:
    driver = drive(usual).press(":").type("rename").press("enter")
    assert driver.footer().startswith(" Title: Implement session")
    driver.press("esc", "ctrl p").type("line dow").press("enter")
    assert driver.lines()[3].startswith("▌ Fix flaky")


def test_arrows_choose_another(usual: Store, drive: StartDriver) -> None:
    driver = drive(usual).press(":", "down", "down", "up", "enter")
    assert driver.footer().startswith(" New session:")


def test_what_cannot_be_done_says_why_and_is_not_done(store: Store, drive: StartDriver) -> None:
    driver = drive(store).press(":").type("delete")
    assert "delete the session, a… · there is no session here; n starts one " in driver.text()
    driver.press("enter")
    assert "Not now: there is no session here; n starts one." in driver.footer()
    assert driver.app.layers[-1].place == "palette"
    driver.press("esc")
    assert driver.app.layers[-1].place == "sessions"


def test_nothing_found(usual: Store, drive: StartDriver) -> None:
    driver = drive(usual).press(":").type("qqqq").press("enter")
    assert "No command has these letters." in driver.text()
    driver.press("ctrl c")
    assert driver.app.layers[-1].place == "palette"
    driver.press("esc")
    assert not driver.ended
    assert driver.app.layers[-1].place == "sessions"
