"""sqlfluff finds nothing in queries and migrations, each folder by the `.sqlfluff` in it."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

from sqlfluff.core import FluffConfig, Linter

from opencode.db.resources import Dialect

__all__ = ["check"]


def check(project: Path) -> list[str]:
    """Problems as sqlfluff words them."""
    problems = []
    for kind in ("sql", "migrations"):
        for dialect in get_args(Dialect):
            folder = project / kind / dialect
            # Made per folder: the templater is read once, when the linter is made.
            result = Linter(config=FluffConfig.from_path(str(folder))).lint_paths((str(folder),))
            problems += [
                f"{file.path}:{found.line_no}: {found.rule_code()} {found.desc()}"
                for folder_result in result.paths
                for file in folder_result.files
                for found in file.get_violations()
            ]
    return problems
