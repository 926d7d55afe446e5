from __future__ import annotations

from pathlib import Path

import pytest

from opencode.errors import IncompleteInstallation
from tools import PROJECT, docs, verify
from tools.checks import documentation
from tools.checks.outcome import Outcome
from tools.querygen.problems import SqlProblems


def nothing(project: Path) -> list[str]:
    return []


def something(project: Path) -> list[str]:
    return [f"{project}/sql/a.sql:2: wrong", f"{project}/sql/a.sql:1: wrong too"]


def unreadable(project: Path) -> list[str]:
    raise SqlProblems([f"{project}/sql/b.sql:4: what"])


def broken(project: Path) -> list[str]:
    raise IncompleteInstallation("a.sql:3: twice")


def left_out(project: Path) -> Outcome:
    return Outcome(note="no server", made=False)


def noted(project: Path) -> Outcome:
    return Outcome(note="on two servers")


Checks = dict[str, verify.Check]


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> Checks:
    """Those that run; a test fills them in."""
    checks: Checks = {}
    monkeypatch.setattr(verify, "CHECKS", checks)
    return checks


def test_problems_are_printed_with_their_places_and_fail(
    tmp_path: Path, checks: Checks, capsys: pytest.CaptureFixture[str]
) -> None:
    checks.update(fine=nothing, style=something, syntax=unreadable, files=broken)
    assert verify.main(tmp_path) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(" (")[0] for line in lines] == [
        "ok      fine",
        "failed  style",
        "    sql/a.sql:1: wrong too",
        "    sql/a.sql:2: wrong",
        "failed  syntax",
        "    sql/b.sql:4: what",
        "failed  files",
        "    a.sql:3: twice",
    ]


def test_without_problems_it_passes(tmp_path: Path, checks: Checks) -> None:
    checks.update(fine=nothing)
    assert verify.main(tmp_path) == 0


def test_what_was_not_run_is_told_and_passes(
    tmp_path: Path, checks: Checks, capsys: pytest.CaptureFixture[str]
) -> None:
    checks.update(plans=left_out, others=noted)
    assert verify.main(tmp_path) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(" (")[0] for line in lines] == [
        "not run plans: no server",
        "ok      others: on two servers",
    ]


def test_stale_documentation_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docs, "check", lambda: ["docs/cli.md is stale"])
    assert documentation.check(PROJECT) == ["docs/cli.md is stale"]
