"""A store, the interface over it, and golden screens."""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import pytest

from opencode.store import Store, open_store
from opencode.tui import clipboard
from opencode.tui.access import Access
from tests.conftest import GitRepository
from tests.tui.driver import Driver
from tests.tui.stores import new_store, usual_sessions

GOLDEN = Path(__file__).parent / "golden"
UPDATE = os.environ.get("OPENCODE_UPDATE_GOLDEN") == "1"

at_every_size = pytest.mark.parametrize(
    "size",
    [(40, 10), (80, 24), (100, 30), (140, 40), (220, 60)],
    ids="{0[0]}x{0[1]}".format,
)


def name_of(state: str, size: tuple[int, int]) -> str:
    """The golden screen of a state at a size."""
    return f"{state}-{size[0]}x{size[1]}"


class Golden(Protocol):
    """Compares a screen with the file of that name; OPENCODE_UPDATE_GOLDEN=1 writes the file."""

    def __call__(self, name: str, lines: list[str]) -> None: ...


class StartDriver(Protocol):
    def __call__(
        self, store: Store | Callable[[], Store], *, size: tuple[int, int] = ..., settle: bool = ...
    ) -> Driver: ...


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    with new_store(tmp_path / "data") as opened:
        yield opened


@pytest.fixture
def checkout(git_repository: GitRepository) -> Path:
    """A checkout whose database holds the usual sessions."""
    root = git_repository()
    with open_store(root) as store:
        usual_sessions(store)
    return root


@pytest.fixture
def usual(store: Store) -> Store:
    """A store with the sessions of the drawings."""
    usual_sessions(store)
    return store


@pytest.fixture
def copied(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was copied, in place of the clipboard."""
    taken: list[str] = []

    def copy(words: str, what: str) -> str:
        taken.append(words)
        return f"Copied {what}."

    monkeypatch.setattr(clipboard, "copy", copy)
    return taken


@pytest.fixture
def shared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any database looks like a shared one."""
    look = Access._look_at
    monkeypatch.setattr(
        Access,
        "_look_at",
        lambda self, store: look(self, store)._replace(
            provider="remote", location="db.team.example:3306/opencode"
        ),
    )


@pytest.fixture
def drive(caplog: pytest.LogCaptureFixture) -> Iterator[StartDriver]:
    """Start the interface; at the end of the test no error may have been logged."""

    def start(
        store: Store | Callable[[], Store],
        *,
        size: tuple[int, int] = (80, 24),
        settle: bool = True,
    ) -> Driver:
        opener = store if not isinstance(store, Store) else lambda: store
        owned = not isinstance(store, Store)
        return Driver(opener, size=size, settle=settle, owns_store=owned)

    caplog.set_level(logging.WARNING)
    yield start
    errors = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert not errors, [record.getMessage() for record in errors]


@pytest.fixture
def golden_digest() -> Golden:
    """Like `golden`, for screens whose text is not ours to keep: only digests are stored."""

    def compare(name: str, lines: list[str]) -> None:
        text = "\n".join(lines)
        digest = hashlib.sha256(text.encode()).hexdigest()[:32]
        path = GOLDEN / "digests.json"
        known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
        if UPDATE:
            known[name] = digest
            path.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n")
        assert known.get(name) == digest, f"another screen than before:\n{text}"

    return compare


@pytest.fixture
def golden() -> Golden:
    def compare(name: str, lines: list[str]) -> None:
        path = GOLDEN / f"{name}.txt"
        text = "\n".join(line.rstrip() for line in lines) + "\n"
        if UPDATE:
            path.write_text(text, encoding="utf-8")
        assert path.exists(), f"run with OPENCODE_UPDATE_GOLDEN=1 to make {path.name}"
        assert text == path.read_text(encoding="utf-8")

    return compare
