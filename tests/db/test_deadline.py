"""Deadlines, pauses within them, and calls that are left behind."""

from __future__ import annotations

import threading

import pytest

from opencode.db.deadline import Backoff, Deadline, call_within


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_a_deadline_runs_down_to_nothing() -> None:
    clock = Clock()
    deadline = Deadline(3.0, clock)
    clock.sleep(1)
    assert (deadline.elapsed(), deadline.remaining()) == (1.0, 2.0)
    clock.sleep(5)
    assert (deadline.elapsed(), deadline.remaining()) == (6.0, 0.0)


def test_pauses_double_up_to_the_cap_and_the_last_ends_shortly_before_the_deadline() -> None:
    clock = Clock()
    bounds: list[float] = []

    def longest(low: float, high: float) -> float:
        assert low == 0
        bounds.append(high)
        return high

    backoff = Backoff(base=0.1, cap=1.0, sleep=clock.sleep, uniform=longest)
    deadline = Deadline(5.0, clock)
    while backoff.pause(deadline):
        assert deadline.remaining() > 0
    assert bounds == [0.1, 0.2, 0.4, 0.8, 1.0, 1.0, 1.0]
    assert deadline.remaining() == pytest.approx(0.75)


def test_a_pause_longer_than_the_time_left_is_cut_short_once() -> None:
    clock = Clock()
    backoff = Backoff(base=9.0, cap=9.0, sleep=clock.sleep, uniform=lambda _low, high: high)
    deadline = Deadline(0.5, clock)
    assert backoff.pause(deadline)
    assert deadline.remaining() == pytest.approx(0.25)
    assert not backoff.pause(deadline)
    assert deadline.remaining() == pytest.approx(0.25)


def test_there_is_no_pause_after_the_deadline() -> None:
    assert not Backoff(sleep=lambda _seconds: None).pause(Deadline(0))


def test_many_pauses_do_not_overflow() -> None:
    backoff = Backoff(sleep=lambda _seconds: None, uniform=lambda _low, high: high / 1e9)
    deadline = Deadline(1.0)
    assert all(backoff.pause(deadline) for _ in range(5000))


def test_a_call_gives_its_result_or_its_error() -> None:
    unwanted: list[object] = []
    assert call_within(5, lambda: threading.current_thread().name, discard=unwanted.append) != (
        threading.current_thread().name
    )

    def fail() -> None:
        raise KeyError("x")

    with pytest.raises(KeyError, match="x"):
        call_within(5, fail, discard=unwanted.append)
    assert unwanted == []


def test_a_call_that_takes_too_long_is_left_behind() -> None:
    go_on, discarded = threading.Event(), threading.Event()
    unwanted: list[str] = []

    def slow() -> str:
        go_on.wait(10)
        return "late"

    def discard(result: str) -> None:
        unwanted.append(result)
        discarded.set()

    with pytest.raises(TimeoutError):
        call_within(0.01, slow, discard=discard)
    assert unwanted == []
    go_on.set()
    assert discarded.wait(10)
    assert unwanted == ["late"]


def test_a_late_error_is_dropped() -> None:
    go_on, ended = threading.Event(), threading.Event()

    def fail() -> None:
        go_on.wait(10)
        ended.set()
        raise KeyError

    with pytest.raises(TimeoutError):
        call_within(0.01, fail, discard=lambda _: None)
    go_on.set()
    assert ended.wait(10)
