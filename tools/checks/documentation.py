"""docs/cli.md and docs/keys.md are what the program makes of them."""

from __future__ import annotations

from pathlib import Path

__all__ = ["check"]


def check(_: Path) -> list[str]:
    """Stale files; always of this program, since it is asked itself."""
    # Not at the top: the other checks must run while the program cannot be imported.
    from tools import docs

    return docs.check()
