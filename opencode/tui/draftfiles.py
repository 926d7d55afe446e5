"""Drafts in files, one for each session: complete or as they were before, and for their owner only.

They lie beside a SQLite database, and for one on a server in the user's state directory. All calls
wait for the disk; they belong into a job.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp

from opencode.logs import log_path
from opencode.tui.drafts import Kept
from opencode.tui.folded import cleaned

__all__ = ["DraftFiles", "draft_directory"]

OLD = 30 * 86_400
"""Seconds after which a draft is looked at again: is there still a session that it belongs to?"""

_PARTIAL = ".partial"

log = logging.getLogger(__name__)


def draft_directory(location: str, *, file: bool) -> Path | None:
    """Return where the drafts of a database lie, a file or one on a server; None without a home."""
    if file:
        database = Path(location).absolute()
        return database.with_name(f"{database.name}.drafts")
    log_file = log_path(os.environ)
    return None if log_file is None else log_file.parent / "drafts" / _digest(location)


class DraftFiles:
    """The drafts of one database."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def read(self) -> list[Kept]:
        """Return all drafts; what was left of one that could not be written goes."""
        for leftover in self._directory.glob(f"*{_PARTIAL}"):
            if time.time() - leftover.stat().st_mtime > OLD:
                leftover.unlink(missing_ok=True)
        return list(self._read_all())

    def write(self, drafts: Iterable[Kept]) -> None:
        """Replace the files of these drafts, and remove those of empty ones."""
        for kept in drafts:
            if kept.empty:
                self.remove(kept.session_id)
            else:
                self._write(kept)

    def remove(self, session_id: str) -> None:
        """Remove the draft of a session, if there is one."""
        self._file(session_id).unlink(missing_ok=True)

    def is_old(self, session_id: str) -> bool:
        """Whether nothing was typed for a session in a long time."""
        with suppress(OSError):
            return time.time() - self._file(session_id).stat().st_mtime > OLD
        return False

    def _file(self, session_id: str) -> Path:
        return self._directory / f"{_digest(session_id)}.json"

    def _read_all(self) -> Iterator[Kept]:
        for file in sorted(self._directory.glob("*.json")):
            try:
                yield _decode(file.read_text(encoding="utf-8"))
            except (OSError, ValueError, TypeError, KeyError) as error:
                log.warning("the draft in %s cannot be read: %r", file, error)

    def _write(self, kept: Kept) -> None:
        if not self._directory.is_dir():
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            # As in a data directory: what is typed does not belong into a repository.
            (self._directory / ".gitignore").write_text("*\n")
        handle, name = mkstemp(dir=self._directory, suffix=_PARTIAL)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(_encode(kept))
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(self._file(kept.session_id))
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def _encode(kept: Kept) -> str:
    return json.dumps(
        {
            "session": kept.session_id,
            "project": kept.project_id,
            "text": kept.text,
            "messages": dict(kept.messages),
            "aside": kept.aside,
        }
    )


def _decode(words: str) -> Kept:
    """Raises `ValueError`, `TypeError` or `KeyError` for what `_encode` did not write."""
    read = json.loads(words)
    messages = {str(id): cleaned(str(text)) for id, text in read["messages"].items()}
    aside = tuple(cleaned(str(text)) for text in read.get("aside", ()))
    text = cleaned(str(read["text"]))
    return Kept(str(read["session"]), str(read["project"]), text, messages, aside)


def _digest(words: str) -> str:
    return hashlib.sha256(words.encode("utf-8", "surrogateescape")).hexdigest()[:32]
