"""What a SQLite database really consists of, and how that differs from what migrations make.

Compared is structure, not text: comments, white space, quoting and `IF NOT EXISTS` do not count,
and neither do further tables, nor further indexes that restrict nothing.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass

from opencode.db.migrations import Migration

__all__ = ["Schema", "compare_schemas", "expected_schema", "read_schema", "schema_differences"]

_TOKEN = re.compile(
    r"""
      (?P<skip>\s+ | --[^\n]* | /\*.*?\*/)
    | (?P<string>'(?:[^']|'')*')
    | "(?P<double>(?:[^"]|"")*)" | `(?P<back>[^`]*)` | \[(?P<square>[^\]]*)\]
    | (?P<word>\w+(?:\.\d+)?)
    | (?P<sign><=|>=|<>|!=|==|\|\||.)
    """,
    re.VERBOSE | re.DOTALL,
)

_LONG = 160


@dataclass(frozen=True, slots=True)
class Schema:
    """What a database has: a description for each thing, by a name fit for a message."""

    things: Mapping[str, str]
    harmless: frozenset[str]
    """Names of things that may be there although no migration made them."""


def normalise(sql: str) -> str:
    """SQL without what its author was free to choose: comments, white space, case, quotes."""
    words: list[str] = []
    for match in _TOKEN.finditer(sql):
        kind = match.lastgroup
        if kind == "string":
            words.append(match[0])
        elif kind != "skip":
            words.append(match[kind or 0].lower())
    text = " ".join(words).removesuffix(" ;")
    return re.sub(r"^(create \w+(?: \w+)?) if not exists ", r"\1 ", text)


def schema_differences(
    connection: sqlite3.Connection, migrations: Sequence[Migration]
) -> tuple[str, ...]:
    """How the database differs from what these migrations make of an empty one, a line each."""
    return compare_schemas(read_schema(connection), expected_schema(migrations))


def expected_schema(migrations: Sequence[Migration]) -> Schema:
    """What the migrations make of an empty database."""
    with closing(sqlite3.connect(":memory:")) as connection:
        for migration in migrations:
            connection.executescript(migration.path.read_text(encoding="utf-8"))
        return read_schema(connection)


def compare_schemas(found: Schema, expected: Schema) -> tuple[str, ...]:
    """What is missing, different, or too much in the tables that are expected."""
    missing = [f"{name} is missing" for name in expected.things if name not in found.things]
    different = [
        _difference(name, found.things[name], description)
        for name, description in expected.things.items()
        if name in found.things and found.things[name] != description
    ]
    tables = {name for name in expected.things if name.startswith("table ")}
    surplus = [
        f"{name} is not known"
        for name in found.things
        if name not in expected.things
        and name not in found.harmless
        and f"table {name.partition(' ')[2].partition('.')[0]}" in tables
    ]
    return (*missing, *different, *surplus)


def _difference(name: str, found: str, expected: str) -> str:
    if len(found) + len(expected) > _LONG:  # a trigger; nobody compares two of them in a message
        return f"{name} does something else"
    return f"{name} is ({found}) instead of ({expected})"


def read_schema(connection: sqlite3.Connection) -> Schema:
    """Describe every table with its columns, keys, indexes, checks and triggers."""
    things: dict[str, str] = {}
    harmless: set[str] = set()
    rows = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%'"
        " ESCAPE '!' ORDER BY name"
    ).fetchall()
    for table, sql in rows:
        things[f"table {table}"] = _describe_table(connection, table)
        things.update(_columns(connection, table))
        things.update(_foreign_keys(connection, table))
        things.update(_checks(table, sql))
        for name, description, restricts in _indexes(connection, table):
            things[name] = description
            if not restricts:
                harmless.add(name)
    triggers = connection.execute(
        "SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
    )
    things.update({f"trigger {table}.{name}": normalise(sql) for table, name, sql in triggers})
    return Schema(things, frozenset(harmless))


def _describe_table(connection: sqlite3.Connection, table: str) -> str:
    kind, without_rowid, strict = connection.execute(
        "SELECT type, wr, strict FROM pragma_table_list WHERE schema = 'main' AND name = ?",
        (table,),
    ).fetchone()
    options = [word for word, on in (("without rowid", without_rowid), ("strict", strict)) if on]
    return " ".join([kind, *options])


def _columns(connection: sqlite3.Connection, table: str) -> Iterator[tuple[str, str]]:
    rows = connection.execute(
        'SELECT name, type, "notnull", dflt_value, pk, hidden FROM pragma_table_xinfo(?)', (table,)
    )
    for name, type, not_null, default, key, hidden in rows:
        words = [_affinity(type)]
        words += ["not null"] if not_null else []
        words += [f"default {normalise(default)}"] if default is not None else []
        words += [f"primary key {key}"] if key else []
        words += ["generated"] if hidden else []
        yield f"column {table}.{name}", " ".join(words)


def _affinity(type: str) -> str:
    """What SQLite makes of a declared type; https://www.sqlite.org/datatype3.html, 3.1."""
    rules = (
        ("integer", ("INT",)),
        ("text", ("CHAR", "CLOB", "TEXT")),
        ("blob", ("BLOB",)),
        ("real", ("REAL", "FLOA", "DOUB")),
    )
    declared = type.upper()
    for affinity, parts in rules:
        if any(part in declared for part in parts):
            return affinity
    return "numeric" if declared else "blob"


def _foreign_keys(connection: sqlite3.Connection, table: str) -> Iterator[tuple[str, str]]:
    rows = connection.execute(
        'SELECT "from", "table", "to", on_update, on_delete FROM pragma_foreign_key_list(?)'
        " ORDER BY id, seq",
        (table,),
    )
    for column, parent, key, on_update, on_delete in rows:
        yield (
            f"foreign key {table}.{column}",
            f"{parent}.{key or 'primary key'} on update {on_update} on delete {on_delete}".lower(),
        )


def _indexes(connection: sqlite3.Connection, table: str) -> Iterator[tuple[str, str, bool]]:
    """(name, description, whether it restricts what may be stored) of each index of a table."""
    rows = connection.execute(
        'SELECT l.name, l."unique", l.origin, m.sql FROM pragma_index_list(?) AS l'
        " LEFT JOIN sqlite_master AS m ON m.type = 'index' AND m.name = l.name",
        (table,),
    ).fetchall()
    for name, unique, origin, sql in rows:
        columns = connection.execute(
            'SELECT name, "desc", coll FROM pragma_index_xinfo(?) WHERE "key" ORDER BY seqno',
            (name,),
        ).fetchall()
        on = ", ".join(
            f"{column or 'expression'}{' desc' if desc else ''}"
            + (f" collate {collation.lower()}" if collation != "BINARY" else "")
            for column, desc, collation in columns
        )
        if origin != "c":  # made by the table itself, under a name SQLite chose
            yield f"constraint {table}.({on})", "unique", True
            continue
        where = normalise(sql).partition(" where ")[2]
        description = f"{'unique ' if unique else ''}{on}" + (f" where {where}" if where else "")
        yield f"index {table}.{name}", description, bool(unique)


def _checks(table: str, sql: str) -> Iterator[tuple[str, str]]:
    """The CHECK constraints, which no PRAGMA tells."""
    words = iter(normalise(sql).split(" "))
    for word in words:
        if word != "check":
            continue
        depth, condition = 0, []
        for part in words:
            depth += (part == "(") - (part == ")")
            condition.append(part)
            if depth == 0:
                break
        yield f"check {table}.{' '.join(condition)}", "check"
