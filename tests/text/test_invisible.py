from __future__ import annotations

import re
import sys
from unicodedata import category

from hypothesis import given
from hypothesis import strategies as st

from opencode.text.extenders import EXTENDER, clean_unicode
from opencode.text.invisible import INVISIBLE, JOINING

CHARACTERS = [chr(code) for code in range(0xA0, sys.maxunicode + 1)]


def test_every_mark_is_looked_at() -> None:
    extender = re.compile(EXTENDER)
    marks = [char for char in CHARACTERS if category(char) in {"Mn", "Me"}]
    assert [char for char in marks if not extender.match(char)] == []


def test_every_invisible_character_is_looked_at() -> None:
    blank_letters = ["\u3164", "\uffa0"]
    extender = re.compile(EXTENDER)
    invisible = [char for char in CHARACTERS if INVISIBLE.match(char)]
    assert [char for char in invisible if not extender.match(char)] == blank_letters


def test_format_characters_are_invisible_or_have_a_look() -> None:
    visible = [char for char in CHARACTERS if category(char) == "Cf" and not INVISIBLE.match(char)]
    signs = re.compile("[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd]")
    hieroglyphs = re.compile("[\U00013430-\U0001345f]")
    assert [c for c in visible if not signs.match(c) and not hieroglyphs.match(c)] == []


def test_letters_are_never_dropped() -> None:
    letters = [c for c in CHARACTERS if category(c)[0] in "LNPSZ" and not INVISIBLE.match(c)]
    text = "".join(letters)
    assert clean_unicode(text) == text


@given(st.text(alphabet=st.characters(min_codepoint=0xA0, exclude_categories=["Cn", "Cs"])))
def test_all_that_is_dropped_is_invisible_or_one_mark_of_many(text: str) -> None:
    def visible(text: str) -> list[str]:
        return [char for char in text if not INVISIBLE.match(char) and category(char)[0] != "M"]

    assert visible(clean_unicode(text)) == visible(text)


def test_joiners_need_a_letter_that_joins() -> None:
    for char in CHARACTERS:
        if category(char)[0] == "L":
            kept = clean_unicode(f"{char}\u200dx") == f"{char}\u200dx"
            assert kept == (JOINING.match(char) is not None)
