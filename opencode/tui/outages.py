"""What goes wrong: a line in the footer, or a panel when the database is out of reach."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from opencode.errors import DatabaseRefused, DatabaseUnavailable, OpencodeError, StoreError
from opencode.tui.live import KEY as LIVE_KEY
from opencode.tui.live import LOST, Live
from opencode.tui.screens.base import Command, Host, uppermost_screen
from opencode.tui.wording import sentence, told

if TYPE_CHECKING:
    from opencode.tui.screens.failure import FailureDialog

__all__ = ["Outages"]

log = logging.getLogger(__name__)


class Outages:
    """Tells errors to the user and knows whether the database is lost."""

    def __init__(self, host: Host, live: Live) -> None:
        self.offline = False
        """Whether what is on the screen may be old."""
        self._host = host
        self._live = live
        self._shown: FailureDialog | None = None
        self._held = False
        """Whether the panel waits until what is being typed is done with."""
        self._refused = False
        """Whether the last look at the database was not let in: another password, a VPN down."""
        self._noted: set[str] = set()
        """What was logged here of the present outage."""
        self._lost_key: str | None = None
        """Which job failed when the database was lost."""

    @property
    def word(self) -> str:
        """How the connection stands, for the status block; empty while all is well."""
        if not self.offline:
            return "refused" if self._refused else ""
        panel = self._panel()
        return "reconnecting" if panel is not None and panel.trying else "offline"

    def interrupts(self, key: str | None) -> bool:
        """Whether a panel would take keys away from what is being typed.

        Asked before whatever failed puts back the text it was given. Who has sent a text, and has
        typed nothing since, waits for what becomes of it.
        """
        prompt = self._host.layers[-1].prompt if self._host.layers else None
        return prompt is not None and (key is not None or bool(prompt.value))

    def failed(
        self, error: Exception, retry: Command, key: str | None, *, hold: bool = False
    ) -> None:
        """Take note that a job with this key failed; `retry` has it done again.

        `hold` leaves the panel until nothing is being typed any more.
        """
        if not isinstance(error, DatabaseUnavailable):
            if not isinstance(error, (OpencodeError, OSError)):
                log.error("a job failed", exc_info=error)
            self.answered(error, key)
            if key == LIVE_KEY and isinstance(error, DatabaseRefused):
                told, self._refused = self._refused, True
                if told:  # and the status block goes on telling it
                    return
            self.report(error)
            return
        self._note(error)
        self.offline, self._refused = True, False
        self._lost_key = key
        self._live.stop_until_back(self._returned)
        if self._host.place is None and self._host.provider == "remote":
            self._host.later(LOST, self._open_again)
        panel = self._panel()
        if panel is not None:
            panel.again(error, retry)
            if not hold:
                self._show()
            return
        from opencode.tui.screens.failure import FailureDialog

        self._shown = FailureDialog(self._host, error, retry)
        self._held = True
        if hold:
            words = sentence(error.message)
            self._host.notice(f"{words} Go on typing, esc shows what can be done.", "error")
        else:
            self._show()

    def _note(self, error: OpencodeError) -> None:
        """Log what the user is told, once in an outage, unless that was done below."""
        if not self.offline:
            self._noted.clear()
        if not error.logged and error.message not in self._noted:
            self._noted.add(error.message)
            log.warning("%s", error)

    def show_held(self) -> None:
        """Show the panel that waited, if nothing is being typed any more."""
        if self._host.layers[-1].prompt is None:
            self._show()

    def _show(self) -> None:
        if self._held and self._shown is not None:
            self._held = False
            self._host.push(self._shown)

    def answered(self, error: Exception, key: str | None) -> None:
        """Take note of an error: whoever says that there is no such thing is there."""
        if isinstance(error, DatabaseRefused):
            self._reached(key)
        elif isinstance(error, OpencodeError) and not isinstance(error, DatabaseUnavailable):
            self.succeeded(key)

    def succeeded(self, key: str | None) -> None:
        """Take note that a job with this key succeeded."""
        if self._refused and key == LIVE_KEY:
            self._refused = False
            self._is_back(looking=True)
            self._host.later(0, uppermost_screen(self._host.layers).refresh)
        elif self._refused:
            self._live.start()  # It need not have asked the database; a look at that tells.
        else:
            self._reached(key)

    def _reached(self, key: str | None) -> None:
        """Take note that whoever was asked by a job with this key is there."""
        if not self.offline:
            return
        panel = self._panel()
        if key == self._lost_key:
            self.offline = False
            self._held = False
            if panel in self._host.layers:
                self._host.layers.remove(panel)
            self._is_back(looking=key == LIVE_KEY)
            self._host.later(0, self._host.layers[-1].refresh)
        elif panel is not None and self._held:
            panel.retry()  # Nobody else can while it is not shown.
        elif panel is not None:
            # What failed may fail again while other things do not, and this need not have asked.
            self._host.look_for_return(self._returned)
        elif key == LIVE_KEY:
            self.offline = False
            self._is_back(looking=True)
        else:
            # It need not have asked the database; a look at that tells.
            self._live.start()

    def _returned(self) -> None:
        """Try again what failed; who has put the panel away gets the screen as it is now."""
        if not self.offline:
            return
        panel = self._panel()
        if panel is not None:
            panel.retry()
        else:
            self._live.start()
            self._host.later(0, uppermost_screen(self._host.layers).changed)

    def _open_again(self) -> None:
        panel = self._panel()
        if panel is not None:
            panel.retry()

    def _is_back(self, *, looking: bool) -> None:
        self._host.notice("The database is back.")
        if not looking:
            self._live.start()

    def opened(self) -> None:
        """Take note that the database could be opened."""
        self.offline = False

    def report(self, error: Exception) -> None:
        """Tell an error that has nothing to do with the connection."""
        if isinstance(error, OpencodeError):
            if isinstance(error, StoreError) and not error.logged:
                log.warning("%s", error)
            self._host.notice(told(error), "error")
        elif isinstance(error, OSError) and error.strerror:
            where = f": {error.filename}" if error.filename else ""
            self._host.notice(f"{error.strerror}{where}", "error")
        else:
            self._host.notice("Something went wrong in the program; l shows the log.", "error")

    def _panel(self) -> FailureDialog | None:
        return self._shown if self._held or self._shown in self._host.layers else None
