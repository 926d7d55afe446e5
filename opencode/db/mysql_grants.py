"""What an account may do in one database, read from what SHOW GRANTS prints.

Of an account's grants on databases the server takes the one with the most specific name, not all
that fit: one on `app` hides one on `app%`.  What its active roles have is added to that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

__all__ = ["Grants", "read_grants"]

_EVERY = "ALL PRIVILEGES"
_NAME = r"(?:`(?:[^`]|``)*`|[^\s.`]+)"
# Not matched, and of no matter here: grants on routines, of proxies, of roles.
_GRANT = re.compile(
    rf"(?P<verb>GRANT|REVOKE) (?P<privileges>.+?) ON (?P<database>{_NAME})\.(?P<table>{_NAME})"
    r" (?:TO|FROM) (?P<grantee>.+?)(?: (?:IDENTIFIED|REQUIRE|WITH) .*)?",
    re.DOTALL,
)
_ROLE = re.compile(r"GRANT (?:(?! ON ).)+ TO .+", re.DOTALL)
_COLUMNS = re.compile(r"\s*\([^)]*\)")


@dataclass(frozen=True, slots=True)
class Grants:
    """An account's privileges, in capitals, as the server applies them to one database."""

    here: frozenset[str]
    everywhere: frozenset[str]
    """Those on `*.*`, where the administrative ones are."""
    roles: bool = False
    """Whether there are roles; only what the active ones have is counted."""

    def lacking(self, wanted: Iterable[str]) -> list[str]:
        """Those of `wanted` that are missing in the database, in their order."""
        return [] if _EVERY in self.here else [name for name in wanted if name not in self.here]

    def has_any_of(self, administrative: Iterable[str]) -> bool:
        """Whether the account has one of these on the whole server."""
        return not self.everywhere.isdisjoint({_EVERY, *administrative})


@dataclass(frozen=True, slots=True)
class _Grant:
    privileges: frozenset[str]
    database: str
    table: str
    grantee: str
    revoked: bool


def read_grants(lines: Iterable[str], database: str, *, literal: bool, united: bool) -> Grants:
    """Read the lines of SHOW GRANTS for the account that is logged in.

    `literal`: `partial_revokes` is on, and names of databases are no patterns.  `united`: what
    comes from roles may be printed as the account's own.  In doubt a privilege counts as held, as
    one on a single table does: better to fail later than to turn away who may go on.
    """
    lines = list(lines)
    grants = list(_parse(lines))
    everywhere = _union(grant for grant in grants if grant.database == grant.table == "*")
    here = [grant for grant in grants if _fits(grant.database, database, literal=literal)]
    revoked = _union(grant for grant in here if grant.revoked)
    given = [grant for grant in here if not grant.revoked]
    on_database = [grant for grant in given if grant.table == "*"]
    on_tables = [grant for grant in given if grant.table != "*"]
    chosen = on_database if united or literal else _decisive(on_database)
    return Grants(
        here=(everywhere - revoked) | _union(chosen) | _union(on_tables),
        everywhere=everywhere,
        roles=any(_ROLE.fullmatch(line) for line in lines),
    )


def _parse(lines: Iterable[str]) -> Iterator[_Grant]:
    for line in lines:
        if found := _GRANT.fullmatch(line):
            names = _COLUMNS.sub("", found["privileges"]).upper().split(",")
            yield _Grant(
                privileges=frozenset(name.strip() for name in names),
                database=_unquoted(found["database"]),
                table=_unquoted(found["table"]),
                grantee=found["grantee"],
                revoked=found["verb"] == "REVOKE",
            )


def _unquoted(name: str) -> str:
    return name[1:-1].replace("``", "`") if name.startswith("`") else name


def _fits(pattern: str, database: str, *, literal: bool) -> bool:
    """Whether a grant is on this database; without regard to case, which some systems have."""
    if pattern == "*":
        return False
    tokens = [re.escape(pattern)] if literal else map(_expression, _tokens(pattern))
    return re.fullmatch("".join(tokens), database, re.IGNORECASE | re.DOTALL) is not None


def _tokens(pattern: str) -> list[str]:
    return re.findall(r"\\.|.", pattern, re.DOTALL)


def _expression(token: str) -> str:
    return {"%": ".*", "_": "."}.get(token) or re.escape(token[-1])


def _decisive(grants: Iterable[_Grant]) -> Iterator[_Grant]:
    """Of each grantee the one whose name is no pattern, else all: servers differ in their order."""
    by_grantee: dict[str, list[_Grant]] = {}
    for grant in grants:
        by_grantee.setdefault(grant.grantee, []).append(grant)
    for several in by_grantee.values():
        plain = [grant for grant in several if {"%", "_"}.isdisjoint(_tokens(grant.database))]
        yield from plain or several


def _union(grants: Iterable[_Grant]) -> frozenset[str]:
    return frozenset[str]().union(*(grant.privileges for grant in grants))
