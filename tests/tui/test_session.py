"""Reading a session."""

from __future__ import annotations

import json

import pytest

from opencode.parts import Text, ToolCall, ToolResult
from opencode.store import Store
from tests.tui.conftest import StartDriver
from tests.tui.driver import Driver
from tests.tui.stores import Said, add_session, conversation, lines, many_messages
from tests.tui.test_sessions import write_elsewhere


def marked(driver: Driver) -> list[str]:
    """The lines the cursor's bar stands beside."""
    return [line[1:].strip() for line in driver.lines() if line.startswith("▌")]


def test_it_opens_at_the_end_and_goes_to_the_beginning(store: Store, drive: StartDriver) -> None:
    many_messages(store, add_session(store, "Long"), 950)
    driver = drive(store).press("enter")
    assert driver.header().endswith("of 950")
    assert marked(driver)[-1] == "message 950"
    driver.press("g")
    assert "message 1" in marked(driver)
    assert "1–" in driver.header()
    driver.press("G")
    assert marked(driver)[-1] == "message 950"


@pytest.mark.parametrize(("start", "key"), [("G", "k"), ("g", "j")])
def test_every_message_comes_by(store: Store, drive: StartDriver, start: str, key: str) -> None:
    many_messages(store, add_session(store, "Long"), 350)
    driver = drive(store).press("enter", start)
    seen: list[str] = []
    for _ in range(1_600):
        words = marked(driver)[-1]
        if words.startswith("message") and words not in seen:
            seen.append(words)
        if len(seen) == 350:
            break
        driver.press(key)
    expected = [f"message {n}" for n in range(1, 351)]
    assert seen == (expected if key == "j" else expected[::-1])


def test_jumping_by_message(usual: Store, drive: StartDriver) -> None:
    driver = drive(usual).press("enter", "g")
    assert marked(driver)[0].startswith("▾ you")
    driver.press("n")
    assert marked(driver)[0].startswith("▾ assistant · gpt-5 · 02:35")
    driver.press("n")
    assert marked(driver)[0].startswith("▾ assistant · gpt-5 · 02:38")
    driver.press("n")
    assert marked(driver)[0].startswith("▾ assistant · gpt-5 · 02:38")
    driver.press("N", "N", "N")
    assert marked(driver)[0].startswith("▾ you")


def test_folding(usual: Store, drive: StartDriver) -> None:
    driver = drive(usual).press("enter", "g")
    driver.press("enter")
    (row,) = marked(driver)
    assert row.startswith("▸ you · 02:35 · 1 line  ")
    assert "Why does" not in driver.text()
    driver.press("enter")
    assert "Why does" in driver.text()
    driver.press("j", "j")
    assert marked(driver)[0].startswith("▸ thinking · 2 lines")
    driver.press("enter")
    assert "Let me look." in driver.text()


def test_long_output_is_folded_and_unfolds_in_place(usual: Store, drive: StartDriver) -> None:
    driver = drive(usual).press("enter", "g")
    while not marked(driver)[0].startswith("▸ bash  pytest"):
        driver.press("j")
    assert "line 1 of the output" not in driver.text()
    driver.press("enter")
    assert marked(driver)[0].startswith("▾ bash  pytest -x tests/db · 1,204 lines")
    assert "│ line 1 of the output" in driver.text()
    driver.press("page down", "page down", "enter")
    assert marked(driver)[0].startswith("▸ bash  pytest")


def test_what_is_folded_says_beside_the_cursor_what_unfolds_it(
    usual: Store, drive: StartDriver
) -> None:
    driver = drive(usual).press("enter")
    assert "expands" not in driver.text()
    driver.press("up", "up", "up")
    assert marked(driver)[:1] == [
        "▸ bash  make lint · failed · 2 lines           enter expands · o pager 02:37"
    ]
    assert driver.text().count("enter expands · o pager") == 1
    assert "expands" not in driver.press("enter").text()
    assert "expands" not in drive(usual, size=(140, 40)).press("tab", "up", "up", "up").text()


def test_of_a_long_path_the_end_is_shown(store: Store, drive: StartDriver) -> None:
    path = "/home/ada/" + "deep/" * 20 + "the_file.py"
    add_session(store, "P", said=[("assistant", [ToolCall("c", "read", f'{{"path": "{path}"}}')])])
    driver = drive(store).press("enter")
    assert "deep/the_file.py · interrupted" in driver.text()
    driver.press("/").type("file").press("enter")
    assert "deep/the_file.py · interrupted" in driver.text()


