"""The standard streams: whether they are terminals, and what printing to them must survive."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import Literal, TextIO

__all__ = ["Name", "can_ask", "discard_stdout", "is_interactive", "is_terminal", "prepare", "width"]

Name = Literal["stdin", "stdout", "stderr"]


def prepare() -> None:
    """Make printing safe for any locale: what it cannot encode is spelt out."""
    for stream in (sys.stdout, sys.stderr):
        # Tests put streams of other kinds here.
        with suppress(AttributeError):
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]


def discard_stdout() -> None:
    """Let the interpreter flush its last output into nothing."""
    with suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def is_terminal(name: Name) -> bool:
    """Whether a standard stream is a terminal; a closed one is none."""
    stream: TextIO | None = getattr(sys, name)
    return stream is not None and not stream.closed and stream.isatty()


def is_interactive() -> bool:
    """Whether a full-screen program can run: keys come from a terminal and go to one."""
    return is_terminal("stdin") and is_terminal("stdout")


def can_ask() -> bool:
    """Whether somebody can read a question and answer it."""
    return is_terminal("stdin") and is_terminal("stderr")


def width() -> int | None:
    """Columns of the terminal, None when stdout is none: then nothing is cut."""
    if not is_terminal("stdout"):
        return None
    from shutil import get_terminal_size

    return get_terminal_size().columns
