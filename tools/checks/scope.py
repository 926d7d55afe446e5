"""Every statement on sessions, messages and files is scoped by project_id in its own text.

For sessions that is `project_id = :project_id` among the conditions of the SELECT, UPDATE or
DELETE that reads them. Messages and files are scoped through such a session: joined by session_id,
or by EXISTS. A new row of theirs takes its session_id from such a session; a new session takes
:project_id.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import get_args

from sqlglot import exp

from opencode.db.queries import read_queries
from opencode.db.resources import Dialect
from tools.querygen.statements import assignments, parse

__all__ = ["EXCEPTIONS", "check", "unscoped"]

EXCEPTIONS: Mapping[str, str] = {
    "maintenance.*": "backfill, checks and status look at the whole database",
    "messages.delete_message": (
        "on MySQL the trigger that counts updates sessions, so that the statement may not read "
        "them (1442); get_message has looked in the same transaction"
    ),
    "projects.list_projects": "it lists the projects",
    "sessions.list_all_sessions_*": "--all-projects",
    "sessions.count_all_sessions": "--all-projects",
}
"""Queries (`file.name`, * stands for anything) that leave the project, and why."""

CHILDREN = ("messages", "files")


def check(project: Path) -> list[str]:
    """Unscoped statements of both dialects; exceptions that none needs."""
    problems = []
    used = set()
    for dialect in get_args(Dialect):
        for query in read_queries(project / "sql" / dialect):
            found = list(unscoped(parse(query, dialect)))
            name = f"{query.path.stem}.{query.name}"
            excused = {pattern for pattern in EXCEPTIONS if fnmatchcase(name, pattern)}
            if found and excused:
                used |= excused
            else:
                problems += [f"{query.place}: {query.name}: {problem}" for problem in found]
    for pattern in EXCEPTIONS.keys() - used:
        problems.append(f"{__file__}:1: no query needs the exception {pattern}")
    return problems


def unscoped(statement: exp.Expr) -> Iterator[str]:
    """What in a statement is not held to the project."""
    if isinstance(statement, exp.Insert):
        yield from _insert(statement)
    for block in statement.find_all(exp.Select, exp.Update, exp.Delete):
        tables = _tables(block)
        conditions = list(_conditions(block))
        sessions = _scoped_sessions(tables, conditions)
        for alias, table in tables.items():
            if table == "sessions" and alias not in sessions:
                yield f"{alias} lacks the condition {alias}.project_id = :project_id"
            if table in CHILDREN and not _reaches(alias, sessions, conditions):
                yield f"{alias} is not held to a session of the project"


def _insert(statement: exp.Insert) -> Iterator[str]:
    table = statement.this.this.name
    values = dict(assignments(statement))
    if table == "sessions" and not _is_project(values.get("project_id")):
        yield "the new session does not get :project_id"
    if table in CHILDREN:
        source = statement.expression
        sessions = _scoped_sessions(_tables(source), list(_conditions(source)))
        value = values.get("session_id")
        if not (isinstance(value, exp.Column) and value.name == "id" and value.table in sessions):
            yield "session_id is not taken from a session of the project"


def _tables(block: exp.Expr) -> dict[str, str]:
    """The tables that a SELECT, UPDATE or DELETE names itself, by alias."""
    source = block.args.get("from_")
    nodes = [block.this] if isinstance(block, exp.Update | exp.Delete) else []
    nodes += [source.this] if source else []
    nodes += [join.this for node in (block, *nodes) for join in node.args.get("joins") or ()]
    return {node.alias_or_name: node.name for node in nodes if isinstance(node, exp.Table)}


def _conditions(block: exp.Expr) -> Iterator[exp.Expr]:
    """What must all hold: WHERE, and ON of inner joins."""
    where = block.args.get("where")
    joins = [join for join in block.args.get("joins") or () if not join.side]
    for condition in (where and where.this, *(join.args.get("on") for join in joins)):
        if isinstance(condition, exp.And):
            yield from condition.flatten()
        elif condition:
            yield condition


def _scoped_sessions(tables: Mapping[str, str], conditions: list[exp.Expr]) -> set[str]:
    scoped = {
        condition.this.table or next(iter(tables))
        for condition in conditions
        if isinstance(condition, exp.EQ)
        and isinstance(condition.this, exp.Column)
        and condition.this.name == "project_id"
        and _is_project(condition.expression)
        and (condition.this.table or len(tables) == 1)
    }
    return {alias for alias in scoped if tables.get(alias) == "sessions"}


def _reaches(child: str, sessions: set[str], conditions: list[exp.Expr]) -> bool:
    """Whether the child's session_id is the id of one of the sessions, here or in an EXISTS."""
    for condition in conditions:
        if isinstance(condition, exp.EQ):
            sides = {condition.this.sql(), condition.expression.sql()}
            if any(sides == {f"{child}.session_id", f"{alias}.id"} for alias in sessions):
                return True
        if isinstance(condition, exp.Exists):
            inner = list(_conditions(condition.this))
            scoped = _scoped_sessions(_tables(condition.this), inner)
            if scoped and _reaches(child, scoped, inner):
                return True
    return False


def _is_project(value: exp.Expr | None) -> bool:
    return isinstance(value, exp.Placeholder) and value.name == "project_id"
