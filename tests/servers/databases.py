"""Databases and accounts on a server, made for one test and dropped after it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace

from pymysql.constants import CR, ER
from pymysql.err import MySQLError, OperationalError

from opencode.db.migrations import Connection as AnyConnection
from opencode.db.migrations import fetch
from tools.servers.account import Account, Connection
from tools.servers.server import Server

__all__ = ["NeedsMore", "account_on", "database_on", "process_list"]

LOCK_SECONDS = 25  # less than a connection waits for an answer


class NeedsMore(Exception):
    """The account that was given may not do what a test needs done."""


@contextmanager
def database_on(server: Server) -> Iterator[str]:
    """The DSN of an empty database, with the server's own default character set.

    With a restricted account it is always the same one, held by a lock of the server's, so that
    neither the workers of a run nor two runs disturb each other.
    """
    account = server.admin
    # In no database itself: that makes it one that another test might end.
    with closing(account.using("").connect()) as connection:
        if server.restricted:
            with _only_database(connection, account.database):
                yield account.dsn
            return
        name = f"oc_test_{secrets.token_hex(6)}"
        _execute(connection, f"CREATE DATABASE {name}")
    try:
        yield account.using(name).dsn
    finally:
        _drop(account, name)


def _drop(account: Account, database: str) -> None:
    try:
        connection = account.using("").connect()
    except OperationalError as error:
        if error.args[0] == CR.CR_CONN_HOST_ERROR:
            return  # the server went, as it does for some tests, and the database with it
        raise
    with closing(connection):
        _end_connections(connection, database)
        _execute(connection, f"DROP DATABASE IF EXISTS {database}")


@contextmanager
def account_on(
    server: Server, dsn: str, privileges: tuple[str, ...], *, password: str | None, options: str
) -> Iterator[str]:
    """The DSN of a new account with these privileges on the database of `dsn` and on no other."""
    database = Account.parse(dsn).database
    user = f"oc_test_{secrets.token_hex(6)}"
    word = secrets.token_urlsafe(12) if password is None else password
    granted = ", ".join(privileges) or "USAGE"
    with closing(server.admin.using("").connect()) as connection:
        identified = f"IDENTIFIED BY {connection.escape(word)}"
        try:
            _execute(connection, f"CREATE USER '{user}'@'%' {identified} {options}")
        except MySQLError as error:
            raise NeedsMore("an account that may create others") from error
        try:
            _execute(connection, f"GRANT {granted} ON `{database}`.* TO '{user}'@'%'")
            yield replace(server.admin, user=user, password=word, database=database).dsn
        finally:
            _execute(connection, f"DROP USER '{user}'@'%'")


@contextmanager
def _only_database(connection: Connection, name: str) -> Iterator[None]:
    lock = f"oc_test.{name}"
    for _ in range(4):
        if _column(connection, f"SELECT GET_LOCK('{lock}', {LOCK_SECONDS})") == [1]:
            break
    else:
        raise NeedsMore("a database that no other test is using")
    try:
        _empty(connection, name)
        yield
        _end_connections(connection, name)
        _empty(connection, name)
    finally:
        _execute(connection, f"SELECT RELEASE_LOCK('{lock}')")


def _empty(connection: Connection, database: str) -> None:
    """Drop all there is; triggers go with their tables."""
    _execute(connection, "SET SESSION foreign_key_checks = 0")
    for kind, condition in (("VIEW", "= 'VIEW'"), ("TABLE", "<> 'VIEW'")):
        names = _column(
            connection,
            "SELECT table_name FROM information_schema.tables "
            f"WHERE table_schema = '{database}' AND table_type {condition}",
        )
        for name in names:
            _execute(connection, f"DROP {kind} `{database}`.`{name}`")


def _end_connections(connection: Connection, database: str) -> None:
    """A connection left with an open transaction would make DROP wait for it."""
    others = _column(
        connection,
        f"SELECT id FROM {process_list(connection)} "
        f"WHERE db = '{database}' AND id <> CONNECTION_ID()",
    )
    for identifier in others:
        try:
            _execute(connection, f"KILL {identifier}")
        except MySQLError as error:
            if error.args[0] != ER.NO_SUCH_THREAD:  # it ended by itself
                raise


def process_list(connection: AnyConnection) -> str:
    """The table of connections; MySQL's old one cannot be read while a statement has an emoji."""
    version = str(fetch(connection, "SELECT VERSION() AS version")[0]["version"])
    schema = "information" if "mariadb" in version.lower() else "performance"
    return f"{schema}_schema.processlist"


def _execute(connection: Connection, statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _column(connection: Connection, query: str) -> list[object]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return [row[0] for row in cursor.fetchall()]
