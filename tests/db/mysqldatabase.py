"""The MySQL or MariaDB server that OPENCODE_TEST_MYSQL_DSN names, and databases on it for tests.

Its account must be allowed to create databases and accounts.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import sqlparse

from opencode.config import MySQLSettings, Overrides, load_config
from opencode.db.mysql_connect import Connector
from opencode.db.mysql_session import MySQLConnection
from opencode.db.resources import migrations_directory

# Read here, because no test sees the caller's OPENCODE_* variables.
DSN = os.environ.get("OPENCODE_TEST_MYSQL_DSN", "")


def server_settings() -> MySQLSettings:
    """The account of the DSN, or a skipped test."""
    if not DSN:
        pytest.skip("OPENCODE_TEST_MYSQL_DSN is not set")
    return _parse(DSN)


@cache
def _parse(dsn: str) -> MySQLSettings:
    config = load_config(Path("/nonexistent"), environ={}, overrides=Overrides(dsn=dsn))
    assert config.mysql is not None
    return config.mysql


@contextmanager
def administrator() -> Iterator[MySQLConnection]:
    """A connection of the DSN's account, in the database it names."""
    with closing(Connector(server_settings(), environ={}).connect()) as connection:
        yield connection


def execute(connection: MySQLConnection, *statements: str) -> tuple[tuple[object, ...], ...]:
    """Run statements; returns the rows of the last one."""
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        return cursor.fetchall()


@contextmanager
def fresh_database(*, schema: bool = True) -> Iterator[MySQLSettings]:
    """A database of its own, with all migrations applied, dropped in the end."""
    settings = replace(server_settings(), database=f"oc_provider_{secrets.token_hex(4)}")
    with administrator() as connection:
        execute(connection, f"CREATE DATABASE {settings.database}")
        try:
            if schema:
                apply_migrations(connection, settings.database)
            yield settings
        finally:
            execute(connection, f"DROP DATABASE {settings.database}")


def apply_migrations(connection: MySQLConnection, database: str) -> None:
    connection.select_db(database)
    for path in sorted(migrations_directory("mysql").glob("*.sql")):
        if path.name.endswith(".rollback.sql"):
            continue
        for statement in sqlparse.split(path.read_text()):
            if sqlparse.format(statement, strip_comments=True).strip():
                execute(connection, statement)
