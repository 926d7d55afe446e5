"""What the first list of sessions does without, imported as soon as that is on the screen.

Every start would wait for it otherwise. Beside the event loop, so that no key waits for it either.
"""

from __future__ import annotations

from importlib import import_module

from opencode.tui.screens.base import Command, Host

__all__ = ["load"]

BREATH = 0.03
"""Seconds that the list is given to be drawn."""

MODULES = (
    "opencode.tui.screens.conversation",
    "opencode.tui.screens.session",
    "opencode.tui.screens.actions",
    "opencode.tui.screens.help",
    "opencode.tui.screens.palette",
    "opencode.tui.screens.projects",
)


def load(host: Host, done: Command) -> None:
    """Have it imported; `done` is called once everything is there."""
    host.later(BREATH, lambda: host.aside(_import, lambda _: done(), key="late"))


def _import() -> None:
    for name in MODULES:
        import_module(name)
