"""What is typed key by key stays in the order in which it was typed, in every kind of writing."""

from __future__ import annotations

import pytest

from opencode.tui.widgets.readline import Readline

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
