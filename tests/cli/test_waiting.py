"""What a command says while a server lets it wait."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Opencode
from tools.servers.server import free_port


@pytest.mark.parametrize("command", [("session", "list"), ("db", "status")])
def test_a_server_that_does_not_answer_is_told_before_the_time_is_over(
    opencode: Opencode, checkout: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    port = free_port()
    server = {
        "host": "127.0.0.1",
        "port": port,
        "database": "team",
        "username": "dev",
        "password": "env:SECRET",
        "connectionTimeout": 4,
    }
    config = {"sessionProvider": {"type": "mysql", "mysql": server}}
    (checkout / ".opencode.json").write_text(json.dumps(config))
    monkeypatch.setenv("SECRET", "hush")
    done = opencode(*command)
    place = f"127.0.0.1:{port}/team"
    note, error, hint = done.err.splitlines()
    assert note == f"{place}: nothing listens on this port; trying for 4 seconds"
    assert error.startswith(f"error: {place}: nothing listens on this port; tried ")
    assert hint.startswith("hint: ")
    assert (done.code, done.out) == (3, "")
