"""The command `opencode`, and `python -m opencode`."""

from __future__ import annotations

import gc
import sys

__all__ = ["main"]


def main() -> int:
    """Run the program; return its exit code, even when it is interrupted while it loads."""
    # What is imported stays: to look through it for garbage is a twentieth of a start.
    gc.set_threshold(50_000, 20, 50)
    try:
        from opencode.cli.main import main as run
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        return 130
    return run()


if __name__ == "__main__":
    sys.exit(main())
