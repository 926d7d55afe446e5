from __future__ import annotations

from pathlib import Path

import pytest

from tests.tools.conftest import Spoil
from tools import PROJECT, docs, generate
from tools.querygen.querier import QUERIER


@pytest.fixture(autouse=True)
def elsewhere(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Writes into the copy, and no documentation."""
    monkeypatch.setattr(generate, "PROJECT", project)
    monkeypatch.setattr(docs, "write", lambda: None)


def test_the_querier_is_written(project: Path) -> None:
    (project / QUERIER).write_text("stale")
    assert generate.main() == 0
    assert (project / QUERIER).read_text() == (PROJECT / QUERIER).read_text()


def test_sql_that_cannot_be_used_is_told_and_nothing_is_written(
    project: Path, spoil: Spoil, capsys: pytest.CaptureFixture[str]
) -> None:
    path = spoil("sql/mysql/files.sql", "    files.content,\n", "    files.contents,\n")
    (project / QUERIER).write_text("stale")
    assert generate.main() == 1
    assert capsys.readouterr().err.startswith(f"{path}:")
    assert (project / QUERIER).read_text() == "stale"
