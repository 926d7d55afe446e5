from __future__ import annotations

import subprocess
import sys
from typing import Literal

import pytest
import wcwidth
from hypothesis import given
from hypothesis import strategies as st

from opencode.text import clean_line, pad, truncate, width
from opencode.text.columns import LATIN, Side
from tests.conftest import PROJECT

FAMILY = "👨\u200d👩\u200d👧\u200d👦"
SIDES: st.SearchStrategy[Side] = st.sampled_from(["left", "right"])


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("", 0),
        ("abc", 3),
        ("日本", 4),
        ("e\u0301", 1),
        (FAMILY, 2),
        ("❤️", 2),
        ("🇩🇪", 2),
        ("مرحبا", 5),
        ("␛<9b>", 5),
    ],
)
def test_width(text: str, columns: int) -> None:
    assert width(text) == columns


def test_latin_text_has_a_column_for_each_character() -> None:
    latin = [char for char in map(chr, range(0x3000)) if LATIN.fullmatch(char)]
    assert {wcwidth.wcwidth(char) for char in latin} == {1}
    assert len(list(wcwidth.iter_graphemes("".join(latin)))) == len(latin)


def test_latin_text_needs_no_library() -> None:
    code = (
        "import sys; from opencode.text import *; pad(truncate('Größe ' * 20, 9), 20); "
        "assert width('…') == 1; print('wcwidth' in sys.modules, 'unicodedata' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "False False\n"


@pytest.mark.parametrize(
    ("text", "columns", "cut"),
    [
        ("hello", 5, "hello"),
        ("hello", 4, "hel…"),
        ("hello", 1, "…"),
        ("hello", 0, ""),
        ("hello", -1, ""),
        ("日本語", 6, "日本語"),
        ("日本語", 5, "日本…"),
        ("日本語", 4, "日…"),
        ("日本語", 1, "…"),
        ("e\u0301e\u0301e\u0301", 2, "e\u0301…"),
        (f"a{FAMILY}b", 4, f"a{FAMILY}b"),
        (f"a{FAMILY}b", 3, "a…"),
        (f"a{FAMILY}bc", 4, f"a{FAMILY}…"),
    ],
)
def test_truncate_on_the_right(text: str, columns: int, cut: str) -> None:
    assert truncate(text, columns) == cut


@pytest.mark.parametrize(
    ("text", "columns", "cut"),
    [
        ("github.com/acme/app", 19, "github.com/acme/app"),
        ("github.com/acme/app", 9, "…acme/app"),
        ("日本語", 5, "…本語"),
        ("日本語", 4, "…語"),
        (f"{FAMILY}b", 2, "…b"),
        ("ae\u0301", 1, "…"),
        ("abc", 1, "…"),
    ],
)
def test_truncate_on_the_left(text: str, columns: int, cut: str) -> None:
    assert truncate(text, columns, side="left") == cut


def test_the_ellipsis_fits_or_is_left_out() -> None:
    assert truncate("abcdef", 5, "...") == "ab..."
    assert truncate("abcdef", 3, "...") == "..."
    assert truncate("abcdef", 2, "...") == "ab"
    assert truncate("abcdef", 2, "...", side="left") == "ef"
    assert truncate("abcdef", 3, "") == "abc"


def test_pad() -> None:
    assert pad("日本", 6) == "日本  "
    assert pad("日本", 6, "right") == "  日本"
    assert pad("日本", 7, "center") == " 日本  "
    assert pad("日本語", 5) == "日本…"
    assert pad("日本語", 4, "right") == " 日…"
    assert pad("abc", 0) == ""


@given(st.text(), st.integers(min_value=-1, max_value=20), SIDES)
def test_truncate_never_exceeds(text: str, columns: int, side: Side) -> None:
    text = clean_line(text)
    cut = truncate(text, columns, side=side)
    assert width(cut) <= max(columns, 0)
    if width(text) <= columns:
        assert cut == text


@given(st.text(alphabet=f"aé日🇩🇪{FAMILY}🏽❤\ufe0f\u0301\u094dकि"), st.integers(0, 20), SIDES)
def test_truncate_splits_no_character(text: str, columns: int, side: Side) -> None:
    whole = list(wcwidth.iter_graphemes(text))
    kept = truncate(text, columns, ellipsis="", side=side)
    count = len(list(wcwidth.iter_graphemes(kept)))
    part = whole[:count] if side == "right" else whole[len(whole) - count :]
    assert kept == "".join(part)
    assert width(kept) <= columns


@given(st.text(), st.integers(0, 20), st.sampled_from(["left", "right", "center"]))
def test_pad_is_exact(text: str, columns: int, align: Literal["left", "right", "center"]) -> None:
    text = "x" + clean_line(text) + "x"  # a mark on a space of the padding would widen it
    assert width(pad(text, columns, align)) == columns
