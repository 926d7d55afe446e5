"""Finding words in a session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opencode.models import Message
from opencode.parts import Reasoning, Text, ToolCall, ToolResult
from opencode.store import Store
from opencode.tui import searching
from opencode.tui.render.blocks import Paragraph, Table
from opencode.tui.render.find import count_in, marked, pattern_for
from opencode.tui.searching import Hit, hits_in
from tests.tui.conftest import StartDriver
from tests.tui.driver import NOW, Driver
from tests.tui.stores import Said, add_session, lines, many_messages
from tests.tui.test_session import marked as at_cursor

if TYPE_CHECKING:
    import pytest


def search(driver: Driver, words: str) -> Driver:
    return driver.press("/").press("ctrl u").type(words).press("enter")


def current(driver: Driver) -> str:
    """The words that are marked as the present hit."""
    canvas = driver.app.root.render(driver.screen.size, focus=True)
    return "".join(
        words.decode()
        for row in canvas.content()
        for name, _, words in row
        if name == "match.current"
    )


class TestMarking:
    def test_words_are_found_in_either_case_and_across_lines(self) -> None:
        pattern = pattern_for("two  THREE")
        (paragraph,) = marked(
            [Paragraph(((None, "one t"), ("code", "wo\nthree two three")))], pattern, 1
        )
        assert paragraph.runs == (
            (None, "one "),
            ("match", "t"),
            ("match", "wo\nthree"),
            ("code", " "),
            ("match.current", "two three"),
        )

    def test_no_hit_changes_nothing(self) -> None:
        paragraph = Paragraph(((None, "x.y"),))
        assert marked([paragraph], pattern_for("x+y")) == (paragraph,)

    def test_cells_of_tables(self) -> None:
        table = Table((((("strong", "ab"),), ((None, "b"),)),), (2, 1), ("left", "left"))
        paragraphs = [Paragraph(table=table), Paragraph(((None, "b"),))]
        assert count_in(paragraphs, pattern_for("b")) == 3
        first, last = marked(paragraphs, pattern_for("b"), 2)
        assert first.table is not None
        assert first.table.rows[0][0] == (("strong", "a"), ("match", "b"))
        assert last.runs == (("match.current", "b"),)

    def test_hits_in_all_kinds_of_parts(self) -> None:
        parts = (
            Text("pool pool"),
            Reasoning("pool"),
            ToolCall("1", "pool", "{}"),
            ToolResult("1", "", "a pool"),
        )
        message = Message("m", "s", 7, "user", parts, None, NOW, NOW, None)
        assert list(hits_in([message], pattern_for("pool"))) == [
            Hit(7, 0, 0),
            Hit(7, 0, 1),
            Hit(7, 1, 0),
            Hit(7, 2, 0),
            Hit(7, 3, 0),
        ]


def test_from_hit_to_hit(usual: Store, drive: StartDriver) -> None:
    driver = search(drive(usual).press("enter", "g"), "POOL")
    assert " 1 of 4 " in driver.header()
    assert current(driver) == "pool"
    assert at_cursor(driver)[0].startswith("▾ thinking")
    driver.press("n")
    assert " 2 of 4 " in driver.header()
    assert "The pool hands out" in driver.text()
    driver.press("n", "n")
    assert " 4 of 4 " in driver.header()
    assert current(driver) == "Pool"
    driver.press("n")
    assert " 1 of 4 " in driver.header()
    assert "Beyond the last hit" in driver.footer()
    driver.press("N")
    assert " 4 of 4 " in driver.header()
    driver.press("esc")
    assert " of 4 " not in driver.header()
    assert "match" not in driver.attributes()
    assert driver.press("esc").header().startswith(" Sessions")


def test_what_is_not_there(usual: Store, drive: StartDriver) -> None:
    driver = search(drive(usual).press("enter"), "no such words")
    assert "“no such words” is not in this session." in driver.footer()
    assert " 0 of 0 " in driver.header()
    assert "is not in" in driver.press("n").footer()
    driver = search(driver, "")
    assert " of 0 " not in driver.header()


def test_hits_in_messages_that_are_not_loaded(
    store: Store, drive: StartDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "SEARCHED", 64)
    many_messages(store, add_session(store, "Long"), 950)
    driver = search(drive(store).press("enter"), "message 17")
    assert " 11 of 11 " in driver.header()
    assert at_cursor(driver)[-1] == "message 179"
    driver.press("n")
    assert at_cursor(driver)[-1] == "message 17"
    driver.press("n")
    assert at_cursor(driver)[-1] == "message 170"
    assert current(driver) == "message 17"


def test_hits_in_folded_and_long_output_come_into_sight(store: Store, drive: StartDriver) -> None:
    said: list[Said] = [
        ("assistant", [ToolCall("c", "bash", '{"command": "make"}')]),
        ("tool", [ToolResult("c", "", lines(300))]),
        ("assistant", [Text("done " * 800 + "**needle** " + "done " * 800)]),
    ]
    add_session(store, "Output", said=said)
    driver = search(drive(store).press("enter", "g"), "line 177 of")
    assert current(driver) == "line 177 of"
    assert "line 177 of the output" in driver.text()
    driver = search(driver, "needle")
    assert current(driver) == "needle"


def test_a_folded_message_is_unfolded_for_its_hit(usual: Store, drive: StartDriver) -> None:
    driver = drive(usual).press("enter", "g", "enter")
    assert "Why does" not in driver.text()
    assert current(search(driver, "restarts")) == "restarts"


def test_hits_in_a_message_with_hidden_text_only(store: Store, drive: StartDriver) -> None:
    add_session(store, "Hidden", said=[("user", [Text("x " * 90_000 + "needle")])])
    driver = search(drive(store).press("enter"), "needle")
    assert " 1 of 1 " in driver.header()
    assert current(driver) == ""


def test_more_hits_than_are_kept(
    usual: Store, drive: StartDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("opencode.tui.screens.find.MAX_HITS", 2)
    assert " 1 of 2+ " in search(drive(usual).press("enter", "g"), "pool").header()
