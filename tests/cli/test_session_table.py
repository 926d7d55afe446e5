from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencode.cli.session_table import session_table, short_ids
from opencode.cli.table import layout
from tests.cli.factories import make_session


@pytest.mark.parametrize(
    ("session_id", "short"),
    [
        ("0197a3c2-7b1e-7000-8000-000000000001", "0197a3c2-7b1e"),
        ("6f9619ff-8b86-4011-b42d-00c04fc964ff", "6f9619ff"),
        ("title-6f9619ff-8b86-4011-b42d-00c04fc964ff", "title-6f9619ff"),
        ("toolu_01A09q90qw90lq917835lq9", "toolu_01A09q90qw90lq"),
        ("x", "x"),
    ],
)
def test_an_id_keeps_what_tells_it_from_others(session_id: str, short: str) -> None:
    assert short_ids([session_id]) == {session_id: short}


def test_ids_that_begin_alike_are_told_apart() -> None:
    ids = [f"0197a3c2-7b1e-7000-8000-00000000000{n}" for n in range(3)]
    assert short_ids(ids) == {session_id: session_id for session_id in ids}


@given(st.lists(st.text("ab01-", min_size=1, max_size=40), unique=True))
def test_no_short_id_fits_another_session(ids: list[str]) -> None:
    for session_id, short in short_ids(ids).items():
        others = [other for other in ids if other.startswith(short) and other != session_id]
        assert session_id.startswith(short)
        assert not others or short == session_id


def titles(**options: bool) -> list[str]:
    sessions = [make_session(author=None), make_session(id="b" * 8, author=None)]
    flags = {"projects": False, "shorten": False} | options
    columns, _ = session_table(sessions, sort="updated", **flags)
    return [column.title for column in columns]


def test_columns() -> None:
    assert titles() == ["ID", "Title", "Msgs", "Tokens", "Cost", "Updated"]
    assert titles(projects=True)[1] == "Project"


def test_authors_are_shown_where_there_are_several() -> None:
    sessions = [make_session(author="ada"), make_session(id="b" * 8, author="bob")]
    table = session_table(sessions, sort="updated", projects=False, shorten=True)
    assert "Author" in layout(*table, room=None)[0]


def test_sorting_by_creation_shows_it() -> None:
    columns, rows = session_table([make_session()], sort="created", projects=False, shorten=True)
    assert columns[-1].title == "Created"
    assert rows[0][-1] == "23-11-14"


def test_a_row_counts_all_tokens_and_marks_children() -> None:
    child = make_session(title="", parent_session_id="x", prompt_tokens=128_000)
    _, [row] = session_table([child], sort="updated", projects=False, shorten=True)
    assert row == ["0197a3c2-7b1e", "└ (untitled)", "2", "128.5k", "$0.25", "23-11-14"]
