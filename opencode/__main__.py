"""`python -m opencode` is the command `opencode`."""

from __future__ import annotations

import sys

from opencode.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
