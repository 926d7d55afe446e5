"""Where configuration files and the data directory lie."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from opencode.config.model import Config

__all__ = ["config_paths", "expand_home", "resolve_data_directory"]

FILE_NAME = ".opencode.json"
DATABASE_NAME = "opencode.db"


def config_paths(cwd: Path, environ: Mapping[str, str] = os.environ) -> list[tuple[Path, bool]]:
    """Every place looked at, in order, with whether something is there.

    Of all but the last, which is the working directory's, only the first that exists is read.
    """
    paths = dict.fromkeys((*home_paths(environ), cwd.absolute() / FILE_NAME))
    return [(path, os.path.lexists(path)) for path in paths]


def home_paths(environ: Mapping[str, str]) -> list[Path]:
    """The user's own places for a configuration file; the first that exists counts."""
    # XDG says to ignore a relative XDG_CONFIG_HOME; a relative HOME makes no more sense.
    places = (
        (environ.get("HOME", ""), ""),
        (environ.get("XDG_CONFIG_HOME", ""), "opencode"),
        (environ.get("HOME", ""), ".config/opencode"),
    )
    paths = (Path(root, below, FILE_NAME) for root, below in places if root.startswith("/"))
    return list(dict.fromkeys(paths))


def resolve_data_directory(config: Config, *, cwd: Path, repository_root: Path | None) -> Path:
    """The directory of the database; nothing is created.

    A relative one starts at the repository's root, outside a repository at `cwd`; where one with a
    database lies in `cwd` itself, that one wins.
    """
    if config.database_file is not None:
        return config.database_file.parent
    cwd = cwd.absolute()
    directory = expand_home(config.data_directory, os.environ)
    own = cwd / directory
    if repository_root is None or os.path.lexists(own / DATABASE_NAME):
        return own
    return repository_root / directory


def expand_home(path: str, environ: Mapping[str, str]) -> Path:
    """The path with a leading `~` replaced by the HOME of `environ`."""
    home = environ.get("HOME")
    if home and (path == "~" or path.startswith("~/")):
        return Path(home, path[2:])
    return Path(path)