def test_an_error_that_is_longer_says_so(store: Store, drive: StartDriver) -> None:
    said: list[Said] = [
        ("assistant", [ToolCall("c", "bash", '{"command": "make"}')]),
        ("tool", [ToolResult("c", "", lines(44), is_error=True)]),
    ]
    add_session(store, "Failed", said=said)
    driver = drive(store).press("enter")
    assert "… 41 more lines: enter expands, o opens the pager" in driver.text()
    assert "more lines" not in driver.press("enter").text()


def test_a_flood_of_output_is_cut_and_says_so(store: Store, drive: StartDriver) -> None:
    said: list[Said] = [
        ("assistant", [ToolCall("c", "bash", '{"command": "yes"}')]),
        ("tool", [ToolResult("c", "", lines(50_000))]),
    ]
    add_session(store, "Flood", said=said)
    driver = drive(store).press("enter", "g", "z", "G")
    assert "50,000 lines" in drive(store).press("enter").text()
    assert "more lines not shown here: o opens all of it in the pager" in driver.text()


def test_one_huge_line_is_cut_too(store: Store, drive: StartDriver) -> None:
    add_session(store, "Huge", said=[("user", [Text("x" * 1_200_000)])])
    driver = drive(store).press("enter", "g")
    assert "▾ you" in driver.text()
    driver.press("G")
    assert "characters not shown here" in driver.text()


def test_messages_of_others_arrive_below_and_the_view_stays(
    store: Store, drive: StartDriver
) -> None:
    session = add_session(store, "Live")
    many_messages(store, session, 60)
    driver = drive(store).press("enter", "page up")
    before = driver.lines()[1:-6]
    write_elsewhere(
        store,
        "UPDATE sessions SET last_seq = last_seq + 1 WHERE id LIKE '%'",
        "INSERT INTO messages (id, session_id, seq, role, parts, created_at, updated_at) "
        f"VALUES ('m', '{session}', 61, 'user', "
        """'[{"type":"text","data":{"text":"Hello from elsewhere"}}]', 1, 1)""",
    )
    driver.advance(1.1)
    driver.settle()
    assert driver.lines()[1:-6] == before
    assert driver.header().endswith("of 61 · ↓ 1 new")
    driver.press("G")
    assert "Hello from elsewhere" in driver.text()
    assert driver.header().endswith("of 61")


def test_a_page_that_comes_while_all_is_read_again_is_kept(
    store: Store, drive: StartDriver
) -> None:
    """The page was asked for first; what is read again begins where the window began then."""
    many_messages(store, add_session(store, "Long"), 150)
    driver = drive(store).press("enter")
    driver.press(*["page up"] * 14, settle=False).press("R")
    driver.press(*["page up"] * 60)
    assert "message 1" in marked(driver)
    assert driver.header().endswith("of 150")


def say_elsewhere(store: Store, driver: Driver, seq: int, *paragraphs: str) -> str:
    """Have a message changed by another process; returns what is seen then."""
    parts = json.dumps([{"type": "text", "data": {"text": "\n\n".join(paragraphs)}}])
    write_elsewhere(store, f"UPDATE messages SET parts = '{parts}' WHERE seq = {seq}")
    driver.advance(1.1)
    driver.settle()
    return driver.text()


@pytest.mark.parametrize("messages", [1, 60])
def test_who_reads_the_end_sees_the_last_message_grow(
    store: Store, drive: StartDriver, messages: int
) -> None:
    many_messages(store, add_session(store, "Live"), messages)
    driver = drive(store).press("enter")
    grown: list[str] = []
    for number in range(30):
        grown.append(f"paragraph {number}")
        assert grown[-1] in say_elsewhere(store, driver, messages, *grown)
    driver.press("page up", "page up")
    before = driver.lines()[1:-6]
    assert "paragraph 30" not in say_elsewhere(store, driver, messages, *grown, "paragraph 30")
    assert driver.lines()[1:-6] == before


def test_an_answer_that_grows_is_shown_as_it_is_now(store: Store, drive: StartDriver) -> None:
    session = add_session(store, "Streaming")
    message = store.messages.append(session, role="assistant", parts=[Text("One")])
    driver = drive(store).press("enter")
    store.messages.update(message.id, [Text("One, two, three")])
    driver.press("R")
    assert "One, two, three" in driver.text()


