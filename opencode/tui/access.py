"""The store, as jobs get it: opened, of one project or another, closed; all in their thread."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from opencode import text
from opencode.errors import DatabaseUnavailable
from opencode.tui.draftfiles import draft_directory
from opencode.tui.guards import WorkZone, fenced
from opencode.tui.live import LOOK_TIMEOUT
from opencode.tui.loading import short_path
from opencode.tui.openfile import OpenFile
from opencode.tui.screens.base import Place

if TYPE_CHECKING:
    from opencode.store import Store

__all__ = ["Access", "Opened"]

T = TypeVar("T")


class Opened(NamedTuple):
    """A database that was opened."""

    place: Place
    backup: str
    """The copy that an upgrade left; empty when there was none."""
    drafts: Path | None
    """Where what is typed for it is kept, if there is such a place."""


class Access:
    """One open database, and the project in it that is looked at."""

    def __init__(
        self, opener: Callable[[], Store], zone: WorkZone, *, owned: bool, fence: bool
    ) -> None:
        """What is `owned` is closed at the end; `fence` makes calls outside of jobs fail."""
        self._opener = opener
        self._owned = owned
        self._zone = zone
        self._fence = fence
        self._opened: Store | None = None
        self._store: Store | None = None
        self._file: OpenFile | None = None
        self._away = False
        """Whether the file was not where it should be when it was looked for last."""

    @property
    def waits_for(self) -> str:
        """What a job waits for, if that is known; asked on any thread."""
        return self._opened.provider.waits_for if self._opened is not None else ""

    def open(self) -> Opened:
        """Open the database."""
        self._opened = store = self._opener()
        self._file = _file_of(store)
        backup = store.upgraded.backup if store.upgraded else None
        return Opened(
            self._look_at(store),
            short_path(str(backup)) if backup else "",
            draft_directory(store.provider.location, file=not _is_remote(store)),
        )

    def switch(self, project_id: str) -> Place:
        """Look at another project."""
        return self._look_at(_open(self._opened).in_project(project_id))

    def run(self, work: Callable[[Store], T]) -> T:
        """Do a job's work, if the database still is where it was.

        Raises:
            DatabaseUnavailable: its file is gone or another one; the next call opens that.
        """
        if self._file is not None and self._is_another(self._file):
            self._reopen()
        return work(_open(self._store))

    def is_back(self) -> bool:
        """Whether a database that was out of reach answers, or its file is there again."""
        if self._file is not None:
            away, self._away = self._away, not self._file.is_there()
            return away and not self._away
        try:
            _open(self._store).data_version(within=LOOK_TIMEOUT)
        except DatabaseUnavailable:
            return False
        return True

    def close(self) -> None:
        """Close what was opened, if anything was and it is ours."""
        opened, self._opened = self._opened, None
        if opened is not None and self._owned:
            opened.close()

    def _is_another(self, file: OpenFile) -> bool:
        try:
            return file.is_another()
        except DatabaseUnavailable:
            self._away = True
            raise

    def _reopen(self) -> None:
        project_id, old = _open(self._store).project.project_id, self._opened
        if not self._owned:
            raise DatabaseUnavailable(
                f"{_open(old).provider.location} was replaced by another file",
                hint="leave the program and start it again",
            )
        self.close()
        if self._file is not None:
            self._file.check_log()
        self._opened = new = self._opener()
        self._file = _file_of(new)
        self._look_at(new.in_project(project_id))
        self._away = False

    def _look_at(self, store: Store) -> Place:
        self._store = fenced(store, self._zone) if self._fence else store
        return Place(
            project_id=text.clean_line(store.project.project_id),
            provider="remote" if _is_remote(store) else "local",
            location=short_path(store.provider.location),
        )


def _file_of(store: Store) -> OpenFile | None:
    return None if _is_remote(store) else OpenFile(Path(store.provider.location))


def _is_remote(store: Store) -> bool:
    return store.provider.type.value == "mysql"


def _open(store: Store | None) -> Store:
    if store is None:
        raise RuntimeError("a job was submitted before the database was open")
    return store
