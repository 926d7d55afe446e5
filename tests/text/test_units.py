from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencode.text import age, age_lasts, count, money, plural, size, timestamp, tokens

NOW = int(datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "now"),
        (59, "now"),
        (60, "1m"),
        (179, "2m"),
        (3_599, "59m"),
        (3_600, "1h"),
        (86_399, "23h"),
        (86_400, "1d"),
        (30 * 86_400 - 1, "29d"),
        (30 * 86_400, "26-01-30"),
        (41 * 86_400, "26-01-19"),
        (-60, "now"),
        (-61, "26-03-01"),
        (-400 * 86_400, "27-04-05"),
        (-(10**15), "?"),
        (10**30, "?"),
    ],
)
def test_age(seconds: int, text: str) -> None:
    assert age(NOW - seconds, NOW) == text


@pytest.mark.parametrize(
    "seconds", [-60, 0, 1, 59, 60, 61, 3_599, 3_600, 86_399, 86_400, 100_000, 30 * 86_400 - 1]
)
def test_an_age_lasts_until_it_says_something_else(seconds: int) -> None:
    then, lasts = NOW - seconds, age_lasts(NOW - seconds, NOW)
    assert lasts is not None
    assert age(then, NOW + lasts - 1) == age(then, NOW)
    assert age(then, NOW + lasts) != age(then, NOW)


@pytest.mark.parametrize("seconds", [30 * 86_400, 10**30, -61, -(10**15)])
def test_a_date_lasts(seconds: int) -> None:
    assert age_lasts(NOW - seconds, NOW) is None


def test_timestamp(monkeypatch: pytest.MonkeyPatch) -> None:
    assert timestamp(NOW) == "2026-03-01T12:00:00+00:00"
    assert timestamp(0) == "1970-01-01T00:00:00+00:00"
    assert timestamp(10**15) == timestamp(-(10**30)) == timestamp(float("nan")) == "?"
    for zone, text in (("XXX-5:30", "17:30:00+05:30"), ("XXX+3:30", "08:30:00-03:30")):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        assert timestamp(NOW) == f"2026-03-01T{text}"
    monkeypatch.undo()
    time.tzset()


@given(st.integers(min_value=0, max_value=2**37))
def test_timestamp_can_be_read(seconds: int) -> None:
    assert datetime.fromisoformat(timestamp(seconds)).timestamp() == seconds


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (999, "999"),
        (1_000, "1.0k"),
        (9_140, "9.1k"),
        (128_400, "128.4k"),
        (999_949, "999.9k"),
        (999_950, "1.0M"),
        (1_234_567, "1.2M"),
        (10**13, "10,000.0G"),
        (-1_500, "-1.5k"),
    ],
)
def test_tokens(number: int, text: str) -> None:
    assert tokens(number) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0 B"), (999, "999 B"), (1_024, "1.0 kB"), (1_234_567, "1.2 MB"), (5 * 10**12, "5.0 TB")],
)
def test_size(number: int, text: str) -> None:
    assert size(number) == text


@pytest.mark.parametrize(
    ("dollars", "text"),
    [
        (0, "$0.00"),
        (1.93, "$1.93"),
        (0.01, "$0.01"),
        (0.0099, "<$0.01"),
        (1e-9, "<$0.01"),
        (1234.5, "$1,234.50"),
        (-1.5, "-$1.50"),
        (-0.001, "$0.00"),
        (float("inf"), "$?"),
        (float("nan"), "$?"),
    ],
)
def test_money(dollars: float, text: str) -> None:
    assert money(dollars) == text


def test_count_and_plural() -> None:
    assert count(1_204) == "1,204"
    assert plural(0, "message") == "0 messages"
    assert plural(1, "message") == "1 message"
    assert plural(1_204, "message") == "1,204 messages"
    assert plural(2, "entry", "entries") == "2 entries"
