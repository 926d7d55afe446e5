"""Runs the program on the example, in a terminal of its own, up to where a picture is taken."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from opencode.store import open_store
from opencode.tui.signs import FRAMES
from tests.tui.terminal import Terminal
from tools.pictures import example
from tools.pictures.clock import NOW
from tools.pictures.scenes import Scene
from tools.pictures.shop import PROJECT, SESSIONS

if TYPE_CHECKING:
    import pyte

__all__ = ["Camera"]


class Camera:
    """Pictures of one database: a file in `home`, or a server's by its DSN."""

    def __init__(self, home: Path, dsn: str | None = None) -> None:
        """Write the example; the database must be empty."""
        self._home = home
        self._environment = {
            "HOME": str(home),
            "LANG": "C.UTF-8",
            "LOGNAME": "ada",
            "OPENCODE_PROJECT_ID": PROJECT,
            "PATH": os.defpath,
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "TZ": "UTC",
        }
        if dsn is not None:
            self._environment |= {
                "OPENCODE_MYSQL_DSN": dsn,
                "OPENCODE_SESSION_PROVIDER_TYPE": "mysql",
            }
        with open_store(home, environ=self._environment) as store:
            example.write(store, SESSIONS)

    def screen(self, scene: Scene) -> pyte.Screen:
        """Return the screen as the scene has it, once nothing moves any more."""
        with self._started(scene) as terminal:
            terminal.wait_for("1 of ", "? help")
            for key, seen in scene.keys:
                terminal.press(key).wait_for(seen)
            terminal.wait_for(*scene.wanted, lambda text: not set(FRAMES) & set(text)).rest()
            return terminal.screen

    @contextmanager
    def _started(self, scene: Scene) -> Iterator[Terminal]:
        program = (sys.executable, "-m", "tools.pictures.clock", str(NOW), "--theme", scene.theme)
        # Nothing of the caller's own environment changes what is seen.
        with Terminal(
            *program, cwd=self._home, size=scene.size, env=self._environment, inherit=False
        ) as terminal:
            yield terminal
