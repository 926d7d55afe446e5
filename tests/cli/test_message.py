from __future__ import annotations

import pytest

from opencode.parts import Text
from opencode.store import Store
from tests.cli.conftest import Opencode
from tests.cli.factories import EVIL, HOSTILE


@pytest.fixture
def session_id(store: Store) -> str:
    return store.sessions.create(id="abcdef").id


def texts(store: Store, session_id: str) -> list[object]:
    return [list(message.parts) for message in store.messages.list(session_id)]


def test_list_as_json(opencode: Opencode, store: Store, session_id: str) -> None:
    made = store.messages.append(session_id, role="user", parts=[Text("One")])
    store.messages.append(session_id, role="assistant", parts=[Text("Two")], model="gpt-5")
    done = opencode("message", "list", "abcd", "--json")
    assert (done.code, done.err) == (0, "")
    assert done.json[0] == {
        "id": made.id,
        "session_id": session_id,
        "seq": 1,
        "role": "user",
        "model": None,
        "parts": [{"type": "text", "data": {"text": "One"}}],
        "created_at": made.created_at,
        "updated_at": made.updated_at,
        "finished_at": None,
    }
    assert [one["seq"] for one in done.json] == [1, 2]


def test_list_as_text(opencode: Opencode, store: Store, session_id: str) -> None:
    store.messages.append(session_id, role="user", parts=[Text(HOSTILE)])
    store.messages.append(session_id, role="assistant", parts=[Text("Two")], model="gpt-5")
    out = opencode("message", "list", "abcd").out
    assert "\n\n2 · assistant · gpt-5 · " in out
    assert not [evil for evil in EVIL if evil in out]


def test_an_empty_session(opencode: Opencode, session_id: str) -> None:
    assert opencode("message", "list", session_id, "--json").json == []
    done = opencode("message", "list", session_id)
    assert (done.out, done.err) == ("", "the session has no messages\n")


def test_add_prints_the_id_alone(opencode: Opencode, store: Store, session_id: str) -> None:
    done = opencode("message", "add", "abcd", "Hello")
    message = store.messages.get(done.out.removesuffix("\n"))
    assert (message.role, message.model, message.finished_at) == ("user", None, None)
    assert message.parts == (Text("Hello"),)
    assert done.err == "message 1 of session abcdef\n"


def test_add_as_json(opencode: Opencode, session_id: str) -> None:
    arguments = ("--role", "assistant", "--model", "gpt-5", "--json")
    made = opencode("message", "add", session_id, "Hello", *arguments).json
    assert (made["role"], made["model"], made["seq"]) == ("assistant", "gpt-5", 1)
    assert made["finished_at"] == made["created_at"]
    assert made["parts"] == [{"type": "text", "data": {"text": "Hello"}}]


@pytest.mark.parametrize("dash", [True, False])
@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("Hello\n", "Hello"),
        ("a\nb\n\n", "a\nb\n"),
        ("a\r\n", "a"),
        (" x ", " x "),
        ("日本", "日本"),
    ],
)
def test_add_reads_standard_input(
    opencode: Opencode, store: Store, session_id: str, dash: bool, typed: str, text: str
) -> None:
    done = opencode("message", "add", session_id, *(["-"] if dash else []), input=typed)
    assert done.code == 0
    assert texts(store, session_id) == [[Text(text)]]


@pytest.mark.parametrize(
    ("arguments", "typed", "message"),
    [
        ([], b"", "the message is empty"),
        (["-"], b"\n", "the message is empty"),
        ([" "], b"", "the message is empty"),
        (["-"], b"ab\xff", "standard input is not UTF-8: byte 3 is 0xff"),
        (["x", "--role", "robot"], b"", "'robot' is not one of"),
        (["x", "--model", "m" * 256], b"", "256"),
    ],
)
def test_what_is_no_message_is_refused(
    opencode: Opencode,
    store: Store,
    session_id: str,
    arguments: list[str],
    typed: bytes,
    message: str,
) -> None:
    done = opencode("message", "add", session_id, *arguments, input=typed)
    assert (done.code, done.out) == (2, "")
    assert message in done.err
    assert texts(store, session_id) == []


def test_text_that_begins_with_a_dash(opencode: Opencode, store: Store, session_id: str) -> None:
    assert opencode("message", "add", session_id, "--", "-x").code == 0
    assert texts(store, session_id) == [[Text("-x")]]
