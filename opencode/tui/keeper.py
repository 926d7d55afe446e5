"""Keeps drafts in files while they are typed, so that they outlive the program however it ends."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from opencode.errors import NotFound
from opencode.tui.draftfiles import DraftFiles
from opencode.tui.drafts import Drafts, Kept
from opencode.tui.screens.base import Host

if TYPE_CHECKING:
    from opencode.store import Store

__all__ = ["Keeper"]

WAIT = 0.5
"""Seconds from a change until it is written; what a killed program may lose."""

NO_PLACE = "there is no home directory"

log = logging.getLogger(__name__)


class Keeper:
    """Writes drafts that have changed, and reads those of the last time."""

    def __init__(self, host: Host) -> None:
        self.drafts = Drafts(self._changed)
        self._host = host
        self._files: DraftFiles | None = None
        self._unsaved: set[str] = set()
        self._saving: Sequence[Kept] = ()
        self._timer: object = None

    def open(self, directory: Path | None) -> None:
        """Read what was kept for a database; None when there is no place for it."""
        if directory is None:
            self.drafts.trouble = NO_PLACE
            return
        self._files = files = DraftFiles(directory)
        self._host.aside(files.read, partial(self._restore, files), failed=self._unreadable)

    @property
    def at_risk(self) -> bool:
        """Whether the end of the program would be the end of a draft."""
        unsaved = map(self.drafts.kept, self._unsaved)
        return bool(self.drafts.trouble) and not all(kept.empty for kept in unsaved)

    def flush(self) -> None:
        """Write at once what is not written yet, wherever this is called."""
        drafts = [*self._saving, *map(self.drafts.kept, sorted(self._unsaved))]
        if drafts and self._files is not None:
            try:
                self._files.write(drafts)
                self._unsaved.clear()
            except OSError as error:
                log.error("drafts could not be kept: %s", error)  # noqa: TRY400  no mistake of ours

    def _changed(self, session_id: str) -> None:
        self._unsaved.add(session_id)
        self._write_soon()

    def _write_soon(self) -> None:
        if self._unsaved and self._timer is None and self._files is not None:
            self._timer = self._host.later(WAIT, self._save)

    def _save(self) -> None:
        self._timer = None
        if self._saving or self._files is None:
            return
        self._saving = [self.drafts.kept(session_id) for session_id in sorted(self._unsaved)]
        self._unsaved.clear()
        self._host.aside(
            partial(self._files.write, self._saving), self._saved, failed=self._not_saved
        )

    def _saved(self, _: None) -> None:
        self._saving = ()
        self.drafts.trouble = ""
        self._write_soon()

    def _not_saved(self, error: Exception) -> bool:
        """Try again with the next change; the prompt says that there is trouble."""
        self._unsaved |= {kept.session_id for kept in self._saving}
        self._saving = ()
        if not isinstance(error, OSError):
            return False
        if not self.drafts.trouble:
            log.warning("drafts cannot be kept: %s", error)
        self.drafts.trouble = error.strerror or str(error)
        return True

    def _restore(self, files: DraftFiles, drafts: Sequence[Kept]) -> None:
        for kept in drafts:
            self.drafts.restore(kept)
        if drafts:
            self._host.submit(
                partial(_look_after, drafts=drafts, files=files),
                partial(self._looked_after, drafts),
                failed=lambda _: True,
            )

    def _looked_after(self, drafts: Sequence[Kept], arrived: frozenset[str]) -> None:
        """Forget messages that had arrived, unless somebody has gone on with the draft."""
        for kept in drafts:
            if self.drafts.kept(kept.session_id) == kept:
                for id in arrived & kept.messages.keys():
                    self.drafts.sent(kept.session_id, id)

    def _unreadable(self, error: Exception) -> bool:
        self._host.notice(f"Drafts of the last time cannot be read: {error}", "error")
        return isinstance(error, OSError)


def _look_after(store: Store, drafts: Sequence[Kept], files: DraftFiles) -> frozenset[str]:
    """Remove old drafts of sessions that are gone; returns which messages had arrived."""
    arrived = []
    for kept in drafts:
        project = store.in_project(kept.project_id) if kept.project_id else store
        if files.is_old(kept.session_id):
            try:
                project.sessions.get(kept.session_id)
            except NotFound:
                files.remove(kept.session_id)
                continue
        for id in kept.messages:
            try:
                arrived.append(project.messages.get(id).id)
            except NotFound:
                continue
    return frozenset(arrived)
