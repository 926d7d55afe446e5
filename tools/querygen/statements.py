"""Reading statements: what sqlc does not tell about them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import sqlglot
from sqlglot import exp

from opencode.db.queries import Query
from opencode.db.resources import Dialect
from tools.querygen.problems import SqlProblems

__all__ = ["Shape", "assignments", "describe", "parse"]


@dataclass(frozen=True, slots=True)
class Shape:
    """`assigned`: parameters that are written to a column as they are, so that NULL may pass.

    `certain`: the statement returns a row whatever the tables hold.
    """

    assigned: frozenset[str]
    certain: bool


def parse(query: Query, dialect: Dialect) -> exp.Expr:
    """The statement's syntax tree.

    Raises:
        SqlProblems: sqlglot does not understand it.
    """
    try:
        return sqlglot.parse_one(query.sql, dialect=dialect)
    except sqlglot.ParseError as error:
        what = error.errors[0]["description"]
        raise SqlProblems([f"{query.place}: {query.name}: {what}"]) from error


def describe(query: Query) -> Shape:
    """The shape of a query of the SQLite folder."""
    statement = parse(query, "sqlite")
    return Shape(
        assigned=frozenset(
            value.name for _, value in assignments(statement) if isinstance(value, exp.Placeholder)
        ),
        certain=isinstance(statement, exp.Select) and _certain(statement),
    )


def assignments(statement: exp.Expr) -> Iterator[tuple[str, exp.Expr]]:
    """The columns that an INSERT or UPDATE writes, each with its value."""
    if isinstance(statement, exp.Update):
        for assignment in statement.expressions:
            yield assignment.this.name, assignment.expression
    elif isinstance(statement, exp.Insert):
        columns = [column.name for column in statement.this.expressions]
        source = statement.expression
        rows = (
            [row.expressions for row in source.expressions]
            if isinstance(source, exp.Values)
            else [source.selects]
        )
        for row in rows:
            yield from zip(columns, row, strict=True)


def _certain(select: exp.Select) -> bool:
    if any(select.args.get(clause) for clause in ("group", "having", "limit", "offset")):
        return False
    if not select.args.get("from_"):
        return not select.args.get("where")
    return all(column.find(exp.AggFunc) for column in select.selects)
