"""What a MySQL database really consists of, and how that differs from what migrations make.

Servers describe one structure in different words: MariaDB and older MySQL tell the width of an
integer, call a missing default NULL, and so on.  `read_schema` says it in one way for all of them.
What migrations make cannot be tried out without a server, so it was read from one and travels with
the migrations (`schema.json`, made by `python -m tools.mysql_schema`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from opencode.db.migrations import Connection, Migration, fetch
from opencode.db.resources import migrations_directory
from opencode.db.schema import Schema, compare_schemas, normalise
from opencode.errors import IncompleteInstallation

__all__ = [
    "EXPECTED",
    "expected_schema",
    "missing_things",
    "read_schema",
    "schema_differences",
    "surplus_things",
]

EXPECTED: Final = "schema.json"
"""Beside the migrations: by migration, the things it makes or changes; null for what it removes."""

# Each by the database of its tables: by another one, a trigger's say, MariaDB looks through all.
_OURS = "('files', 'messages', 'sessions')"
_COLUMNS = f"""
SELECT table_name AS tab, column_name AS name, column_type AS type, is_nullable AS nullable,
    column_default AS value, collation_name AS collation, extra AS extra,
    generation_expression AS expression
FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name IN {_OURS}
ORDER BY table_name, ordinal_position
"""  # noqa: S608 -- names of our own tables
# With a star: MySQL tells of invisible indexes, MariaDB of ignored ones, in columns of their own.
_INDEXES = f"""
SELECT * FROM information_schema.statistics
WHERE table_schema = DATABASE() AND table_name IN {_OURS}
ORDER BY table_name, index_name, seq_in_index
"""  # noqa: S608
_FOREIGN_KEYS = f"""
SELECT rules.table_name AS tab, rules.constraint_name AS name, rules.update_rule AS on_update,
    rules.delete_rule AS on_delete, rules.referenced_table_name AS parent,
    parts.column_name AS part, parts.referenced_column_name AS target
FROM information_schema.referential_constraints AS rules
INNER JOIN information_schema.key_column_usage AS parts
    ON parts.constraint_schema = rules.constraint_schema
    AND parts.table_name = rules.table_name
    AND parts.constraint_name = rules.constraint_name
WHERE
    rules.constraint_schema = DATABASE() AND rules.table_name IN {_OURS}
    AND parts.table_schema = DATABASE()
ORDER BY rules.table_name, rules.constraint_name, parts.ordinal_position
"""  # noqa: S608
_TRIGGERS = f"""
SELECT event_object_table AS tab, trigger_name AS name, action_timing AS timing,
    event_manipulation AS event, action_statement AS body
