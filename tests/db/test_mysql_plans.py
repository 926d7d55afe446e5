"""On a server every query reads a bounded number of rows, however many there are.

Counted by the server itself (Handler_read…), because plans are guesses and differ by product.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import Any

import pymysql
import pytest

from opencode.config import Overrides, load_config
from opencode.db.mysql_connect import Connector
from opencode.db.querier import Querier
from opencode.db.queries import load_queries
from opencode.store import open_store
from tools.servers.server import Server

PROJECTS = 20
SESSIONS = 500
"""Of a project; six of seven are children of another one."""
PAGE = 20
PROJECT = "project-07"
START: dict[str, Any] = {"updated": 2**62, "created": 2**62, "cost": 1e300}
END: dict[str, Any] = {"updated": -1, "created": -1, "cost": -1.0}
COLUMN = {"updated": "updated_at", "created": "created_at", "cost": "cost"}
ANY: dict[str, Any] = {"title_pattern": "%", "author_pattern": "%", "limit": PAGE}


class Counted:
    """A Querier on a connection of its own that tells how many rows the server read."""

    def __init__(self, connection: Any, product: str) -> None:
        self.connection = connection
        self.product = product
        self.querier = Querier(load_queries("mysql"), connection)

    def reads(self, call: Callable[[Querier], object]) -> int:
        """The least of two calls: at the first the server reads its own dictionary, too."""
        counts = []
        for _ in range(2):
            before = self._handler_reads()
            with suppress(pymysql.IntegrityError):
                call(self.querier)
            counts.append(self._handler_reads() - before)
        return min(counts)

    def _handler_reads(self) -> int:
        with self.connection.cursor() as cursor:
            cursor.execute("SHOW SESSION STATUS LIKE 'Handler_read%'")
            return sum(int(value) for _, value in cursor.fetchall())


@pytest.fixture
def counted(mysql_server: Server, mysql_database: str, tmp_path: Path) -> Iterator[Counted]:
    """A database with PROJECTS × SESSIONS sessions in it."""
    open_store(tmp_path, project=PROJECT, dsn=mysql_database).close()
    settings = load_config(tmp_path, overrides=Overrides(dsn=mysql_database)).mysql
    assert settings is not None
    with closing(Connector(settings).connect()) as connection:
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO sessions (id, project_id, parent_session_id, title, author, cost, "
                "updated_at, created_at) VALUES (%s, %s, %s, %s, 'ada', %s, %s, %s)",
                [row(project, number) for project in range(PROJECTS) for number in range(SESSIONS)],
            )
            cursor.execute("ANALYZE TABLE sessions")
            cursor.fetchall()
        yield Counted(connection, mysql_server.product)


def row(project: int, number: int) -> tuple[object, ...]:
    parent = None if number % 7 == 0 else session_id(project, number - number % 7)
    return (
        session_id(project, number),
        f"project-{project:02}",
        parent,
        f"title {number}",
        number % 17 / 10,
        1_700_000_000 + number * 7919 % 1_000_003,
        1_700_000_000 + number * 104_729 % 1_000_003,
    )


def session_id(project: int, number: int) -> str:
    return f"01970000-{project:04}-7{number:09}"


def ask(name: str, arguments: dict[str, Any], querier: Querier) -> object:
    return getattr(querier, name)(**arguments)


@pytest.mark.parametrize("sort", ["updated", "created", "cost"])
@pytest.mark.parametrize("family", ["sessions", "roots"])
def test_a_page_reads_little_more_than_it_shows(counted: Counted, family: str, sort: str) -> None:
    down, up = f"list_{family}_by_{sort}", f"list_{family}_before_{sort}"
    first = {"project_id": PROJECT, "id": "", COLUMN[sort]: START[sort], **ANY}
    last = getattr(counted.querier, down)(**first)[-1]
    second = {**first, "id": last.id, COLUMN[sort]: getattr(last, COLUMN[sort])}
    # Rows of equal cost before the cursor are read and passed over.
    ties = SESSIONS // 17 if sort == "cost" else 2
    # MySQL sorts what it reads against the order of the index, but only this project's rows.
    upwards = SESSIONS + 5 if counted.product == "mysql" else PAGE + 2
    for name, arguments, limit in (
        (down, first, PAGE + 2),
        (down, second, PAGE + 2 + ties),
        (up, {**first, COLUMN[sort]: END[sort]}, upwards),
    ):
        assert counted.reads(partial(ask, name, arguments)) <= limit, name


@pytest.mark.parametrize("sort", ["updated", "created", "cost"])
def test_all_projects_pass_over_sub_sessions_only(counted: Counted, sort: str) -> None:
    name = f"list_all_sessions_by_{sort}"
    arguments = {"id": "", COLUMN[sort]: START[sort], **ANY}
    every = counted.reads(lambda q: getattr(q, name)(include_children=1, **arguments))
    roots = counted.reads(lambda q: getattr(q, name)(include_children=0, **arguments))
    assert every <= PAGE + 2
    assert roots <= 15 * PAGE


def test_a_filter_stays_within_the_project(counted: Counted) -> None:
    arguments = {**ANY, "title_pattern": "%nothing like it%"}
    reads = counted.reads(
        lambda q: q.list_roots_by_updated(
            project_id=PROJECT, id="", updated_at=START["updated"], **arguments
        )
    )
    assert reads <= SESSIONS // 7 + 5


def test_opening_and_appending_go_by_keys(counted: Counted) -> None:
    target = session_id(7, 7)
    scope = {"project_id": PROJECT, "session_id": target}
    steps: list[tuple[Callable[[Querier], object], int]] = [
        (lambda q: q.get_session(project_id=PROJECT, id=target), 2),
        (
            lambda q: q.list_sessions_by_prefix(
                project_id=PROJECT, first_id=target, end_id=target + "\x7f", limit=10
            ),
            3,
        ),
        (lambda q: q.list_children(project_id=PROJECT, parent_session_id=target), 10),
        (lambda q: q.list_session_tree(project_id=PROJECT, id=target), 100),
        (lambda q: q.count_roots(project_id=PROJECT, title_pattern="%", author_pattern="%"), 80),
        (lambda q: q.advance_session(project_id=PROJECT, id=target), 3),
        (
            lambda q: q.create_message(
                id="m",
                role="user",
                parts="[]",
                model=None,
                created_at=1,
                updated_at=1,
                finished_at=None,
                **scope,
            ),
            5,
        ),
        (lambda q: q.get_message(project_id=PROJECT, id="m"), 4),
        (lambda q: q.list_messages(seq=0, limit=100, **scope), 8),
        (lambda q: q.list_messages_before(seq=2**62, limit=100, **scope), 8),
        (lambda q: q.delete_sessions(project_id=PROJECT, ids=f'["{target}"]'), 60),
    ]
    for number, (call, limit) in enumerate(steps):
        assert counted.reads(call) <= limit, number
