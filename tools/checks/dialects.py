"""Both dialects have the same queries and the same migrations."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from opencode.db.queries import Query, compare_dialects, read_queries
from tools.querygen.emit import SUMMARY, split_doc

__all__ = ["check"]

ROLLBACK = ".rollback.sql"


def check(project: Path) -> list[str]:
    """Problems with names, order, operations, parameters, comments; with migrations' names."""
    sqlite, mysql = (project / "sql" / dialect for dialect in ("sqlite", "mysql"))
    return [
        *compare_dialects(sqlite, mysql),
        *_documentation(read_queries(sqlite), read_queries(mysql)),
        *_migrations(project / "migrations"),
    ]


def _documentation(sqlite: list[Query], mysql: list[Query]) -> Iterator[str]:
    heads = {query.name: split_doc(query.doc)[0] for query in sqlite}
    for query in (*sqlite, *mysql):
        head = split_doc(query.doc)[0]
        if not head.endswith("."):
            yield f"{query.place}: {query.name} needs a comment of at least one sentence"
        elif len(head) > SUMMARY:
            yield (
                f"{query.place}: {query.name}: the first sentence of its comment is longer than "
                f"{SUMMARY} characters"
            )
        elif head != heads.get(query.name, head):
            yield f"{query.place}: {query.name}: the other dialect says it in other words"


def _migrations(folder: Path) -> Iterator[str]:
    names = {
        dialect: {path.name for path in (folder / dialect).glob("*.sql")}
        for dialect in ("sqlite", "mysql")
    }
    for dialect, other in (("sqlite", "mysql"), ("mysql", "sqlite")):
        for name in sorted(names[dialect] - names[other]):
            yield f"{folder / dialect / name}:1: there is no {other}/{name}"
        forward = sorted(name for name in names[dialect] if not name.endswith(ROLLBACK))
        for number, name in enumerate(forward, start=1):
            if not name.startswith(f"{number:04d}_"):
                yield f"{folder / dialect / name}:1: its number should be {number:04d}"
            if name.replace(".sql", ROLLBACK) not in names[dialect]:
                yield f"{folder / dialect / name}:1: it has no {ROLLBACK}"
        for name in sorted(names[dialect] - set(forward)):
            if name.replace(ROLLBACK, ".sql") not in forward:
                yield f"{folder / dialect / name}:1: there is no migration that it rolls back"
