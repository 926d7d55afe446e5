"""Markdown and code as paragraphs, without a screen."""

from __future__ import annotations

import pytest
from urwid.testing import check_sizing

from opencode.models import Message
from opencode.parts import Text
from opencode.tui import theme
from opencode.tui.format import Run
from opencode.tui.render import code
from opencode.tui.render.blocks import Paragraph, Paragraphs
from opencode.tui.render.code import highlight
from opencode.tui.render.markdown import code_blocks, markdown
from opencode.tui.render.message import Renderer
from opencode.tui.render.runs import PIECE_CHARACTERS, lines_of, pieces_of
from opencode.tui.widgets.block import Block
from opencode.tui.widgets.table import fitting
from tests.tui.driver import NOW
from tests.tui.stores import lines

CONTROLS = {"\x1b", "\x07", "\x9b", "\u202e", "\u200b"}


def all_runs(paragraphs: Paragraphs) -> list[Run]:
    runs: list[Run] = []
    for one in paragraphs:
        runs += (one.first, *one.runs, (None, one.frame or ""))
        if one.table:
            runs += [run for row in one.table.rows for cell in row for run in cell]
    return runs


def shown(paragraphs: Paragraphs) -> list[str]:
    return ["".join(words for _, words in (p.first, *p.runs)) for p in paragraphs]


def drawn(source: str, columns: int) -> list[str]:
    canvas = Block(markdown(source)).draw(columns, "none")
    return [row.decode().rstrip() for row in canvas.text]


def test_marks_become_attributes() -> None:
    (paragraph,) = markdown("a **b** _c_ `d` ~~e~~ [f](http://g.h)")
    assert [run for run in paragraph.runs if run[1].strip()] == [
        (None, "a "),
        ("strong", "b"),
        ("md.emphasis", "c"),
        ("code", "d"),
        ("md.deleted", "e"),
        ("md.link", "f"),
        ("dim", " (http://g.h)"),
    ]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<http://g.h>", "http://g.h"),
        ("[http://g.h](http://g.h)", "http://g.h"),
        ("[x](mailto:a@b.c)", "x (mailto:a@b.c)"),
        ("![a tree](tree.png)", "image: a tree (tree.png)"),
        ("![](tree.png)", "image: tree.png"),
        ("[x](javascript:alert)", "[x](javascript:alert)"),
        ("<b>no HTML</b> &amp; so", "<b>no HTML</b> & so"),
        ("one\ntwo  \nthree", "one\ntwo\nthree"),
        ("snake_case_name and 2 * 3 * 4", "snake_case_name and 2 * 3 * 4"),
    ],
)
def test_what_is_read(source: str, expected: str) -> None:
    assert shown(markdown(source)) == [expected]


def test_headings_stand_apart_from_what_is_before() -> None:
    paragraphs = markdown("text\n# One\n### Three\nmore")
    assert shown(paragraphs) == ["text", "", "One", "Three", "more"]
    assert [p.runs[0][0] for p in paragraphs if p.runs] == [None, "md.heading", "strong", None]


def test_lists_hang_and_nest() -> None:
    assert shown(markdown("- one\n- two\n  - three\n\nend")) == [
        "• one",
        "• two",
        "  ◦ three",
        "",
        "end",
    ]
    assert shown(markdown("9. nine\n10. ten\n    deep\n")) == ["9. nine", "10. ten\ndeep"]
    assert shown(markdown("-\n- x")) == ["• ", "• x"]


def test_quotes_keep_their_bar() -> None:
    assert shown(markdown("> one\n>\n> - two")) == ["│ one", "│", "│ • two"]
    assert shown(markdown("one\n\n> two\n\nthree")) == ["one", "", "│ two", "", "three"]


