"""Starting the program against starting Python to do the same by hand."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.measure import Comparison, compare
from opencode import open_store

BY_HAND = """
import json, sqlite3, sys
rows = sqlite3.connect(sys.argv[1]).execute(
    "SELECT * FROM sessions WHERE project_id = 'bench' ORDER BY updated_at DESC LIMIT 50"
).fetchall()
print(json.dumps(rows))
"""


def run(directory: Path) -> Iterator[Comparison]:
    """Compare `--version`, `--help` and `session list --json`, each as a process."""
    file = directory / "bench.db"
    environment = {
        "HOME": str(directory),
        "PATH": os.environ["PATH"],
        "OPENCODE_DATA_DIRECTORY": str(directory),
        "OPENCODE_PROJECT_ID": "bench",
    }
    file = directory / "opencode.db"
    with open_store(directory, environ=environment) as store, store.transaction():
        for number in range(100):
            store.sessions.create(title=f"session {number}", author="bench")

    def process(*command: str) -> None:
        _run(command, directory, environment)

    python = sys.executable
    opencode = (python, "-m", "opencode")
    bare = (python, "-c", "pass")
    yield compare(
        "opencode --version (peer: bare python)",
        lambda: process(*opencode, "--version"),
        lambda: process(*bare),
    )
    yield compare(
        "opencode --help (peer: bare python)",
        lambda: process(*opencode, "--help"),
        lambda: process(*bare),
    )
    yield compare(
        "opencode session list (peer: sqlite3 script)",
        lambda: process(*opencode, "session", "list", "--json"),
        lambda: process(python, "-c", BY_HAND, str(file)),
    )


def _run(command: Sequence[str], directory: Path, environment: dict[str, str]) -> None:
    subprocess.run(command, cwd=directory, env=environment, check=True, capture_output=True)
