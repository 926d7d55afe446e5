"""The interface in the terminal.

    keys → input filter → topmost layer → key map → command → state, or a job
    job (one thread, owns the database) → result → state → drawn again

Only the thread of the event loop touches widgets; only jobs touch the store. Errands (files, the
clipboard) have a thread beside the database's, so that a server that hangs keeps none of them.

Modules of state, text and keys import no urwid: tests/tui/test_structure.py names them.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from opencode.store import Store

__all__ = ["Known", "run"]


class Known(NamedTuple):
    """What can be told before the database is open; what is not known yet is empty."""

    project_id: str = ""
    provider: str = ""
    """`local` or `remote`."""
    waiting: str = ""
    """What a server that lets wait has come to so far, or who has locked the file."""
    warnings: tuple[str, ...] = ()
    """What the configuration warns of; told once, at the start."""


def run(
    store: Store | Callable[[], Store],
    *,
    mouse: bool = True,
    theme: str = "auto",
    log_file: Path | None = None,
    known: Callable[[], Known] = Known,
) -> int:
    """Show the interface until the user leaves; returns the exit code.

    Standard input and output must be a terminal. A function is called in the thread that does the
    database's work, so that the first frame does not wait for it, and what it returns is closed at
    the end; a store that is open already stays open. What the function raises is raised here once
    the terminal is as it was, except `DatabaseUnavailable`, which the user can have tried again.
    `known` is asked until then for what can be shown meanwhile.
    `theme` is `auto`, `dark`, `light` or `mono`; records go to `log_file` unless a log is set up.
    """
    from opencode.tui.pace import responsive

    with responsive():
        from opencode.tui.loop import run_program

        if callable(store):
            return run_program(store, mouse=mouse, theme=theme, log_file=log_file, known=known)
        opened = store
        return run_program(
            lambda: opened,
            owns_store=False,
            mouse=mouse,
            theme=theme,
            log_file=log_file,
            known=known,
        )
