"""File versions behave alike on every provider."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from itertools import groupby
from pathlib import Path

import pytest

from opencode.db.querier import Querier
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


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the queries that were run, in their order."""
    names: list[str] = []

    def noting(name: str, query: Callable[..., object]) -> Callable[..., object]:
        def run(querier: Querier, **arguments: object) -> object:
            names.append(name)
            return query(querier, **arguments)

        return run

    for name, query in vars(Querier).items():
        if callable(query) and not name.startswith("_"):
            monkeypatch.setattr(Querier, name, noting(name, query))
    return names


class TestTree:
    @pytest.fixture
    def root(self, store: Store) -> Session:
        """Above two sessions of one title, of which one has a session below it."""
        root = store.sessions.create(title="root", id="root")
        for id, title, parent in (
            ("one", "same", "root"),
            ("two", "same", "root"),
            ("below", "", "one"),
            ("apart", "apart", None),
        ):
            store.sessions.create(title=title, parent=parent, id=id)
        store.in_project("elsewhere").sessions.create(title="elsewhere", id="elsewhere")
        return root

    def test_each_session_s_files_stand_as_in_its_own_list(
        self, store: Store, root: Session
    ) -> None:
        for id in ("below", "root", "one", "apart", "two", "root"):
            for path in ("b", "a", "B", "a", *("n" for _ in range(11))):
                store.files.record(id, path=path, content=id)
        store.in_project("elsewhere").files.record("elsewhere", path="a", content="")
        found = store.files.tree(root.id)
        stretches = [id for id, _ in groupby(found, key=lambda row: row.session_id)]
        assert sorted(stretches) == ["below", "one", "root", "two"]
        for id in ("root", "one", "two", "below"):
            listed = [row[:-1] for row in found if row.session_id == id]
            assert listed == [tuple(row) for row in store.files.list(id)]
        assert {(row.session_id, row.session_title) for row in found} == {
            ("root", "root"),
            ("one", "same"),
            ("two", "same"),
            ("below", ""),
        }

    def test_a_part_of_it(self, store: Store, root: Session) -> None:
        for id in ("root", "one", "below"):
            store.files.record(id, path="a", content="")
        assert {row.session_id for row in store.files.tree("one")} == {"one", "below"}
        assert [row.session_id for row in store.files.tree("below")] == ["below"]
        assert store.files.tree("two") == []

    def test_another_project_s(self, store: Store, root: Session) -> None:
        other = store.in_project("elsewhere")
        store.files.record(root.id, path="a", content="")
        other.files.record("elsewhere", path="a", content="")
        by_hand(store, "UPDATE sessions SET parent_session_id = 'root' WHERE id = 'elsewhere'")
        assert [row.session_id for row in store.files.tree(root.id)] == [root.id]
        assert other.files.tree(root.id) == []
        assert store.files.tree("nothing") == []

    def test_sessions_that_stand_in_a_circle(self, store: Store, root: Session) -> None:
        by_hand(store, "UPDATE sessions SET parent_session_id = 'below' WHERE id = 'root'")
        for id in ("root", "below"):
            store.files.record(id, path="a", content="")
        assert sorted(row.session_id for row in store.files.tree("one")) == ["below", "root"]

    def test_it_is_asked_for_once(self, store: Store, root: Session, asked: list[str]) -> None:
        store.files.record("one", path="a", content="")
        asked.clear()
        assert store.files.tree(root.id)
        assert asked == ["list_tree_files"]


def test_two_versions_are_asked_for_once(store: Store, session: Session, asked: list[str]) -> None:
    for n in range(12):
        store.files.record(session.id, path="a", content=f"{n}")
    asked.clear()
    old, new = store.files.pair(session.id, "a", "v10", "v2")
    assert (old.version, old.content, new.version, new.content) == ("v10", "10", "v2", "2")
    assert store.files.get(session.id, "a", "v11").content == "11"
    assert asked == ["list_two_file_versions"] * 2
    by_number = store.files.pair(session.id, "a", 10, 2)
    assert by_number == (old, new)
    assert store.files.pair(session.id, "a", "initial", 0)[0].content == "0"


def test_differences_of_all_files_take_one_query_each(
    store: Store, session: Session, asked: list[str]
) -> None:
    for path in ("b", "a", "b"):
        store.files.record(session.id, path=path, content=f"{path}\n")
    asked.clear()
    store.files.diff(session.id)
    assert asked == ["get_session", "list_files", *["list_two_file_versions"] * 2]


@pytest.mark.parametrize(
    ("one", "two"),
    [("a", "a "), ("a", "A"), ("e", "é"), ("p" * 1023 + "a", "p" * 1023 + "b")],
)
def test_paths_are_told_apart_exactly(store: Store, session: Session, one: str, two: str) -> None:
    store.files.record(session.id, path=one, content="one")
    store.files.record(session.id, path=two, content="two")
    assert store.files.latest(session.id, one).content == "one"
    assert store.files.latest(session.id, two).content == "two"
    assert store.files.get(session.id, one, "initial").content == "one"
    assert store.files.get(session.id, two, "initial").content == "two"
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
        lambda: store.files.get(session.id, "a", "initial "),
        lambda: store.files.pair(session.id, "a", "initial", "v1"),
        lambda: store.files.pair(session.id, "b", "initial", "initial"),
        lambda: other.files.get(session.id, "a", "initial"),
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
