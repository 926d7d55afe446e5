"""`make generate`, that is `python -m tools.generate`: write the generated files anew."""

from __future__ import annotations

import sys

from opencode.errors import IncompleteInstallation
from tools import PROJECT
from tools.querygen.problems import SqlProblems
from tools.querygen.querier import QUERIER, querier_source

__all__ = ["main"]


def main() -> int:
    """The exit code."""
    try:
        source = querier_source(PROJECT)
    except (SqlProblems, IncompleteInstallation) as error:
        print(error, file=sys.stderr)
        return 1
    (PROJECT / QUERIER).write_text(source, encoding="utf-8")
    print(f"wrote {QUERIER}")

    # Not at the top: what it imports needs the file just written.
    from tools import docs

    docs.write()
    return 0


if __name__ == "__main__":
    sys.exit(main())
