"""A copy of what the checks read, for tests to spoil."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tools import PROJECT

Spoil = Callable[[str, str, str], Path]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """SQL, migrations, models and the Querier of the program, at the same places."""
    for name in ("sql", "migrations"):
        shutil.copytree(PROJECT / name, tmp_path / name)
    for name in ("models.py", "db/querier.py"):
        target = tmp_path / "opencode" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(PROJECT / "opencode" / name, target)
    return tmp_path


@pytest.fixture
def spoil(project: Path) -> Spoil:
    """`spoil("sql/*/a.sql", old, new)`: replaces once, in every file that matches."""

    def replace(pattern: str, old: str, new: str) -> Path:
        paths = list(project.glob(pattern))
        for path in paths:
            text = path.read_text(encoding="utf-8")
            assert old in text, f"{old!r} is not in {path}"
            path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return paths[0]

    return replace
