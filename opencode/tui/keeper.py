"""Keeps drafts in files while they are typed, so that they outlive the program however it ends."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from opencode import text
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


@dataclass(frozen=True, slots=True)
class _Found:
    """What became of a draft of the last time."""

    arrived: Sequence[str] = ()
    """Ids of its messages that are in the database."""
    gone: bool = False
    """Whether its session is not, and the draft stays all the same."""


class Keeper:
    """Writes drafts that have changed, and reads those of the last time."""

    def __init__(self, host: Host) -> None:
        self.drafts = Drafts(self._changed)
        self._host = host
        self._files: DraftFiles | None = None
        self._unsaved: set[str] = set()
        self._saving: Sequence[Kept] = ()
        self._timer: object = None
        self._lost = 0
        """Drafts of the last time whose sessions are gone."""

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
        self._look_after(files, drafts)

    def _look_after(self, files: DraftFiles, drafts: Sequence[Kept]) -> None:
        """Ask for the session of a draft, then for the next: what the user wants comes between."""
        if not drafts:
            if self._lost:
                noun = text.plural(self._lost, "draft")
                self._host.notice(
                    f"Kept: {noun} of deleted sessions; ↑ in any message prompt goes through them."
                )
            return
        kept, *others = drafts

        def found(found: _Found) -> None:
            if self.drafts.kept(kept.session_id) == kept:
                for id in found.arrived:
                    self.drafts.sent(kept.session_id, id)
                if found.gone:
                    self.drafts.lose(kept.session_id)
                    self._lost += 1
            self._look_after(files, others)

        work = partial(_look_after, kept=kept, files=files)
        self._host.submit(work, found, failed=lambda _: True)

    def _unreadable(self, error: Exception) -> bool:
        self._host.notice(f"Drafts of the last time cannot be read: {error}.", "error")
        return isinstance(error, OSError)


def _look_after(store: Store, kept: Kept, files: DraftFiles) -> _Found:
    """Look for the session of a draft, and for its messages; an old one without goes."""
    project = store.in_project(kept.project_id) if kept.project_id else store
    try:
        project.sessions.get(kept.session_id)
    except NotFound:
        if not files.is_old(kept.session_id):
            return _Found(gone=True)
        files.remove(kept.session_id)
        return _Found()
    if not kept.text.strip() and files.is_old(kept.session_id):
        files.remove(kept.session_id)
    arrived = []
    for id in kept.messages:
        with suppress(NotFound):
            arrived.append(project.messages.get(id).id)
    return _Found(tuple(arrived))
