"""The user's editor, for text that is longer than a prompt likes; it takes over the terminal."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from opencode.errors import UsageError

__all__ = ["edit", "editor_command", "run"]

DEFAULT = "vi"


def editor_command(environ: Mapping[str, str]) -> list[str]:
    """Return the editor with its arguments, from `VISUAL` or `EDITOR`.

    Raises:
        UsageError: the variable cannot be taken apart.
    """
    name = next((name for name in ("VISUAL", "EDITOR") if environ.get(name, "").strip()), "")
    try:
        return shlex.split(environ[name]) if name else [DEFAULT]
    except ValueError as error:
        raise UsageError(
            f"{name} cannot be understood: {error}", hint="check its quotation marks"
        ) from error


def run(command: Sequence[str]) -> int:
    """Run a program in the terminal and return its exit code; ctrl-c is its own meanwhile."""
    with _interrupts_are_the_editors():
        return subprocess.run(command, check=False).returncode


def edit(text: str, run: Callable[[Sequence[str]], int] = run) -> str:
    """Have a text edited and return what became of it; `run` lets a program have the terminal.

    Raises:
        UsageError: the editor could not be started or failed; the file with the text is named
            and stays.
    """
    command = editor_command(os.environ)
    handle, name = tempfile.mkstemp(prefix="opencode-message-", suffix=".md")
    path = Path(name)
    with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
    try:
        status = run([*command, name])
    except OSError as error:
        path.unlink(missing_ok=True)
        raise UsageError(
            f"{command[0]} could not be started: {error.strerror}",
            hint="set VISUAL or EDITOR to an editor that is installed",
        ) from error
    if status:
        raise UsageError(
            f"{command[0]} ended with status {status}", hint=f"what was edited is in {name}"
        )
    edited = path.read_text(encoding="utf-8", errors="replace")
    path.unlink(missing_ok=True)
    return edited.removesuffix("\n")


@contextmanager
def _interrupts_are_the_editors() -> Iterator[None]:
    """Let ctrl-c in the editor not end the program; it does not inherit handlers."""
    numbers = (signal.SIGINT, signal.SIGQUIT)
    before = {number: signal.signal(number, lambda *_: None) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
