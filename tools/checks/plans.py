"""SQLite answers every query from an index, without sorting; shown by EXPLAIN QUERY PLAN.

On a database without statistics, as ours are: nothing runs ANALYZE.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from fnmatch import fnmatchcase
from pathlib import Path

from sqlglot import exp

from opencode.db.queries import Query, read_queries
from tools.querygen.problems import SqlProblems
from tools.querygen.statements import parse

__all__ = ["EXCEPTIONS", "REQUIRED", "check"]

EXCEPTIONS: Mapping[str, str] = {
    "check_*": "reads everything on purpose; asked for by a person",
    "count_all_sessions": "counts those of all projects, by title",
    "count_authored_sessions": "counts what a rollback would lose; asked for by a person",
    "count_everything": "counts every row",
    "count_summarized_sessions": "counts what a rollback would lose; asked for by a person",
    "number_messages": "sorts the unnumbered messages of one session, once",
}
"""Queries that may scan a table or sort, and why."""

REQUIRED: Mapping[str, str] = {
    "list_roots_*": "parent_session_id=?",
    "list_tree_files": "SEARCH sessions USING INDEX sqlite_autoindex_sessions_1 (id=?)",
    "has_backfill_work": "idx_messages_unnumbered",
    "count_unnumbered_messages": "idx_messages_unnumbered",
    "list_unnumbered_sessions": "idx_messages_unnumbered",
}
"""What the plan must show: few sessions are roots or of one tree, few or no messages unnumbered."""

SCAN = re.compile(r"^SCAN (\w+)")
SORT = "USE TEMP B-TREE"


def check(project: Path) -> list[str]:
    """Scans, sorts, plans without what they must show; exceptions that no query needs."""
    queries = read_queries(project / "sql" / "sqlite")
    problems = []
    used = set()
    with closing(_database(project / "migrations" / "sqlite")) as connection:
        _seed(connection, {query.name: query for query in queries})
        for query in queries:
            found = list(_problems(query, _plan(connection, query)))
            excused = {name for name in EXCEPTIONS if fnmatchcase(query.name, name)}
            if found and excused:
                used |= excused
            else:
                problems += [f"{query.place}: {query.name}: {problem}" for problem in found]
    for name in EXCEPTIONS.keys() - used:
        problems.append(f"{__file__}:1: no query needs the exception {name}")
    return problems


def _problems(query: Query, plan: list[str]) -> Iterator[str]:
    statement = parse(query, "sqlite")
    tables = {table.alias_or_name for table in statement.find_all(exp.Table)}
    tables -= {table.alias_or_name for table in statement.find_all(exp.CTE)}
    for line in plan:
        scan = SCAN.match(line)
        if scan and scan[1] in tables and "VIRTUAL TABLE" not in line:
            yield f"reads a whole table or index: {line}"
        if line.startswith(SORT):
            yield f"sorts: {line}"
    for pattern, wanted in REQUIRED.items():
        if fnmatchcase(query.name, pattern) and not any(wanted in line for line in plan):
            yield f"its plan does not show {wanted}: {'; '.join(plan)}"


def _plan(connection: sqlite3.Connection, query: Query) -> list[str]:
    parameters = dict.fromkeys(query.parameters, 0)
    try:
        rows = connection.execute(f"EXPLAIN QUERY PLAN {query.sql}", parameters)
    except sqlite3.Error as error:
        raise SqlProblems([f"{query.place}: {query.name}: {error}"]) from error
    return [detail for *_, detail in rows]


def _database(migrations: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    for path in sorted(migrations.glob("*.sql")):
        if not path.name.endswith(".rollback.sql"):
            connection.executescript(path.read_text(encoding="utf-8"))
    return connection


def _seed(connection: sqlite3.Connection, queries: Mapping[str, Query]) -> None:
    for number in range(20):
        values = {
            **dict.fromkeys(queries["create_session"].parameters, number),
            "id": f"s{number}",
            "project_id": f"p{number % 2}",
            "parent_session_id": f"s{number // 5}" if number % 5 else None,
        }
        connection.execute(queries["create_session"].sql, values)
