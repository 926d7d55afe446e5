"""Sessions of many projects on a server, for `mysql_plans` to ask for.

They make much of what a query must pass by: one project is as large as ten others, most sessions
are children, a third of a project has the same place in each order, and one session has most of
the messages.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from opencode.db.migrate_base import split_statements
from opencode.db.migrations import read_migrations
from opencode.db.mysql_session import MySQLConnection

__all__ = [
    "FAMILY",
    "FILES",
    "LARGE",
    "MESSAGES",
    "PLACES",
    "SMALL",
    "UNTAGGED",
    "VERSIONS",
    "Project",
    "migrate",
    "seed",
]

FAMILY = 7
"""A session and those that it started."""
PLACES = 3
"""Different values of updated_at, created_at and cost."""
MESSAGES = 400
FILES = 60
VERSIONS = 3

# Placeholders only: with anything else among the values PyMySQL sends row by row.
_SESSION = """
INSERT INTO sessions (
    id, project_id, parent_session_id, title, author, last_seq, updated_at, created_at, cost
) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_MESSAGE = """
INSERT INTO messages (id, session_id, seq, role, parts, created_at, updated_at)
VALUES (%s, %s, %s, %s, %s, %s, %s)
"""
_FILE = """
INSERT INTO files (id, session_id, path, version, content, created_at, updated_at)
VALUES (%s, %s, %s, %s, %s, %s, %s)
"""


@dataclass(frozen=True, slots=True)
class Project:
    """A project of so many sessions; the first of them has MESSAGES and FILES."""

    number: int
    sessions: int
    id: str

    @property
    def roots(self) -> int:
        """How many of the sessions no other one started."""
        return -(-self.sessions // FAMILY)

    def session(self, number: int) -> str:
        """The id of a session."""
        return f"{self.number:02}-{number:05}"


LARGE = Project(0, 3_000, "large")
UNTAGGED = Project(1, 100, "")
SMALL = Project(2, 300, "small")
PROJECTS = (LARGE, UNTAGGED, SMALL, *(Project(n, 300, f"other {n}") for n in range(3, 22)))


def migrate(connection: MySQLConnection, migrations: Path) -> None:
    """Apply all migrations of a folder to an empty database, without a ledger."""
    with connection.cursor() as cursor:
        for migration in read_migrations(migrations):
            for statement in split_statements(migration, "apply"):
                cursor.execute(statement)


def seed(connection: MySQLConnection) -> None:
    """Fill the tables, and have the server look at what is in them."""
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        for project in PROJECTS:
            cursor.executemany(_SESSION, list(_sessions(project)))
        for project in (SMALL, LARGE):
            cursor.executemany(_MESSAGE, list(_messages(project)))
            cursor.executemany(_FILE, list(_files(project)))
        cursor.execute("COMMIT")
        cursor.execute("ANALYZE TABLE sessions, messages, files")
        cursor.fetchall()


def _sessions(project: Project) -> Iterator[tuple[object, ...]]:
    for number in range(project.sessions):
        id, first = project.session(number), number - number % FAMILY
        parent = None if number == first else project.session(first)
        place = number % PLACES
        # The next number is handed out already, to the message that create_message inserts.
        last_seq = 1 if number else MESSAGES + 1
        yield id, project.id, parent, f"title {number}", "ada", last_seq, place, place, place


def _messages(project: Project) -> Iterator[tuple[object, ...]]:
    for number in range(project.sessions):
        session = project.session(number)
        for seq in range(1, 2 if number else MESSAGES + 1):
            yield f"{session}-{seq}", session, seq, "user", "[]", 1, 1


def _files(project: Project) -> Iterator[tuple[object, ...]]:
    for number in range(project.sessions):
        session = project.session(number)
        for file in range(1 if number else FILES):
            path, version = f"{file // VERSIONS}.py", f"v{file % VERSIONS}"
            yield f"{session}-{file}", session, path, version, "", 1, 1
