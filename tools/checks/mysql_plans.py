"""MySQL and MariaDB read a bounded number of rows for every query, however many there are.

Counted by the servers themselves, because plans are guesses and differ by product; what EXPLAIN has
to say is told beside a problem. `mysql_cases` says how many rows are allowed.
"""

from __future__ import annotations

import fnmatch
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from pymysql.err import MySQLError

from opencode.config import Overrides, load_config
from opencode.db.mysql_connect import Connector
from opencode.db.mysql_session import MySQLConnection
from opencode.db.queries import Query, read_queries
from opencode.errors import OpencodeError
from tools.checks import mysql_cases
from tools.checks.mysql_cases import EXCEPTIONS, Case, cases
from tools.checks.mysql_seed import migrate, seed
from tools.checks.mysql_servers import Databases
from tools.checks.outcome import Outcome
from tools.querygen.convert import PARAMETER
from tools.servers.server import ServerError

__all__ = ["EXCEPTIONS", "REQUIRED", "check", "seeded", "unbounded", "uncovered"]

REQUIRED = "OPENCODE_REQUIRE_MYSQL"

COUNTERS = "SHOW SESSION STATUS LIKE 'Handler_read%'"
COUNT_ALL = "SET SESSION optimizer_switch = 'index_condition_pushdown=off'"
"""Rows that the storage engine passes over by itself would not be counted."""


def check(project: Path) -> Outcome:
    """Queries that read more than they may, on the servers to be had; queries nobody looks at."""
    queries = read_queries(project / "sql" / "mysql")
    problems = uncovered(queries)
    with Databases(os.environ) as databases:
        try:
            for name, dsn in databases:
                problems += _look(project, queries, name, dsn)
        except ServerError as error:
            problems.append(str(error))
    made = bool(databases.used)
    if not made and os.environ.get(REQUIRED) == "1":
        problems.append(f"{REQUIRED}=1, but there is no server")
    return Outcome(problems, databases.note, made)


def _look(project: Path, queries: Sequence[Query], server: str, dsn: str) -> list[str]:
    try:
        with seeded(dsn, project / "migrations" / "mysql") as connection:
            return [f"{problem} ({server})" for problem in unbounded(connection, queries)]
    except (MySQLError, OpencodeError) as error:
        return [f"{server}: {error}"]


def uncovered(queries: Sequence[Query]) -> list[str]:
    """Queries without a case, cases without a query, exceptions that no query needs."""
    place, asked = mysql_cases.__file__, {case.query for case in cases()}
    left = [query for query in queries if query.name not in asked]
    excused = {name: fnmatch.filter([query.name for query in left], name) for name in EXCEPTIONS}
    return [
        *(
            f"{query.place}: {query.name} is neither asked in {place} nor an exception there"
            for query in left
            if not any(query.name in names for names in excused.values())
        ),
        *(
            f"{place}:1: there is no query {name}"
            for name in asked - {query.name for query in queries}
        ),
        *(
            f"{place}:1: no query needs the exception {name}"
            for name, names in excused.items()
            if not names
        ),
    ]


@contextmanager
def seeded(dsn: str, migrations: Path) -> Iterator[MySQLConnection]:
    """A connection as the program has it, to an empty database that gets tables and rows."""
    # Of nobody's configuration but the DSN.
    settings = load_config(Path("/nowhere"), environ={}, overrides=Overrides(dsn=dsn)).mysql
    assert settings is not None
    with closing(Connector(settings, environ={}).connect()) as connection:
        migrate(connection, migrations)
        seed(connection)
        with connection.cursor() as cursor:
            cursor.execute(COUNT_ALL)
        yield connection


def unbounded(connection: MySQLConnection, queries: Sequence[Query]) -> list[str]:
    """Queries that read more rows than their case allows, or that the server refuses."""
    named = {query.name: query for query in queries}
    problems = {}
    for case in cases():
        query = named.get(case.query)
        if query and query.name not in problems:
            problem = _problem(connection, query, case)
            if problem:
                problems[query.name] = f"{query.place}: {query.name} {problem}"
    return [*problems.values()]


def _problem(connection: MySQLConnection, query: Query, case: Case) -> str:
    statement = PARAMETER.sub(r"%(\1)s", query.sql.replace("%", "%%"))
    try:
        # At the first call the server reads its own dictionary, too.
        read = min(_rows_read(connection, statement, case.arguments) for _ in range(2))
        if read <= case.limit:
            return ""
        plan = _plan(connection, statement, case.arguments)
    except MySQLError as error:
        return f"is refused: {error}"
    return f"reads {read:,} rows, more than {case.limit:,}: {plan}"


def _rows_read(connection: MySQLConnection, statement: str, arguments: Mapping[str, Any]) -> int:
    """How many rows the server reads for a statement, which is undone."""
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        try:
            before = _counters(connection)
            cursor.execute(statement, arguments)
            cursor.fetchall()
            return _counters(connection) - before
        finally:
            cursor.execute("ROLLBACK")


def _counters(connection: MySQLConnection) -> int:
    with connection.cursor() as cursor:
        cursor.execute(COUNTERS)
        return sum(int(value) for _, value in cursor.fetchall())


def _plan(connection: MySQLConnection, statement: str, arguments: Mapping[str, Any]) -> str:
    """The columns of EXPLAIN that tell an index from a scan or a sort."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN FORMAT = TRADITIONAL {statement}", arguments)
        names = [column[0] for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return "; ".join(
        f"{row['table']} {row['type']} by {row['key']} {row['Extra'] or ''}".strip() for row in rows
    )
