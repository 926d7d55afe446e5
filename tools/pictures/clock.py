"""The program, started at a given moment: `python -m tools.pictures.clock SECONDS ARGS…`.

The clock goes on from there, so that whatever waits for it goes on too.
"""

from __future__ import annotations

import sys
import time
from unittest.mock import patch

__all__ = ["NOW", "main"]

NOW = 1_770_906_720
"""When the pictures are taken: Thursday, 12 February 2026, 14:32 UTC."""


def main() -> int:
    """Run the program; return its exit code."""
    offset = float(sys.argv[1]) - time.time()
    real = time.time
    sys.argv = ["opencode", *sys.argv[2:]]
    with patch.object(time, "time", lambda: real() + offset):
        from opencode.__main__ import main as run

        return run()


if __name__ == "__main__":
    sys.exit(main())
