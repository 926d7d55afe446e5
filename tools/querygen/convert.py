"""From our SQL to what sqlc can read, line for line, so that its messages point to the right place.

Every conversion works around a limit of sqlc 1.31; what it means for types stays the same.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from opencode.db.resources import Dialect

__all__ = ["convert_migration", "convert_queries"]

COMMANDS = {"": ":many", "^": ":one", "$": ":one", "!": ":execrows"}

HEADER = re.compile(r"^-- name: (\w+)\([^)]*\)([\^$!]?)$", re.MULTILINE)
COMMENT = re.compile(r"^\s*--(?! name:).*$", re.MULTILINE)
PARAMETER = re.compile(r":([a-z_]+)\b")
ROW_COMPARISON = re.compile(r"\(\+?(\w+), id\) ([<>]) \(:\1, :id\)")
JSON_ARRAY = re.compile(
    r"json_each\(:(?P<sqlite>\w+)\)"
    r"|JSON_TABLE\(:(?P<mysql>\w+), '\$\[\*\]' COLUMNS \((?P<column>\w+) \w+\(\d+\) PATH '\$'\)\)"
)
TRIGGER = re.compile(r"^(?:CREATE|DROP) TRIGGER .*?;$(?=\n\n|\n?\Z)", re.MULTILINE | re.DOTALL)


def convert_queries(text: str, dialect: Dialect, unparsed: Collection[str] = ()) -> str:
    """One file of queries; those named in `unparsed` are left out."""
    # sqlc counts bytes where its SQLite parser counts characters: no comments, no "…".
    text = COMMENT.sub("", text)
    for name in unparsed:
        text = re.sub(rf"^-- name: {name}\([^;]*;", _blank, text, flags=re.MULTILINE)
    # It takes the second parameter of a row comparison for one of the first column's type.
    text = ROW_COMPARISON.sub(r"(\1 \2 :\1 OR (\1 = :\1 AND id \2 :id))", text)
    text = JSON_ARRAY.sub(_json_array, text)
    if dialect == "mysql":
        text = text.replace("LIMIT :limit", "LIMIT ?")
    text = PARAMETER.sub(r"sqlc.arg('\1')", text)
    return HEADER.sub(lambda match: f"-- name: {match[1]} {COMMANDS[match[2]]}", text)


def convert_migration(text: str, dialect: Dialect) -> str:
    """One migration; sqlc's MySQL parser knows no triggers."""
    return TRIGGER.sub(_blank, text) if dialect == "mysql" else text


def _json_array(match: re.Match[str]) -> str:
    if match["sqlite"]:
        return f"(SELECT CAST(:{match['sqlite']} AS TEXT) AS value)"
    return f"(SELECT CAST(:{match['mysql']} AS CHAR) AS {match['column']})"


def _blank(match: re.Match[str]) -> str:
    return "\n" * match[0].count("\n")
