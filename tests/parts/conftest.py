from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest


@pytest.fixture
def go_columns(fixtures: Path) -> list[str]:
    """The column `parts` of all messages in a database of the Go OpenCode."""
    path = fixtures / "go-opencode" / "opencode.db"
    with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as database:
        texts = [text for (text,) in database.execute("SELECT parts FROM messages")]
    assert len(texts) == 1031
    return texts
