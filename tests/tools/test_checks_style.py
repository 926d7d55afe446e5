from __future__ import annotations

from pathlib import Path

import pytest

from tools.checks import style

QUERY = (
    "-- name: f(id, limit)\n-- All.\n{select}\nFROM t\nWHERE id > :id\nORDER BY a\nLIMIT :limit;\n"
)


@pytest.fixture
def small(project: Path) -> Path:
    """One file instead of all: sqlfluff is slow."""
    for path in project.glob("*/*/*.sql"):
        path.unlink()
    for dialect in ("sqlite", "mysql"):
        path = project / "sql" / dialect / "a.sql"
        path.write_text(QUERY.format(select="SELECT a"))
    return project


def test_the_settings_fit_queries_with_parameters(small: Path) -> None:
    assert style.check(small) == []


@pytest.mark.parametrize("dialect", ["sqlite", "mysql"])
def test_bad_style_is_found_in_both_dialects(small: Path, dialect: str) -> None:
    path = small / "sql" / dialect / "a.sql"
    path.write_text(QUERY.format(select="select a"))
    (problem,) = style.check(small)
    assert problem.startswith(f"{path}:3: CP01 ")


@pytest.mark.parametrize("kind", ["sql", "migrations"])
def test_what_cannot_be_parsed_is_found(small: Path, kind: str) -> None:
    path = small / kind / "sqlite" / "b.sql"
    path.write_text("SELECT FROM WHERE;\n")
    assert any(problem.startswith(f"{path}:1: PRS ") for problem in style.check(small))
