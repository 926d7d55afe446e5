"""Stand-ins for methods of the store, put in with monkeypatch, and for programs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from opencode.errors import DatabaseUnavailable

if TYPE_CHECKING:
    import pytest


def script(directory: Path, *lines: str, name: str = "a program") -> str:
    """Make a program that does this; returns its name as a shell wants it."""
    path = directory / name
    path.write_text("\n".join(("#!/bin/sh", *lines, "")))
    path.chmod(0o755)
    return f"'{path}'"


class Spy:
    """Notes the positional arguments of every call and passes the call on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, owner: object, method: str) -> None:
        self.calls: list[tuple[object, ...]] = []
        self._real = getattr(owner, method)
        monkeypatch.setattr(owner, method, self)

    def __call__(self, *args: object, **kwargs: object) -> object:
        self.calls.append(args)
        return self._real(*args, **kwargs)


class Outage:
    """Makes a method fail for as long as it is on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, owner: object, method: str) -> None:
        self.on = False
        self.error: Exception = DatabaseUnavailable("the server went away", hint="wait")
        self._real = getattr(owner, method)
        monkeypatch.setattr(owner, method, self)

    def __call__(self, *args: object, **kwargs: object) -> object:
        if self.on:
            raise self.error
        return self._real(*args, **kwargs)
