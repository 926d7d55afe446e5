"""Pasted text, cut out of the input."""

from __future__ import annotations

import pytest

from opencode.tui import pasting
from opencode.tui.pasting import BEGIN, END, PASTE_TIMEOUT, PasteCutter


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def cut(clock: Clock) -> PasteCutter:
    return PasteCutter(clock)


def test_keys_pass(cut: PasteCutter) -> None:
    assert cut(b"abc\x1b[A\x1b[20") == b"abc\x1b[A\x1b[20"
    assert not cut.pasting


def test_a_paste_leaves_its_ends_where_it_was(cut: PasteCutter) -> None:
    typed = b"i" + BEGIN + "dé\r\ty".encode() + END + b"\r" + BEGIN + END + b"q"
    assert cut(typed) == b"i" + BEGIN + END + b"\r" + BEGIN + END + b"q"
    assert list(cut.pasted) == [("dé\r\ty", 6), ("", 0)]


@pytest.mark.parametrize("size", range(1, 8))
def test_pieces_of_any_size_make_a_paste(cut: PasteCutter, size: int) -> None:
    words = "x\x1b[20漢字\x1b[201 y"
    typed = b"a" + BEGIN + words.encode() + END + b"b"
    # urwid puts an unfinished sequence before the next piece of input.
    pieces = [b"a" + BEGIN, *(typed[at : at + size] for at in range(7, len(typed), size))]
    keys = b"".join(map(cut, pieces))
    assert keys == b"a" + BEGIN + END + b"b"
    assert list(cut.pasted) == [(words, len(words.encode()))]


def test_bytes_that_are_no_text(cut: PasteCutter) -> None:
    cut(BEGIN + b"a\xffb" + END)
    assert cut.pasted[0][0] == "a\ufffdb"


def test_too_much_is_counted_and_not_kept(
    cut: PasteCutter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pasting, "MAX_BYTES", 100)
    assert cut(BEGIN) == BEGIN
    for _ in range(50):
        assert cut(b"0123456789") == b""
    assert cut._pasting is not None
    assert len(cut._pasting) < 150
    assert cut(END[:3]) == b""
    assert cut(END[3:] + b"q") == END + b"q"
    assert list(cut.pasted) == [("", 500)]
    cut(BEGIN + b"x" * 100 + END)
    assert cut.pasted[1] == ("x" * 100, 100)


def test_a_terminal_that_forgets_the_end_does_not_take_the_keys_away(
    cut: PasteCutter, clock: Clock
) -> None:
    assert cut(BEGIN + b"half") == BEGIN
    clock.now = PASTE_TIMEOUT - 1
    assert cut(b" more") == b""
    clock.now = 2 * PASTE_TIMEOUT
    assert cut(b"\x03") == END + b"\x03"
    assert list(cut.pasted) == [("half more", 9)]
