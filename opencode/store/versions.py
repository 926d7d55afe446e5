"""The names of file versions: `initial`, `v1`, `v2`, …"""

from __future__ import annotations

import re
from collections.abc import Sequence

from opencode.errors import NotFound
from opencode.models import FileSummary, TreeFileSummary

__all__ = ["next_version", "pick_version", "version_number", "version_order"]

_DIGITS = 18
_NUMBERED = re.compile(rf"v([0-9]{{1,{_DIGITS}}})")


def version_number(version: str) -> int:
    """Return 0 for `initial` (and names of any other form), n for `vn`: v10 comes after v2."""
    match = _NUMBERED.fullmatch(version)
    return int(match[1]) if match else 0


def next_version(existing: Sequence[FileSummary]) -> str:
    """Return the name of the version that comes after these."""
    return f"v{version_number(existing[-1].version) + 1}" if existing else "initial"


def version_order(row: FileSummary | TreeFileSummary) -> tuple[int, bool, int, str]:
    """Return the key that puts the versions of a file in order, oldest first."""
    return (version_number(row.version), row.version != "initial", row.created_at, row.id)


def pick_version(versions: Sequence[FileSummary], version: str | int) -> FileSummary:
    """Return the version of this name or number, of those of one file; `NotFound` without."""
    wanted = str(version)
    for row in versions:
        if row.version == wanted:
            return row
    # No number is longer; int() refuses the very long ones.
    if wanted.isdecimal() and len(wanted) <= _DIGITS:
        for row in versions:
            if version_number(row.version) == int(wanted):
                return row
    names = ", ".join(row.version for row in versions)
    raise NotFound(f"{versions[0].path} has no version {wanted}", hint=f"there are: {names}")
