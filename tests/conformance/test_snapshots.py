"""Reads inside a snapshot see one moment on every provider."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from opencode.errors import NotFound, StoreError
from opencode.parts import Text
from opencode.store import Store


def elsewhere(work: Callable[[], object]) -> None:
    """Do it in another thread, which has a connection of its own."""
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def test_others_writes_are_not_seen_until_its_end(store: Store) -> None:
    store.sessions.create(id="one-1")
    with store.snapshot():
        assert store.sessions.count() == 1
        elsewhere(lambda: store.messages.append("one-1", role="user", parts=[Text("x")]))
        elsewhere(lambda: store.sessions.create(id="two-2"))
        assert store.sessions.count() == 1
        assert store.messages.list("one-1") == []
        assert store.sessions.get("one-1").message_count == 0
        with store.snapshot():
            assert store.sessions.count() == 1
        assert store.sessions.count() == 1
    assert store.sessions.count() == 2
    assert len(store.messages.list("one-1")) == 1


def test_the_next_read_is_not_held_back(store: Store) -> None:
    with store.snapshot():
        store.sessions.count()
    elsewhere(lambda: store.sessions.create(id="one-1"))
    assert store.sessions.count() == 1


def test_nothing_can_be_written_in_it(store: Store) -> None:
    with store.snapshot():
        with pytest.raises(StoreError, match="snapshot"):
            store.sessions.create()
        with pytest.raises(StoreError, match="snapshot"), store.transaction():
            pass
        assert store.sessions.count() == 0
    store.sessions.create()
    assert store.sessions.count() == 1


def test_an_error_inside_ends_it(store: Store) -> None:
    with pytest.raises(NotFound), store.snapshot():
        store.sessions.get("none")
    store.sessions.create()


def test_inside_a_transaction_it_sees_what_that_wrote(store: Store) -> None:
    with store.transaction():
        store.sessions.create(id="one-1")
        with store.snapshot():
            assert store.sessions.count() == 1
            store.sessions.create(id="two-2")
    assert store.sessions.count() == 2
