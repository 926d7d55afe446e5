"""The tables of docs/mysql.md that are made from the program."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from opencode.config.fields import FIELDS, MYSQL, Field
from opencode.db import mysql_meanings
from opencode.db.mysql_grants import Grants
from opencode.db.mysql_meanings import Meaning
from opencode.db.mysql_obstacles import (
    MIGRATING,
    Change,
    find_obstacles,
    find_warnings,
    find_write_obstacle,
)
from opencode.db.mysql_surroundings import Surroundings
from opencode.errors import Obstacle, PreflightFailed, ServerReadOnly

__all__ = ["filled_in", "meanings", "worst"]

_BLOCK = re.compile(
    r"(?P<begin><!-- begin (?P<name>\w+): [^>]*-->\n).*?(?P<end><!-- end (?P=name) -->\n)",
    re.DOTALL,
)


def filled_in(document: str) -> str:
    """Return the document with its tables made anew."""

    def replace(block: re.Match[str]) -> str:
        lines = _TABLES[block["name"]]()
        return f"{block['begin']}\n" + "\n".join(lines) + f"\n\n{block['end']}"

    return _BLOCK.sub(replace, document)


def meanings() -> list[Meaning]:
    """All that is said of errors of a server or the way there; each once."""
    named = [value for value in vars(mysql_meanings).values() if isinstance(value, Meaning)]
    return list(dict.fromkeys([*named, *mysql_meanings.BY_CODE.values()]))


def worst() -> tuple[Surroundings, Change]:
    """A server and an account with every obstacle there is."""
    variables = {
        "version": "9.7.0",
        "log_bin": "ON",
        "log_bin_trust_function_creators": "OFF",
        "binlog_format": "STATEMENT",
        "group_replication_enforce_update_everywhere_checks": "ON",
        "enforce_storage_engine": "Aria",
        "innodb_page_size": "8192",
        "read_only": "ON",
        "max_allowed_packet": "4194304",
    }
    found = Surroundings(
        account="opencode@%",
        role="",
        database="opencode",
        grants=Grants(frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"}), frozenset(), roles=True),
        variables=variables,
        collations=frozenset({"ascii_bin"}),
    )
    return found, Change("apply", frozenset(MIGRATING) - {"DROP"})


def _settings() -> Iterator[str]:
    yield "| key | environment | default | |"
    yield "|---|---|---|---|"
    for field in FIELDS.values():
        if field.key.startswith(f"{MYSQL}."):
            key = f"`{field.key.removeprefix(f'{MYSQL}.')}`" if field.in_file else ""
            variable = f"`{field.variable}`" if field.variable else ""
            yield f"| {key} | {variable} | {_default(field)} | {_cell(field.about)} |"


def _default(field: Field) -> str:
    return "" if field.default is None else f"`{field.default}`"


def _messages() -> Iterator[str]:
    yield "| message | exit | what to do |"
    yield "|---|---|---|"
    for meaning in meanings():
        yield _row(
            _general(meaning.message.removeprefix("{place}: ")),
            meaning.kind.exit_code,
            _general(meaning.hint),
        )


def _general(text: str) -> str:
    named = text.replace("{database}.*", "the database").replace("{database}", "…")
    return re.sub(r" ?\(\{detail\}\)|: \{detail\}$", "", named.replace("{user}", "…")).replace(
        "{detail}", "…"
    )


def _obstacles() -> Iterator[str]:
    found, change = worst()
    yield "| what is in the way | exit | remedies |"
    yield "|---|---|---|"
    for obstacle in find_obstacles(found, change):
        yield _obstacle(obstacle, PreflightFailed.exit_code)
    if read_only := find_write_obstacle(found):
        yield _obstacle(read_only, ServerReadOnly.exit_code)
    for warning in find_warnings(found):
        yield f"| a warning: {_cell(warning)} | 0 | |"


def _obstacle(obstacle: Obstacle, exit_code: int) -> str:
    return _row(obstacle.message, exit_code, "; or ".join(obstacle.remedies))


def _row(message: str, exit_code: int, remedy: str) -> str:
    return f"| {_cell(message)} | {exit_code} | {_cell(remedy)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


_TABLES: Mapping[str, Callable[[], Iterator[str]]] = {
    "settings": _settings,
    "messages": _messages,
    "obstacles": _obstacles,
}
