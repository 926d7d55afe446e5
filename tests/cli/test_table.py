from __future__ import annotations

from opencode.cli.table import Column, layout
from opencode.text import width
from tests.cli.factories import EVIL, HOSTILE

COLUMNS = [Column("ID"), Column("Title", flexible=True), Column("Msgs", "right")]


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    assert layout(COLUMNS, [["a1", "One", "3"], ["b", "Another", "12345"]], room=None) == [
        "ID  Title     Msgs",
        "a1  One          3",
        "b   Another  12345",
    ]


def test_the_flexible_column_gives_way() -> None:
    lines = layout(COLUMNS, [["a1", "A title that is too long", "3"]], room=30)
    assert all(width(line) <= 30 for line in lines)
    assert "…" in lines[1]


def test_wide_characters_take_two_columns() -> None:
    lines = layout(COLUMNS, [["a", "日本語のタイトルでも桁がそろう", "1"]], room=28)
    assert width(lines[1]) == 28
    assert lines[1].endswith("   1")


def test_a_narrow_terminal_leaves_something_of_the_title() -> None:
    lines = layout(COLUMNS, [["a", "A title that is too long", "1"]], room=5)
    assert "A title tha…" in lines[1]


def test_cells_are_cleaned() -> None:
    (_, line) = layout(COLUMNS, [["a", HOSTILE, "1"]], room=None)
    assert "abcdefg 日本" in line.replace("<9b>31m", "")
    assert not [evil for evil in EVIL if evil in line]


def test_line_ends_have_no_blanks() -> None:
    assert layout([Column("A"), Column("B")], [["x", ""]], room=None) == ["A  B", "x"]
