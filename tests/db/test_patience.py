"""Telling that something lets wait."""

from __future__ import annotations

import threading

import pytest

from opencode.db.patience import told_when_slow


def test_what_takes_longer_is_told_once_with_what_is_known_by_then() -> None:
    told: list[str] = []
    arrived = threading.Event()
    known = ["nothing yet"]

    def tell(line: str) -> None:
        told.append(line)
        arrived.set()

    with told_when_slow(tell, lambda: known[-1], seconds=0.01):
        assert arrived.wait(30)
    assert told == ["nothing yet"]


def test_what_is_done_in_time_is_not_told_and_leaves_no_thread() -> None:
    before = threading.active_count()
    told: list[str] = []
    with told_when_slow(told.append, lambda: "slow", seconds=600):
        (watcher,) = [t for t in threading.enumerate() if t.name == "opencode-patience"]
    watcher.join(30)
    assert not watcher.is_alive()
    assert (told, threading.active_count()) == ([], before)


def test_an_error_ends_the_watch_too() -> None:
    with pytest.raises(OSError), told_when_slow(lambda _: None, str, seconds=600):  # noqa: PT011
        raise OSError
    for thread in threading.enumerate():
        if thread.name == "opencode-patience":
            thread.join(30)
            assert not thread.is_alive()


def test_without_a_listener_there_is_no_thread() -> None:
    before = threading.active_count()
    with told_when_slow(None, str, seconds=0):
        assert threading.active_count() == before
