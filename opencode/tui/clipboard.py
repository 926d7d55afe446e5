"""Copying to the clipboard by whatever way there is; done by jobs, which may take a moment.

No way says whether it worked for the user: a terminal ignores OSC 52 in silence, and a default
tmux swallows it, so tmux is asked to pass the text on itself. What was done is told.
"""

from __future__ import annotations

import base64
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["MAX_OSC52", "Copied", "copy", "run_with"]

MAX_OSC52 = 74_994
"""Bytes that fit into the 100,000 characters which most terminals take."""

PATIENCE = 2.0
"""Seconds for a program to take the text."""

WITHOUT_OSC52 = frozenset({"", "dumb", "linux"})

# (variable that must be set, command); pbcopy needs none.
TOOLS: Sequence[tuple[str, Sequence[str]]] = (
    ("WAYLAND_DISPLAY", ("wl-copy",)),
    ("DISPLAY", ("xclip", "-selection", "clipboard")),
    ("", ("pbcopy",)),
)

Run = Callable[[Sequence[str], str], bool]


@dataclass(frozen=True, slots=True)
class Copied:
    """Where a text went."""

    where: str
    sequence: str = ""
    """What must be sent to the terminal for that."""


def copy(
    words: str,
    environ: Mapping[str, str],
    *,
    run: Run | None = None,
    which: Callable[[str], str | None] = shutil.which,
) -> Copied:
    """Copy clean text: through tmux, else the terminal and a program, else into a file."""
    run = run or run_with
    if environ.get("TMUX") and which("tmux") and run(("tmux", "load-buffer", "-w", "-"), words):
        return Copied("tmux, which hands it to the clipboard")
    places = []
    sequence = _osc52(words, environ)
    if sequence:
        places.append("the terminal's clipboard (OSC 52)")
    for variable, command in TOOLS:
        usable = not variable or environ.get(variable)
        if usable and which(command[0]) and run(command, words):
            places.append(f"the clipboard with {command[0]}")
            break
    if not places:
        places.append(f"the file {_file(words)}")
    return Copied(" and ".join(places), sequence)


def run_with(command: Sequence[str], words: str) -> bool:
    """Give a program the text; whether it took it."""
    try:
        done = subprocess.run(
            command,
            input=words.encode(errors="replace"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _osc52(words: str, environ: Mapping[str, str]) -> str:
    data = words.encode(errors="replace")
    if environ.get("TERM", "") in WITHOUT_OSC52 or environ.get("TMUX") or len(data) > MAX_OSC52:
        return ""
    return f"\x1b]52;c;{base64.b64encode(data).decode()}\x07"


def _file(words: str) -> Path:
    """Write the text to a new file that only its owner can read."""
    directory = Path(tempfile.mkdtemp(prefix="opencode-"))
    file = directory / "copied.txt"
    file.touch(mode=0o600)
    file.write_text(words, encoding="utf-8", errors="replace")
    return file
