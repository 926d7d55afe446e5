"""`make verify`, that is `python -m tools.verify`: check what must not drift.

Prints every problem with its place; the exit code is 1 when there is one.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from opencode.errors import IncompleteInstallation
from tools import PROJECT
from tools.checks import dialects, documentation, mysql_plans, plans, querier, scope, style
from tools.checks.outcome import Outcome
from tools.querygen.problems import SqlProblems

__all__ = ["CHECKS", "main", "run"]

Check = Callable[[Path], list[str] | Outcome]

CHECKS: Mapping[str, Check] = {
    "both dialects have the same queries and migrations": dialects.check,
    "statements are scoped by project": scope.check,
    "sqlc finds both dialects alike, and the Querier is up to date": querier.check,
    "SQLite answers from indexes": plans.check,
    "MySQL and MariaDB answer from indexes": mysql_plans.check,
    "sqlfluff has nothing to say": style.check,
    "the documentation is up to date": documentation.check,
}


def run(name: str, check: Check, project: Path) -> bool:
    """Run one check, print its result, tell whether it passed."""
    start = time.perf_counter()
    outcome = _outcome(check, project)
    seconds = time.perf_counter() - start
    note = f": {outcome.note}" if outcome.note else ""
    print(f"{outcome.word:<8}{name}{note} ({seconds:.1f} s)")
    for problem in sorted(outcome.problems):
        print(f"    {problem.replace(f'{project}/', '')}")
    return not outcome.problems


def _outcome(check: Check, project: Path) -> Outcome:
    try:
        found = check(project)
    except SqlProblems as error:
        found = error.problems
    except IncompleteInstallation as error:
        found = [error.message]
    return found if isinstance(found, Outcome) else Outcome(found)


def main(project: Path = PROJECT) -> int:
    """The exit code."""
    passed = [run(name, check, project) for name, check in CHECKS.items()]
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
