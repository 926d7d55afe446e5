"""File versions behave alike on every provider."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from opencode.errors import InvalidValue, NotFound
from opencode.models import Session
from opencode.store import Store
from tests.conformance.byhand import by_hand


@pytest.fixture
def session(store: Store) -> Session:
    return store.sessions.create(title="edits")


def test_versions_are_named_in_order(store: Store, session: Session) -> None:
    names = [
        store.files.record(session.id, path="a.py", content=f"{n}\n").version for n in range(12)
    ]
    assert names == ["initial", *(f"v{n}" for n in range(1, 12))]
    assert [f.version for f in store.files.versions(session.id, "a.py")] == names
    assert store.files.latest(session.id, "a.py").content == "11\n"
    assert store.files.get(session.id, "a.py", "v2").content == "2\n"
    assert store.files.get(session.id, "a.py", 10).content == "10\n"
    assert store.files.get(session.id, "a.py", 0).version == "initial"


def test_listing_goes_by_path_then_number(store: Store, session: Session) -> None:
    for path in ("b", "a", "b", "B"):
        store.files.record(session.id, path=path, content="")
    assert [(f.path, f.version) for f in store.files.list(session.id)] == [
        ("B", "initial"),
        ("a", "initial"),
        ("b", "initial"),
        ("b", "v1"),
    ]


@pytest.mark.parametrize(
    ("one", "two"),
    [("a", "a "), ("a", "A"), ("e", "é"), ("p" * 1023 + "a", "p" * 1023 + "b")],
)
def test_paths_are_told_apart_exactly(store: Store, session: Session, one: str, two: str) -> None:
    store.files.record(session.id, path=one, content="one")
    store.files.record(session.id, path=two, content="two")
    assert store.files.latest(session.id, one).content == "one"
    assert store.files.latest(session.id, two).content == "two"
    assert len(store.files.versions(session.id, one)) == 1


def test_diffs(store: Store, session: Session) -> None:
    store.files.record(session.id, path="a", content="one\ntwo\n")
    assert store.files.diff(session.id, "a") == (
        "--- /dev/null\n+++ a\tinitial\n@@ -0,0 +1,2 @@\n+one\n+two\n"
    )
    store.files.record(session.id, path="a", content="one\n2")
    store.files.record(session.id, path="b", content="x\n")
    assert store.files.diff(session.id, "a") == (
        "--- a\tinitial\n+++ a\tv1\n@@ -1,2 +1,2 @@\n one\n-two\n+2\n\\ No newline at end of file\n"
    )
    assert store.files.diff(session.id).count("+++ ") == 2
    assert store.files.diff(session.id, "a", old="v1", new="initial").endswith("+two\n")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a\r\nb\r\n", "a\r\nc\r\n"),
        ("a\tb\x0c\x0bc\n", "a\tb\x0c\x0bd\n"),
        ("a\x85b\u2028c\rd\n", "a\x85B\u2028c\rd\ne"),
        ("one\n\n\n", "\n\none"),
    ],
)
def test_a_diff_is_a_patch(
    store: Store, session: Session, tmp_path: Path, old: str, new: str
) -> None:
    for content in (old, new):
        store.files.record(session.id, path="a", content=content)
    (tmp_path / "a").write_bytes(old.encode())
    patch = store.files.diff(session.id, "a").encode()
    subprocess.run(["git", "apply", "-p0", "-"], cwd=tmp_path, input=patch, check=True)
    assert (tmp_path / "a").read_bytes() == new.encode()


@pytest.mark.parametrize(("before", "moves"), [(1_500_000_000, True), (4_000_000_000, False)])
def test_recording_is_activity_that_never_goes_back(
    store: Store, session: Session, before: int, moves: bool
) -> None:
    by_hand(store, f"UPDATE sessions SET updated_at = {before}")
    store.files.record(session.id, path="a", content="x")
    assert (store.sessions.get(session.id).updated_at > before) == moves
    assert store.sessions.get(session.id).updated_at >= before


def test_what_is_not_there(store: Store, session: Session) -> None:
    store.files.record(session.id, path="a", content="x")
    other = store.in_project("github.com/acme/other")
    for call in (
        lambda: store.files.latest(session.id, "b"),
        lambda: store.files.get(session.id, "a", "v7"),
        lambda: store.files.list("nothing"),
        lambda: store.files.record("nothing", path="a", content=""),
        lambda: other.files.list(session.id),
        lambda: other.files.latest(session.id, "a"),
        lambda: other.files.record(session.id, path="a", content=""),
        lambda: other.files.diff(session.id),
    ):
        with pytest.raises(NotFound):
            call()


@pytest.mark.parametrize(("path", "content"), [("", "x"), ("p" * 1025, "x"), ("a", "\ud800")])
def test_bad_values_store_nothing(store: Store, session: Session, path: str, content: str) -> None:
    with pytest.raises(InvalidValue):
        store.files.record(session.id, path=path, content=content)
    assert store.files.list(session.id) == []
