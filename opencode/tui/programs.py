"""The user's pager and editor: which programs these are, and the file they get."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import tempfile
from collections.abc import Mapping
from pathlib import Path

from opencode.errors import UsageError

__all__ = ["editor", "ending", "pager", "read_back", "temporary", "throw_away"]

PAGERS = ("less", "more")
EDITORS = ("nano", "vim", "vi")


def pager(environ: Mapping[str, str]) -> list[str]:
    """Return `$PAGER`, or one there is; `UsageError` says what is wrong with it."""
    return _command(environ, ("PAGER",), PAGERS)


def editor(environ: Mapping[str, str]) -> list[str]:
    """Return `$VISUAL` or `$EDITOR`, or one there is; `UsageError` says what is wrong with it."""
    return _command(environ, ("VISUAL", "EDITOR"), EDITORS)


def _command(
    environ: Mapping[str, str], variables: tuple[str, ...], usual: tuple[str, ...]
) -> list[str]:
    for variable in variables:
        if environ.get(variable, "").strip():
            return _own(variable, environ[variable], environ.get("PATH"))
    found = next((name for name in usual if shutil.which(name, path=environ.get("PATH"))), None)
    if found is None:
        raise UsageError(f"no program to show this with; set ${variables[-1]}")
    return _whole([found])


def _own(variable: str, value: str, path: str | None) -> list[str]:
    try:
        command = shlex.split(value)
    except ValueError as error:
        raise UsageError(f"${variable} cannot be read: {error}") from error
    if not shutil.which(command[0], path=path):
        raise UsageError(f"${variable} names {command[0]}, which is not there")
    return _whole(command)


def _whole(command: list[str]) -> list[str]:
    """Return the command so that it waits for the reader: less -F leaves at once."""
    return [*command, "-+F"] if Path(command[0]).name == "less" else command


def temporary(words: str, name: str) -> Path:
    """Write text to a new file that only its owner can read; the name's end is kept."""
    ending = re.search(r"\.[A-Za-z0-9]{1,10}$", name)
    directory = Path(tempfile.mkdtemp(prefix="opencode-"))
    path = directory / f"text{ending[0] if ending else '.txt'}"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as file:
        file.write(words)
    return path


def read_back(path: Path) -> str:
    """Return what became of a temporary file; the line break that editors end it with is no text.

    Raises:
        OSError: the editor left no such file.
    """
    return path.read_text(encoding="utf-8", errors="replace").removesuffix("\n")


def ending(code: int) -> str:
    """Say how a program ended badly: `ended with code 3`, `was ended by SIGKILL`."""
    if code >= 0:
        return f"ended with code {code}"
    number = -code
    known = number in {*signal.Signals}
    return f"was ended by {signal.Signals(number).name if known else f'signal {number}'}"


def throw_away(path: Path) -> None:
    """Remove a temporary file, and what an editor left beside it."""
    shutil.rmtree(path.parent, ignore_errors=True)
