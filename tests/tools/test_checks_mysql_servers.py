from __future__ import annotations

import pytest

from tools.checks import mysql_servers
from tools.checks.mysql_servers import Databases
from tools.servers.sources import DSNS, SERVERS, Choice, Source

NO_DSN = f"{DSNS} is not set"


@pytest.fixture
def choose(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The environment that servers were chosen by."""
    seen: dict[str, str] = {}
    sources = (
        Source("broken-1", "private", "mysql", "/bin/false"),
        Source("narrow-1", "dsn", "mysql", "mysql://root@127.0.0.1:1/test", restricted=True),
    )

    def fake(environ: dict[str, str]) -> Choice:
        seen.update(environ)
        return Choice(sources, (NO_DSN,))

    monkeypatch.setattr(mysql_servers, "choose", fake)
    return seen


def test_a_server_that_cannot_be_used_is_left_out_and_said_to_be(choose: dict[str, str]) -> None:
    with Databases({}) as databases:
        assert list(databases) == []
    assert databases.used == []
    assert databases.note == (
        f"{NO_DSN}; /bin/false failed; the account of narrow-1 may not create databases"
    )


def test_containers_are_used_only_where_they_are_asked_for(choose: dict[str, str]) -> None:
    with Databases({}) as databases:
        list(databases)
    assert "container" not in choose[SERVERS]
    with Databases({SERVERS: "container"}) as databases:
        list(databases)
    assert choose[SERVERS] == "container"
