"""The fences around callbacks and around the store."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from opencode.errors import NotFound
from opencode.store import Store
from opencode.tui.guards import CallGuard, WorkZone, fenced
from tests.tui.stores import PROJECT, add_session


class Ending(Exception):
    pass


def test_exceptions_are_reported_and_those_passed_are_not(
    caplog: pytest.LogCaptureFixture,
) -> None:
    reported: list[Exception] = []
    guard = CallGuard(reported.append, passed=(Ending,))
    with guard:
        raise ValueError("a mistake")
    with guard:
        raise NotFound("told, not logged")
    with pytest.raises(Ending), guard:
        raise Ending
    with pytest.raises(KeyboardInterrupt), guard:
        raise KeyboardInterrupt
    assert [type(error) for error in reported] == [ValueError, NotFound]
    assert len(caplog.records) == 1


@pytest.mark.parametrize(
    "call",
    [
        lambda store: store.sessions.list(),
        lambda store: store.messages.list("x"),
        lambda store: store.files.list("x"),
        lambda store: store.projects.others(),
        lambda store: store.data_version(),
        lambda store: store.in_project("other"),
    ],
)
def test_the_fence_lets_nothing_through_but_jobs(
    store: Store, call: Callable[[Store], object]
) -> None:
    with pytest.raises(AssertionError, match="thread of the event loop"):
        call(fenced(store, WorkZone()))


def test_the_fence_is_open_inside_jobs(store: Store) -> None:
    add_session(store)
    zone = WorkZone()
    behind = fenced(store, zone)
    assert behind.project.project_id == PROJECT
    with zone:
        assert len(behind.sessions.list().items) == 1
        other = behind.in_project("other")
    with pytest.raises(AssertionError):
        other.sessions.list()
