"""Both dialects have the same queries and the same migrations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from opencode.db.queries import Query, read_queries
from tools.querygen.emit import SUMMARY, split_doc

__all__ = ["check"]

ROLLBACK = ".rollback.sql"


def check(project: Path) -> list[str]:
    """Problems with names, order, operations, parameters, comments; with migrations' names."""
    sqlite, mysql = (read_queries(project / "sql" / dialect) for dialect in ("sqlite", "mysql"))
    return [
        *sorted(_differences(sqlite, mysql)),
        *_documentation(sqlite, mysql),
        *_migrations(project / "migrations"),
    ]


def _differences(sqlite: list[Query], mysql: list[Query]) -> Iterator[str]:
    """Files, names and their order, operations and parameters."""
    ours, theirs = _by_file(sqlite), _by_file(mysql)
    for mine, other in ((ours, theirs), (theirs, ours)):
        for name, queries in mine.items():
            if name not in other:
                yield f"{queries[0].path}: this file is missing in the other dialect"
    for name in ours.keys() & theirs.keys():
        yield from _compare(ours[name], theirs[name])


def _compare(ours: list[Query], theirs: list[Query]) -> Iterable[str]:
    for mine, other in ((ours, theirs), (theirs, ours)):
        names = {query.name for query in other}
        missing = [query for query in mine if query.name not in names]
        yield from (f"{q.place}: {q.name} is missing in {other[0].path}" for q in missing)
        if missing:
            return
    for our, their in zip(ours, theirs, strict=True):
        if our.name != their.name:
            yield f"{our.place}: {our.name} stands where {their.place} has {their.name}"
            return
        if str(our) != str(their):
            yield f"{our.place}: {our} is {their} at {their.place}"


def _by_file(queries: Iterable[Query]) -> dict[str, list[Query]]:
    files: dict[str, list[Query]] = {}
    for query in queries:
        files.setdefault(query.path.name, []).append(query)
    return files


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
