"""Ids, places and sizes that no database can hold are answered alike by every provider."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import product

import pytest

from opencode.errors import InvalidValue, NotFound, UsageError
from opencode.models import Cursor, Sort
from opencode.parts import Text
from opencode.store import Store

# MySQL pads ids with blanks, and cannot compare other letters with ASCII.
STRANGE = ["abcd ", "abcd   ", "abcé", "日本", "\ud800", "", "abcd\t", "abcd\0", " abcd", "x" * 300]

Call = Callable[[Store, str], object]

SESSION_CALLS: dict[str, Call] = {
    "get": lambda store, id: store.sessions.get(id),
    "contents": lambda store, id: store.sessions.contents(id),
    "rename": lambda store, id: store.sessions.rename(id, "stolen"),
    "delete": lambda store, id: store.sessions.delete(id),
    "add_usage": lambda store, id: store.sessions.add_usage(id, cost=1.0),
    "set_summary": lambda store, id: store.sessions.set_summary(id, None),
    "create": lambda store, id: store.sessions.create(parent=id),
    "append": lambda store, id: store.messages.append(id, role="user", parts=[]),
    "messages": lambda store, id: store.messages.list(id),
    "page": lambda store, id: store.messages.page(id),
    "record": lambda store, id: store.files.record(id, path="p", content=""),
    "files": lambda store, id: store.files.list(id),
    "versions": lambda store, id: store.files.versions(id, "p"),
    "latest": lambda store, id: store.files.latest(id, "p"),
    "version": lambda store, id: store.files.get(id, "p", 0),
    "named version": lambda store, id: store.files.get(id, "p", "initial"),
    "diff": lambda store, id: store.files.diff(id),
}
MESSAGE_CALLS: dict[str, Call] = {
    "get": lambda store, id: store.messages.get(id),
    "update": lambda store, id: store.messages.update(id, []),
    "finish": lambda store, id: store.messages.finish(id),
    "delete": lambda store, id: store.messages.delete(id),
}


def filled(store: Store) -> object:
    """A session `abcd` with a message `abcd` and a file, and a look at all of it."""
    store.sessions.create(id="abcd", title="kept")
    store.messages.append("abcd", role="user", parts=[Text("kept")], id="abcd")
    store.files.record("abcd", path="p", content="kept")
    return everything(store)


def everything(store: Store) -> object:
    return (
        store.sessions.list(children=True, all_projects=True),
        store.messages.list("abcd"),
        store.files.list("abcd"),
    )


def test_a_session_is_found_by_its_own_id_only(store: Store) -> None:
    before = filled(store)
    for strange, (name, call) in product(STRANGE, SESSION_CALLS.items()):
        with pytest.raises(NotFound):
            pytest.fail(f"{name} {strange!r}: {call(store, strange)}")
    assert everything(store) == before


def test_a_message_is_found_by_its_own_id_only(store: Store) -> None:
    before = filled(store)
    for strange, (name, call) in product(STRANGE, MESSAGE_CALLS.items()):
        with pytest.raises(NotFound):
            pytest.fail(f"{name} {strange!r}: {call(store, strange)}")
    for strange in STRANGE:
        with pytest.raises(InvalidValue):
            store.sessions.set_summary("abcd", strange)
        with pytest.raises(InvalidValue):
            store.messages.append("abcd", role="user", parts=[], id=strange)
    assert everything(store) == before


def test_a_strange_id_has_no_relatives(store: Store) -> None:
    filled(store)
    store.sessions.create(parent="abcd")
    for strange in STRANGE:
        assert store.sessions.children(strange) == []
        assert store.sessions.tree(strange) == []
        assert store.files.tree(strange) == []
    assert store.sessions.count_children([*STRANGE, "abcd"]) == {"abcd": 1}


def test_completing_an_id(store: Store) -> None:
    for name in ("abcd", "abcd e"):
        store.sessions.create(id=name)
    found = {
        prefix: [session.id for session in store.sessions.complete(prefix)]
        for prefix in ("abcd", "abcd ", "", "é", "\ud800")
    }
    assert found == {
        "abcd": ["abcd", "abcd e"],
        "abcd ": ["abcd e"],
        "": ["abcd", "abcd e"],
        "é": [],
        "\ud800": [],
    }


def test_moving_takes_the_project_of_exactly_that_id(store: Store) -> None:
    store.in_project("app").sessions.create()
    for old in ("app ", "app\0", "APP", "", " ", "\ud800", "äpp", "x" * 600):
        with pytest.raises(NotFound):
            pytest.fail(f"{old!r}: {store.projects.move(old, 'zz')}")
    assert [project.project_id for project in store.projects.list()] == ["app"]


def test_a_file_is_found_by_its_own_path_only(store: Store) -> None:
    filled(store)
    for path in ("p ", "\ud800", "P", ""):
        for call in (store.files.versions, store.files.latest, store.files.diff):
            with pytest.raises(NotFound):
                call("abcd", path)


def test_a_version_that_is_not_there(store: Store) -> None:
    filled(store)
    for version in ("v1", "9" * 5_000, "\ud800", "²", -1):
        with pytest.raises(NotFound):
            store.files.get("abcd", "p", version)


def test_text_that_is_no_unicode_is_refused(store: Store) -> None:
    filled(store)
    bad = "\ud800"
    calls: list[Callable[[], object]] = [
        lambda: store.sessions.create(title=bad),
        lambda: store.sessions.create(author=bad),
        lambda: store.sessions.create(id=bad),
        lambda: store.sessions.rename("abcd", bad),
        lambda: store.sessions.list(filter=bad),
        lambda: store.sessions.count(author=bad),
        lambda: store.messages.append("abcd", role=bad, parts=[]),
        lambda: store.messages.append("abcd", role="user", parts=[Text(bad)]),
        lambda: store.messages.append("abcd", role="user", parts=[], model=bad),
        lambda: store.messages.update("abcd", [Text(bad)]),
        lambda: store.files.record("abcd", path=bad, content=""),
        lambda: store.files.record("abcd", path="p", content=bad),
        lambda: store.projects.move(store.project.project_id, bad),
        lambda: store.in_project(bad),
    ]
    for call in calls:
        with pytest.raises(InvalidValue):
            call()


def test_more_may_be_asked_for_than_a_column_counts(store: Store) -> None:
    filled(store)
    for size in (2**31, 2**63 - 1, 2**63, 2**70):
        assert len(store.sessions.list(limit=size).items) == 1
        assert len(store.sessions.complete("abcd", limit=size)) == 1
        assert len(store.messages.list("abcd", limit=size)) == 1
        assert len(store.messages.page("abcd", limit=size)) == 1
        assert store.messages.list("abcd", after=size) == []
        assert len(store.messages.page("abcd", before=size)) == 1
        assert len(store.messages.list("abcd", after=-size)) == 1
        assert store.messages.page("abcd", before=-size) == []


def test_less_than_nothing_cannot_be_asked_for(store: Store) -> None:
    filled(store)
    for size in (-1, -(2**70)):
        with pytest.raises(UsageError):
            store.sessions.list(limit=size)
        with pytest.raises(UsageError):
            store.sessions.complete("abcd", limit=size)
        with pytest.raises(UsageError):
            store.messages.list("abcd", limit=size)
        with pytest.raises(UsageError):
            store.messages.page("abcd", limit=size)
    assert store.sessions.complete("abcd", limit=0) == []
    assert store.messages.list("abcd", limit=0) == []
    assert store.messages.page("abcd", limit=0) == []


def test_a_place_that_no_listing_gave_is_refused(store: Store) -> None:
    sorts: tuple[Sort, ...] = ("updated", "created", "cost")
    numbers = [Cursor(number, "a") for number in (2**63, -(2**63), math.nan, math.inf)]
    for place, sort in product([*numbers, Cursor(1, "é"), Cursor(1, "\ud800")], sorts):
        with pytest.raises(InvalidValue):
            store.sessions.list(after=place, sort=sort)
        with pytest.raises(InvalidValue):
            store.sessions.list(before=place, sort=sort)