def test_code_is_framed_and_coloured() -> None:
    (paragraph,) = markdown("```python\nreturn 'x'  # y\n```")
    assert paragraph.frame == "python"
    assert paragraph.runs == (
        ("syntax.keyword", "return"),
        ("code", " "),
        ("syntax.string", "'x'"),
        ("code", "  "),
        ("syntax.comment", "# y"),
    )


def test_code_in_a_list_keeps_the_mark_of_its_item() -> None:
    mark, frame = markdown("1. ```\n   x\n   ```")
    assert (mark.first[1], frame.runs, frame.indent) == ("1. ", (("code", "x"),), 6)


@pytest.mark.parametrize("source", ["x = 1", "{% broken", "\\", "é" * 10])
@pytest.mark.parametrize("language", ["python", "jinja", "html+php", "nonsense", "", "C++"])
def test_colours_change_no_character(source: str, language: str) -> None:
    assert "".join(words for _, words in highlight(source, language)) == source


def test_code_that_takes_too_long_goes_on_in_one_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(code, "MAX_SECONDS", -1.0)
    assert highlight("def f(): pass", "python") == (("code", "def f(): pass"),)
    monkeypatch.setattr(code, "MAX_CHARACTERS", 3)
    assert highlight("def f(): pass", "python") == (("code", "def f(): pass"),)


def test_tables_line_up() -> None:
    source = "| name | n |\n|---|--:|\n| **pool** | 1 |\n| x | 1,204 |"
    assert drawn(source, 40) == [
        "   name │     n",
        "   ─────┼──────",
        "   pool │     1",
        "   x    │ 1,204",
    ]


def test_wide_tables_wrap_their_cells() -> None:
    rows = drawn(f"| a | b |\n|---|---|\n| {'long words ' * 8} | y |", 40)
    assert max(map(len, rows)) <= 39
    assert len(rows) > 4
    assert drawn("|a|b|c|d|e|\n|-|-|-|-|-|\n|1|2|3|4|5|", 12)[-1].endswith("5")


@pytest.mark.parametrize(
    ("widths", "room", "expected"),
    [
        ([3, 4], 10, [3, 4]),
        ([50, 10], 40, [30, 10]),
        ([50, 40], 40, [20, 20]),
        ([9, 9], 2, [9, 9]),
        ([50, 40, 5], 20, [12, 12, 5]),
    ],
)
def test_the_widest_column_gives_way(widths: list[int], room: int, expected: list[int]) -> None:
    assert fitting(widths, room) == expected


def test_hostile_text_is_clean_in_every_place() -> None:
    bad = "a&#27;[2J&#x9b;5n&#x202e;&#8203;b\x1b]52;c;eA==\x07"
    source = (
        f"# {bad}\n[{bad}](http://x/%1b%07{bad}) ![{bad}](y '{bad}')\n<http://x/%1b%9b>\n\n"
        f"> `{bad}`\n\n- {bad}\n\n|{bad}|\n|-|\n|{bad}|\n\n```{bad}\n{bad}\n```\n"
    )
    for _, words in all_runs(markdown(source)):
        assert not set(words) & CONTROLS


@pytest.mark.parametrize(
    "source",
    [
        ">" * 5_000,
        "- " * 2_000 + "x",
        "[" * 5_000,
        "*a " * 5_000,
        "`" * 5_000,
        "|" * 500 + "\n" + "|-" * 500 + "\n" + "|x" * 500,
    ],
)
def test_a_flood_of_marks_is_survived(source: str) -> None:
    block = Block(markdown(source))
    for columns in (1, 20, 80):
        assert block.height(columns) == block.draw(columns, "none").rows()


def test_long_text_comes_in_pieces() -> None:
    paragraphs = markdown(f"```\n{lines(500)}\n```\n\n{lines(500)}\n{'y' * 20_000}")
    assert all(sum(len(words) for _, words in p.runs) <= PIECE_CHARACTERS + 1 for p in paragraphs)
    joined = "".join(shown(paragraphs))
    assert joined.count("line 499 of") == 2
    assert joined.count("y") == 20_000
    assert [(p.frame, p.opens) for p in paragraphs[:3]] == [("", True), ("", False), ("", False)]
    assert [p.closes for p in paragraphs if p.frame is not None][-2:] == [False, True]


