from __future__ import annotations

import inspect
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest

from opencode.db import querier as module
from opencode.db.querier import MessageRow, Querier
from opencode.db.queries import load_queries, read_queries
from opencode.db.resources import migrations_directory, sql_directory
from opencode.models import FileSummary, FileVersion, Project, Session

EVERYTHING = "%"
VALUES = {"str": "x", "int": 1, "float": 0.5, "str | None": None, "int | None": None}


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    """A database with all migrations, in memory."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        for path in sorted(migrations_directory("sqlite").glob("*.sql")):
            if not path.name.endswith(".rollback.sql"):
                connection.executescript(path.read_text(encoding="utf-8"))
        yield connection


@pytest.fixture
def querier(connection: sqlite3.Connection) -> Querier:
    return Querier(load_queries("sqlite"), connection)


def add_session(querier: Querier, id: str, *, parent: str | None = None, updated: int = 1) -> None:
    querier.create_session(
        id=id,
        project_id="acme",
        parent_session_id=parent,
        title=f"Title of {id}",
        author=None,
        updated_at=updated,
        created_at=1,
    )


def add_message(querier: Querier, id: str, session: str) -> None:
    querier.advance_session(project_id="acme", id=session)
    querier.create_message(
        id=id,
        role="user",
        parts="[]",
        model=None,
        created_at=1,
        updated_at=1,
        finished_at=None,
        project_id="acme",
        session_id=session,
    )


def add_file(querier: Querier, id: str, session: str, *, version: str = "initial") -> None:
    querier.create_file_version(
        id=id,
        path="a.py",
        content="print()",
        version=version,
        created_at=1,
        updated_at=1,
        project_id="acme",
        session_id=session,
    )


def methods() -> dict[str, Callable[..., Any]]:
    return {name: method for name, method in vars(Querier).items() if not name.startswith("_")}


def dummies(method: Callable[..., Any]) -> dict[str, Any]:
    parameters = inspect.signature(method).parameters.values()
    values = {p.name: VALUES[p.annotation] for p in parameters if p.name != "self"}
    return {**values, "ids": '["x"]'} if "ids" in values else values


def test_there_is_one_documented_method_per_query_in_the_order_of_the_files() -> None:
    queries = read_queries(sql_directory("sqlite"))
    assert list(methods()) == [query.name for query in queries]
    for query in queries:
        method = methods()[query.name]
        parameters = list(inspect.signature(method).parameters.values())[1:]
        assert tuple(parameter.name for parameter in parameters) == query.parameters
        assert all(parameter.kind is parameter.KEYWORD_ONLY for parameter in parameters)
        assert method.__doc__


@pytest.mark.parametrize("name", methods())
def test_every_query_runs_on_an_empty_database(querier: Querier, name: str) -> None:
    method = methods()[name]
    result = method(querier, **dummies(method))
    returns = inspect.signature(method).return_annotation
    if returns.startswith("list["):
        assert result == []
    elif returns.endswith("| None"):
        assert result is None
    else:
        assert type(result).__name__ == returns


def test_rows_have_the_types_their_classes_promise(querier: Querier) -> None:
    add_session(querier, "s1")
    add_session(querier, "s2", parent="s1")
    add_message(querier, "m1", "s1")
    add_file(querier, "f1", "s1")
    rows = [
        querier.get_session(project_id="acme", id="s1"),
        querier.get_session(project_id="acme", id="s2"),
        querier.get_message(project_id="acme", id="m1"),
        querier.count_everything(),
        querier.count_project(project_id="acme"),
        *querier.list_projects(),
        *querier.list_messages(project_id="acme", session_id="s1", seq=0, limit=9),
        *querier.list_files(project_id="acme", session_id="s1"),
    ]
    for row in rows:
        assert row is not None
        for name, annotation in type(row).__annotations__.items():
            value = getattr(row, name)
            kind = str(getattr(annotation, "__forward_arg__", annotation))
            assert value is None or type(value).__name__ == kind.removesuffix(" | None")
            assert value is not None or kind.endswith("| None")


def test_rows_are_the_models_where_their_fields_are_the_columns(querier: Querier) -> None:
    add_session(querier, "s1", updated=7)
    add_file(querier, "f1", "s1")
    assert querier.get_session(project_id="acme", id="s1") == Session(
        "s1", "acme", None, "Title of s1", 0, 0, 0, 0.0, None, None, 7, 1
    )
    assert querier.list_projects() == [
        Project("acme", sessions=1, children=0, messages=0, updated_at=7)
    ]
    assert querier.list_files(project_id="acme", session_id="s1") == [
        FileSummary("f1", "s1", "a.py", "initial", 1, 1)
    ]
    assert querier.get_file(project_id="acme", id="f1") == FileVersion(
        "f1", "s1", "a.py", "print()", "initial", 1, 1
    )


def test_rows_of_a_whole_table_are_named_after_it(querier: Querier) -> None:
    add_session(querier, "s1")
    add_message(querier, "m1", "s1")
    assert querier.get_message(project_id="acme", id="m1") == MessageRow(
        "m1", "s1", 1, "user", "[]", None, 1, 1, None
    )


def test_generated_rows_are_immutable() -> None:
    names = [name for name in module.__all__ if name.endswith("Row")]
    assert names
    for name in names:
        assert issubclass(getattr(module, name), tuple)


def test_one_column_comes_as_plain_values(querier: Querier) -> None:
    add_session(querier, "s1")
    add_session(querier, "s2", parent="s1")
    add_session(querier, "s3", parent="s2")
    assert sorted(querier.list_session_tree(project_id="acme", id="s1")) == ["s1", "s2", "s3"]


def test_changes_tell_how_many_rows(querier: Querier) -> None:
    for number in range(3):
        add_session(querier, f"s{number}")
    assert querier.rename_session(title="New", project_id="acme", id="s0") == 1
    assert querier.rename_session(title="New", project_id="other", id="s0") == 0
    assert querier.delete_sessions(project_id="acme", ids=json.dumps(["s1", "s2", "s9"])) == 2
    assert querier.delete_sessions(project_id="acme", ids="[]") == 0


def test_values_are_never_none_where_there_is_always_a_row(querier: Querier) -> None:
    assert querier.has_backfill_work() is False
    assert querier.count_messages(project_id="acme", ids="[]") == 0
    assert querier.count_project(project_id="acme").messages == 0


def test_a_page_goes_on_after_the_row_it_is_given(querier: Querier) -> None:
    for number in range(5):
        add_session(querier, f"s{number}", updated=number // 2)
    page = querier.list_roots_by_updated(
        project_id="acme",
        title_pattern=EVERYTHING,
        author_pattern=EVERYTHING,
        updated_at=1,
        id="s3",
        limit=2,
    )
    assert [session.id for session in page] == ["s2", "s1"]
