"""Terminals that count columns in other ways than we do."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pyte
import pytest
import wcwidth

from opencode import text
from opencode.tui.format import Run
from opencode.tui.placing import PlacedCanvas
from opencode.tui.widgets.lines import line, stack, text_canvas
from opencode.tui.widgets.statusblock import StatusBlock
from tests.tui.test_scripts import TITLES

if TYPE_CHECKING:
    import urwid

COLUMNS = 40


def by_itself(character: str) -> int:
    """Terminals that know no joined characters."""
    return wcwidth.wcwidth(character)


def marks_too(character: str) -> int:
    """Terminals for which marks stand beside their letters, and new emoji are unknown."""
    return 1 if character > "\U0001f000" else max(1, wcwidth.wcwidth(character))


def drawn(canvas: urwid.Canvas) -> pyte.Screen:
    """Write the rows as urwid does."""
    screen = pyte.Screen(canvas.cols(), canvas.rows())
    stream = pyte.Stream(screen)
    for number, row in enumerate(PlacedCanvas(canvas).content()):
        stream.feed(f"\x1b[{number + 1}H")
        for _, _, run in row:
            stream.feed(run.decode())
    return screen


@pytest.fixture(params=[by_itself, marks_too])
def opinion(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    count: Callable[[str], int] = request.param
    monkeypatch.setattr("pyte.screens.wcwidth", count)


@pytest.mark.usefixtures("opinion")
@pytest.mark.parametrize("name", TITLES)
def test_the_right_border_stays(name: str) -> None:
    block = StatusBlock()
    block.show("acme", "local", text.clean_line(TITLES[name]))
    screen = drawn(block.draw(COLUMNS, 4))
    for number in (1, 2):
        assert screen.buffer[number][0].data == "│"
        assert screen.buffer[number][COLUMNS - 1].data == "│"
    assert "".join(screen.buffer[3][at].data for at in range(COLUMNS)) == "└" + "─" * 38 + "┘"


def test_nothing_is_lost_where_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pyte.screens.wcwidth", marks_too)
    canvas = text_canvas([(None, "ที่นี่ Thai    "), ("dim", "right")], COLUMNS)
    shown = drawn(canvas).display[0]
    assert "Thai" in shown
    assert shown.index("right") == text.width("ที่นี่ Thai    ")


def test_all_other_rows_are_left_alone() -> None:
    rows: list[list[Run]] = [[(None, "日本語 │ Привет … ▌ مرحبا")], [("x", "plain")]]
    canvas = stack([line(row, COLUMNS) for row in rows], COLUMNS, 2)
    assert list(PlacedCanvas(canvas).content()) == list(canvas.content())


def test_the_corner_of_the_screen_is_written_last() -> None:
    """urwid moves it into its place by inserting, and takes it for a column of its own."""
    *_, last = PlacedCanvas(line([(None, "हिन्दी")], COLUMNS)).content()
    assert last[-2:] == [(None, "U", b"\x1b[40G"), (None, None, b" ")]
