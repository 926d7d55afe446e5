"""When work on a MySQL server is done again, and when its error is raised."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

from opencode.db.deadline import Backoff, Deadline
from opencode.db.mysql_errors import (
    MySQLError,
    Place,
    is_duplicate,
    is_lost,
    leaves_commit_unknown,
    must_rerun,
    translate,
)
from opencode.errors import DatabaseUnavailable, OpencodeError, ServerFull, StoreError

__all__ = ["Attempts"]

_UNKNOWN = "it is unknown whether it was stored"

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Attempts:
    """The attempts at one piece of work.

    A transaction whose connection is lost before its COMMIT was sent has not happened, and is run
    again.  From then on `commit_sent` holds: it may have happened, and may still be under way.
    """

    place: Place
    seconds: float
    """How long to go on after the first failure."""
    backoff: Backoff = field(default_factory=Backoff)
    deadline: Deadline | None = None
    commit_sent: bool = False
    refusal: OpencodeError | None = None
    """What a later attempt said against the work, perhaps because an earlier one has done it."""

    def pause(self, error: MySQLError, *, can_tell: bool = True) -> None:
        """Wait before the next attempt, or raise what `error` means.

        `can_tell` says whether there is a way to find out what became of a COMMIT.
        """
        if self.deadline is None:
            self.deadline = Deadline(self.seconds)
        hopeless = self.commit_sent and not can_tell
        may_pass = self._may_pass(error)
        if not hopeless and may_pass and self.backoff.pause(self.deadline):
            log.info("%s: once more after: %s", self.place, error)
            return
        meaning = self.meaning(error)
        ordinary = not hopeless and not may_pass and type(meaning) is not StoreError
        log.log(
            logging.INFO if ordinary else logging.WARNING, "%s: given up: %s", self.place, error
        )
        meaning.logged = not ordinary
        raise meaning from error

    def note_refusal(self, error: OpencodeError) -> None:
        """Keep an error that an earlier attempt may explain, or raise it."""
        if not self.commit_sent or self.refusal is not None:
            raise error
        if isinstance(error, DatabaseUnavailable):
            raise self._unknown() from error
        self.refusal = error

    def note_commit_error(self, error: MySQLError) -> None:
        """Take down that a COMMIT was sent and ended in an error."""
        self.commit_sent = self.commit_sent or leaves_commit_unknown(error)

    def meaning(self, error: MySQLError) -> OpencodeError:
        """Return the error to raise, `from` the one given."""
        return self._unknown() if self.commit_sent else translate(error, self.place)

    def _may_pass(self, error: MySQLError) -> bool:
        if is_lost(error) or must_rerun(error):
            return True
        # 1062: the COMMIT of an earlier attempt has come through in the meantime.
        return self.commit_sent and (is_duplicate(error) or leaves_commit_unknown(error))

    def full(self) -> ServerFull:
        """Return the error for a COMMIT that waits on a server whose disk is full."""
        return ServerFull(
            f"{self.place}: no space left on the server; {_UNKNOWN}",
            hint="its administrator must make space; then look whether it is there",
        )

    def _unknown(self) -> DatabaseUnavailable:
        return DatabaseUnavailable(
            f"{self.place}: the connection was lost while a change was being committed; {_UNKNOWN}",
            hint="look whether it is there before you do it again",
        )
