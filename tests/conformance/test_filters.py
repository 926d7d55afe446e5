"""Filters find the same titles and authors on every provider, whatever the letters."""

from __future__ import annotations

import sys
import unicodedata
from itertools import islice

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opencode.store import Store
from opencode.text.folding import fold

# Letters whose case depends on their place, changes their number, or is younger than some servers.
LETTERS = "aAzZäÄßẞıiIİσςΣάΆοΟѲѳЖжԱաǅǆǄȺⱥẖʼnΩωΩKkÅåＡａⅣⅳⒶⓐᲐაᎠꭰ𐐀𐐨日e\u0301\u0307 %_!\\'\""
CAPITALS = [chr(code) for code in range(sys.maxunicode + 1) if chr(code).lower() != chr(code)]


def found(store: Store, text: str) -> bool:
    """Whether a filter for the text finds the sessions of the project, by title and by author."""
    by_title = store.sessions.count(filter=text)
    assert store.sessions.count(author=text) == by_title
    assert len(store.sessions.list(filter=text, author=text).items) == by_title
    return by_title > 0


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    title=st.text(st.sampled_from(LETTERS), min_size=1, max_size=8),
    before=st.text(st.sampled_from(LETTERS), max_size=2),
    after=st.text(st.sampled_from(LETTERS), max_size=2),
)
def test_text_is_found_by_itself_and_in_either_case(
    store: Store, title: str, before: str, after: str
) -> None:
    whole = f"{before}{title}{after}"
    project = store.in_project(f"filter/{store.sessions.create().id}")
    project.sessions.create(title=whole, author=f"{before}{title}{after}".strip() or "x")
    if not whole.strip() or not title.strip():
        return
    for text in (title, fold(title), whole, fold(whole)):
        assert found(project, text)
    for text in (title.lower(), title.upper(), title.swapcase(), title.casefold()):
        # Others find it where letter by letter the same is left, and nowhere else.
        assert found(project, text) == (fold(text).strip() in fold(whole))


def test_words_whose_case_is_not_letter_by_letter(store: Store) -> None:
    for title in ("ΟΔΟΣ", "οδοσ ab", "İstanbul", "istanbul ab", "STRASSE"):
        store.sessions.create(title=title)
    wanted = {"ΟΔΟΣ": 2, "οδοσ": 2, "οδος": 0, "İstanbul": 2, "ISTANBUL": 2, "straße": 0, "ab": 2}
    assert {text: store.sessions.count(filter=text) for text in wanted} == wanted
    assert store.sessions.count(filter="İ" * 512) == 0


def test_every_capital_is_found_as_this_program_folds_it(store: Store) -> None:
    """A hundred to a title: the last of them tell which letters a server folds otherwise."""
    letters = iter(CAPITALS)
    for number in range(100):
        chunk = "".join(islice(letters, 100))
        if not chunk:
            break
        store.sessions.create(title=f"{number}: {chunk}")
        pattern = f"{number}: {fold(chunk)}"
        assert store.sessions.count(filter=pattern) == 1, unicodedata.name(chunk[0])
    assert not list(letters)


def test_a_title_with_a_nul_is_found_by_what_follows_it(store: Store) -> None:
    store.sessions.create(title="a\0bc")
    assert [store.sessions.count(filter=text) for text in ("bc", "A\0B", "ac")] == [1, 1, 0]
