"""Large pieces of what is typed."""

from __future__ import annotations

import pytest

from opencode.tui.folded import Folded, cleaned, fold, folded_if_large, is_large, refolded, unfolded

LONG = "\n".join(f"line {n}" for n in range(200))


@pytest.fixture
def folded() -> Folded:
    return Folded()


def test_what_is_shown_means_what_was_folded(folded: Folded) -> None:
    words = f"see {fold(LONG)} and {fold('x' * 9_000)}!"
    shown = folded.shown(words)
    assert shown == "see [text of 200 lines] and [text of 9.0 kB]!"
    assert folded.meant(shown) == words
    assert unfolded(words) == f"see {LONG} and {'x' * 9_000}!"
    assert folded.meant("nothing [text of 3 lines] of it") == "nothing [text of 3 lines] of it"


def test_pieces_of_one_size_are_told_apart(folded: Folded) -> None:
    words = fold(LONG) + fold(LONG.upper()) + fold(LONG)
    shown = folded.shown(words)
    assert shown == "[text of 200 lines][text of 200 lines, 2][text of 200 lines]"
    assert folded.meant(shown) == words


def test_text_from_elsewhere_is_cleaned_and_stays_folded() -> None:
    words = f"a\x1b[2J\tb {fold('c')}\x02\x07"
    assert cleaned(words) == f"a\tb {fold('c')}\x02␇"


def test_what_an_editor_left_alone_is_folded_again() -> None:
    before = f"see {fold(LONG)}, {fold('x' * 9_000)} and {fold(LONG)}"
    edited = f"Look: {LONG} {'x' * 8_999} and {LONG}, {LONG}"
    assert refolded(edited, before) == f"Look: {fold(LONG)} {'x' * 8_999} and {fold(LONG)}, {LONG}"
    assert refolded("nothing of it", before) == "nothing of it"
    assert refolded("as it was", "as it was") == "as it was"


def test_what_is_large() -> None:
    assert not is_large("\n" * 100)
    assert is_large("\n" * 101)
    assert is_large("x" * 8_001)
    assert folded_if_large("x" * 32_000) == "x" * 32_000
    assert folded_if_large(fold(LONG) + "y" * 40_000) == fold(LONG + "y" * 40_000)
    assert folded_if_large(fold("x" * 40_000) + "y") == fold("x" * 40_000) + "y"


@pytest.mark.parametrize(
    ("now", "mended"),
    [
        ("a [text of 200 linesb", ("a b", 2)),
        ("a text of 200 lines]b", ("a b", 2)),
        ("a [text of 200 b", ("a b", 2)),
        ("a [text XY lines]b", ("a XYb", 4)),
        ("[text of 200 lines]b", None),
        ("a [text of 200 lines]", None),
        ("a [text of 200 lines]bc", None),
        ("a ", None),
        ("", None),
    ],
)
def test_a_piece_goes_as_a_whole(folded: Folded, now: str, mended: tuple[str, int] | None) -> None:
    shown = folded.shown(f"a {fold(LONG)}b")
    assert folded.mended(shown, now) == mended


def test_the_cursor_stays_out_of_pieces(folded: Folded) -> None:
    shown = folded.shown(f"a {fold(LONG)}b")
    end = len(shown) - 1
    assert folded.beside(shown, 3, stood=2) == end
    assert folded.beside(shown, end - 1, stood=end) == 2
    assert [folded.beside(shown, place, stood=0) for place in (0, 2, end, end + 1)] == [
        *(0, 2),
        *(end, end + 1),
    ]
