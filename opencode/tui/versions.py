"""The files of a session and of those below it: read, compared, written to disk; by jobs."""

from __future__ import annotations

import errno
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from opencode.tui.render.diff import Comparison, compare

if TYPE_CHECKING:
    from opencode.store import Store

__all__ = [
    "Counts",
    "Standing",
    "TreeFile",
    "content",
    "count_lines",
    "difference",
    "tree_files",
    "write_version",
]

COUNTING = 0.1
"""Seconds after which counting lets other jobs have their turn."""

NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})
"""What file systems answer that know no second name for a file: those of memory cards, some
network shares."""


@dataclass(frozen=True, slots=True)
class TreeFile:
    """A path that a session, or one below it, wrote; versions oldest first."""

    session_id: str
    path: str
    versions: tuple[str, ...]
    below: str = ""
    """The title of the session, when it is one below."""


class Counts(NamedTuple):
    """How many lines came and went from the first version of a file to the last."""

    added: int
    removed: int


@dataclass(frozen=True, slots=True)
class Standing:
    """A file that is already there, and was left alone."""

    path: Path
    size: int
    same: bool


def tree_files(store: Store, session_id: str) -> Sequence[TreeFile]:
    """Return the files of a session, then those of the sessions below it."""
    found = []
    rows = store.files.tree(session_id)
    for (one, title, path), versions in groupby(
        rows, key=lambda row: (row.session_id, row.session_title, row.path)
    ):
        below = "" if one == session_id else title or "(untitled)"
        found.append(TreeFile(one, path, tuple(row.version for row in versions), below))
    return sorted(found, key=lambda file: (file.session_id != session_id, file.below, file.path))


def content(store: Store, file: TreeFile, version: str) -> str:
    """Return a version as it was written."""
    return store.files.get(file.session_id, file.path, version).content


def difference(store: Store, file: TreeFile, old: str | None, new: str) -> Comparison:
    """Return what differs between two versions; without `old` all of `new` is added."""
    if old is None:
        return compare("", content(store, file, new))
    before, after = store.files.pair(file.session_id, file.path, old, new)
    return compare(before.content, after.content)


def count_lines(
    store: Store, files: Iterable[TreeFile], clock: Callable[[], float] = time.monotonic
) -> Mapping[TreeFile, Counts | None]:
    """Compare the first of these files, and as many of the others as there is time for.

    None stands for those of which there is nothing to count.
    """
    until = clock() + COUNTING
    counts: dict[TreeFile, Counts | None] = {}
    for file in files:
        old = file.versions[0] if len(file.versions) > 1 else None
        found = difference(store, file, old, file.versions[-1])
        counts[file] = Counts(found.added, found.removed) if found.has_counts else None
        if clock() >= until:
            break
    return counts


def write_version(
    store: Store, file: TreeFile, version: str, path: Path, *, replace: bool = False
) -> Path | Standing:
    """Write a version to disk and return where; without `replace`, what is there is left alone.

    Then that is returned. A link is followed. The file is whole or not there at all.

    Raises:
        OSError: it cannot be written there; `filename` is what is wrong.
    """
    target = _target(path)
    data = content(store, file, version).encode(errors="surrogatepass")
    temporary = _temporary(target, data)
    try:
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
        temporary.chmod(mode)
        if replace:
            temporary.replace(target)
        else:
            _put(temporary, target)
    except FileExistsError:
        standing = target.read_bytes() if target.stat().st_size == len(data) else None
        return Standing(target, target.stat().st_size, same=standing == data)
    except OSError as error:
        error.filename = str(target)
        raise
    finally:
        temporary.unlink(missing_ok=True)
    return target


def _target(path: Path) -> Path:
    """Return the place that a path leads to, where there is a file or nothing."""
    try:
        home = path.expanduser()
    except RuntimeError:
        raise FileNotFoundError(errno.ENOENT, "there is no such user", str(path)) from None
    try:
        target = home.resolve()
    except RuntimeError:  # Python before 3.13
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path)) from None
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))
    if target.exists() and not target.is_file():
        raise OSError(errno.EINVAL, "not a file to write to", str(target))
    return target


def _temporary(target: Path, data: bytes) -> Path:
    """Write data to a new file beside a target, in the same file system."""
    try:
        descriptor, name = tempfile.mkstemp(prefix=".opencode-", dir=target.parent)
    except FileNotFoundError:
        words = "there is no such directory"
        raise FileNotFoundError(errno.ENOENT, words, str(target.parent)) from None
    except OSError as error:
        error.filename = str(target.parent)
        raise
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        error.filename = str(target)
        raise
    return temporary


def _put(temporary: Path, target: Path) -> None:
    """Give a file its name unless that is taken, also since a moment ago."""
    try:
        os.link(temporary, target)
    except FileExistsError:
        raise
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        target.open("xb").close()
        temporary.replace(target)


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
