"""Sessions that others start and delete at the same time: no child is left without its parent."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from typing import TypeVar

import pytest

from opencode.errors import NotFound
from opencode.models import Deleted
from opencode.parts import Text
from opencode.store import Store

T = TypeVar("T")

LIMIT = 60.0
SEEN_WAITING = 0.5


def meanwhile(store: Store, mine: Callable[[], object], theirs: Callable[[], T]) -> Future[T]:
    """Do `mine` in a transaction that commits when `theirs`, in another thread, has to wait."""
    with ThreadPoolExecutor(1) as others:
        with store.transaction():
            mine()
            future = others.submit(theirs)
            with pytest.raises(NotYet):
                pytest.fail(f"did not wait: {future.result(SEEN_WAITING)}")
        future.exception(LIMIT)
    return future


def orphans(store: Store) -> list[str]:
    """The notes of a check on sessions whose parent is gone."""
    return [note for note in store.check().notes if "sub-session" in note]


def set_updated_at(store: Store, session_id: str, moment: int) -> None:
    store.provider.run(lambda q: q.set_updated_at(updated_at=moment, id=session_id))


def test_deleting_waits_for_a_child_that_is_being_started(store: Store) -> None:
    parent = store.sessions.create()
    deleted: Future[Deleted] = meanwhile(
        store,
        lambda: store.sessions.create(parent=parent.id),
        lambda: store.sessions.delete(parent.id),
    )
    assert deleted.result().sessions == 2
    assert orphans(store) == []


def test_deleting_waits_for_a_grandchild_that_is_being_started(store: Store) -> None:
    parent = store.sessions.create()
    child = store.sessions.create(parent=parent.id)
    deleted: Future[Deleted] = meanwhile(
        store,
        lambda: store.sessions.create(parent=child.id),
        lambda: store.sessions.delete(parent.id),
    )
    assert deleted.result().sessions == 3
    assert orphans(store) == []


def test_no_child_is_started_while_its_parent_is_being_deleted(store: Store) -> None:
    parent = store.sessions.create()
    child = store.sessions.create(parent=parent.id)
    started = meanwhile(
        store,
        lambda: store.sessions.delete(parent.id),
        lambda: store.sessions.create(parent=child.id),
    )
    assert isinstance(started.exception(), NotFound)
    assert store.sessions.count(children=True) == 0


def test_children_started_while_sessions_are_deleted_go_with_them(store: Store) -> None:
    """As fast as they can: whatever the order, none is left over."""
    parent = store.sessions.create()
    first = threading.Event()

    def start() -> int:
        made = 0
        while made < 200:
            try:
                store.sessions.create(parent=parent.id)
            except NotFound:
                break
            finally:
                first.set()
            made += 1
        return made

    with ThreadPoolExecutor(2) as others:
        starting = [others.submit(start) for _ in range(2)]
        assert first.wait(LIMIT)
        deleted = store.sessions.delete(parent.id).sessions
    assert deleted == 1 + sum(future.result() for future in starting)
    assert store.sessions.count(children=True) == 0
    assert orphans(store) == []


def test_recording_a_file_never_takes_activity_back(store: Store) -> None:
    """Nor does it go by the clock of the client, which may be slow or fast."""
    session = store.sessions.create()
    ahead = int(time.time()) + 3_600
    for given, at_least in ((ahead, ahead), (1, session.created_at)):
        set_updated_at(store, session.id, given)
        store.files.record(session.id, path="p", content="")
        after = store.sessions.get(session.id).updated_at
        assert at_least <= after <= ahead
        store.messages.append(session.id, role="user", parts=[Text("")])
