"""Pasted text and changes of the focus within the stream of keys."""

from __future__ import annotations

from collections import deque

from opencode.tui.terminal import Event, InputFilter


class Heard:
    def __init__(self) -> None:
        self.cut: deque[tuple[str, int]] = deque()
        self.pasted: list[tuple[str, int]] = []
        self.focused: list[bool] = []
        self.filter = InputFilter(
            self.cut, lambda *paste: self.pasted.append(paste), self.focused.append
        )


def test_keys_and_clicks_pass() -> None:
    heard = Heard()
    events: list[Event] = ["a", "window resize", ("mouse press", 1, 2, 3), "esc"]
    assert heard.filter(list(events), []) == events


def test_pasted_text_comes_between_the_keys() -> None:
    heard = Heard()
    heard.cut += [("dy\n\t漢", 8), ("more", 4)]
    assert heard.filter(["x", "begin paste", "end paste", "q", "begin paste"], []) == ["x", "q"]
    assert heard.pasted == [("dy\n\t漢", 8)]
    assert heard.filter(["window resize", "end paste"], []) == ["window resize"]
    assert heard.pasted[1:] == [("more", 4)]


def test_focus() -> None:
    heard = Heard()
    assert heard.filter(["focus out", "focus in"], []) == []
    assert heard.focused == [False, True]


def test_an_end_without_a_beginning() -> None:
    heard = Heard()
    assert heard.filter(["end paste"], []) == []
    assert heard.pasted == []