def test_renaming_and_deleting_from_within(usual: Store, drive: StartDriver) -> None:
    driver = drive(usual).press("enter", "r", "ctrl u").type("Other").press("enter")
    assert driver.header().startswith(" Other ")
    assert "Session: Other" in driver.text()
    driver.press("d", "y")
    assert driver.header().startswith(" Sessions")
    assert "Other" not in "\n".join(driver.lines()[2:-5])


def test_going_back_shows_the_list_as_it_is_now(usual: Store, drive: StartDriver) -> None:
    driver = drive(usual).press("j", "enter")
    write_elsewhere(usual, "UPDATE sessions SET title = 'Changed' WHERE id = 'implement'")
    driver.press("esc")
    assert driver.lines()[2].startswith("  Changed")
    assert driver.lines()[3].startswith("▌ Fix flaky")


def test_an_empty_session(store: Store, drive: StartDriver) -> None:
    add_session(store, "Empty")
    driver = drive(store).press("enter")
    assert "No messages in this session yet." in driver.text()
    driver.press("n", "N", "enter", "z", "j", "k", "g", "G", "page down")


def test_files_of_roles_and_parts_are_shown_as_what_they_are(
    store: Store, drive: StartDriver
) -> None:
    session = add_session(store, "All kinds", said=conversation()[:1])
    write_elsewhere(
        store,
        "UPDATE sessions SET last_seq = 9",
        *(
            "INSERT INTO messages (id, session_id, seq, role, parts, created_at, updated_at) "
            f"VALUES ('m{seq}', '{session}', {seq}, '{role}', '{parts}', 1770000000, 1)"
            for seq, role, parts in (
                (2, "system", '[{"type":"text","data":{"text":"Be brief."}}]'),
                (3, "assistant", '[{"type":"tool_search","data":{"query":"x"}}]'),
                (4, "assistant", "this is not JSON"),
                (5, "user", '[{"type":"image_url","data":{"url":"https://example.com/a.png"}}]'),
                (
                    6,
                    "user",
                    '[{"type":"binary","data":{"Path":"a.pdf","MIMEType":"a/pdf","Data":"aGk="}}]',
                ),
                (7, "assistant", '[{"type":"finish","data":{"reason":"canceled","time":1}}]'),
                (8, "assistant", "[]"),
                (9, "tool", '[{"type":"tool_result","data":{"tool_call_id":"?","content":"42"}}]'),
            )
        ),
    )
    text = drive(store, size=(80, 60)).press("enter", "g").text()
    for shown in (
        "▾ system · ",
        "Be brief.",
        "▸ tool_search · unknown type · 1 line",
        "▸ unreadable message · ",
        "image · https://example.com/a.png",
        "file · a.pdf · a/pdf · 2 B",
        "ended: canceled",
        "· empty",
        "▸ result · 1 line",
        "│ 42",
    ):
        assert shown in text


def test_sub_sessions_and_back_to_the_same_place(store: Store, drive: StartDriver) -> None:
    said: list[Said] = [("user", [Text(f"message {n}")]) for n in range(30)]
    said.insert(20, ("assistant", [ToolCall("child", "task", '{"prompt": "look around"}')]))
    said.insert(25, ("assistant", [ToolCall("other", "task", '{"prompt": "and there"}')]))
    add_session(store, "Parent", id="parent", said=said)
    for child in ("child", "other"):
        store.sessions.create(title=f"The {child}", parent="parent", id=child)
    driver = drive(store).press("enter", "G", ">")
    assert "the cursor is not on a call that started one" in driver.footer()
    while not marked(driver)[0].startswith("▸ task  look around"):
        driver.press("k")
    assert "> opens its session" in marked(driver)[0]
    before = driver.lines()
    driver.press(">")
    assert driver.header().startswith(" The child")
    assert "Session: The child" in driver.text()
    driver.press(">")
    assert "started no others" in driver.footer()
    assert driver.press("esc").lines() == before


def test_the_only_sub_session(store: Store, drive: StartDriver) -> None:
    add_session(store, "Parent", id="parent", said=conversation()[:1])
    store.sessions.create(title="Child", parent="parent", id="child")
    assert drive(store).press("enter", ">").header().startswith(" Child")


def test_nobody_else_is_called_you(usual: Store, drive: StartDriver, shared: None) -> None:
    """A shared database holds what others wrote, and who wrote a message it does not know."""
    driver = drive(usual).press("enter", "g")
    assert "▾ user · " in driver.text()
    assert "you · " not in driver.text()