def test_pieces_lose_nothing() -> None:
    runs: list[Run] = [("a", "x" * 7_000), ("b", "\n\ny"), ("a", "z\n" * 50)]
    whole = "".join(words for _, words in runs)
    pieces = list(pieces_of(runs))
    assert "".join(words for piece in pieces for _, words in piece).replace("\n", "") == (
        whole.replace("\n", "")
    )
    assert list(lines_of([("a", "x\n"), ("b", "y")])) == [[("a", "x")], [("b", "y")]]


def test_widgets_of_markdown_agree_with_their_canvases() -> None:
    source = "# H\n> q\n\n|a|b|\n|-|-|\n|c|d|\n\n1. ```py\n   x\n   ```\n- " + "w " * 90
    block = Block(markdown(source))
    check_sizing(block)


def test_every_attribute_is_in_the_theme() -> None:
    source = "# H\n## x\n> q\n\n**a** *b* ~~c~~ [d](e) `f`\n\n---\n\n|a|\n|-|\n|c|\n\n"
    source += "".join(
        f"```{language}\n@x\nclass A(int): return 1.0 + 'x' or None # c\n"
        "+a\n-b\n@@ 1 @@\n<b c=d>\n```\n"
        for language in ("python", "diff", "html", "c", "bash")
    )
    names = {name for name, _ in all_runs(markdown(source))}
    assert names - {None} <= theme.ATTRIBUTES
    assert {"syntax.keyword", "diff.add", "diff.remove", "md.quote", "md.deleted"} <= names


def test_code_blocks_for_copying() -> None:
    source = "```python x\na\n\tb\n```\n\n> ~~~\n> c\n> ~~~\n"
    assert code_blocks(source) == [("python", "a\n\tb\n"), ("", "c\n")]


def test_plain_text_first_and_markdown_when_it_is_ready() -> None:
    renderer = Renderer()
    message = Message("m", "s", 1, "user", (Text("# H"),), None, NOW, NOW, None)
    other = Message("n", "s", 2, "user", (), None, NOW, NOW, None)
    plain, empty = renderer([message, other])
    assert (plain.rich, empty.rich) == (False, True)
    polished = renderer.polish(["m", "gone"])
    assert polished.keys() == {"m"}
    assert polished["m"].rich
    assert renderer([message])[0] is polished["m"] is renderer.polish(["m"])["m"]


def test_empty_paragraphs_are_nothing_to_draw() -> None:
    assert markdown("[x]: http://reference") == ()
    assert isinstance(Paragraph(), Paragraph)


def test_a_table_without_room_has_its_headings_beside_the_cells() -> None:
    source = "| name | port | note |\n|---|--:|---|\n| pool | 5432 | long words here |\n| x | 1 | |"
    source = source.replace("note", "what is to be said").replace("name", "**name** of it")
    assert drawn(source, 31) == [
        "   name of   │ pool",
        "   it        │",
        "   port      │ 5432",
        "   what is   │ long words here",
        "   to be     │",
        "   said      │",
        "   ──────────┼────────────────",
        "   name of   │ x",
        "   it        │",
        "   port      │ 1",
        "   what is   │",
        "   to be     │",
        "   said      │",
    ]


def test_long_code_is_in_one_frame() -> None:
    rows = drawn(f"```py\n{lines(50)}\n```", 60)
    assert [row.strip()[0] for row in rows] == ["┌", *"│" * 50, "└"]


def test_what_follows_a_list_in_an_item_stands_apart() -> None:
    assert drawn("- one\n\n  - two\n\n  three\n- four", 40) == [
        "   • one",
        "",
        "     ◦ two",
        "",
        "     three",
        "",
        "   • four",
    ]
