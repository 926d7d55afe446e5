"""The loaded stretch of a listing, against a listing that is wholly known."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from opencode.tui.window import LIMIT, PAGE, Window


def window_over(total: int | None = None) -> Window[int]:
    window: Window[int] = Window(key=lambda item: item)
    window.total = total
    return window


def test_places_count_from_the_beginning() -> None:
    window = window_over()
    window.replace(range(PAGE), starts=True, ends=False)
    assert (window.place(0), window.total) == (1, None)
    window.counted(100_000)
    window.append(range(PAGE, 2 * PAGE), ends=False)
    assert window.place(150) == 151


def test_places_count_from_the_end() -> None:
    window = window_over()
    window.replace(range(900, 1_000), starts=False, ends=True)
    assert window.place(0) is None
    window.counted(1_000)
    assert window.place(99) == 1_000
    window.prepend(range(800, 900), starts=False)
    assert window.place(0) == 801


def test_a_listing_that_fits_is_counted_by_itself() -> None:
    window = window_over(total=7)
    window.replace(range(5), starts=True, ends=True)
    assert window.total == 5


@given(st.integers(0, 1_500), st.lists(st.sampled_from(["before", "after", "end", "start"])))
def test_the_window_is_a_stretch_of_the_listing_and_stays_small(
    total: int, moves: list[str]
) -> None:
    listing = list(range(total))
    window = window_over(total)
    window.replace(listing[:PAGE], starts=True, ends=total <= PAGE)
    for move in moves:
        first = window.items[0] if window.items else 0
        last = window.items[-1] if window.items else -1
        if move == "after" and not window.ends:
            page = listing[last + 1 : last + 1 + PAGE]
            window.append(page, ends=last + 1 + PAGE >= total)
        elif move == "before" and not window.starts:
            page = listing[max(0, first - PAGE) : first]
            window.prepend(page, starts=first <= PAGE)
        elif move == "end":
            window.replace(listing[-PAGE:], starts=total <= PAGE, ends=True)
        elif move == "start":
            window.replace(listing[:PAGE], starts=True, ends=total <= PAGE)
        assert len(window.items) <= LIMIT
        for index, item in enumerate(window.items):
            assert window.place(index) == item + 1
        assert window.starts == (not window.items or window.items[0] == 0)
        assert window.ends == (not window.items or window.items[-1] == total - 1)


def test_each_side_is_asked_for_once_until_the_page_came() -> None:
    window = window_over()
    window.replace(range(PAGE), starts=False, ends=False)
    assert window.wanted(50, 55) == []
    assert window.wanted(0, 20) == ["before"]
    assert window.wanted(0, 20) == []
    assert window.wanted(60, 80) == ["after"]
    generation = window.generation
    assert window.arrived("after", generation)
    assert window.wanted(60, 80) == ["after"]
    window.replace(range(PAGE), starts=False, ends=False)
    assert not window.arrived("after", generation)
    assert window.wanted(60, 80) == ["after"]


def test_removing_keeps_count() -> None:
    window = window_over(total=500)
    window.replace(range(PAGE), starts=True, ends=False)
    window.remove(frozenset({3, 999}))
    assert window.total == 499
    assert window.index_of(3) is None
    assert window.index_of(4) == 3
