from __future__ import annotations

import pytest

from opencode.store import Store
from tests.cli.conftest import Opencode
from tests.cli.factories import EVIL, HOSTILE


@pytest.fixture
def session_id(store: Store) -> str:
    session = store.sessions.create(id="abcdef")
    for content in ("one\n", "one\ntwo\n", "one\nthree\n"):
        store.files.record(session.id, path="src/a.py", content=content)
    store.files.record(session.id, path="b.txt", content="b")
    return session.id


def test_list(opencode: Opencode, session_id: str) -> None:
    rows = opencode("file", "list", "abcd", "--json").json
    assert [(row["path"], row["version"]) for row in rows] == [
        ("b.txt", "initial"),
        ("src/a.py", "initial"),
        ("src/a.py", "v1"),
        ("src/a.py", "v2"),
    ]
    assert set(rows[0]) == {"id", "session_id", "path", "version", "created_at", "updated_at"}
    out = opencode("file", "list", session_id).out
    assert out.splitlines()[0].split() == ["Path", "Version", "Written"]
    assert out.count("src/a.py") == 3


def test_a_session_without_files(opencode: Opencode, store: Store) -> None:
    store.sessions.create(id="empty-1")
    assert opencode("file", "list", "empty-1", "--json").json == []
    assert opencode("file", "list", "empty-1").err == "the session has no files\n"
    assert opencode("file", "diff", "empty-1").err == "nothing differs\n"


@pytest.mark.parametrize(
    ("version", "content"),
    [
        ([], "one\nthree\n"),
        (["--version", "initial"], "one\n"),
        (["--version", "v1"], "one\ntwo\n"),
        (["--version", "2"], "one\nthree\n"),
        (["--version", "0"], "one\n"),
    ],
)
def test_show(opencode: Opencode, session_id: str, version: list[str], content: str) -> None:
    done = opencode("file", "show", session_id, "src/a.py", *version)
    assert (done.code, done.out, done.err) == (0, content, "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["src/a.py", "--version", "v9"], "no version v9"),
        (["none.py"], "no file none.py"),
    ],
)
def test_what_is_not_there(
    opencode: Opencode, session_id: str, arguments: list[str], message: str
) -> None:
    done = opencode("file", "show", session_id, *arguments)
    assert (done.code, done.out) == (1, "")
    assert message in done.err


def test_content_goes_word_for_word_into_a_pipe(opencode: Opencode, store: Store) -> None:
    session = store.sessions.create()
    store.files.record(session.id, path="x", content=HOSTILE)
    assert opencode("file", "show", session.id, "x").out == HOSTILE


def test_show_as_json(opencode: Opencode, store: Store, session_id: str) -> None:
    shown = opencode("file", "show", session_id, "src/a.py", "--version", "1", "--json").json
    assert shown == store.files.get(session_id, "src/a.py", 1)._asdict()
    assert shown["content"] == "one\ntwo\n"


def test_diff(opencode: Opencode, session_id: str) -> None:
    out = opencode("file", "diff", session_id, "src/a.py").out
    assert "--- src/a.py" in out
    assert "\n one\n+three\n" in out
    whole = opencode("file", "diff", session_id).out
    assert "+b\n" in whole
    assert out in whole


def test_a_diff_goes_word_for_word_into_a_pipe(opencode: Opencode, store: Store) -> None:
    session = store.sessions.create()
    for content in (HOSTILE, f"a\tb\r\n{HOSTILE}"):
        store.files.record(session.id, path="x", content=content)
    assert opencode("file", "diff", session.id).out == store.files.diff(session.id)


def test_a_hostile_path_comes_out_clean(opencode: Opencode, store: Store) -> None:
    session = store.sessions.create()
    store.files.record(session.id, path=HOSTILE, content=HOSTILE)
    out = opencode("file", "list", session.id).out
    assert "日本" in out
    assert not [evil for evil in EVIL if evil in out]
