"""What a command says while a server lets it wait, or another program that has locked the file."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from opencode.store import open_store
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


@pytest.mark.parametrize(
    ("command", "lock"),
    [
        (("session", "new"), "IMMEDIATE"),
        (("session", "list"), "EXCLUSIVE"),
        (("db", "status"), "EXCLUSIVE"),
    ],
)
def test_a_file_that_is_locked_is_told_before_the_time_is_over(
    opencode: Opencode,
    checkout: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: tuple[str, ...],
    lock: str,
) -> None:
    open_store(checkout).close()
    monkeypatch.setenv("OPENCODE_SQLITE_BUSY_TIMEOUT", "2")
    file = checkout / ".opencode" / "opencode.db"
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        if lock == "EXCLUSIVE":
            other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute(f"BEGIN {lock}")
        done = opencode(*command)
    note, error, hint = done.err.splitlines()
    assert note.startswith("the database is locked by ")
    assert note.endswith("; waiting for up to 2 s")
    assert error == f"error: {file} is locked by another process"
    assert hint.startswith("hint: ")
    assert (done.code, done.out) == (3, "")
