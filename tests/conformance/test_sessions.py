"""Sessions behave alike on every provider."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opencode.errors import (
    AlreadyExists,
    AmbiguousId,
    InvalidValue,
    NotFound,
    RenamedMeanwhile,
    UsageError,
)
from opencode.models import Session, Sort
from opencode.parts import Text
from opencode.store import Store

OTHER = "github.com/acme/other"


def listed(store: Store, **options: object) -> list[Session]:
    """All sessions of a listing, read page by page."""
    page = store.sessions.list(**options)  # type: ignore[arg-type]
    found = list(page.items)
    while page.next is not None:
        page = store.sessions.list(after=page.next, **options)  # type: ignore[arg-type]
        found.extend(page.items)
    return found


def test_a_created_session_can_be_read_again(store: Store) -> None:
    session = store.sessions.create(title="  Fix the pool  ", author="Ada")

    assert session.title == "Fix the pool"
    assert session.project_id == store.project.project_id
    assert session.author == "Ada"
    assert session.created_at == session.updated_at > 1_700_000_000
    assert (session.message_count, session.prompt_tokens, session.cost) == (0, 0, 0.0)
    assert session.parent_session_id is None
    assert store.sessions.get(session.id) == session


def test_ids_ascend_and_foreign_ids_are_kept(store: Store) -> None:
    made = [store.sessions.create() for _ in range(20)]
    assert [s.id for s in made] == sorted(s.id for s in made)
    assert store.sessions.create(id="toolu_01AbC").id == "toolu_01AbC"
    assert store.sessions.get("toolu_01AbC").id == "toolu_01AbC"


@pytest.mark.parametrize("bad", ["", "ü", "a\nb", "x" * 256, "abcd ", " abcd"])
def test_an_id_no_column_could_hold_is_refused(store: Store, bad: str) -> None:
    with pytest.raises(InvalidValue):
        store.sessions.create(id=bad)


def test_ids_are_compared_exactly(store: Store) -> None:
    store.sessions.create(id="Session-A", title="upper")
    store.sessions.create(id="session-a", title="lower")
    assert store.sessions.get("Session-A").title == "upper"
    assert store.sessions.resolve("sess").title == "lower"
    with pytest.raises(NotFound):
        store.sessions.get("SESSION-A")


def test_an_id_is_taken_once(store: Store) -> None:
    store.sessions.create(id="taken", title="first")
    with pytest.raises(AlreadyExists):
        store.sessions.create(id="taken", title="second")
    with pytest.raises(AlreadyExists):
        store.in_project(OTHER).sessions.create(id="taken")
    assert store.sessions.get("taken").title == "first"


@pytest.mark.parametrize("title", ["x" * 512, "日" * 512, "a" * 500 + " b", "'; --", "%_!\\", "é"])
def test_titles_up_to_the_limit_are_kept_as_they_are(store: Store, title: str) -> None:
    assert store.sessions.create(title=title).title == title


@pytest.mark.parametrize("title", ["x" * 513, "\ud800"])
def test_titles_beyond_the_limits_are_refused(store: Store, title: str) -> None:
    with pytest.raises(InvalidValue):
        store.sessions.create(title=title)
    assert store.sessions.count() == 0


def test_prefixes_resolve_only_when_unique(store: Store) -> None:
    store.sessions.create(id="aaaa-1", title="one")
    store.sessions.create(id="aaaa-2", title="two")
    store.sessions.create(id="aaaa", title="itself")

    assert store.sessions.resolve("aaaa-1").title == "one"
    assert store.sessions.resolve("aaaa").title == "itself"
    with pytest.raises(AmbiguousId) as raised:
        store.sessions.resolve("aaaa-")
    assert {candidate[0] for candidate in raised.value.candidates} == {"aaaa-1", "aaaa-2"}
    with pytest.raises(InvalidValue):
        store.sessions.resolve("aaa")
    with pytest.raises(NotFound):
        store.sessions.resolve("bbbb")


def test_percent_and_underscore_in_a_prefix_mean_themselves(store: Store) -> None:
    store.sessions.create(id="toolu_01")
    store.sessions.create(id="tooluX02")
    assert store.sessions.resolve("toolu_").id == "toolu_01"


def test_projects_do_not_see_each_other(store: Store) -> None:
    other = store.in_project(OTHER)
    mine, theirs = store.sessions.create(title="mine"), other.sessions.create(title="theirs")

    assert [s.id for s in listed(store)] == [mine.id]
    assert other.sessions.count() == 1
    with pytest.raises(NotFound):
        store.sessions.get(theirs.id)
    with pytest.raises(NotFound):
        store.sessions.resolve(theirs.id)
    with pytest.raises(NotFound):
        store.sessions.rename(theirs.id, "stolen")
    with pytest.raises(NotFound):
        store.sessions.delete(theirs.id)
    with pytest.raises(NotFound):
        store.sessions.add_usage(theirs.id, cost=1.0)
    with pytest.raises(NotFound):
        store.sessions.create(parent=theirs.id)
    assert other.sessions.get(theirs.id) == theirs
    assert {s.id for s in listed(store, all_projects=True)} == {mine.id, theirs.id}


@pytest.mark.parametrize(
    "lookalike",
    ["github.com/Acme/app", "github.com/acme/äpp", "github.com/acme/app2", "github.com/acme"],
)
def test_project_ids_are_compared_exactly(store: Store, lookalike: str) -> None:
    store.sessions.create()
    assert store.in_project(lookalike).sessions.count() == 0


def test_latest_activity_comes_first(store: Store) -> None:
    first = store.sessions.create(title="first")
    second = store.sessions.create(title="second")
    third = store.sessions.create(title="third")
    # Times are whole seconds: ties fall back on the id, newest first.
    assert [s.id for s in listed(store)] == [third.id, second.id, first.id]


def test_sorting_by_cost(store: Store) -> None:
    sessions = [store.sessions.create(title=str(n)) for n in range(6)]
    for session, cost in zip(sessions, [0.5, 0.25, 0.5, 0.0, 2.0, 0.25], strict=True):
        store.sessions.add_usage(session.id, cost=cost)
    for children in (False, True):
        costs = [s.cost for s in listed(store, sort="cost", limit=2, children=children)]
        assert costs == [2.0, 0.5, 0.5, 0.25, 0.25, 0.0]


def test_an_unknown_sort_is_refused(store: Store) -> None:
    with pytest.raises(UsageError):
        store.sessions.list(sort="size")  # type: ignore[arg-type]


def test_children_are_listed_under_their_parent_only(store: Store) -> None:
    parent = store.sessions.create(title="parent")
    child = store.sessions.create(title="child", parent=parent.id)
    grandchild = store.sessions.create(title="grandchild", parent=child.id)

    assert [s.id for s in listed(store)] == [parent.id]
    assert store.sessions.count() == 1
    assert store.sessions.count(children=True) == 3
    assert [s.id for s in store.sessions.children(parent.id)] == [child.id]
    assert sorted(store.sessions.tree(parent.id)) == sorted([parent.id, child.id, grandchild.id])
    assert store.sessions.count_children([parent.id, child.id, grandchild.id, "none"]) == {
        parent.id: 1,
        child.id: 1,
    }
    assert store.sessions.count_children([]) == {}
    assert store.in_project("other").sessions.count_children([parent.id]) == {}
    assert len(listed(store, children=True, limit=1)) == 3
    assert len(listed(store, all_projects=True)) == 1
    assert len(listed(store, all_projects=True, children=True)) == 3


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("pool", {"Fix the POOL", "pool 100%"}),
        ("ÄRGER", {"Ärger mit MySQL"}),
        ("100%", {"pool 100%"}),
        ("%", {"pool 100%"}),
        ("_", {"a_b"}),
        ("!", {"hey!"}),
        ("日本", {"日本語"}),
        ("nothing like it", set()),
        ("", {"Fix the POOL", "pool 100%", "Ärger mit MySQL", "a_b", "hey!", "日本語"}),
    ],
)
def test_the_filter_is_literal_and_ignores_case(store: Store, text: str, found: set[str]) -> None:
    for title in ("Fix the POOL", "pool 100%", "Ärger mit MySQL", "a_b", "hey!", "日本語"):
        store.sessions.create(title=title)
    assert {s.title for s in listed(store, filter=text, limit=1)} == found
    assert store.sessions.count(filter=text) == len(found)
    assert store.sessions.count(filter=text, all_projects=True) == len(found)


def test_the_filter_is_applied_before_the_limit(store: Store) -> None:
    store.sessions.create(title="needle")
    for number in range(20):
        store.sessions.create(title=f"hay {number}")
    assert [s.title for s in store.sessions.list(limit=5, filter="needle").items] == ["needle"]


def test_a_filter_longer_than_a_title_is_refused(store: Store) -> None:
    with pytest.raises(InvalidValue):
        store.sessions.list(filter="x" * 60_000)


def test_filtering_by_author(store: Store) -> None:
    store.sessions.create(title="a", author="Ada Lovelace")
    store.sessions.create(title="b", author="Bob")
    assert [s.title for s in listed(store, author="ada")] == ["a"]
    assert store.sessions.count(author="ada") == 1


def test_reading_upwards_mirrors_reading_downwards(store: Store) -> None:
    for number in range(7):
        store.sessions.create(title=str(number))
    down = [s.title for s in listed(store, limit=3)]

    page = store.sessions.list(limit=3, last=True)
    assert page.next is None
    up = list(page.items)
    while page.previous is not None:
        page = store.sessions.list(limit=3, before=page.previous)
        up = [*page.items, *up]
    assert [s.title for s in up] == down
    assert store.sessions.list(limit=3, last=True, children=True).items == tuple(up[-3:])


def test_all_projects_cannot_be_read_upwards(store: Store) -> None:
    with pytest.raises(UsageError):
        store.sessions.list(last=True, all_projects=True)


SORTS: tuple[Sort, ...] = ("updated", "created", "cost")


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    costs=st.lists(st.sampled_from([0.0, 0.1, 0.25, 1.0, 1e9]), max_size=12),
    size=st.integers(1, 5),
    sort=st.sampled_from(SORTS),
    children=st.booleans(),
)
def test_pages_joined_are_the_whole_listing(
    store: Store, costs: list[float], size: int, sort: Sort, children: bool
) -> None:
    project = store.in_project(f"pages/{store.sessions.create().id}")
    for cost in costs:
        session = project.sessions.create()
        project.sessions.add_usage(session.id, cost=cost)
    whole = project.sessions.list(limit=100, sort=sort, children=children).items
    column = {"updated": "updated_at", "created": "created_at", "cost": "cost"}[sort]
    assert list(whole) == sorted(whole, key=lambda s: (getattr(s, column), s.id), reverse=True)
    assert len(whole) == len(costs)
    assert tuple(listed(project, limit=size, sort=sort, children=children)) == whole


def test_renaming(store: Store) -> None:
    session = store.sessions.create(title="old")
    assert store.sessions.rename(session.id, " new ").title == "new"
    assert store.sessions.rename(session.id, "new").title == "new"
    with pytest.raises(InvalidValue):
        store.sessions.rename(session.id, "  ")
    with pytest.raises(NotFound):
        store.sessions.rename("nothing", "x")


def test_a_title_that_was_not_seen_is_not_replaced(store: Store) -> None:
    session = store.sessions.create(title="old")
    assert store.sessions.rename(session.id, "theirs", seen="old").title == "theirs"
    with pytest.raises(RenamedMeanwhile, match="'theirs'") as raised:
        store.sessions.rename(session.id, "mine", seen="old")
    assert raised.value.title == "theirs"
    assert store.sessions.get(session.id).title == "theirs"
    # Whoever wanted the same has it; letters that differ in case alone are another title.
    assert store.sessions.rename(session.id, "theirs", seen="old").title == "theirs"
    with pytest.raises(RenamedMeanwhile):
        store.sessions.rename(session.id, "mine", seen="Theirs")
    assert store.sessions.rename(session.id, "mine", seen="theirs").title == "mine"
    with pytest.raises(NotFound):
        store.sessions.rename("nothing", "x", seen="mine")


def test_of_two_who_rename_at_once_one_is_told(store: Store) -> None:
    session = store.sessions.create(title="old")

    def rename(title: str) -> str:
        try:
            return store.sessions.rename(session.id, title, seen="old").title
        except RenamedMeanwhile as error:
            return f"after {error.title}"

    for _ in range(5):
        with ThreadPoolExecutor(2) as pool:
            ends = sorted(pool.map(rename, ("one", "two")))
        assert ends in (["after one", "one"], ["after two", "two"])
        store.sessions.rename(session.id, "old")


def test_usage_is_added(store: Store) -> None:
    session = store.sessions.create(title="kept")
    store.sessions.add_usage(session.id, prompt_tokens=10, completion_tokens=5, cost=0.25)
    after = store.sessions.add_usage(session.id, prompt_tokens=1, cost=0.5)
    assert (after.prompt_tokens, after.completion_tokens, after.cost) == (11, 5, 0.75)
    assert after.title == "kept"
    for bad in (math.nan, math.inf, -1.0, 1e300):
        with pytest.raises(InvalidValue):
            store.sessions.add_usage(session.id, cost=bad)


def test_the_summary_is_a_message_of_the_session(store: Store) -> None:
    session, another = store.sessions.create(), store.sessions.create()
    message = store.messages.append(session.id, role="user", parts=[Text("x")])
    assert store.sessions.set_summary(session.id, message.id).summary_message_id == message.id
    assert store.sessions.set_summary(session.id, None).summary_message_id is None
    with pytest.raises(InvalidValue):
        store.sessions.set_summary(another.id, message.id)


def test_deleting_takes_the_whole_tree(store: Store) -> None:
    parent = store.sessions.create(title="parent")
    child = store.sessions.create(parent=parent.id)
    kept = store.sessions.create(title="kept")
    for session in (parent, child, kept):
        store.messages.append(session.id, role="user", parts=[Text("x")])
        store.files.record(session.id, path="a.txt", content="x")

    expected = store.sessions.contents(parent.id, child.id)
    deleted = store.sessions.delete(parent.id, child.id)

    assert deleted == expected
    assert tuple(deleted) == (2, 2, 2)
    assert [s.id for s in listed(store, children=True)] == [kept.id]
    assert len(store.messages.list(kept.id)) == 1
    assert len(store.files.list(kept.id)) == 1


def test_deleting_tells_ids_apart_exactly(store: Store) -> None:
    for name in ("Session-A", "session-a"):
        store.sessions.create(id=name)
        store.messages.append(name, role="user", parts=[Text(name)])
        store.files.record(name, path="a", content="")
    assert tuple(store.sessions.contents("Session-A")) == (1, 1, 1)
    assert tuple(store.sessions.delete("Session-A")) == (1, 1, 1)
    assert len(store.messages.list("session-a")) == 1


def test_deep_trees_are_deleted_whole(store: Store) -> None:
    with store.transaction():
        parent = top = store.sessions.create()
        for _ in range(1_100):
            parent = store.sessions.create(parent=parent.id)
    assert store.sessions.contents(top.id).sessions == 1_101
    assert store.sessions.delete(top.id).sessions == 1_101
    assert store.sessions.count(children=True) == 0


def test_deleting_all_or_nothing(store: Store) -> None:
    session = store.sessions.create()
    with pytest.raises(NotFound):
        store.sessions.delete(session.id, "nothing")
    assert store.sessions.get(session.id) == session
