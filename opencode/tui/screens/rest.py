"""Waiting for a moment of rest, before the database is asked while keys come quickly."""

from __future__ import annotations

from opencode.tui.screens.base import Command, Host

__all__ = ["Rest"]


class Rest:
    """Does a thing once nothing else was wanted for some seconds."""

    def __init__(self, host: Host, seconds: float) -> None:
        self._host = host
        self._seconds = seconds
        self._timer: object = None

    def then(self, do: Command, seconds: float | None = None) -> None:
        """Do this, unless something else is wanted before; after other seconds than usual."""

        def rested() -> None:
            self._timer = None
            do()

        self.stop()
        self._timer = self._host.later(self._seconds if seconds is None else seconds, rested)

    def stop(self) -> None:
        """Do nothing any more."""
        if self._timer is not None:
            self._host.cancel(self._timer)
            self._timer = None
