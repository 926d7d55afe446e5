"""Folding letter by letter; that servers do the same: tests/conformance/test_filters.py."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencode.text.folding import fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("", ""),
        ("Fix the POOL", "fix the pool"),
        ("ÄRGER", "ärger"),
        ("ΟΔΟΣ", "οδοσ"),
        ("οδος", "οδος"),
        ("İSTANBUL", "istanbul"),
        ("straße", "straße"),
        ("ЁЖ", "ёж"),
        ("日本", "日本"),
        ("Ａ", "ａ"),
    ],
)
def test_letters_are_folded_one_by_one(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize("later", ["ẞ", "Ⱥ", "Ა", "𐐀"])
def test_letters_that_no_server_folds_stay(later: str) -> None:
    assert fold(later) == later


@given(st.text(), st.text())
def test_a_part_of_a_text_is_a_part_of_it_folded(left: str, right: str) -> None:
    assert fold(left + right) == fold(left) + fold(right)
    assert fold(fold(left)) == fold(left)
    assert len(fold(left)) == len(left)
