"""The pane's arithmetic: what is shown, and where the cursor goes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencode.tui.viewport import Slice, Viewport

heights_of_items = st.lists(st.integers(1, 9), min_size=1, max_size=30)
COMMANDS = ("down", "up", "page+", "page-", "wheel+", "wheel-", "home", "end", "select")


def pane(heights: list[int], rows: int, lead: int = 0) -> Viewport:
    """A pane over items of these heights; `lead` rows of each show no cursor, where it has more."""
    viewport = Viewport()
    viewport.attach(
        rows, len(heights), heights.__getitem__, lambda index: min(lead, heights[index] - 1)
    )
    return viewport


def top_of(viewport: Viewport, heights: list[int]) -> int:
    """The row of the content that is the pane's first."""
    first = viewport.slices()[0]
    return sum(heights[: first.index]) + first.skip


def do(viewport: Viewport, command: str, amount: int) -> None:
    match command:
        case "down" | "up":
            viewport.step(1 if command == "down" else -1)
        case "page+" | "page-":
            viewport.page(amount if command == "page+" else -amount)
        case "wheel+" | "wheel-":
            viewport.scroll(amount if command == "wheel+" else -amount)
        case "home":
            viewport.home()
        case "end":
            viewport.end()
        case _:
            viewport.select(amount)


def check(viewport: Viewport, heights: list[int], rows: int) -> list[Slice]:
    shown = viewport.slices()
    assert sum(part.rows for part in shown) == min(rows, sum(heights))
    assert [part.index for part in shown] == list(
        range(shown[0].index, shown[0].index + len(shown))
    )
    assert all(part.skip == 0 for part in shown[1:])
    assert all(part.skip + part.rows == heights[part.index] for part in shown[:-1])
    assert viewport.cursor in {part.index for part in shown}
    return shown


@given(
    heights_of_items,
    st.integers(1, 12),
    st.lists(st.tuples(st.sampled_from(COMMANDS), st.integers(1, 12)), max_size=40),
)
def test_the_pane_is_always_full_and_shows_the_cursor(
    heights: list[int], rows: int, commands: list[tuple[str, int]]
) -> None:
    viewport = pane(heights, rows)
    for command, amount in commands:
        do(viewport, command, amount)
        check(viewport, heights, rows)


@given(heights_of_items, st.integers(1, 12))
def test_stepping_shows_every_row_in_both_directions(heights: list[int], rows: int) -> None:
    viewport = pane(heights, rows)
    everything = {(index, row) for index, height in enumerate(heights) for row in range(height)}
    for direction in (1, -1):
        seen: set[tuple[int, int]] = set()
        for _ in range(sum(heights) + len(heights)):
            for part in viewport.slices():
                seen |= {(part.index, part.skip + row) for row in range(part.rows)}
            viewport.step(direction)
        assert seen == everything
    assert (viewport.cursor, viewport.at_top) == (0, True)


@given(heights_of_items, st.integers(1, 12), st.integers(1, 40))
def test_scrolling_there_and_back_changes_nothing(
    heights: list[int], rows: int, lines: int
) -> None:
    viewport = pane(heights, rows)
    viewport.scroll(lines // 2)
    before = viewport.slices()
    viewport.scroll(lines)
    moved = viewport.slices() != before
    viewport.scroll(-lines)
    if moved and not viewport.at_top:
        assert viewport.slices()[0].index <= before[0].index


@given(
    heights_of_items,
    st.integers(3, 12),
    st.integers(0, 2),
    st.integers(0, 29),
    st.integers(-12, 12),
    st.booleans(),
)
def test_pages_and_the_wheel_go_as_far_as_they_say(
    heights: list[int], rows: int, lead: int, start: int, lines: int, wheel: bool
) -> None:
    viewport = pane(heights, rows, lead)
    viewport.select(start, top=True)
    before = top_of(viewport, heights)
    (viewport.scroll if wheel else viewport.page)(lines)
    wanted = max(0, min(before + lines, sum(heights) - rows))
    assert top_of(viewport, heights) == wanted


def test_a_page_keeps_the_cursor_on_its_row_and_ends_at_the_last_item() -> None:
    viewport = pane([1] * 100, 10)
    viewport.select(3)
    viewport.page(9)
    assert viewport.slices()[0].index == 9
    assert viewport.cursor == 12
    viewport.page(85)
    assert viewport.cursor == 99
    viewport.page(-200)
    assert viewport.cursor == 0


def test_the_wheel_takes_the_cursor_along_only_at_the_edge() -> None:
    viewport = pane([1] * 100, 10)
    viewport.select(5)
    viewport.scroll(3)
    assert viewport.cursor == 5
    viewport.scroll(3)
    assert viewport.cursor == 6


def test_a_tall_item_is_read_line_by_line() -> None:
    viewport = pane([2, 25, 2], 10)
    viewport.step(1)
    assert (viewport.cursor, viewport.slices()[0]) == (1, Slice(0, 0, 2))
    viewport.step(1)
    assert viewport.slices()[0] == Slice(0, 1, 1)
    for _ in range(16):
        viewport.step(1)
    assert viewport.slices() == [Slice(1, 15, 10)]
    viewport.step(1)
    assert (viewport.cursor, viewport.slices()[-1]) == (2, Slice(2, 0, 1))


def test_items_may_come_and_go_above_without_moving_the_view() -> None:
    viewport = pane([3] * 50, 10)
    viewport.select(20)
    viewport.scroll(-4)
    before = [(part.index + 7, part.skip, part.rows) for part in viewport.slices()]
    viewport.cursor += 7
    viewport.attach(10, 57, lambda _: 3)
    assert [(part.index, part.skip, part.rows) for part in viewport.slices()] == before


@pytest.mark.parametrize("rows", [0, 1, 5])
def test_nothing_to_show(rows: int) -> None:
    viewport = Viewport()
    viewport.attach(rows, 0, lambda _: 1)
    for command in COMMANDS:
        do(viewport, command, 3)
    assert viewport.slices() == []
    assert viewport.at_top
    assert viewport.at_end
    assert viewport.index_at(0) is None


def test_what_stands_at_a_row() -> None:
    viewport = pane([2, 3, 1], 10)
    assert [viewport.index_at(row) for row in range(7)] == [0, 0, 1, 1, 1, 2, None]
