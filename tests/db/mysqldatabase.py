"""Databases of the tests' servers as the program has them: by its settings, with its schema."""

from __future__ import annotations

from pathlib import Path

from opencode.config import MySQLSettings, Overrides, load_config
from opencode.db.mysql_session import MySQLConnection
from opencode.db.upgrade import upgrade
from tests.db.databases import PROJECT
from tests.db.mysqltarget import make_target

__all__ = ["execute", "migrated", "settings_of"]


def settings_of(dsn: str) -> MySQLSettings:
    """What the program makes of a DSN."""
    config = load_config(Path("/nonexistent"), environ={}, overrides=Overrides(dsn=dsn))
    assert config.mysql is not None
    return config.mysql


def migrated(dsn: str) -> MySQLSettings:
    """The settings of an empty database, which then is a new one of the program's."""
    settings = settings_of(dsn)
    report = upgrade(
        make_target(settings), auto_migrate=True, project_id=lambda: PROJECT, progress=None
    )
    assert report.created
    return settings


def execute(connection: MySQLConnection, *statements: str) -> tuple[tuple[object, ...], ...]:
    """Run statements; returns the rows of the last one."""
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        return cursor.fetchall()
