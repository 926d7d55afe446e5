"""Looking, once in a while, whether somebody else has written to the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opencode.tui.screens.base import Command, Host

if TYPE_CHECKING:
    from opencode.store import Store

__all__ = ["Live"]

LOCAL, REMOTE = 1.0, 5.0
"""Seconds between two looks: 10 µs on SQLite, a round trip on MySQL."""
UNFOCUSED = 5
"""How many times as long it takes while the terminal has not got the focus."""

KEY = "live"


class Live:
    """One timer, and one short job each time; `changed` is called when something was written."""

    def __init__(self, host: Host, changed: Command) -> None:
        self._host = host
        self._changed = changed
        self._version: int | None = None
        self._timer: object = None
        self._focused = True

    def start(self) -> None:
        """Look from now on; what was written before is not news."""
        self._version = None
        self._look()

    def stop(self) -> None:
        """Look no more."""
        if self._timer is not None:
            self._host.cancel(self._timer)
            self._timer = None

    def focus(self, *, focused: bool) -> None:
        """Take note whether the terminal has the focus; coming back to it is a time to look."""
        back = focused and not self._focused
        self._focused = focused
        if back and self._timer is not None:
            self.stop()
            self._look()

    def _look(self) -> None:
        self._timer = None
        self._host.submit(_version, self._saw, key=KEY, failed=self._failed)

    def _saw(self, version: int) -> None:
        changed = self._version not in {None, version}
        self._version = version
        self._wait()
        if changed:
            self._changed()

    def _failed(self, _: Exception) -> bool:
        self._wait()
        return False

    def _wait(self) -> None:
        place = self._host.place
        seconds = REMOTE if place is not None and place.provider == "remote" else LOCAL
        self._timer = self._host.later(seconds * (1 if self._focused else UNFOCUSED), self._look)


def _version(store: Store) -> int:
    return store.data_version()
