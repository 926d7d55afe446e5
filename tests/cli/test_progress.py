from __future__ import annotations

from pathlib import Path

import pytest

from opencode.cli import streams
from opencode.cli.progress import ProgressLine, tell_upgrade
from opencode.db.backfill import BackfillReport
from opencode.db.upgrade import UpgradeProgress, UpgradeReport
from tests.cli.factories import HOSTILE


class Clock:
    """Time that passes when told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def step(done: int, total: int = 200, text: str = "copying") -> UpgradeProgress:
    return UpgradeProgress("backup", text, done, total)


def test_a_short_upgrade_says_nothing_without_a_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    clock = Clock()
    with ProgressLine(clock) as progress:
        for done in range(200):
            clock.now += 0.009
            progress(step(done))
    assert capsys.readouterr() == ("", "")


def test_a_long_upgrade_says_something_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock()
    with ProgressLine(clock) as progress:
        for done in range(200):
            clock.now += 0.125
            progress(step(done))
    assert capsys.readouterr().err == "copying: 7 %\ncopying: 47 %\ncopying: 87 %\n"


def test_waiting_is_told_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    with ProgressLine(Clock()) as progress:
        progress(UpgradeProgress("wait", "waiting for process 7 (opencode)"))
    assert capsys.readouterr().err == "waiting for process 7 (opencode)\n"


def test_a_copy_is_told_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    with ProgressLine(Clock()) as progress:
        progress(UpgradeProgress("copied", "the database as it was before: /x/b.bak"))
    assert capsys.readouterr().err == "the database as it was before: /x/b.bak\n"


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """stderr counts as a terminal of 60 columns."""
    monkeypatch.setattr(streams, "is_terminal", lambda name: name == "stderr")
    monkeypatch.setenv("COLUMNS", "60")


@pytest.mark.usefixtures("terminal")
def test_a_terminal_gets_one_line_that_goes_in_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    with ProgressLine() as progress:
        progress(step(0, 0))
        progress(step(100))
        progress(step(100))
        progress(step(200))
    shown = capsys.readouterr().err.split("\x1b[K")
    assert shown == [
        "\rcopying …",
        "\r[############............] copying: 50 %",
        "\r[########################] copying: 100 %",
        "\r",
        "",
    ]


@pytest.mark.usefixtures("terminal")
def test_a_copy_stays_on_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with ProgressLine() as progress:
        progress(step(0, 0))
        progress(UpgradeProgress("copied", "copied to /x/b.bak"))
    assert capsys.readouterr().err == "\rcopying …\x1b[K\r\x1b[Kcopied to /x/b.bak\n"


@pytest.mark.usefixtures("terminal")
def test_an_error_leaves_no_half_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        with ProgressLine() as progress:
            progress(step(100))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert capsys.readouterr().err.endswith("\x1b[K\r\x1b[K")


@pytest.mark.usefixtures("terminal")
def test_the_line_fits_and_is_clean(capsys: pytest.CaptureFixture[str]) -> None:
    with ProgressLine() as progress:
        progress(step(1, 2, HOSTILE * 10))
    first = capsys.readouterr().err.split("\x1b[K")[0]
    assert len(first) <= 60
    assert "\x1b" not in first


def report(**values: object) -> UpgradeReport:
    return UpgradeReport(**values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("done", "lines"),
    [
        (report(), []),
        (
            report(applied=("0001_initial",), created=True),
            ["new database: /x/opencode.db"],
        ),
        (
            report(applied=("0003_a", "0004_b"), adopted=("0001_i",), backup=Path("/x/b.bak")),
            [
                "took over a database of the Go OpenCode: /x/opencode.db",
                "applied 2 migrations: 0003_a, 0004_b",
            ],
        ),
        (
            report(backfilled=BackfillReport(9, 1031, "acme")),
            ["filled in: the project acme of 9 sessions, the numbers of 1,031 messages"],
        ),
        (
            report(backfilled=BackfillReport(restored=17)),
            ["given back: the projects of 17 sessions, as they were before the rollback"],
        ),
    ],
)
def test_what_an_upgrade_did_is_told(
    capsys: pytest.CaptureFixture[str], done: UpgradeReport, lines: list[str]
) -> None:
    tell_upgrade(done, "/x/opencode.db")
    assert capsys.readouterr().err.splitlines() == lines
