"""The command `opencode`, and `python -m opencode`."""

from __future__ import annotations

import gc
import sys

__all__ = ["main"]


def main() -> int:
    """Run the program; return its exit code, even when it is interrupted while it loads."""
    # What is imported stays: to look through it for garbage would be a tenth of a start.
    gc.set_threshold(200_000, 20, 50)
    try:
        from opencode.cli.main import main as run
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        return 130
    return run()


if __name__ == "__main__":
    sys.exit(main())
