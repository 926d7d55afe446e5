"""What the log says while a server is away."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from opencode.db.mysql_errors import Place
from opencode.db.outage_log import OutageLog, outage_log
from opencode.errors import DatabaseUnavailable

if TYPE_CHECKING:
    import pytest

PLACE = Place("db.example", 3306, None, "team", "ada")
REFUSED = "db.example:3306/team: nothing listens on this port"


class Time:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def error(words: str = REFUSED) -> DatabaseUnavailable:
    return DatabaseUnavailable(words, hint="wait")


def test_the_beginning_each_minute_and_the_end_are_told(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    clock = Time()
    log = OutageLog(PLACE, clock)
    log.is_over()
    for second in range(150):
        clock.now = float(second)
        log.failed(error())
    log.is_over()
    log.is_over()
    assert caplog.messages == [
        REFUSED,
        f"{REFUSED}; failing for 60 s, attempt 61",
        f"{REFUSED}; failing for 120 s, attempt 121",
        "db.example:3306/team: back after 149 s and 150 failed attempts",
    ]
    caplog.clear()
    log.failed(error())
    log.is_over()
    assert len(caplog.messages) == 2
    assert caplog.messages[-1].endswith("back after 0 s and 1 failed attempt")


def test_every_other_cause_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    clock = Time()
    log = OutageLog(PLACE, clock)
    for second in range(20):
        clock.now = float(second)
        log.failed(error())
        log.failed(error(f"no answer from the host: waited {second / 10} seconds"))
        log.failed(error("too many connections"))
    assert [message.partition(";")[0] for message in caplog.messages] == [
        REFUSED,
        "no answer from the host: waited 0.0 seconds",
        "too many connections",
    ]


def test_an_error_that_was_taken_note_of_need_not_be_logged_again() -> None:
    log = OutageLog(PLACE, Time())
    first, again, other = error(), error(), error()
    log.failed(first)
    log.failed(again)
    assert (first.logged, again.logged, other.logged) == (True, True, False)


def test_a_database_that_is_opened_anew_goes_on_with_its_outage() -> None:
    assert outage_log(PLACE) is outage_log(Place("db.example", 3306, None, "team", "ada"))
    assert outage_log(PLACE) is not outage_log(Place("db.example", 3306, None, "other", "ada"))
