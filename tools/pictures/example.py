"""Writes the example into a database, through the store, as it would have come about."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from unittest.mock import patch

from opencode.parts import Part
from opencode.store import Store
from tools.pictures.clock import NOW

__all__ = ["Outline", "Said", "write"]

SECONDS_APART = 25
"""Between two messages."""


@dataclass(frozen=True, slots=True)
class Said:
    """A message; those of models are the assistant's."""

    role: str
    parts: Sequence[Part]
    model: str | None = None


@dataclass(frozen=True, slots=True)
class Outline:
    """A session; `age` is how many seconds ago it was used last."""

    id: str
    title: str
    age: int
    author: str = "Ada"
    tokens: int = 0
    cost: float = 0.0
    said: Sequence[Said] = ()
    files: Sequence[tuple[str, str]] = ()
    """Path and content of each version, in order."""
    parent: str | None = None


@dataclass(slots=True)
class _Clock:
    """Says what it is told to."""

    moment: int

    def __call__(self) -> float:
        return self.moment


def write(store: Store, outlines: Sequence[Outline]) -> None:
    """Add the sessions; parents come before those they started."""
    clock = _Clock(NOW)
    with patch.object(time, "time", clock):
        for outline in outlines:
            _write(store, outline, clock)
    # Last activity is the database's own clock's affair; telling it is the store's.
    for outline in outlines:
        _used(store, outline)


def _write(store: Store, outline: Outline, clock: _Clock) -> None:
    clock.moment = NOW - outline.age - SECONDS_APART * len(outline.said)
    session = store.sessions.create(
        id=outline.id, title=outline.title, author=outline.author, parent=outline.parent
    )
    for one in outline.said:
        clock.moment += SECONDS_APART
        store.messages.append(session.id, role=one.role, parts=one.parts, model=one.model)
    for path, content in outline.files:
        store.files.record(session.id, path=path, content=content)
    if outline.tokens:
        store.sessions.add_usage(session.id, prompt_tokens=outline.tokens, cost=outline.cost)


def _used(store: Store, outline: Outline) -> None:
    store.provider.run(
        lambda querier: querier.set_updated_at(updated_at=NOW - outline.age, id=outline.id)
    )
