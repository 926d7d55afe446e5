"""Session store and terminal program for people who work with AI coding agents.

`open_store` is the interface for other programs; it is stable, and everything it returns is
typed and documented where it is defined (`opencode.store`, `opencode.models`, `opencode.parts`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opencode.store import open_store

__all__ = ["__version__", "open_store"]

__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    # Importing the store takes longer than printing the version.
    if name == "open_store":
        from opencode.store import open_store

        return open_store
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
