"""opencode/db/querier.py is what the SQL makes of it, and sqlc finds the dialects alike.

sqlc compiles every statement of both dialects against the migrations on the way; its columns,
types and nullability are compared.
"""

from __future__ import annotations

from itertools import zip_longest
from pathlib import Path

from tools.querygen.querier import QUERIER, querier_source

__all__ = ["check"]


def check(project: Path) -> list[str]:
    """The first line that is stale.

    Raises:
        SqlProblems: sqlc does not accept the SQL, or the dialects differ.
    """
    path = project / QUERIER
    expected = querier_source(project)
    found = path.read_text(encoding="utf-8") if path.exists() else ""
    for number, (new, old) in enumerate(
        zip_longest(expected.splitlines(), found.splitlines()), start=1
    ):
        if new != old:
            return [f"{path}:{number}: stale, run `make generate`"]
    return []