FROM information_schema.triggers
WHERE event_object_schema = DATABASE() AND event_object_table IN {_OURS}
ORDER BY event_object_table, trigger_name
"""  # noqa: S608
_ENGINES = f"""
SELECT table_name AS tab, engine AS engine FROM information_schema.tables
WHERE table_schema = DATABASE() AND table_name IN {_OURS} ORDER BY table_name
"""  # noqa: S608
_WIDTH = re.compile(r"^((?:tiny|small|medium|big)?int)\(\d+\)")
_CHARACTER_SET = re.compile(r"_(?:utf8mb[34]|ascii|latin1)\s*(?='|\\')")


def schema_differences(
    connection: Connection, migrations: Sequence[Migration], *, triggers: Connection | None
) -> tuple[str, ...]:
    """What is missing or different, a line each; what is there besides does no harm.

    `triggers` is the connection to see them with, None when nobody can.
    """
    found, expected = _both(connection, migrations, triggers)
    known = {
        name: text or expected.things[name]
        for name, text in found.things.items()
        if name in expected.things
    }
    return compare_schemas(Schema(known, frozenset()), expected)


def missing_things(
    connection: Connection, migrations: Sequence[Migration], *, triggers: Connection | None
) -> tuple[str, ...]:
    """What is missing, a line each: what later migrations would stumble over."""
    found, expected = _both(connection, migrations, triggers)
    return tuple(f"{name} is missing" for name in expected.things if name not in found.things)


def surplus_things(connection: Connection, migrations: Sequence[Migration]) -> tuple[str, ...]:
    """Names of things in our tables that no migration made."""
    expected = expected_schema(migrations).things
    return tuple(name for name in read_schema(connection).things if name not in expected)


def _both(
    connection: Connection, migrations: Sequence[Migration], triggers: Connection | None
) -> tuple[Schema, Schema]:
    found, expected = read_schema(connection, triggers=triggers), expected_schema(migrations)
    if triggers is None:
        things = {name: text for name, text in expected.things.items() if not is_trigger(name)}
        expected = Schema(things, frozenset())
    return found, expected


def is_trigger(thing: str) -> bool:
    """Whether the name of a thing is that of a trigger."""
    return thing.startswith("trigger ")


def expected_schema(migrations: Sequence[Migration]) -> Schema:
    """What these migrations, the first shipped ones, make of an empty database.

    Raises:
        IncompleteInstallation: The description that travels with them is missing or another one's.
    """
    path = migrations_directory("mysql") / EXPECTED
    try:
        steps: Mapping[str, Mapping[str, str | None]] = json.loads(path.read_text("utf-8"))
        changes = [steps[migration.id] for migration in migrations]
    except (OSError, ValueError, KeyError) as error:
        raise IncompleteInstallation(
            f"the installation is incomplete: {path} does not describe all migrations",
            hint="install the program again",
        ) from error
    things: dict[str, str] = {}
    for change in changes:
        for name, description in change.items():
            if description is None:
                things.pop(name, None)
            else:
                things[name] = description
    return Schema(things, frozenset())


def read_schema(connection: Connection, *, triggers: Connection | None = None) -> Schema:
    """Describe our tables with their columns, indexes, foreign keys and triggers.

    `triggers` is a connection that sees more of them, where there is one.  The description of a
    trigger that may not be read is empty.
    """
    things = {f"table {row['tab']}": _lower(row["engine"]) for row in fetch(connection, _ENGINES)}
    things.update(map(_column, fetch(connection, _COLUMNS)))
    things.update(_indexes(fetch(connection, _INDEXES)))
    things.update(_foreign_keys(fetch(connection, _FOREIGN_KEYS)))
    things.update(map(_trigger, fetch(triggers or connection, _TRIGGERS)))
    return Schema(things, frozenset())


def _column(row: Mapping[str, Any]) -> tuple[str, str]:
    words = [_WIDTH.sub(r"\1", _lower(row["type"]))]
    if row["collation"]:
        words.append(f"collate {_lower(row['collation']).replace('utf8_', 'utf8mb3_')}")
    if row["expression"]:
        kind = "stored" if "STORED" in str(row["extra"]).upper() else "virtual"
        words.append(f"as ({_expression(row['expression'])}) {kind}")
    elif row["nullable"] == "NO":
        words.append("not null")
    if (value := _default(row["value"])) is not None:
        words.append(f"default {value}")
    return f"column {row['tab']}.{row['name']}", " ".join(words)


def _default(value: object) -> str | None:
    """MariaDB quotes a default, and calls it NULL where there is none."""
    text = None if value is None else str(value)
    if text is None or text.upper() == "NULL":
        return None
    text = text.strip("'")
    try:
        return f"{float(text):g}"
    except ValueError:
        return text


def _expression(text: object) -> str:
    return normalise(_CHARACTER_SET.sub("", str(text)))


def _indexes(rows: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    found: dict[str, str] = {}
    for given in rows:
        row = {name.lower(): value for name, value in given.items()}
        part = str(row["column_name"] or "expression")
        part += f"({row['sub_part']})" if row["sub_part"] else ""
        part += " desc" if row["collation"] == "D" else ""
        name = f"index {row['table_name']}.{row['index_name']}"
        found[name] = f"{found[name]}, {part}" if name in found else _index_kind(row) + part
    return iter(found.items())


def _index_kind(row: Mapping[str, Any]) -> str:
    unused = row.get("is_visible") == "NO" or row.get("ignored") == "YES"
    return ("invisible " if unused else "") + ("" if row["non_unique"] else "unique ")


def _foreign_keys(rows: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    found: dict[str, str] = {}
    for row in rows:
        name = f"foreign key {row['tab']}.{row['name']}"
        update, delete = (_rule(row[rule]) for rule in ("on_update", "on_delete"))
        text = f"{row['part']} to {row['parent']}.{row['target']} on update {update}"
        found[name] = f"{found[name]}, {text}" if name in found else f"{text} on delete {delete}"
    return iter(found.items())


def _rule(rule: object) -> str:
    """InnoDB does the same for both; MySQL tells the one, MariaDB the other."""
    return _lower(rule).replace("no action", "restrict")


def _trigger(row: Mapping[str, Any]) -> tuple[str, str]:
    """MariaDB shows the name, but not the body, to an account that may only write rows."""
    body = normalise(str(row["body"] or ""))
    what = f"{row['timing']} {row['event']}".lower()
    return f"trigger {row['tab']}.{row['name']}", f"{what} {body}" if body else ""


def _lower(value: object) -> str:
    return str(value).lower()
