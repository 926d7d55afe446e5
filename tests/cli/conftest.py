from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest

from opencode import open_store
from opencode.cli.main import main
from opencode.store import Store
from tests.conftest import GitRepository


@dataclass(frozen=True, slots=True)
class Result:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Opencode(Protocol):
    """Runs `opencode ARGS` in this process, in the checkout, without a terminal."""

    def __call__(self, *arguments: str, input: str | bytes = ...) -> Result: ...


@pytest.fixture(autouse=True)
def root_logger() -> Iterator[None]:
    """Logging as it was before the command configured it."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def checkout(git_repository: GitRepository, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory: a checkout of github.com/acme/app."""
    root = git_repository(user="Ada Lovelace")
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def opencode(
    checkout: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Opencode:
    def run(*arguments: str, input: str | bytes = b"") -> Result:
        typed = tmp_path / "stdin"
        typed.write_bytes(input.encode() if isinstance(input, str) else input)
        with typed.open(encoding="utf-8") as stdin, pytest.MonkeyPatch.context() as patch:
            patch.setattr("sys.stdin", stdin)
            capsys.readouterr()
            code = main(list(arguments))
        return Result(code, *capsys.readouterr())

    return run


@pytest.fixture
def store(checkout: Path) -> Iterator[Store]:
    """The store that the commands of the test open too."""
    with open_store(checkout) as store:
        yield store
