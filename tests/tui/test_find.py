"""Finding words in a session."""

from __future__ import annotations

import pytest

from opencode.models import Message
from opencode.parts import Reasoning, Text, ToolCall, ToolResult
from opencode.store import Store
from opencode.tui import searching
from opencode.tui.render.blocks import Paragraph, Table
from opencode.tui.render.find import Place, marked, pattern_for, places_in, sought
from opencode.tui.render.message import entry_of
from opencode.tui.searching import Hit, Search
from tests.tui.conftest import StartDriver
from tests.tui.driver import NOW, Driver
from tests.tui.stores import Said, add_session, lines, many_messages
from tests.tui.test_session import marked as at_cursor


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
            [Paragraph(((None, "one t"), ("code", "wo\nthree two three")))], pattern, Place(0, 14)
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
        places = places_in(paragraphs, pattern_for("b"))
        assert places == [Place(0, 1), Place(0, 3), Place(1, 0)]
        first, last = marked(paragraphs, pattern_for("b"), places[2])
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
        assert list(Search("pool").hits_in([message])) == [
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
    assert driver.footer().startswith(" esc end search  n/N hit  ")
    driver.press("n")
    assert " 1 of 4 " in driver.header()
    assert "Beyond the last hit" in driver.footer()
    driver.press("N")
    assert " 4 of 4 " in driver.header()
    driver.press("esc")
    assert driver.footer().startswith(" esc back  j/k line  n/N message  ")
    assert " of 4 " not in driver.header()
    assert "match" not in driver.attributes()
    assert driver.press("esc").header().startswith(" Sessions")


def test_what_is_not_there(usual: Store, drive: StartDriver) -> None:
    driver = search(drive(usual).press("enter"), "no such words")
    assert "“no such words” is not in this session." in driver.footer()
    assert " 0 of 0 " in driver.header()
    driver.app.drop_notice()
    assert "n/N" not in driver.footer()
    assert "Not now: “no such words” is not in this session." in driver.press("n").footer()
    driver = search(driver, "")
    assert " of 0 " not in driver.header()


def test_no_number_is_told_before_there_is_a_hit(
    store: Store, drive: StartDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "SEARCHED", 64)
    many_messages(store, add_session(store, "Long"), 200)
    driver = drive(store).press("enter", "/", *"message 17").press("enter", settle=False)
    assert " searching… · " in driver.header()
    assert "still being searched" in driver.press("n", settle=False).footer()
    driver.jobs.step()
    assert " hit … of 1… · " in driver.header()
    driver.settle()
    assert " hit 11 of 11 · " in driver.header()


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


def test_the_place_of_a_hit_far_away_is_told(store: Store, drive: StartDriver) -> None:
    long = add_session(store, "Long")
    many_messages(store, long, 950)
    driver = search(drive(store).press("enter"), "message 500")
    assert at_cursor(driver)[-1] == "message 500"
    assert " 500–505 of 950" in driver.header()
    assert " 483–488 of 950" in driver.press("esc", *["b"] * 3).header()


def test_no_place_is_told_where_messages_were_deleted(store: Store, drive: StartDriver) -> None:
    many_messages(store, add_session(store, "Long"), 950)
    (session,) = store.sessions.list().items
    store.messages.delete(store.messages.list(session.id, limit=1)[0].id)
    driver = search(drive(store).press("enter"), "message 500")
    assert "… of 949" in driver.header()


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


def test_hits_in_what_is_too_long_to_be_shown(store: Store, drive: StartDriver) -> None:
    add_session(
        store,
        "Hidden",
        said=[
            ("user", [Text("x " * 90_000 + "needle")]),
            ("assistant", [ToolCall("c", "write", '{"content": "' + "a\\n" * 3_000 + 'needle"}')]),
            ("tool", [ToolResult("c", "", lines(3_000) + "\nneedle")]),
        ],
    )
    driver = search(drive(store).press("enter", "g"), "needle")
    assert " 1 of 3 " in driver.header()
    assert current(driver).startswith("… 52,006 more characters not shown here")
    assert "o opens all of it" in driver.footer()
    assert current(driver.press("n")).strip().startswith("… 1,001 more lines not shown here")
    assert current(driver.press("n")).startswith("… 1,001 more lines not shown here")


def test_what_is_shown_is_found_however_it_is_written(store: Store, drive: StartDriver) -> None:
    written = (
        "It was **5**, not 4.\n\n> all of the *big*\n> pool, `a*b`\n\n"
        "| name | what |\n|---|---|\n| x\\|y | R&amp;D |\n\nsee [the docs](https://e.org/d)"
    )
    add_session(store, "Written", said=[("assistant", [Text(written)])])
    driver = drive(store).press("enter")
    for words in ("was 5, not", "THE big pool, a*b", "x|y", "R&D", "the docs (https://e.org"):
        found = current(search(driver, words))
        assert "".join(found.split()).lower() == "".join(words.split()).lower()
    for words in ("**5**", "&amp;", "|---|", "[the docs]", "name what"):
        assert " 0 of 0 " in search(driver, words).header()


def test_the_name_of_a_tool_counts_once_and_its_state_not(store: Store, drive: StartDriver) -> None:
    said: list[Said] = [
        ("assistant", [ToolCall("c", "bash", '{"command": "make lines"}')]),
        ("tool", [ToolResult("c", "bash", "two\nlines")]),
    ]
    add_session(store, "Tool", said=said)
    driver = drive(store).press("enter")
    assert " 1 of 1 " in search(driver, "bash").header()
    assert " 1 of 2 " in search(driver, "lines").header()
    assert current(driver.press("n")) == "lines"
    assert " 0 of 0 " in search(driver, "assistant").header()


WRITTEN = (
    "Say p**oo**l, _p_ool and ~~po~~ol.\nThe second\\\nline",
    "[pool](pool)s and [p&ouml;ol][r] ![alt](a%20b.png) <https://e.org/ä b>\n\n[r]: https://x.y/ü",
    "- one\n  two\n- `` ` ``\n\n1. three\n   > four\n   five\n\n***\n\nhead\n====\nand &#112;ool",
    "| a | b |\n|:--|--:|\n| p*oo*l | `x` |\n\n```py\ndef pool():\n    '*a*'\n```\nhtml <b>x</b>",
    "<me@e.org> e\u0301 İstanbul \u2028 tab\tbed \x1b[1mbold\x1b[0m red, po\x1b[1mol",
)


@pytest.mark.parametrize("written", WRITTEN)
@pytest.mark.parametrize("length", [1, 2, 5, 11])
def test_a_quick_look_misses_nothing_that_is_shown(written: str, length: int) -> None:
    message = Message("m", "s", 1, "user", (Text(written),), None, NOW, NOW, None)
    entry = entry_of(message.parts[0])
    assert entry
    for paragraph in sought(entry):
        shown = "".join(words for _, words in paragraph.runs)
        for begin in range(len(shown) - length + 1):
            needle = shown[begin : begin + length].strip()
            if needle and paragraph.searched:
                assert list(Search(needle).hits_in([message])), needle


def test_more_hits_than_are_kept(
    usual: Store, drive: StartDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("opencode.tui.screens.find.MAX_HITS", 2)
    assert " 1 of 2+ " in search(drive(usual).press("enter", "g"), "pool").header()
