"""The one place that prints: data on stdout, everything else on stderr, no text uncleaned."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import click

from opencode.cli.streams import Name, can_ask, discard_stdout, is_terminal, width
from opencode.errors import Cancelled, OpencodeError, UsageError

if TYPE_CHECKING:
    from opencode.cli.table import Column

__all__ = [
    "confirm",
    "diff",
    "document",
    "fields",
    "flush",
    "heading",
    "line",
    "note",
    "raw",
    "report",
    "table",
    "text",
    "transient",
    "warn",
]

DIFF_COLOURS = {"+": "green", "-": "red", "@": "cyan"}


# Data


def line(value: str = "") -> None:
    """Print one line of text, whoever wrote it."""
    from opencode.text import clean_line

    _write(clean_line(value))


def text(value: str) -> None:
    """Print text of several lines, whoever wrote it."""
    from opencode.text import clean_text

    _write(clean_text(value).removesuffix("\n"))


def document(value: Any) -> None:
    """Print one JSON document, in ASCII: nothing in it can reach a terminal as a command."""
    import json

    _write(json.dumps(value, indent=2))


def table(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
    """Print rows under a heading."""
    from opencode.cli.table import layout

    titles, *lines = layout(columns, rows, room=width())
    _write(_styled(titles, bold=True))
    for row in lines:
        _write(row)


def fields(pairs: Iterable[tuple[str, str]], *, indent: str = "") -> None:
    """Print names and values, one pair a line; pairs with an empty value are left out."""
    from opencode.text import clean_line

    shown = [(name, clean_line(value)) for name, value in pairs if value]
    longest = max((len(name) for name, _ in shown), default=0)
    for name, value in shown:
        _write(f"{indent}{_styled(name.ljust(longest), dim=True)}  {value}")


def heading(value: str) -> None:
    """Print a line that begins something new."""
    from opencode.text import clean_line

    _write(_styled(clean_line(value), bold=True))


def diff(value: str) -> None:
    """Print a unified diff: coloured and cleaned on a terminal, else a patch, word for word."""
    if not is_terminal("stdout"):
        raw(value)
        return
    from opencode.text import clean_text

    for row in clean_text(value).removesuffix("\n").split("\n"):
        colour = DIFF_COLOURS.get(row[:1])
        if row.startswith(("+++", "---")):
            _write(_styled(row, bold=True))
        else:
            _write(_styled(row, fg=colour) if colour else row)


def raw(value: str) -> None:
    """Print a file's content: word for word into a pipe, cleaned on a terminal."""
    if is_terminal("stdout"):
        text(value)
    elif sys.stdout is not None:
        with _explained():
            sys.stdout.flush()
            sys.stdout.buffer.write(value.encode("utf-8", "surrogateescape"))
            sys.stdout.buffer.flush()


def flush() -> None:
    """Write out what is buffered, so that an error shows while it can still be told."""
    if sys.stdout is not None:
        with _explained():
            sys.stdout.flush()


def _write(value: str) -> None:
    if sys.stdout is not None:
        with _explained():
            sys.stdout.write(f"{value}\n")


@contextmanager
def _explained() -> Iterator[None]:
    """A full disk behind stdout is the user's matter; a closed pipe is nobody's."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        discard_stdout()
        raise OpencodeError(f"the output cannot be written: {error.strerror}") from error


# Everything else


def note(message: str) -> None:
    """Tell something on stderr that is no data and no problem."""
    _tell("", message)


def transient(message: str) -> None:
    """Show a line on stderr's terminal in place of the last one; an empty one clears it."""
    from shutil import get_terminal_size

    from opencode.text import clean_line, truncate

    shown = truncate(clean_line(message), get_terminal_size().columns - 1)
    _stderr(f"\r{shown}\x1b[K", end="")


def warn(message: str) -> None:
    """Tell something on stderr that somebody should look after."""
    _tell(_styled("warning: ", "stderr", fg="yellow", bold=True), message)


def report(error: OpencodeError, *, debug: bool = False) -> None:
    """Tell an error: what is wrong, the particulars, what to do; with `debug` where it arose."""
    from opencode.cli.particulars import hint, particulars
    from opencode.text.secrets import redact

    _tell(_styled("error: ", "stderr", fg="red", bold=True), redact(error.message))
    for detail in particulars(error):
        _tell("  ", redact(detail))
    if remedy := hint(error):
        _tell(_styled("hint: ", "stderr", fg="cyan", bold=True), remedy)
    if debug:
        from traceback import format_exception

        from opencode.text import clean_text

        _stderr(clean_text(redact("".join(format_exception(error)))))


def confirm(question: str, *, yes: bool) -> None:
    """Go on when `yes` or when the user agrees; Cancelled, or UsageError without a terminal."""
    if yes:
        return
    if not can_ask():
        raise UsageError("there is no terminal to ask on", hint="add --yes to do it unasked")
    _stderr(f"{question} [y/N] ", end="")
    answer = sys.stdin.readline()
    if not answer.endswith("\n"):
        _stderr("")  # Ctrl-D leaves the cursor behind the question
    if answer.strip().lower() not in {"y", "yes"}:
        raise Cancelled("cancelled: nothing was changed")


def _tell(label: str, message: str) -> None:
    from opencode.text import clean_line

    _stderr(f"{label}{clean_line(message)}")


def _stderr(value: str, end: str = "\n") -> None:
    # With stderr closed there is nobody left to tell that.
    with suppress(OSError, AttributeError):
        sys.stderr.write(f"{value}{end}")
        sys.stderr.flush()


def _styled(value: str, name: Name = "stdout", **style: Any) -> str:
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return value if plain or not is_terminal(name) else click.style(value, **style)
