from __future__ import annotations

from pathlib import Path

import pytest

from opencode.db.queries import Query
from tools.querygen.convert import convert_migration, convert_queries
from tools.querygen.emit import SUMMARY, emit, split_doc
from tools.querygen.reconcile import Typed, TypedQuery
from tools.querygen.rows import RowClasses
from tools.querygen.statements import describe

MODELS = '''
class Session:
    """Not a row of its own, for this test."""

    id: str
    author: str | None
'''


def query(sql: str = "SELECT 1", *, suffix: str = "", doc: str = "Do it.") -> Query:
    return Query("do_it", (), suffix, doc, sql, Path("a.sql"), 1)


def typed(
    *columns: Typed, suffix: str = "", certain: bool = False, table: str | None = None
) -> TypedQuery:
    return TypedQuery(query(suffix=suffix), (Typed("id", "str"),), columns, certain, table)


@pytest.fixture
def rows(tmp_path: Path) -> RowClasses:
    (tmp_path / "models.py").write_text(MODELS)
    return RowClasses(tmp_path / "models.py")


# Conversion


def test_headers_and_parameters_become_sqlc_s() -> None:
    text = "-- name: f(a, b)^\n-- Text: :a …\nSELECT x FROM t WHERE a = :a AND b = :b;\n"
    assert convert_queries(text, "sqlite") == (
        "-- name: f :one\n\nSELECT x FROM t WHERE a = sqlc.arg('a') AND b = sqlc.arg('b');\n"
    )


@pytest.mark.parametrize(
    ("suffix", "command"), [("", "many"), ("^", "one"), ("$", "one"), ("!", "execrows")]
)
def test_operations_become_commands(suffix: str, command: str) -> None:
    assert convert_queries(f"-- name: f(){suffix}\n", "mysql") == f"-- name: f :{command}\n"


@pytest.mark.parametrize(
    ("dialect", "sql", "expected"),
    [
        ("mysql", "LIMIT :limit", "LIMIT ?"),
        ("sqlite", "LIMIT :limit", "LIMIT sqlc.arg('limit')"),
        ("sqlite", "json_each(:ids) AS w", "(SELECT CAST(sqlc.arg('ids') AS TEXT) AS value) AS w"),
        (
            "mysql",
            "JSON_TABLE(:ids, '$[*]' COLUMNS (id VARCHAR(255) PATH '$')) AS w",
            "(SELECT CAST(sqlc.arg('ids') AS CHAR) AS id) AS w",
        ),
        (
            "mysql",
            "(cost, id) < (:cost, :id)",
            "(cost < sqlc.arg('cost') OR (cost = sqlc.arg('cost') AND id < sqlc.arg('id')))",
        ),
    ],
)
def test_what_sqlc_cannot_read_is_written_otherwise(dialect: str, sql: str, expected: str) -> None:
    assert convert_queries(sql, "mysql" if dialect == "mysql" else "sqlite") == expected


def test_queries_it_cannot_parse_leave_their_lines_blank() -> None:
    text = "-- name: f()!\nUPDATE x;\n\n-- name: g()!\nUPDATE y;\n"
    assert convert_queries(text, "sqlite", ["f"]) == "\n\n\n-- name: g :execrows\nUPDATE y;\n"


def test_triggers_leave_their_lines_blank_for_mysql() -> None:
    text = (
        "DROP TRIGGER a;\n\n"
        "CREATE TRIGGER a BEFORE INSERT ON t FOR EACH ROW\nBEGIN\n    SET x = 1;\nEND;\n\n"
        "ALTER TABLE t ADD COLUMN b BIGINT;\n"
    )
    converted = convert_migration(text, "mysql")
    assert converted.strip() == "ALTER TABLE t ADD COLUMN b BIGINT;"
    assert converted.count("\n") == text.count("\n")
    assert convert_migration(text, "sqlite") == text


# Reading statements


@pytest.mark.parametrize(
    ("sql", "assigned"),
    [
        ("INSERT INTO t (a, b) VALUES (:a, lower(:b))", {"a"}),
        ("INSERT INTO t (a, b) SELECT :a, t.b FROM t WHERE c = :c", {"a"}),
        ("UPDATE t SET a = :a, b = b + :b WHERE c = :c", {"a"}),
        ("SELECT a FROM t WHERE a = :a", set()),
    ],
)
def test_parameters_that_are_written_as_they_are(sql: str, assigned: set[str]) -> None:
    assert describe(query(sql)).assigned == assigned


@pytest.mark.parametrize(
    ("sql", "certain"),
    [
        ("SELECT count(*) FROM t", True),
        ("SELECT coalesce(sum(a), 0) AS s, count(*) FROM t WHERE b = :b", True),
        ("SELECT EXISTS (SELECT 1 FROM t) AS e", True),
        ("SELECT count(*) FROM t GROUP BY a", False),
        ("SELECT count(*) FROM t LIMIT 1", False),
        ("SELECT a FROM t", False),
        ("SELECT 1 WHERE 1 = :a", False),
        ("DELETE FROM t", False),
    ],
)
def test_statements_that_return_a_row_whatever_happens(sql: str, certain: bool) -> None:
    assert describe(query(sql)).certain is certain


# Rows


def test_a_model_with_the_same_fields_is_used(rows: RowClasses) -> None:
    columns = (Typed("id", "str"), Typed("author", "str", nullable=True))
    assert rows.name_for(typed(*columns)) == "Session"
    assert rows.name_for(typed(*reversed(columns))) == "DoItRow"
    assert rows.imported == {"Session"}
    assert len(rows.problems()) == 4


def test_same_shapes_share_a_class_named_after_table_or_query(rows: RowClasses) -> None:
    columns = (Typed("id", "str"), Typed("seq", "int"))
    assert rows.name_for(typed(*columns, table="messages")) == "MessageRow"
    assert rows.name_for(typed(*columns)) == "MessageRow"
    assert [row.doc for row in rows.new] == ["A row of do_it and do_it."]


def test_one_column_needs_no_class(rows: RowClasses) -> None:
    assert rows.name_for(typed(Typed("id", "str"))) is None
    assert rows.name_for(typed(suffix="!")) is None


# Python


@pytest.mark.parametrize(
    ("suffix", "certain", "column", "signature"),
    [
        ("!", False, None, "-> int:"),
        ("$", True, Typed("n", "int"), "-> int:"),
        ("$", True, Typed("b", "bool"), "-> bool:"),
        ("$", False, Typed("n", "int"), "-> int | None:"),
        ("$", True, Typed("n", "str", nullable=True), "-> str | None:"),
        ("", False, Typed("id", "str"), "-> list[str]:"),
        ("^", False, Typed("id", "str"), "-> str | None:"),
        ("^", True, Typed("id", "str"), "-> str:"),
    ],
)
def test_operations_have_their_results(
    rows: RowClasses, suffix: str, certain: bool, column: Typed | None, signature: str
) -> None:
    columns = (column,) if column else ()
    source = emit([typed(*columns, suffix=suffix, certain=certain)], rows)
    assert f"    def do_it(self, *, id: str) {signature}" in source
    compile(source, "querier.py", "exec")


def test_the_first_sentence_is_the_first_line() -> None:
    assert split_doc("One.\nTwo: and\nthree.") == ("One.", "Two: and three.")
    assert split_doc("One; two.") == ("One; two.", "")
    long = f"{'x' * SUMMARY}; y z."
    assert split_doc(long) == (f"{'x' * SUMMARY}.", "Y z.")
