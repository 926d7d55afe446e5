"""Finding the repository around a directory by looking, which is free; asking Git is not."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

__all__ = ["Marker", "find_marker", "find_repository_root"]


class Marker(NamedTuple):
    """The sign of a repository: a checkout's root, or None for a bare one, and what was seen."""

    root: Path | None
    path: Path


def find_repository_root(cwd: Path) -> Path | None:
    """The root of the checkout around `cwd`, a linked worktree's or submodule's own included.

    None outside of checkouts and inside a bare repository. No process is started.
    """
    marker = find_marker(cwd.resolve())
    return marker.root if marker else None


def find_marker(directory: Path) -> Marker | None:
    """The nearest sign of a repository in a resolved directory or above it.

    Like Git it stops where another file system begins.
    """
    device = _device(directory)
    for place in (directory, *directory.parents):
        if _device(place) != device:
            return None
        dot_git = place / ".git"
        if _is_dot_git(dot_git):
            return Marker(place, dot_git)
        if _is_git_directory(place):
            # Inside of .git itself the checkout is around it.
            return Marker(place.parent if place.name == ".git" else None, place)
    return None


def _device(path: Path) -> int | None:
    try:
        return path.stat().st_dev
    except OSError:
        return None


def _is_dot_git(path: Path) -> bool:
    # os.path tells no error apart, unlike Path, which raises where it may not look.
    if os.path.isdir(path):  # noqa: PTH112
        return os.path.lexists(path / "HEAD") or not os.access(path, os.X_OK)
    return os.path.isfile(path)  # noqa: PTH113


def _is_git_directory(path: Path) -> bool:
    return all(os.path.exists(path / name) for name in ("HEAD", "objects", "refs"))  # noqa: PTH110
