"""Forms of characters of whose width terminals have one opinion."""

from __future__ import annotations

from unicodedata import category

import pytest
import wcwidth
from hypothesis import given
from hypothesis import strategies as st

from opencode.text import clean_line, steady, width


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("plain", "plain"),
        ("日本語 👍 ❤ …", "日本語 👍 ❤ …"),
        ("a 👨\u200d👩\u200d👧\u200d👦 b", "a 👨 b"),
        ("👨🏽\u200d🚒👍🏿!", "👨👍!"),
        ("🏳\ufe0f\u200d🌈", "🏳 "),
        ("🇩🇪🇫🇷 of 🇩", "DEFR of D "),
        ("🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f.", "🏴."),
        ("1\ufe0f\u20e3 #\ufe0f\u20e3 ❤\ufe0f ©\ufe0f", "1  #  ❤  © "),
        ("Cafe\u0301 \u1112\u1161\u11ab", "Café 한"),
        ("x\u0301 हिन्दी می\u200cخ", "x\u0301 हिन्दी می\u200cخ"),
    ],
)
def test_forms(line: str, shown: str) -> None:
    assert steady(line) == shown
    assert width(shown) == width(line)


def test_what_a_terminal_counts_character_by_character_is_what_we_count() -> None:
    for line in ("👨\u200d👩\u200d👧", "🇩🇪", "❤\ufe0f", "1\ufe0f\u20e3", "👍🏿", "e\u0301"):
        assert sum(map(wcwidth.wcwidth, steady(line))) == width(line)


@given(
    st.text(
        st.sampled_from(
            "a1#❤👨👧🏳🏴🇩🇪é漢क\u093f\u200d\ufe0e\ufe0f\u20e3\u0301\U0001f3fd\u1112\u1161 "
        )
    )
)
def test_the_width_stays(line: str) -> None:
    line = clean_line(line)
    assert width(steady(line)) == width(line)
    assert all(category(char)[0] != "C" or char in line for char in steady(line))
