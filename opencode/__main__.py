"""The command `opencode`, and `python -m opencode`."""

from __future__ import annotations

import sys

__all__ = ["main"]


def main() -> int:
    """Run the program; return its exit code, even when it is interrupted while it loads."""
    try:
        from opencode.cli.main import main as run
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        return 130
    return run()


if __name__ == "__main__":
    sys.exit(main())
