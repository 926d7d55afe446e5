"""Where the SQL that travels with the program lies.

In a wheel it is part of the package (`opencode/_sql`, `opencode/_migrations`), in a checkout and
in an sdist it stands beside it (`sql`, `migrations`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from opencode.errors import IncompleteInstallation

__all__ = ["Dialect", "migrations_directory", "sql_directory"]

Dialect = Literal["sqlite", "mysql"]

PACKAGE = Path(__file__).resolve().parent.parent


def sql_directory(dialect: Dialect) -> Path:
    """The folder with the queries of a dialect.

    Raises:
        IncompleteInstallation: There is none, or it holds no .sql file.
    """
    return _find("sql", dialect)


def migrations_directory(dialect: Dialect) -> Path:
    """The folder with the migrations of a dialect, rollbacks included.

    Raises:
        IncompleteInstallation: There is none, or it holds no .sql file.
    """
    return _find("migrations", dialect)


def _find(kind: Literal["sql", "migrations"], dialect: Dialect) -> Path:
    inside = PACKAGE / f"_{kind}" / dialect
    beside = PACKAGE.parent / kind / dialect
    for directory in (inside, beside):
        if any(directory.glob("*.sql")):
            return directory
    raise IncompleteInstallation(
        f"the installation is incomplete: no .sql files in {inside} or {beside}",
        hint="install the program again; a copied package must bring its SQL along",
    )
