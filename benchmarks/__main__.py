"""Run all benchmarks: `make bench`, or `python -m benchmarks [NAME …]`."""

from __future__ import annotations

import argparse
import importlib
import tempfile
from pathlib import Path

NAMES = ("startup", "sqlite", "interface", "mysql", "remote")


def main() -> None:
    """Print a table: ours and the peer in milliseconds a call, and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}")
    names = parser.parse_args().names or NAMES
    print(f"{'':<44} {'ours ms':>10} {'peer ms':>10} {'ratio':>7}  (quartiles)")
    for name in names:
        if name not in NAMES:
            parser.error(f"no benchmark {name!r}; there are {', '.join(NAMES)}")
        module = importlib.import_module(f"benchmarks.{name}")
        with tempfile.TemporaryDirectory() as directory:
            for comparison in module.run(Path(directory)):
                print(comparison.row(), flush=True)


if __name__ == "__main__":
    main()
