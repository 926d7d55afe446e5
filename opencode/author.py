"""Who starts a session here."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from opencode.limits import AUTHOR
from opencode.project.git import GitMissing, GitTimeout, ask

__all__ = ["default_author"]

UNKNOWN = "unknown"


def default_author(
    config_author: str | None, cwd: Path, environ: Mapping[str, str] = os.environ
) -> str:
    """The configured author, else Git's user.name, else the login name; never fails or is empty.

    Runs Git, unless an author is configured.
    """
    for name in _candidates(config_author, cwd, environ):
        cleaned = _clean(name)
        if cleaned:
            return cleaned
    return UNKNOWN


def _candidates(config_author: str | None, cwd: Path, environ: Mapping[str, str]) -> Iterator[str]:
    yield config_author or ""
    with suppress(GitMissing, GitTimeout):
        yield ask(["config", "user.name"], directory=cwd, environ=environ).output
    # The variables getpass.getuser looks at.
    for variable in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        yield environ.get(variable, "")
    yield _login_name()


def _login_name() -> str:
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):
        return ""


def _clean(name: str) -> str:
    """One line without characters that a terminal or UTF-8 does not take."""
    printable = "".join(character if character.isprintable() else " " for character in name)
    return " ".join(printable.split())[:AUTHOR].rstrip()
