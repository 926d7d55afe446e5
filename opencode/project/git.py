"""Asking Git, with a time limit and without its translations and the caller's GIT_DIR."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

__all__ = ["Answer", "Facts", "GitMissing", "GitTimeout", "ask", "look_around"]

TIME_LIMIT = 10.0
"""Seconds for one question; Git answers within milliseconds from a local disk."""

# Which repository we are in is told by the directory alone, so GIT_DIR and its like go (a Git hook
# sets them). How Git is configured stays: safe.directory and insteadOf may be set this way.
KEPT = r"GIT_(CONFIG_(GLOBAL|SYSTEM|NOSYSTEM|COUNT|KEY_\d+|VALUE_\d+)|EXEC_PATH)"
REMOTE = r"(?P<name>[^\t]*)\t(?P<url>.*) \(fetch\)(?: \[[^\]]*\])?"


class GitMissing(Exception):
    """There is no Git to ask."""


class GitTimeout(Exception):
    """Git did not answer in time."""


class Answer(NamedTuple):
    """What Git said: exit status, output without its last line end, and errors."""

    status: int
    output: str
    errors: str


class Facts(NamedTuple):
    """What Git knows about a directory.

    `common` is the Git directory that all worktrees share. `top` is the worktree's root, None in a
    bare repository and inside of `.git`. `remotes` maps names to URLs, insteadOf applied.
    """

    common: Path
    linked: bool
    top: Path | None
    remotes: Mapping[str, str]


def ask(arguments: list[str], *, directory: Path, environ: Mapping[str, str]) -> Answer:
    """Run `git ARGUMENTS` in `directory`. Raises GitMissing and GitTimeout."""
    import subprocess

    try:
        done = subprocess.run(
            ["git", *arguments],
            cwd=directory,
            env=_environment(environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIME_LIMIT,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise GitTimeout(f"git {arguments[0]} took more than {TIME_LIMIT:g} seconds") from error
    except OSError as error:
        raise GitMissing(error.strerror or "cannot be run") from error
    output = os.fsdecode(done.stdout).removesuffix("\n")
    return Answer(done.returncode, output, os.fsdecode(done.stderr))


def look_around(directory: Path, environ: Mapping[str, str]) -> Facts | Answer:
    """What Git knows about a resolved directory, or the answer with which it refused."""
    question = ["rev-parse", "--git-dir", "--git-common-dir", "--show-toplevel"]
    where = ask(question, directory=directory, environ=environ)
    places = [_absolute(directory, line) for line in where.output.split("\n") if line]
    # In a bare repository the last of the three fails after the others were answered.
    if len(places) != 3 and not (len(places) == 2 and "work tree" in where.errors):
        return where
    listed = ask(["remote", "--verbose"], directory=directory, environ=environ)
    if listed.status:
        return listed
    return Facts(
        common=places[1],
        linked=places[0] != places[1],
        top=places[2] if len(places) == 3 else None,
        remotes=_remotes(listed.output),
    )


def _remotes(output: str) -> dict[str, str]:
    remotes: dict[str, str] = {}
    for line in output.split("\n"):
        found = re.fullmatch(REMOTE, line)
        if found and found["url"]:
            # A remote may have several URLs; Git fetches from the first.
            remotes.setdefault(found["name"], found["url"])
    return remotes


def _absolute(directory: Path, answer: str) -> Path:
    # Not resolved: a .git that links elsewhere still belongs to the checkout it lies in.
    return Path(os.path.normpath(directory / answer))


def _environment(environ: Mapping[str, str]) -> dict[str, str]:
    kept = {
        name: value
        for name, value in environ.items()
        if not name.startswith("GIT_") or re.fullmatch(KEPT, name)
    }
    return kept | {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}
