"""Which servers are to be had, by the environment and by what the machine has.

`OPENCODE_TEST_MYSQL_DSN`      DSNs of running servers, separated by spaces; no others are used
`OPENCODE_TEST_MYSQL_SERVERS`  without a DSN: `all` (the default), `first`, or which of
                               `container`, `mysqld` and `mariadbd`
`OPENCODE_TEST_MYSQL_IMAGE`    images for `container`, separated by spaces; `mysql:8.4` by default
"""

from __future__ import annotations

import os
import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pymysql.err import MySQLError

from tools.servers.account import Account, Connection
from tools.servers.private import PrivateServer, find_programs
from tools.servers.server import OwnServer, Product, ServerError, describe

__all__ = ["DSNS", "IMAGES", "SERVERS", "Choice", "Source", "choose", "own_server"]

DSNS = "OPENCODE_TEST_MYSQL_DSN"
SERVERS = "OPENCODE_TEST_MYSQL_SERVERS"
IMAGES = "OPENCODE_TEST_MYSQL_IMAGE"

_DEFAULT_IMAGE = "mysql:8.4"
_KINDS = ("container", "mysqld", "mariadbd")
_NEEDED = f"DSN of an administrator in {DSNS}"


@dataclass(frozen=True, slots=True)
class Source:
    """One server, running (`dsn`) or to be started; `what` is a DSN, an image or a program."""

    name: str
    """Unique among the sources; part of the ids of tests."""
    kind: Literal["dsn", "container", "private"]
    product: Product
    what: str = field(repr=False)
    restricted: bool = False

    def __str__(self) -> str:
        how = {"dsn": f"from {DSNS}", "container": "in a container", "private": "a private server"}
        return f"{self.name} ({how[self.kind]})"


@dataclass(frozen=True, slots=True)
class Choice:
    """The servers to use, and why there are no others, a line each."""

    sources: tuple[Source, ...]
    reasons: tuple[str, ...] = ()


def choose(environ: Mapping[str, str]) -> Choice:
    """Find out what is to be had; starts nothing, but pulls an image if it must.

    Raises:
        ServerError: A setting cannot be used: a server that was named is never left out.
    """
    dsns = environ.get(DSNS, "").split()
    if dsns:
        return Choice(_distinct(_from_dsn(dsn, number) for number, dsn in enumerate(dsns, 1)))
    wanted = environ.get(SERVERS, "").split() or ["all"]
    for word in wanted:
        if word not in {"all", "first", *_KINDS}:
            known = ", ".join(("all", "first", *_KINDS))
            raise ServerError(f"{SERVERS}: unknown word {word!r}; use {known}")
    images = environ.get(IMAGES, "").split() or [_DEFAULT_IMAGE]
    kinds = _KINDS if {"all", "first"} & set(wanted) else wanted
    return _find(kinds, images, first="first" in wanted)


def own_server(source: Source, flags: Iterable[str] = ()) -> OwnServer:
    """A server of this kind for one user alone, not yet started; not for a `dsn`."""
    if source.kind == "container":
        from tools.servers.container import ContainerServer

        return ContainerServer(source.what, tuple(flags))
    assert source.kind == "private"
    return PrivateServer(Path(source.what), source.product, tuple(flags))


def _find(kinds: Iterable[str], images: Iterable[str], *, first: bool) -> Choice:
    sources: list[Source] = []
    reasons = [f"{DSNS} is not set"]
    for kind in kinds:
        if first and sources:
            break
        found = _containers(images) if kind == "container" else _private(kind)
        for source in found:
            if isinstance(source, Source):
                sources.append(source)
            else:
                reasons.append(source)
    return Choice(_distinct(sources), tuple(reasons))


def _containers(images: Iterable[str]) -> Iterator[Source | str]:
    socket = urlsplit(os.environ.get("DOCKER_HOST") or "unix:///var/run/docker.sock")
    if socket.scheme == "unix" and not Path(socket.path).is_socket():
        yield "no Docker engine answers"
        return
    # Only now: loading it takes as long as all the rest.
    from tools.servers.container import prepare_image, product_of

    for image in images:
        trouble = prepare_image(image)
        yield trouble or Source(image, "container", product_of(image), image)


def _private(kind: str) -> Iterator[Source | str]:
    wanted = "mariadb" if kind == "mariadbd" else "mysql"
    for program in find_programs():
        if program.product == wanted:
            name = f"{program.product}-{program.version}"
            yield Source(name, "private", program.product, str(program.path))
            return
    yield f"no {kind} is installed"


def _from_dsn(dsn: str, number: int) -> Source:
    try:
        account = Account.parse(dsn)
        server = describe("", account)
        connection = account.connect()
    except (ValueError, MySQLError, OSError) as error:
        # The DSN itself would show the password.
        raise ServerError(f"{DSNS}, number {number}: {error}") from error
    try:
        restricted = not _can_create_databases(connection)
        if restricted:
            _check_only_database(connection, account)
    finally:
        connection.close()
    name = f"{server.product}-{'.'.join(map(str, server.version))}"
    return Source(name, "dsn", server.product, dsn, restricted)


def _can_create_databases(connection: Connection) -> bool:
    name = f"oc_test_{secrets.token_hex(6)}"
    with connection.cursor() as cursor:
        try:
            cursor.execute(f"CREATE DATABASE {name}")
        except MySQLError:
            return False
        cursor.execute(f"DROP DATABASE {name}")
    return True


def _check_only_database(connection: Connection, account: Account) -> None:
    """The tests will empty it: it must look as if it was made for them."""
    if not account.database:
        raise ServerError(
            f"{DSNS}: {account.user} may not create databases, and the DSN names none; "
            f"give a {_NEEDED}, or one with an empty database"
        )
    with connection.cursor() as cursor:
        tables = cursor.execute("SHOW TABLES")
    if tables and "test" not in account.database.lower():
        raise ServerError(
            f"{DSNS}: the tests would empty the database {account.database}, which holds "
            f"{tables} tables; give an empty one, or one with `test` in its name"
        )


def _distinct(sources: Iterable[Source]) -> tuple[Source, ...]:
    """Number those of the same name."""
    seen: Counter[str] = Counter()
    named = []
    for source in sources:
        seen[source.name] += 1
        count = seen[source.name]
        named.append(replace(source, name=f"{source.name}-{count}") if count > 1 else source)
    return tuple(named)
