"""Looking, once in a while, whether somebody else has written to the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opencode.tui.screens.base import Command, Host

if TYPE_CHECKING:
    from opencode.store import Store

__all__ = ["KEY", "LOOK_TIMEOUT", "LOST", "Live"]

LOCAL, REMOTE = 1.0, 5.0
"""Seconds between two looks: 10 µs on SQLite, a round trip on MySQL."""
LOOK_TIMEOUT = 5.0
"""Seconds within which a look must succeed: one that fails says that the server is lost."""
LOST = 10.0
"""Seconds between two attempts to reach a server that is lost."""
UNFOCUSED = 5
"""How many times as long it takes while the terminal has not got the focus."""

KEY = "live"


class Live:
    """Has the database watched; `changed` is called when something was written.

    The thread of the database looks by itself: while nothing happens the event loop sleeps.
    """

    def __init__(self, host: Host, changed: Command) -> None:
        self._host = host
        self._changed = changed
        self._version: int | None = None
        self._watching = False
        self._focused = True

    def start(self) -> None:
        """Look from now on; what was written before is not news."""
        self._version = None
        self._look()

    def stop(self) -> None:
        """Look no more."""
        self._host.unwatch()
        self._watching = False

    def stop_until_back(self, back: Command) -> None:
        """Look no more for what others write, but whether the database is there again."""
        self.stop()
        if self._host.place is not None:
            seconds = LOST if self._host.provider == "remote" else LOCAL
            self._host.await_return(seconds, back)

    def focus(self, *, focused: bool) -> None:
        """Take note whether the terminal has the focus; coming back to it is a time to look."""
        if focused == self._focused:
            return
        self._focused = focused
        if self._watching and focused:
            self._look()
        elif self._watching and self._version is not None:
            self._watch(self._version)

    def _look(self) -> None:
        """Look now; what goes wrong is told to the user, who can have it tried again."""
        self.stop()
        self._host.submit(_version, self._saw, key=KEY, failed=self._failed)

    def _saw(self, version: int) -> None:
        changed = self._version not in {None, version}
        self._version = version
        self._watch(version)
        if changed:
            self._changed()

    def _failed(self, _: Exception) -> bool:
        """Go on, and tell of the next success; if it is out of reach the panel stops it."""
        self._watch(-1)
        return False

    def _watch(self, version: int) -> None:
        self._watching = True
        seconds = REMOTE if self._host.provider == "remote" else LOCAL
        self._host.watch(
            _version,
            version,
            seconds * (1 if self._focused else UNFOCUSED),
            self._saw,
            failed=self._failed,
            again=self._look,
        )


def _version(store: Store) -> int:
    return store.data_version(within=LOOK_TIMEOUT)
