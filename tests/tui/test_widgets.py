"""Widgets draw as much as they say, at any size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pytest
from urwid.testing import check_sizing, render_text

from opencode.tui.format import Run
from opencode.tui.render.blocks import BLANK, Paragraph
from opencode.tui.widgets.base import Flow
from opencode.tui.widgets.block import Block
from opencode.tui.widgets.dialog import Button, boxed, dialog
from opencode.tui.widgets.lines import text_canvas
from opencode.tui.widgets.listview import ListView
from opencode.tui.widgets.prompt import Prompt
from opencode.tui.widgets.row import Row
from opencode.tui.widgets.split import Split, list_columns
from opencode.tui.widgets.statusblock import StatusBlock

if TYPE_CHECKING:
    from urwid import Widget

LONG = "words 漢字 and more words " * 12

PARAGRAPHS = [
    BLANK,
    Paragraph(((None, LONG),)),
    Paragraph(((None, LONG),), 9, first=("dim", "- "), rest=(None, "  ")),
    Paragraph((("code", f"{LONG}\n\nx"),), 3, "any", frame="python"),
    Paragraph((("code", ""),), 3, "any", frame=""),
    Paragraph((("tool", LONG),), 3, "clip", tail=(("dim", " · 5 lines"),), right=("dim", "02:40")),
    Paragraph(((None, "x"),), 40, "clip", first=("dim", "▸ ")),
]


class Source:
    """Items for a pane."""

    def __init__(self, widgets: Sequence[Flow]) -> None:
        self.widgets = widgets

    def count(self) -> int:
        return len(self.widgets)

    def widget(self, index: int) -> Flow:
        return self.widgets[index]


def row_of(width: int) -> list[Run]:
    return [(None, "x" * width)]


def list_of(number: int) -> ListView:
    view = ListView(Source([Row(row_of), *[Block(PARAGRAPHS)] * number]))
    view.placeholder = [[(None, LONG)]]
    return view


def split(right: ListView | None = None) -> Split:
    widget = Split(list_of(2), lambda width: "H" * width, lambda: [("dim", LONG)])
    widget.right = right
    return widget


def widgets() -> list[Widget]:
    status = StatusBlock()
    status.show("github.com/acme/" + "x" * 90, "remote", LONG)
    empty = ListView(Source([]))
    empty.placeholder = [[(None, LONG)], [("key", "n")]]
    return [
        *[Block([paragraph], [BLANK]) for paragraph in PARAGRAPHS],
        Block([]),
        Row(row_of),
        list_of(3),
        empty,
        status,
        split(),
        split(list_of(2)),
    ]


@pytest.mark.parametrize("columns", [1, 2, 3, 7, 12, 40, 80, 99, 100, 140])
@pytest.mark.parametrize("number", range(len(widgets())))
def test_sizes(number: int, columns: int) -> None:
    for rows in (1, 2, 4, 24):
        check_sizing(widgets()[number], cols=columns, rows=rows)


def test_a_block_with_the_cursor_is_marked_but_not_what_comes_before_it() -> None:
    block = Block([Paragraph(((None, "one\ntwo"),), 3)], [BLANK])
    assert render_text(block, (12,), focus=True) == [" " * 12, "▌  one      ", "▌  two      "]
    assert (block.height(12), block.lead(12)) == (3, 1)


def test_what_happened_to_a_tool_is_shown_even_when_the_line_is_cut() -> None:
    line = Block([PARAGRAPHS[5]])
    assert render_text(line, (60,))[0].endswith("… · 5 lines 02:40 ")


def test_text_is_not_wider_than_can_be_read() -> None:
    rows = render_text(Block([PARAGRAPHS[1]]), (200,), strip=True)
    assert max(map(len, rows)) <= 122


@pytest.mark.parametrize("columns", [99, 100, 140, 220])
def test_the_preview_needs_room(columns: int) -> None:
    assert (list_columns(columns) == columns) == (columns < 100)


@pytest.mark.parametrize(("columns", "rows"), [(40, 8), (76, 19), (30, 3), (14, 5)])
def test_dialogs_fit_and_keep_their_choices(columns: int, rows: int) -> None:
    yes = Button("y", (("key", "y"), ("dim", " yes")))
    canvas = dialog("Title", [[(None, LONG)]], [yes], columns, rows).canvas
    assert canvas.rows() <= max(rows, 4)
    assert canvas.cols() <= columns
    assert "y yes" in "".join(canvas.decoded_text)


def test_a_box_around_wide_text() -> None:
    canvas = boxed("タイトル", text_canvas([(None, "漢字" * 3)], 12))
    assert [len(row.encode()) > 0 for row in canvas.decoded_text] == [True] * 3
    assert canvas.decoded_text[1] == "│ 漢字漢字漢字 │"


class TestPrompt:
    def prompt(self, value: str = "") -> Prompt:
        self.changes: list[str] = []
        return Prompt("Label:", value, accept=lambda _: True, change=self.changes.append)

    def test_typing_tells_every_change(self) -> None:
        prompt = self.prompt()
        for key in ("a", "漢", "left", "b", "ctrl a", "delete"):
            assert prompt.key(key)
        assert prompt.value == "b漢"
        assert self.changes == ["a", "a漢", "ab漢", "b漢"]
        assert not prompt.key("f7")

    def test_the_cursor_stays_in_sight(self) -> None:
        prompt = self.prompt("x" * 300)
        canvas = prompt.canvas(40, [("error", "no")])
        assert (canvas.cols(), canvas.rows()) == (40, 1)
        assert canvas.cursor is not None
        assert canvas.decoded_text[0].endswith("no ")

    def test_values_are_cleaned(self) -> None:
        prompt = self.prompt("a\x1b[2Jb\nc")
        prompt.paste("d\x07e\nf\n")
        assert prompt.value == "ab cd␇e f"

    @pytest.mark.parametrize("columns", [40, 41, 60, 80, 200])
    def test_width(self, columns: int) -> None:
        for notice in ([], [("error", LONG)]):
            assert self.prompt("x").canvas(columns, notice).cols() == columns
