"""A process that upgrades a database and tells on stdout how far it is; for tests that kill it."""

from __future__ import annotations

import sys
from pathlib import Path

import opencode.db.migrate  # noqa: F401 -- loaded in advance, so that a kill hits the work
from opencode.db.target import SQLiteTarget, Target
from opencode.db.upgrade import UpgradeProgress, upgrade


def tell(progress: UpgradeProgress) -> None:
    print(progress.stage, progress.done, flush=True)


def find_target(place: str) -> Target:
    """The file of a path, or the database of a DSN."""
    if Path(place).is_absolute():
        return SQLiteTarget(Path(place))
    from tests.db.mysqldatabase import settings_of
    from tests.db.mysqltarget import make_target

    return make_target(settings_of(place))


def main() -> None:
    """Wait for a line on stdin, so that several can start at once, and upgrade."""
    target = find_target(sys.argv[1])
    print("ready", flush=True)
    sys.stdin.readline()
    report = upgrade(
        target, auto_migrate=True, project_id=lambda: "github.com/acme/app", progress=tell
    )
    print("applied", len(report.applied), flush=True)


if __name__ == "__main__":
    main()
