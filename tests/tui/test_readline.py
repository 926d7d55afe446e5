"""What is typed key by key stays in the order in which it was typed, in every kind of writing."""

from __future__ import annotations

import pytest

from opencode.parts import Text
from opencode.store import Store
from opencode.text import steady, width
from opencode.tui.widgets.readline import Readline
from tests.tui.conftest import StartDriver
from tests.tui.driver import Driver
from tests.tui.stores import add_session

SIZE = (40,)

WRITTEN = {
    "नमस्ते": 3,
    "สวัสดีครับ": 7,
    "❤️x": 2,
    "a👩‍👩‍👧b مرحبا": 9,
    "e\u0301xq\u0302\u0323z": 4,
    "日本語": 3,
}
"""Texts, and of how many characters they are for whoever reads them."""


def typed(words: str) -> Readline:
    edit = Readline(multiline=True)
    for character in words:
        assert edit.keypress(SIZE, character) is None
    return edit


@pytest.mark.parametrize("words", WRITTEN)
def test_the_order_is_that_of_typing(words: str) -> None:
    edit = typed(words)
    assert (edit.edit_text, edit.edit_pos) == (words, len(words))


@pytest.mark.parametrize("words", WRITTEN)
@pytest.mark.parametrize("key", ["left", "ctrl b", "backspace", "ctrl h"])
def test_backwards_goes_by_what_is_read_as_a_character(words: str, key: str) -> None:
    edit = typed(words)
    presses = 0
    while edit.edit_pos:
        assert edit.keypress(SIZE, key) is None
        presses += 1
    assert presses == WRITTEN[words]
    assert edit.edit_text == (words if key in {"left", "ctrl b"} else "")


@pytest.mark.parametrize("words", WRITTEN)
@pytest.mark.parametrize("key", ["delete", "ctrl d"])
def test_deleting_leaves_no_mark_without_its_letter(words: str, key: str) -> None:
    edit = typed(words)
    edit.set_edit_pos(0)
    for _ in range(WRITTEN[words]):
        edit.keypress(SIZE, key)
    assert edit.edit_text == ""


def test_what_was_typed_can_be_undone() -> None:
    edit = typed("ab")
    edit.keypress(SIZE, "backspace")
    edit.keypress(SIZE, "ctrl _")
    assert edit.edit_text == "ab"


def test_the_keys_of_a_shell_still_work() -> None:
    edit = typed("one two")
    edit.keypress(SIZE, "ctrl w")
    assert edit.edit_text == "one "
    edit.keypress(SIZE, "ctrl a")
    edit.keypress(SIZE, "x")
    assert edit.edit_text == "xone "


FAMILY = "👩\u200d👩\u200d👧"
TITLE = f"a{FAMILY}b 🇩🇪 c❤️ e\u0301"
DRAWN = "a👩b DE c❤  é"


@pytest.mark.parametrize("words", [*WRITTEN, TITLE, FAMILY * 3, "🇩🇪🇯🇵", "1️⃣2️⃣"])
@pytest.mark.parametrize("wrap", ["clip", "space"])
def test_what_is_drawn_is_counted_alike_by_all_terminals(words: str, wrap: str) -> None:
    edit = Readline(multiline=wrap == "space", wrap=wrap)
    for number, character in enumerate(words, 1):
        edit.keypress(SIZE, character)
        canvas = edit.render(SIZE, focus=True)
        shown = canvas.text[0].decode()
        assert steady(shown) == shown
        assert width(shown) == canvas.cols() == SIZE[0]
        assert canvas.cursor == edit.get_cursor_coords(SIZE) == (width(words[:number]), 0)
        assert edit.edit_text == words[:number]


def cursor_of(driver: Driver) -> tuple[int, int]:
    cursor: tuple[int, int] = driver.app.root.render(driver.screen.size, focus=True).cursor
    return cursor


@pytest.mark.parametrize(("keys", "label"), [(["r"], "Title:"), (["/"], "/"), ([":"], ":")])
def test_prompts_draw_it_steadily(
    usual: Store, drive: StartDriver, keys: list[str], label: str
) -> None:
    driver = drive(usual).press(*keys, "ctrl u").type(TITLE)
    assert driver.footer().startswith(f" {label} {DRAWN} ")
    prompt = driver.app.layers[-1].prompt
    assert prompt is not None
    assert prompt.value == TITLE
    assert cursor_of(driver) == (len(f" {label} ") + width(TITLE), 19)
    driver.press("home", "right", "right")
    assert cursor_of(driver)[0] == len(f" {label} ") + width(f"a{FAMILY}")
    driver.click(len(f" {label} ") + width(f"a{FAMILY}b"), 19)
    assert driver.type("X").footer().startswith(f" {label} a👩bX DE ")
    assert prompt.value == TITLE.replace("b", "bX")


def test_it_is_stored_as_it_was_typed(store: Store, drive: StartDriver) -> None:
    session = add_session(store)
    drive(store).press("r", "ctrl u").type(TITLE).press("enter")
    assert store.sessions.get(session).title == TITLE


def test_a_message_too(store: Store, drive: StartDriver) -> None:
    session = add_session(store)
    driver = drive(store).press("enter", "i").type(TITLE).press("meta enter").type(f"{FAMILY}x")
    row = next(n for n, line in enumerate(driver.lines()) if line.strip() == "👩x")
    assert driver.lines()[row - 1].strip() == DRAWN
    assert cursor_of(driver) == (2 + 3, row)
    driver.press("enter")
    assert store.messages.list(session)[0].parts == (Text(f"{TITLE}\n{FAMILY}x"),)
