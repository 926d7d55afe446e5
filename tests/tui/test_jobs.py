"""Jobs: order, staleness, counting, errors, ending."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial

import pytest

from opencode.errors import NotFound
from opencode.tui.framefirst import FrameFirst
from opencode.tui.guards import CallGuard
from opencode.tui.threads import ThreadJobs
from tests.tui.inline import InlineJobs


class Results:
    """Collects what jobs report."""

    def __init__(self) -> None:
        self.done: list[object] = []
        self.failed: list[Exception] = []
        self.reported: list[Exception] = []


@pytest.fixture
def results() -> Results:
    return Results()


@pytest.fixture
def inline(results: Results) -> InlineJobs:
    return InlineJobs(CallGuard(results.reported.append), clock=lambda: 5.0)


@pytest.fixture
def threaded(results: Results) -> Iterator[tuple[ThreadJobs, threading.Semaphore]]:
    """A runner, and what it releases for every result that is ready."""
    ready = threading.Semaphore(0)
    jobs = ThreadJobs(CallGuard(results.reported.append), ready.release)
    yield jobs, ready
    assert jobs.close()


def test_results_come_in_order(inline: InlineJobs, results: Results) -> None:
    for number in range(3):
        inline.submit(partial(int, number), results.done.append, results.failed.append)
    assert (inline.busy, inline.oldest) == (3, 5.0)
    inline.settle()
    assert results.done == [0, 1, 2]
    assert (inline.busy, inline.oldest) == (0, None)


def test_a_later_job_of_the_same_key_makes_the_earlier_one_stale(
    inline: InlineJobs, results: Results
) -> None:
    ran: list[str] = []

    def work(name: str) -> str:
        ran.append(name)
        return name

    for name in ("first", "second"):
        inline.submit(partial(work, name), results.done.append, results.failed.append, key="page")
    inline.submit(lambda: "other", results.done.append, results.failed.append, key="count")
    inline.settle()
    assert ran == ["second"]
    assert results.done == ["second", "other"]


def test_a_result_that_became_stale_on_its_way_is_dropped(
    threaded: tuple[ThreadJobs, threading.Semaphore], results: Results
) -> None:
    jobs, ready = threaded
    jobs.submit(lambda: "old", results.done.append, results.failed.append, key="page")
    assert ready.acquire(timeout=10)
    jobs.submit(lambda: "new", results.done.append, results.failed.append, key="page")
    assert ready.acquire(timeout=10)
    jobs.deliver()
    assert results.done == ["new"]
    assert jobs.busy == 0


def test_forgotten_results_are_dropped(inline: InlineJobs, results: Results) -> None:
    inline.submit(lambda: 1, results.done.append, results.failed.append, key="page")
    inline.forget("page")
    inline.settle()
    assert results.done == []
    assert inline.busy == 0


def test_errors_go_to_whoever_asked(inline: InlineJobs, results: Results) -> None:
    def work() -> None:
        raise NotFound("gone")

    inline.submit(work, results.done.append, results.failed.append)
    inline.settle()
    assert [str(error) for error in results.failed] == ["gone"]
    assert results.reported == []


def test_an_error_in_a_callback_is_reported_and_the_next_result_comes(
    inline: InlineJobs, results: Results, caplog: pytest.LogCaptureFixture
) -> None:
    def done(_: object) -> None:
        raise ValueError("a mistake")

    inline.submit(lambda: 1, done, results.failed.append)
    inline.submit(lambda: 2, results.done.append, results.failed.append)
    inline.settle()
    assert [str(error) for error in results.reported] == ["a mistake"]
    assert results.done == [2]
    assert caplog.records[0].exc_info


def test_work_is_done_in_one_other_thread(
    threaded: tuple[ThreadJobs, threading.Semaphore], results: Results
) -> None:
    jobs, ready = threaded
    for _ in range(5):
        jobs.submit(threading.get_ident, results.done.append, results.failed.append)
    for _ in range(5):
        assert ready.acquire(timeout=10)
    jobs.deliver()
    assert len(set(results.done)) == 1
    assert threading.get_ident() not in results.done


class TestFrameFirst:
    """What a key leads to begins when its answer is drawn."""

    @pytest.fixture
    def frame(self, monkeypatch: pytest.MonkeyPatch) -> FrameFirst:
        """Waited for without an end."""
        monkeypatch.setattr("opencode.tui.framefirst.FRAME_TIMEOUT", 60)
        return FrameFirst()

    @pytest.fixture
    def jobs(self, frame: FrameFirst, results: Results) -> ThreadJobs:
        return ThreadJobs(CallGuard(results.reported.append), lambda: None, frame=frame)

    def test_a_job_waits_for_the_frame(
        self, frame: FrameFirst, jobs: ThreadJobs, results: Results
    ) -> None:
        drawn: list[bool] = []
        seen: list[bool] = []
        done = threading.Event()
        frame.drawn()
        jobs.submit(lambda: seen.append(bool(drawn)), results.done.append, results.failed.append)
        jobs.submit(done.set, results.done.append, results.failed.append)
        assert not done.wait(0.1)
        drawn.append(True)
        frame.drawn()
        assert done.wait(10)
        assert seen == [True]
        assert jobs.close()

    def test_before_there_is_a_loop_nothing_waits(self, jobs: ThreadJobs, results: Results) -> None:
        done = threading.Event()
        jobs.submit(done.set, results.done.append, results.failed.append)
        assert done.wait(10)
        assert jobs.close()

    def test_without_a_frame_it_begins_all_the_same(
        self,
        frame: FrameFirst,
        jobs: ThreadJobs,
        results: Results,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr("opencode.tui.framefirst.FRAME_TIMEOUT", 0.01)
        done = threading.Event()
        frame.drawn()
        jobs.submit(done.set, results.done.append, results.failed.append)
        assert done.wait(10)
        assert jobs.close()

    def test_the_end_waits_for_no_frame(
        self, frame: FrameFirst, jobs: ThreadJobs, results: Results
    ) -> None:
        written: list[str] = []
        frame.drawn()
        jobs.submit(lambda: written.append("it"), results.done.append, results.failed.append)
        assert jobs.close(timeout=10)
        assert written == ["it"]


def test_closing_finishes_writes_and_skips_reads(results: Results) -> None:
    jobs = ThreadJobs(CallGuard(results.reported.append), lambda: None)
    begun, go_on = threading.Event(), threading.Event()
    written: list[str] = []

    def slow() -> None:
        begun.set()
        go_on.wait(10)

    jobs.submit(slow, results.done.append, results.failed.append)
    assert begun.wait(10)
    jobs.submit(lambda: written.append("read"), results.done.append, results.failed.append, key="k")
    jobs.submit(lambda: written.append("write"), results.done.append, results.failed.append)
    threading.Timer(0.05, go_on.set).start()
    assert jobs.close()
    assert written == ["write"]


def test_a_slow_read_does_not_hold_up_the_end(
    results: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("opencode.tui.threads.READ_PATIENCE", 0.05)
    jobs = ThreadJobs(CallGuard(results.reported.append), lambda: None)
    begun, go_on, ended = threading.Event(), threading.Event(), threading.Event()

    def slow() -> None:
        begun.set()
        go_on.wait(10)

    jobs.submit(slow, results.done.append, results.failed.append, key="read")
    assert begun.wait(10)
    assert not jobs.close(ended.set, timeout=10)
    go_on.set()
    assert ended.wait(10)


def test_closing_does_not_wait_for_ever(results: Results) -> None:
    jobs = ThreadJobs(CallGuard(results.reported.append), lambda: None)
    go_on = threading.Event()
    jobs.submit(lambda: go_on.wait(10), results.done.append, results.failed.append)
    assert not jobs.close(timeout=0.05)
    go_on.set()


def test_a_watch_tells_of_a_change_once(
    threaded: tuple[ThreadJobs, threading.Semaphore], results: Results
) -> None:
    jobs, ready = threaded
    values = iter([1, 1, 2])
    jobs.watch(lambda: next(values), 1, 0.001, results.done.append, results.failed.append)
    assert ready.acquire(timeout=10)
    jobs.deliver()
    assert results.done == [2]
    assert not list(values)
    assert not results.reported


def test_a_watch_tells_of_a_failure(
    threaded: tuple[ThreadJobs, threading.Semaphore], results: Results
) -> None:
    jobs, ready = threaded

    def look() -> int:
        raise NotFound("gone")

    jobs.watch(look, 1, 0.001, results.done.append, results.failed.append)
    assert ready.acquire(timeout=10)
    jobs.deliver()
    assert [str(error) for error in results.failed] == ["gone"]


def test_what_is_watched_no_more_is_not_told(
    threaded: tuple[ThreadJobs, threading.Semaphore], results: Results
) -> None:
    jobs, ready = threaded
    jobs.watch(lambda: 2, 1, 0.001, results.failed.append, results.failed.append)  # type: ignore[arg-type]
    assert ready.acquire(timeout=10)
    jobs.unwatch()
    jobs.deliver()
    jobs.submit(int, results.done.append, results.failed.append)
    assert ready.acquire(timeout=10)
    jobs.deliver()
    assert (results.failed, results.done) == ([], [0])


def test_jobs_go_on_between_looks(
    threaded: tuple[ThreadJobs, threading.Semaphore], results: Results
) -> None:
    jobs, ready = threaded
    looked = threading.Semaphore(0)

    def look() -> int:
        looked.release()
        return 1

    jobs.watch(look, 1, 0.001, results.done.append, results.failed.append)
    for number in range(3):
        assert looked.acquire(timeout=10)
        jobs.submit(partial(int, number), results.done.append, results.failed.append)
        assert ready.acquire(timeout=10)
        jobs.deliver()
    assert results.done == [0, 1, 2]
