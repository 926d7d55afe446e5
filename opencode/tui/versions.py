"""The files of a session and of those below it: read, compared, written to disk; by jobs."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from opencode.errors import NotFound
from opencode.tui.render.diff import Comparison, compare

if TYPE_CHECKING:
    from opencode.store import Store

__all__ = ["Standing", "TreeFile", "content", "difference", "tree_files", "write_version"]


@dataclass(frozen=True, slots=True)
class TreeFile:
    """A path that a session, or one below it, wrote; versions oldest first."""

    session_id: str
    path: str
    versions: tuple[str, ...]
    below: str = ""
    """The title of the session, when it is one below."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A file that is already there, and was left alone."""

    path: Path
    size: int
    same: bool


def tree_files(store: Store, session_id: str) -> Sequence[TreeFile]:
    """Return the files of a session, then those of the sessions below it."""
    found: list[TreeFile] = []
    for one in store.sessions.tree(session_id):
        with suppress(NotFound):  # deleted a moment ago
            title = "" if one == session_id else store.sessions.get(one).title or "(untitled)"
            rows = store.files.list(one)
            found += [
                TreeFile(one, path, tuple(row.version for row in versions), title)
                for path, versions in groupby(rows, key=lambda row: row.path)
            ]
    return sorted(found, key=lambda file: (file.session_id != session_id, file.below, file.path))


def content(store: Store, file: TreeFile, version: str) -> str:
    """Return a version as it was written."""
    return store.files.get(file.session_id, file.path, version).content


def difference(store: Store, file: TreeFile, old: str | None, new: str) -> Comparison:
    """Return what differs between two versions; without `old` all of `new` is added."""
    before = content(store, file, old) if old is not None else ""
    return compare(before, content(store, file, new))


def write_version(
    store: Store, file: TreeFile, version: str, path: Path, *, replace: bool = False
) -> Standing | None:
    """Write a version to disk; unless `replace`, what is there is left alone and returned.

    The file is whole or not there at all. Raises `OSError`.
    """
    target = path.expanduser().resolve()
    data = content(store, file, version).encode(errors="surrogatepass")
    if target.is_dir():
        raise IsADirectoryError(21, "is a directory", str(target))
    descriptor, name = tempfile.mkstemp(prefix=".opencode-", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as temporary:
            temporary.write(data)
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
        Path(name).chmod(mode)
        if replace:
            Path(name).replace(target)
            return None
        try:
            os.link(name, target)  # fails when the file is there, also since a moment ago
        except FileExistsError:
            standing = target.read_bytes() if target.stat().st_size == len(data) else b""
            return Standing(target, target.stat().st_size, same=standing == data)
        return None
    finally:
        Path(name).unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
