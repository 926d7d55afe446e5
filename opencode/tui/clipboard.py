"""To the clipboard, by whichever way the surroundings offer; and it is said which one it was.

Runs programs and may wait for them: to be called in a job.
"""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

__all__ = ["copy", "ways"]

PROGRAM_TIMEOUT = 2.0
"""Seconds that a program may take."""

OSC52_LIMIT = 74_994
"""Bytes in base64 that all terminals with a clipboard take; some drop what is longer."""

TERMINAL = Path("/dev/tty")

Way = tuple[str, Callable[[str], bool]]
"""What to say when it worked, with `{}` for what was copied; and what tries it."""


def copy(text: str, what: str) -> str:
    """Copy a text and return what was done, as a sentence for the user; `what` names the text.

    Raises:
        OSError: not even a file could be written.
    """
    for done, attempt in ways(os.environ):
        if attempt(text):
            return done.format(what)
    return f"No clipboard was found; {what} is in {_to_file(text)}."


def ways(environ: Mapping[str, str]) -> Iterator[Way]:
    """Yield the ways to a clipboard there are, the surest first.

    A terminal does not answer OSC 52, so a program that does comes before it where there is one;
    over SSH only the terminal is near the user. tmux drops OSC 52 unless it was told not to.
    """
    if environ.get("TMUX"):
        yield "Copied {} through tmux.", _piped("tmux", "load-buffer", "-w", "-")
    if not environ.get("SSH_CONNECTION"):
        yield from _programs(environ)
    if not environ.get("STY") and environ.get("TERM", "") not in {"", "dumb", "linux"}:
        yield "Asked the terminal to copy {} (OSC 52).", _to_terminal
    if environ.get("SSH_CONNECTION"):
        yield from _programs(environ)


def _programs(environ: Mapping[str, str]) -> Iterator[Way]:
    known = (
        ("WAYLAND_DISPLAY", ("wl-copy",)),
        ("DISPLAY", ("xclip", "-selection", "clipboard")),
        ("DISPLAY", ("xsel", "--clipboard", "--input")),
        ("", ("pbcopy",)),
    )
    for display, command in known:
        if (not display or environ.get(display)) and shutil.which(command[0]):
            yield f"Copied {{}} with {command[0]}.", _piped(*command)


def _piped(*command: str) -> Callable[[str], bool]:
    def attempt(text: str) -> bool:
        with suppress(OSError, subprocess.SubprocessError):
            # xclip stays behind as the owner of the selection: it must not inherit a pipe.
            done = subprocess.run(
                command,
                input=text.encode(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=PROGRAM_TIMEOUT,
                check=False,
            )
            return done.returncode == 0
        return False

    return attempt


def _to_terminal(text: str) -> bool:
    encoded = base64.b64encode(text.encode())
    if len(encoded) > OSC52_LIMIT:
        return False
    with suppress(OSError), TERMINAL.open("wb", buffering=0) as terminal:
        terminal.write(b"\033]52;c;" + encoded + b"\a")
        return True
    return False


def _to_file(text: str) -> Path:
    """Write a file that only the user may read."""
    handle, name = tempfile.mkstemp(prefix="opencode-copy-", suffix=".txt")
    with os.fdopen(handle, "wb") as file:
        file.write(text.encode())
    return Path(name)
