"""What an account may do in one database, read from what SHOW GRANTS prints.

Servers take one of an account's grants on databases, the one with the most specific name, and
not all that fit: one on `app` hides one on `app%`.  Grants of roles are added to that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

__all__ = ["EVERYTHING", "Grants", "read_grants"]

EVERYTHING: Final = "ALL PRIVILEGES"
"""Stands for every privilege of its level."""

_NAME = r"(?:`(?:[^`]|``)*`|[^\s.`]+)"
_PRIVILEGES = re.compile(
    rf"(?P<verb>GRANT|REVOKE) (?P<privileges>.+?) ON (?P<database>{_NAME})\.(?P<table>{_NAME})"
    r" (?:TO|FROM) (?P<grantee>.+?)(?: IDENTIFIED .*| REQUIRE .*| WITH .*)?",
    re.DOTALL,
)
_ROLE = re.compile(r"GRANT (?:(?! ON ).)+ TO .+", re.DOTALL)
_COLUMNS = re.compile(r"\s*\([^)]*\)")


@dataclass(frozen=True, slots=True)
class Grants:
    """An account's privileges in a database, as the server would apply them."""

    privileges: frozenset[str]
    """In capitals; `EVERYTHING` among them means that none is missing."""
    everywhere: frozenset[str]
    """Those on `*.*`, where the administrative ones are."""
    roles: bool
    """Whether the account has roles, active or not."""

    def lacking(self, wanted: Iterable[str]) -> list[str]:
        """Those of `wanted` that are missing in the database, in their order."""
        return [name for name in wanted if not _has(self.privileges, name)]

    def is_any_of(self, *administrative: str) -> bool:
        """Whether the account has one of these on the whole server."""
        return any(_has(self.everywhere, name) for name in administrative)


@dataclass(frozen=True, slots=True)
class _Grant:
    revoked: bool
    privileges: frozenset[str]
    database: str
    table: str
    grantee: str


def read_grants(lines: Iterable[str], database: str, *, literal: bool, united: bool) -> Grants:
    """Read the lines of SHOW GRANTS for the account that is logged in.

    `literal`: `partial_revokes` is on, and names of databases are no patterns.  `united`: the
    lines of several grantees were printed as those of one, as MySQL does when a role is active.
    What a line grants on single tables or columns counts as held: better to run into an error
    later than to turn away an account that may do it.
    """
    lines = list(lines)
    grants = list(_parse(lines))
    here = [grant for grant in grants if _fits(grant.database, database, literal=literal)]
    everywhere = _union(grant for grant in grants if grant.database == grant.table == "*")
    revoked = _union(grant for grant in here if grant.revoked)
    on_database = [grant for grant in here if grant.table == "*" and not grant.revoked]
    on_tables = [grant for grant in here if grant.table != "*" and not grant.revoked]
    chosen = on_database if united or literal else _most_specific(on_database)
    return Grants(
        privileges=(everywhere - revoked) | _union(chosen) | _union(on_tables),
        everywhere=everywhere,
        roles=any(_ROLE.fullmatch(line) for line in lines),
    )


def _parse(lines: Iterable[str]) -> Iterator[_Grant]:
    """Grants on routines, of PROXY and of roles do not have the form looked for, or no matter."""
    for line in lines:
        if found := _PRIVILEGES.fullmatch(line):
            names = _COLUMNS.sub("", found["privileges"]).upper().split(",")
            yield _Grant(
                revoked=found["verb"] == "REVOKE",
                privileges=frozenset(name.strip() for name in names),
                database=_unquoted(found["database"]),
                table=_unquoted(found["table"]),
                grantee=found["grantee"],
            )


def _unquoted(name: str) -> str:
    return name[1:-1].replace("``", "`") if name.startswith("`") else name


def _fits(pattern: str, database: str, *, literal: bool) -> bool:
    """Without regard to case, which matters on some systems only."""
    if pattern == "*":
        return False
    expression = re.escape(pattern) if literal else "".join(map(_expression, _tokens(pattern)))
    return re.fullmatch(expression, database, re.IGNORECASE | re.DOTALL) is not None


def _tokens(pattern: str) -> list[str]:
    return re.findall(r"\\.|.", pattern, re.DOTALL)


def _expression(token: str) -> str:
    return {"%": ".*", "_": "."}.get(token) or re.escape(token[-1])


def _most_specific(grants: Iterable[_Grant]) -> list[_Grant]:
    """Of each grantee's those whose first wildcard comes last."""
    best: dict[str, tuple[int, list[_Grant]]] = {}
    for grant in grants:
        tokens = _tokens(grant.database)
        wildcards = (place for place, token in enumerate(tokens) if token in {"%", "_"})
        place = next(wildcards, len(grant.database) + 1)
        if place > best.get(grant.grantee, (-1, []))[0]:
            best[grant.grantee] = (place, [])
        if place == best[grant.grantee][0]:
            best[grant.grantee][1].append(grant)
    return [grant for _, equal in best.values() for grant in equal]


def _union(grants: Iterable[_Grant]) -> frozenset[str]:
    return frozenset[str]().union(*(grant.privileges for grant in grants))


def _has(privileges: frozenset[str], name: str) -> bool:
    return name in privileges or EVERYTHING in privileges
