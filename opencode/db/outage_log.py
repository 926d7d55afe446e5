"""What the log says of a server that is out of reach: enough to understand it, and no more."""

from __future__ import annotations

import logging
import re
import threading
import time

from opencode.db.deadline import Clock
from opencode.db.mysql_errors import Place
from opencode.errors import OpencodeError

__all__ = ["EVERY", "OutageLog", "outage_log"]

EVERY = 60.0
"""Seconds between two records of the same."""

log = logging.getLogger(__name__)


class OutageLog:
    """One record when it begins, one for each other cause, one a minute, one when it is over."""

    def __init__(self, place: Place, clock: Clock = time.monotonic) -> None:
        self.place = place
        self._clock = clock
        self._lock = threading.Lock()
        self._since: float | None = None
        self._told = 0.0
        self._attempts = 0
        self._causes: set[str] = set()

    def failed(self, error: OpencodeError) -> None:
        """Take note of an attempt that failed, with what is told the user of it."""
        error.logged = True
        with self._lock:
            now = self._clock()
            if self._since is None:
                self._since, self._attempts = now, 0
                self._causes.clear()
            self._attempts += 1
            cause = re.sub(r"\d+", "#", error.message)  # some say how long they have waited
            if cause in self._causes and now - self._told < EVERY:
                return
            self._causes.add(cause)
            self._told = now
            attempts, seconds = self._attempts, now - self._since
        if attempts == 1:
            log.warning("%s", error.message)
        else:
            log.warning("%s; failing for %.0f s, attempt %d", error.message, seconds, attempts)

    def is_over(self) -> None:
        """Take note of success, which costs nothing where there was no failure before."""
        if self._since is None:
            return
        with self._lock:
            since, self._since = self._since, None
            attempts = self._attempts
        if since is not None:
            seconds = self._clock() - since
            failed = "1 failed attempt" if attempts == 1 else f"{attempts} failed attempts"
            log.warning("%s: back after %.0f s and %s", self.place, seconds, failed)


_logs: dict[Place, OutageLog] = {}
_lock = threading.Lock()


def outage_log(place: Place) -> OutageLog:
    """Return the log of a place, the same one whenever its database is opened anew."""
    with _lock:
        return _logs.setdefault(place, OutageLog(place))
