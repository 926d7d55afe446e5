"""The store of every provider, new and empty for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from opencode.store import Store, open_store

PROJECT = "github.com/acme/app"


@pytest.fixture(params=["sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A store of an empty database, in project github.com/acme/app."""
    assert request.param == "sqlite"
    dsn = f"sqlite:///{tmp_path / 'opencode.db'}"
    with open_store(tmp_path, project=PROJECT, dsn=dsn) as opened:
        yield opened
