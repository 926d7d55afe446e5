"""The store of every provider, new and empty for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from opencode.store import Store, open_store
from tests.servers.plugin import MakeDatabase, server_params
from tools.servers.server import Server

PROJECT = "github.com/acme/app"
SQLITE = "sqlite"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """SQLite, and every MySQL and MariaDB server that is to be had."""
    if "store" in metafunc.fixturenames:
        params = [pytest.param(SQLITE, id=SQLITE), *server_params(metafunc.config)]
        metafunc.parametrize("store", params, indirect=True)


@pytest.fixture
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A store of an empty database, in project github.com/acme/app."""
    if request.param == SQLITE:
        dsn = f"sqlite:///{tmp_path / 'opencode.db'}"
    else:
        servers: Callable[[str | None], Server] = request.getfixturevalue("mysql_servers")
        databases: MakeDatabase = request.getfixturevalue("mysql_databases")
        dsn = databases(servers(request.param))
    with open_store(tmp_path, project=PROJECT, dsn=dsn) as opened:
        yield opened
