"""Databases of the tests' servers as the program has them: by its settings, with its schema."""

from __future__ import annotations

from contextlib import AbstractContextManager, closing
from pathlib import Path

from opencode.config import Overrides, load_config
from opencode.config.server import MySQLSettings
from opencode.db.migrate import migrate, roll_back
from opencode.db.migrate_ledger import JOURNAL, Ledger
from opencode.db.migrations import Migration, shipped_migrations
from opencode.db.mysql_connect import Connector
from opencode.db.mysql_session import MySQLConnection
from opencode.db.mysql_target import MySQLTarget
from opencode.db.survey import status
from opencode.db.upgrade import UpgradeReport, upgrade
from tests.db.databases import PROJECT
from tests.db.mysqltarget import Wrap, make_target

__all__ = ["SHIPPED", "Database", "execute", "migrated", "settings_of"]

SHIPPED = shipped_migrations("mysql")
LEDGER = Ledger("mysql")

SNAPSHOT = """
SELECT table_name, column_name, column_type, is_nullable, column_default, collation_name
FROM information_schema.columns
WHERE table_schema = DATABASE() AND table_name IN ('sessions', 'messages', 'files')
ORDER BY 1, 2;
SELECT table_name, index_name, seq_in_index, column_name, collation, non_unique, sub_part
FROM information_schema.statistics
WHERE table_schema = DATABASE() AND table_name IN ('sessions', 'messages', 'files')
ORDER BY 1, 2, 3;
SELECT trigger_name, event_manipulation, action_timing, action_statement
FROM information_schema.triggers
WHERE event_object_schema = DATABASE()
ORDER BY 1;
SELECT constraint_name, table_name, referenced_table_name, delete_rule
FROM information_schema.referential_constraints
WHERE constraint_schema = DATABASE()
ORDER BY 1
"""


def settings_of(dsn: str) -> MySQLSettings:
    """What the program makes of a DSN."""
    config = load_config(Path("/nonexistent"), environ={}, overrides=Overrides(dsn=dsn))
    assert config.mysql is not None
    return config.mysql


def migrated(dsn: str) -> MySQLSettings:
    """The settings of an empty database, which then is a new one of the program's."""
    database = Database(dsn)
    assert database.upgrade().created
    return database.settings


def execute(connection: MySQLConnection, *statements: str) -> tuple[tuple[object, ...], ...]:
    """Run statements; returns the rows of the last one."""
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        return cursor.fetchall()


class Database:
    """A database of the program's, and ways to work on it."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self.settings = settings_of(dsn)
        self.connector = Connector(self.settings, environ={})

    def open(self) -> AbstractContextManager[MySQLConnection]:
        return closing(self.connector.connect())

    def target(self, wrap: Wrap | None = None) -> MySQLTarget:
        return make_target(self.settings, wrap)

    def upgrade(self, target: MySQLTarget | None = None) -> UpgradeReport:
        return upgrade(
            target or self.target(), auto_migrate=True, project_id=lambda: PROJECT, progress=None
        )

    def run(self, *statements: str) -> tuple[tuple[object, ...], ...]:
        with self.open() as connection:
            return execute(connection, *statements)

    def names(self, sql: str) -> list[str]:
        """The first column."""
        return [str(row[0]) for row in self.run(sql)]

    def apply(self, *migrations: Migration) -> tuple[str, ...]:
        with self.open() as connection:
            return migrate(connection, LEDGER, migrations, translate=self.target().translate)

    def undo(self, *migrations: Migration) -> tuple[str, ...]:
        with self.open() as connection:
            return roll_back(connection, LEDGER, migrations, translate=self.target().translate)

    def snapshot(self) -> list[tuple[tuple[object, ...], ...]]:
        """All that the migrations define; the order of what they made does not matter."""
        return [self.run(sql) for sql in SNAPSHOT.split(";")]

    def empty(self) -> None:
        """Make it a new one, sooner than by dropping it."""
        names = self.names("SHOW TABLES")
        self.run("SET foreign_key_checks = 0", *(f"DROP TABLE {name}" for name in names), "DO 0")

    def is_finished(self) -> bool:
        """Whether nothing is pending, half done or wrong."""
        found = status(self.target())
        unfinished = self.run(f"SELECT * FROM {JOURNAL}")
        return (found.pending, found.problems, unfinished) == ((), (), ())
