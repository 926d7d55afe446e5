"""One-line texts in as many columns as there are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencode import text
from opencode.models import Session, Sort
from opencode.tui.format import (
    Shape,
    clock_of,
    columns_for,
    day_of,
    join_ends,
    project_line,
    runs_width,
    session_heading,
    session_row,
    shown_title,
    sort_at,
    title_line,
    truncate_runs,
)
from opencode.tui.keymap import MOUSE
from opencode.tui.listing import SORTS
from tests.tui.driver import NOW

TITLES = [
    "",
    "short",
    "a very long title " * 10,
    "日本語のタイトル" * 8,
    "👩‍👩‍👧‍👦 family " * 9,
    "مرحبا بالعالم " * 6,
    "\x1b[31mred\x1b]0;t\x07\u202e",
    "e\u0301" * 60,
]


def session(title: str, **changes: float) -> Session:
    numbers = {
        "message_count": 10_000_000,
        "prompt_tokens": 10**12,
        "completion_tokens": 1,
        "cost": 1e9,
    }
    values = {**numbers, **changes}
    return Session(
        "id",
        "p",
        None,
        title,
        int(values["message_count"]),
        int(values["prompt_tokens"]),
        int(values["completion_tokens"]),
        values["cost"],
        None,
        None,
        NOW,
        NOW,
    )


@pytest.mark.parametrize("title", TITLES)
@pytest.mark.parametrize("width", [0, 1, 5, 24, 37, 47, 60, 77, 137])
def test_rows_are_exactly_as_wide_as_told(title: str, width: int) -> None:
    assert runs_width(session_row(session(title), width, NOW)) == max(
        width, sum(column.width + column.space for column in columns_for(width))
    )
    assert text.width(session_heading(width)) == runs_width(session_row(session("x"), width, NOW))


def test_the_headings_that_are_told_are_those_that_sort() -> None:
    told = next(does for what, does in MOUSE if what == "a heading")
    shapes = [Shape(sort, author=True) for sort in SORTS]
    columns = {column for shape in shapes for column in columns_for(140, shape)}
    assert {column.heading for column in columns if column.heading in told} == {
        column.heading for column in columns if column.sort is not None
    }


@pytest.mark.parametrize("width", [0, 1, 5, 24, 37, 47, 60, 77, 137])
@pytest.mark.parametrize("sort", ["updated", "created", "cost"])
@pytest.mark.parametrize("icons", [True, False])
def test_the_heading_of_the_sort_is_marked(width: int, sort: Sort, icons: bool) -> None:
    shape = Shape(sort, author=True, icons=icons)
    heading = session_heading(width, shape)
    mark = "▼" if icons else "*"
    assert heading.count(mark) == 1
    assert f"{sort.title()}{mark}" in heading
    assert text.width(heading) == text.width(session_heading(width, shape._replace(icons=True)))
    assert heading.isascii() != icons


@pytest.mark.parametrize("width", [24, 37, 47, 60, 77, 137])
def test_a_place_of_the_heading_is_an_order(width: int) -> None:
    others: dict[Sort, Sort] = {"updated": "created", "created": "updated", "cost": "updated"}
    for sort, time in others.items():
        shape = Shape(sort, author=True)
        heading = session_heading(width, shape)
        orders = {
            word: {sort_at(place, width, shape) for place in places(heading, word)}
            for word in heading.split()
        }
        cost, other = orders.pop("Cost" if sort != "cost" else "Cost▼", {None}), heading.split()[-1]
        assert cost <= {"cost" if sort != "cost" else None, None}
        assert orders.pop(other) == {time}
        assert all(order == {None} for order in orders.values())
    assert sort_at(-1, width) is None
    assert sort_at(width, width) is None


def places(heading: str, word: str) -> range:
    begin = heading.index(word)
    return range(begin, begin + len(word))


def test_columns_give_way_to_the_title() -> None:
    headings = [[column.heading for column in columns_for(width)] for width in (77, 58, 50, 43)]
    assert headings == [
        ["Msgs", "Tokens", "Cost", "Updated"],
        ["Msgs", "Tokens", "Updated"],
        ["Msgs", "Updated"],
        ["Updated"],
    ]


@pytest.mark.parametrize(
    ("title", "shown"),
    [("", "(untitled)"), (" \x1b[2J\n", "(untitled)"), ("a\nb", "a b"), ("\x1b[1mx", "x")],
)
def test_titles(title: str, shown: str) -> None:
    assert shown_title(title) == shown


@pytest.mark.parametrize(
    ("title", "author", "width", "shown"),
    [
        ("Short", "Ada <ada@example.com>", 14, "Short · by Ada"),
        ("Short", "Ada <ada@example.com>", 13, "Short"),
        ("x" * 60, "Ada", 39, f"{'x' * 29}… · by Ada"),
        ("x" * 60, "Ada", 38, "x" * 60),
        ("Short", None, 80, "Short"),
        ("Short", " <ada@example.com>", 80, "Short"),
        ("Short", "\x1b[2JAda\nLovelace\u202e", 80, "Short · by Ada Lovelace"),
        ("Short", "y" * 100, 80, f"Short · by {'y' * 23}…"),
        ("", "Ada", -5, "(untitled)"),
    ],
)
def test_the_author_gives_way_to_the_title(
    title: str, author: str | None, width: int, shown: str
) -> None:
    assert "".join(part for _, part in title_line(title, author, width)) == shown


@given(st.sampled_from(TITLES), st.sampled_from(TITLES), st.integers(0, 120))
def test_an_author_never_makes_a_title_wider(title: str, author: str, width: int) -> None:
    runs = title_line(title, author, width)
    assert len(runs) == 1 or runs_width(runs) <= width


def test_the_project_is_cut_on_the_left_and_the_provider_is_not() -> None:
    runs = project_line("github.com/acme/app", "remote", 40)
    assert "".join(part for _, part in runs) == "Project: …com/acme/app | Provider: remote"[
        :40
    ] or (runs_width(runs) <= 40)
    assert runs[-1] == ("value", "remote")


@given(
    st.lists(st.tuples(st.none(), st.text("ab漢 ", max_size=9)), max_size=4),
    st.lists(st.tuples(st.none(), st.text("cd漢 ", max_size=9)), max_size=3),
    st.integers(0, 40),
)
def test_two_ends_fill_the_width(
    left: list[tuple[str | None, str]], right: list[tuple[str | None, str]], width: int
) -> None:
    joined = join_ends(left, right, width)
    assert runs_width(joined) == width
    assert runs_width(truncate_runs(left, width)) <= width


def test_times() -> None:
    assert (clock_of(NOW), day_of(NOW)) == ("02:40", "Monday, 2 February 2026")
    assert (clock_of(2**60), day_of(2**60)) == ("?", "?")
