"""From the SQL to the source of opencode/db/querier.py, in one call."""

from __future__ import annotations

from pathlib import Path

from opencode.db.queries import read_queries
from tools.querygen.emit import emit
from tools.querygen.problems import SqlProblems
from tools.querygen.reconcile import reconcile
from tools.querygen.rows import RowClasses
from tools.querygen.sqlc import analyse

__all__ = ["QUERIER", "querier_source"]

QUERIER = Path("opencode", "db", "querier.py")


def querier_source(project: Path) -> str:
    """What the file must hold.

    Raises:
        SqlProblems: sqlc does not understand the SQL, or the dialects differ.
        opencode.errors.IncompleteInstallation: A header is wrong, or a name is there twice.
    """
    queries, problems = reconcile(read_queries(project / "sql" / "sqlite"), analyse(project))
    if problems:
        raise SqlProblems(problems)
    rows = RowClasses(project / "opencode" / "models.py")
    source = emit(queries, rows)
    if rows.problems():
        raise SqlProblems(rows.problems())
    return source
