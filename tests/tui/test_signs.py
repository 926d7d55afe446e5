"""The sign that work is going on."""

from __future__ import annotations

from opencode.tui.guards import CallGuard
from opencode.tui.signs import FRAMES, Spinner
from tests.tui.driver import Timers
from tests.tui.inline import InlineJobs


def test_the_spinner_turns_while_something_takes_long() -> None:
    timers, guard = Timers(), CallGuard(lambda _: None)
    jobs, others = (InlineJobs(guard, lambda: timers.time) for _ in range(2))
    spinner = Spinner((jobs, others), timers, lambda: timers.time)

    def wait(until: float) -> str:
        timers.run_until(until, lambda: None)
        return spinner.sign

    others.submit(int, lambda _: None, lambda _: None)
    spinner.watch()
    assert wait(0.1) == ""
    assert wait(0.2) == FRAMES[0]
    assert wait(0.4) in FRAMES[1:]
    assert wait(4.0)[1:] == " 4 s"
    others.settle()
    spinner.rest()
    assert spinner.sign == ""
    assert wait(5.0) == ""
    assert not timers.pending()
