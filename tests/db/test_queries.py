from __future__ import annotations

import sqlite3
import threading
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pymysql.connections import Connection as MySQLConnection

from opencode.db import queries, resources
from opencode.db.queries import Adapter, load_queries
from opencode.db.queries import read_queries as read
from opencode.errors import IncompleteInstallation

ONE = "-- name: get_one(id)^\n-- One.\nSELECT name FROM things WHERE id = :id;\n"
ALL = "-- name: list_all()\n-- All.\nSELECT id, name FROM things ORDER BY id;\n"
COUNT = "-- name: count_all()$\n-- How many.\nSELECT count(*) FROM things;\n"
DELETE = "-- name: delete_up_to(id)!\n-- Delete.\nDELETE FROM things WHERE id <= :id;\n"
PERCENT = (
    "-- name: find(name)\n-- Find.\nSELECT '50% :x' FROM t WHERE a LIKE '%b%' AND c = :name;\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An installation of its own with the queries above, in both dialects."""
    for dialect in ("sqlite", "mysql"):
        write(tmp_path / "sql" / dialect, {"a.sql": ONE + "\n" + ALL, "b.sql": COUNT + DELETE})
    return tmp_path / "sql"


@pytest.fixture
def installed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(resources, "PACKAGE", folder.parent / "opencode")
    monkeypatch.setattr(queries, "load_queries", load_queries.__wrapped__)
    return folder


def write(folder: Path, files: Mapping[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")


def things(count: int = 3) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT)")
    connection.executemany(
        "INSERT INTO things (id, name) VALUES (?, ?)", [(n, f"thing {n}") for n in range(count)]
    )
    return connection


# Loading


def test_both_dialects_of_the_program_load() -> None:
    sqlite, mysql = (read(resources.sql_directory(dialect)) for dialect in ("sqlite", "mysql"))
    assert [query.name for query in sqlite] == [query.name for query in mysql]
    for dialect in ("sqlite", "mysql"):
        assert load_queries(dialect).get_session.__name__ == "get_session"
    assert load_queries("sqlite") is load_queries("sqlite")
    assert load_queries("sqlite") is not load_queries("mysql")


def test_queries_come_sorted_by_file_and_then_as_they_stand(folder: Path) -> None:
    found = read(folder / "sqlite")
    assert [str(query) for query in found] == [
        "get_one(id)^",
        "list_all()",
        "count_all()$",
        "delete_up_to(id)!",
    ]
    assert found[1].place == f"{folder / 'sqlite' / 'a.sql'}:5"
    assert found[1].doc == "All."


def test_a_name_that_is_there_twice_is_refused_with_both_places(folder: Path) -> None:
    write(folder / "sqlite", {"c.sql": "\n" + ONE})
    with pytest.raises(IncompleteInstallation, match=r"c\.sql:2: .*get_one.*a\.sql:1"):
        read(folder / "sqlite")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("-- name: without_list\nSELECT 1;\n", "missing mandatory parameter list"),
        ("-- name: f(a)\nSELECT :b;\n", "undeclared parameter"),
        ("-- name: f(a)\nSELECT 1;\n", "unused declared parameter"),
        ("-- name: f()\n", "empty"),
        ("-- name: f(a)*!\nDELETE FROM t WHERE a = :a;\n", "operation not in use"),
        ("-- name: f(a)<!\nINSERT INTO t VALUES (:a);\n", "operation not in use"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(folder: Path, text: str, complaint: str) -> None:
    write(folder / "sqlite", {"c.sql": text})
    with pytest.raises(IncompleteInstallation, match=complaint) as caught:
        read(folder / "sqlite")
    assert "c.sql" in caught.value.message
    assert caught.value.hint


def test_files_are_utf_8_whatever_the_locale(folder: Path) -> None:
    write(folder / "sqlite", {"c.sql": "-- name: f()$\n-- Sagt ü … 日本.\nSELECT 'ü';\n"})
    assert read(folder / "sqlite")[-1].doc == "Sagt ü … 日本."


# Where the files are


def test_files_inside_the_package_come_before_those_beside_it(installed: Path) -> None:
    assert resources.sql_directory("sqlite") == installed / "sqlite"
    inside = installed.parent / "opencode" / "_sql" / "sqlite"
    write(inside, {"a.sql": ONE})
    assert resources.sql_directory("sqlite") == inside
    write(installed.parent / "migrations" / "mysql", {"0001_a.sql": "SELECT 1;"})
    assert resources.migrations_directory("mysql").parent.name == "migrations"


@pytest.mark.parametrize("leave_empty_folder", [True, False])
def test_missing_files_are_an_incomplete_installation(
    installed: Path, leave_empty_folder: bool
) -> None:
    for path in (installed / "sqlite").iterdir():
        path.unlink()
    if not leave_empty_folder:
        (installed / "sqlite").rmdir()
    with pytest.raises(IncompleteInstallation) as caught:
        queries.load_queries("sqlite")
    assert str(installed.parent / "opencode" / "_sql" / "sqlite") in caught.value.message
    assert str(installed / "sqlite") in caught.value.message
    assert caught.value.hint


# Running


def test_operations_give_rows_one_row_a_value_and_a_count(installed: Path) -> None:
    loaded = queries.load_queries("sqlite")
    with closing(things()) as connection:
        assert loaded.list_all(connection) == [(0, "thing 0"), (1, "thing 1"), (2, "thing 2")]
        assert loaded.get_one(connection, id=1) == ("thing 1",)
        assert loaded.get_one(connection, id=9) is None
        assert loaded.count_all(connection) == 3
        assert loaded.delete_up_to(connection, id=1) == 2
        assert loaded.delete_up_to(connection, id=1) == 0


def test_a_listing_leaves_no_read_transaction_behind(installed: Path, tmp_path: Path) -> None:
    loaded = queries.load_queries("sqlite")
    with closing(things()) as connection:
        rows = loaded.list_all(connection)
        connection.execute("DROP TABLE things")  # refused while a cursor is unfinished
    assert len(rows) == 3


def test_errors_come_from_the_call_itself(installed: Path) -> None:
    loaded = queries.load_queries("sqlite")
    with (
        closing(sqlite3.connect(":memory:")) as connection,
        pytest.raises(sqlite3.OperationalError, match="no such table"),
    ):
        loaded.list_all(connection)


class RecordingCursor:
    """Counts what is open; fails on demand."""

    rowcount = 1

    def __init__(self, *, fail: bool) -> None:
        self.fail = fail
        self.closed = False
        self.given: object = None

    def execute(self, sql: str, parameters: object) -> None:
        self.given = parameters
        if self.fail:
            raise RuntimeError

    def fetchall(self) -> tuple[tuple[int], ...]:
        return ((1,), (2,))

    def fetchone(self) -> tuple[int]:
        return (1,)

    def close(self) -> None:
        self.closed = True


class RecordingConnection:
    def __init__(self, *, fail: bool = False) -> None:
        self.fail = fail
        self.cursors: list[RecordingCursor] = []

    def cursor(self) -> RecordingCursor:
        self.cursors.append(RecordingCursor(fail=self.fail))
        return self.cursors[-1]


@pytest.mark.parametrize("fail", [True, False])
@pytest.mark.parametrize("call", ["select", "select_one", "select_value", "insert_update_delete"])
def test_every_cursor_is_closed(call: str, fail: bool) -> None:
    connection = RecordingConnection(fail=fail)
    try:
        getattr(Adapter(), call)(connection, "name", "SELECT 1", {})
    except RuntimeError:
        assert fail
    assert [cursor.closed for cursor in connection.cursors] == [True]


def test_there_are_no_twins_that_hand_out_cursors() -> None:
    assert not [name for name in dir(load_queries("sqlite")) if name.endswith("_cursor")]


def test_threads_share_the_queries(installed: Path) -> None:
    loaded = queries.load_queries("sqlite")
    counts: list[int] = []

    def work(size: int) -> None:
        with closing(things(size)) as connection:
            counts.extend(loaded.count_all(connection) for _ in range(50))

    threads = [threading.Thread(target=work, args=(size,)) for size in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counts) == sorted(size for size in range(1, 5) for _ in range(50))


# MySQL's placeholders


def mysql_text(sql: str, parameters: dict[str, Any]) -> str:
    """What PyMySQL sends to the server."""
    connection: Any = MySQLConnection(defer_connect=True)
    connection.server_status = 0
    return str(connection.cursor().mogrify(sql, parameters))


def test_percent_signs_reach_mysql_as_they_stand(installed: Path) -> None:
    write(installed / "mysql", {"c.sql": PERCENT})
    sql = queries.load_queries("mysql").find.sql
    sent = mysql_text(sql, {"name": "100% %s %(x)s"})
    assert sent == "SELECT '50% :x' FROM t WHERE a LIKE '%b%' AND c = '100% %s %(x)s';"


def test_percent_signs_reach_mysql_without_parameters_too(installed: Path) -> None:
    write(installed / "mysql", {"c.sql": "-- name: f()\nSELECT '%', '%s';\n"})
    assert mysql_text(queries.load_queries("mysql").f.sql, {}) == "SELECT '%', '%s';"


def test_a_query_is_parsed_when_it_is_first_used(installed: Path) -> None:
    write(installed / "sqlite", {"c.sql": "-- name: broken\nSELECT 1;\n"})
    loaded = queries.load_queries("sqlite")
    assert loaded.available_queries == []
    with closing(things()) as connection:
        assert loaded.count_all(connection) == 3
    assert loaded.available_queries == ["count_all"]
    for _ in range(2):
        with pytest.raises(IncompleteInstallation, match=r"c\.sql.*missing mandatory parameter"):
            loaded.broken(None)
    with pytest.raises(AttributeError, match="there is no query unheard_of"):
        _ = loaded.unheard_of


def test_threads_that_use_a_query_for_the_first_time_together(installed: Path) -> None:
    loaded = queries.load_queries("sqlite")
    barrier = threading.Barrier(8)
    counted: list[int] = []

    def count() -> None:
        with closing(things()) as connection:
            barrier.wait(20)
            counted.append(loaded.count_all(connection))

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert counted == [3] * 8


def test_mysql_is_always_given_a_dict(installed: Path) -> None:
    connection = RecordingConnection()
    loaded = queries.load_queries("mysql")
    loaded.list_all(connection)
    loaded.get_one(connection, id=1)
    assert [cursor.given for cursor in connection.cursors] == [{}, {"id": 1}]
