"""Pasted text and changes of the focus within the stream of keys."""

from __future__ import annotations

from opencode.tui.terminal import Event, InputFilter


class Heard:
    def __init__(self) -> None:
        self.pasted: list[str] = []
        self.focused: list[bool] = []
        self.filter = InputFilter(self.pasted.append, self.focused.append)


def test_keys_and_clicks_pass() -> None:
    heard = Heard()
    events: list[Event] = ["a", "window resize", ("mouse press", 1, 2, 3), "esc"]
    assert heard.filter(list(events), []) == events


def test_pasted_text_is_joined_even_when_it_comes_in_pieces() -> None:
    heard = Heard()
    assert heard.filter(["x", "begin paste", "d", "y"], []) == ["x"]
    assert heard.filter(["enter", "window resize", "tab"], []) == ["window resize"]
    assert heard.filter(["f5", "漢", "end paste", "q"], []) == ["q"]
    assert heard.pasted == ["dy\n\t漢"]


def test_focus() -> None:
    heard = Heard()
    assert heard.filter(["focus out", "focus in"], []) == []
    assert heard.focused == [False, True]


def test_an_end_without_a_beginning() -> None:
    heard = Heard()
    assert heard.filter(["end paste"], []) == []
    assert heard.pasted == [""]
