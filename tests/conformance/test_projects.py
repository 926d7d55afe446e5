"""Projects behave alike on every provider."""

from __future__ import annotations

import pytest

from opencode.errors import InvalidValue, NotFound
from opencode.models import Project
from opencode.parts import Text
from opencode.store import Store


def test_listing_counts_what_each_project_holds(store: Store) -> None:
    other = store.in_project("github.com/acme/other")
    session = store.sessions.create()
    store.messages.append(session.id, role="user", parts=[Text("x")])
    store.sessions.create(parent=session.id)
    last = other.sessions.create()

    held = {p.project_id: (p.sessions, p.children, p.messages) for p in store.projects.list()}
    assert held == {store.project.project_id: (2, 1, 1), "github.com/acme/other": (1, 0, 0)}
    roots = {p.project_id: p.roots for p in store.projects.list()}
    assert roots[store.project.project_id] == store.sessions.count()
    assert Project("github.com/acme/other", 1, 0, 0, last.updated_at) in store.projects.list()
    assert store.projects.others() == (1, 1)
    assert other.projects.others() == (1, 1)


def test_an_empty_database_has_no_projects(store: Store) -> None:
    assert store.projects.list() == []
    assert store.projects.others() == (0, 0)


def test_moving_keeps_the_last_activity(store: Store) -> None:
    old = store.in_project("acme-app")
    session = old.sessions.create(title="moved", id="moved-1")
    assert store.projects.move("acme-app", store.project.project_id) == 1
    after = store.sessions.get(session.id)
    assert (after.title, after.updated_at) == ("moved", session.updated_at)
    assert old.sessions.count() == 0


def test_moving_what_is_not_there(store: Store) -> None:
    with pytest.raises(NotFound):
        store.projects.move("nothing", "something")
    for bad in ("", "x" * 513, "a\nb"):
        with pytest.raises(InvalidValue):
            store.projects.move("nothing", bad)
