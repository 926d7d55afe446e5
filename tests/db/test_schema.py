"""Comparing schemas by what they are, not by how they were written."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from opencode.db.schema import Schema, compare_schemas, normalise, read_schema

BASE = """
CREATE TABLE p (id TEXT PRIMARY KEY);
CREATE TABLE t (
    id TEXT NOT NULL PRIMARY KEY,
    p TEXT NOT NULL,
    n INTEGER NOT NULL DEFAULT 0 CHECK (n >= 0),
    s TEXT DEFAULT 'a  B',
    FOREIGN KEY (p) REFERENCES p (id) ON DELETE CASCADE,
    UNIQUE (p, n)
);
CREATE INDEX i ON t (n) WHERE s IS NULL;
CREATE TRIGGER r AFTER UPDATE ON t BEGIN UPDATE t SET n = 'x' WHERE id = new.id; END;
"""


def schema(sql: str) -> Schema:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(sql)
        return read_schema(connection)


def differences(old: str, new: str) -> list[str]:
    assert old in BASE
    return list(compare_schemas(schema(BASE.replace(old, new)), schema(BASE)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("CREATE TABLE t (", 'create table IF NOT EXISTS "t" ( -- a comment, not code\n'),
        ("s TEXT DEFAULT 'a  B'", "[s]  VARCHAR(20) /* text\ntoo */ default 'a  B'"),
        ("CHECK (n >= 0)", "check( n>=0 )"),
        ("CREATE INDEX i ON t (n)", "CREATE INDEX IF NOT EXISTS `i` on t(n asc)"),
        ("WHERE s IS NULL", "where\n\ts is null"),
        ("CREATE TRIGGER r AFTER", "CREATE TRIGGER IF NOT EXISTS r\n-- why\nAFTER"),
        ("UPDATE t SET n = 'x' WHERE id = new.id", "update t\nset n='x'\nwhere id=NEW.id"),
        ("CREATE INDEX i", "CREATE TABLE other (x); CREATE INDEX further ON t (s); CREATE INDEX i"),
    ],
)
def test_what_its_author_was_free_to_choose_does_not_count(old: str, new: str) -> None:
    assert differences(old, new) == []


@pytest.mark.parametrize(
    ("old", "new", "difference"),
    [
        ("p TEXT NOT NULL", "p TEXT", "column t.p is (text) instead of (text not null)"),
        ("s TEXT DEFAULT 'a  B'", "s TEXT DEFAULT 'a B'", "column t.s is (text default 'a B')"),
        ("s TEXT DEFAULT 'a  B'", "s BLOB DEFAULT 'a  B'", "column t.s is (blob default"),
        ("n INTEGER", "n REAL", "column t.n is (real not null default 0)"),
        ("s TEXT DEFAULT 'a  B',", "s TEXT DEFAULT 'a  B', x,", "column t.x is not known"),
        (" CHECK (n >= 0)", "", "check t.( n >= 0 ) is missing"),
        (" ON DELETE CASCADE", "", "foreign key t.p is (p.id on update no action on delete no"),
        (",\n    UNIQUE (p, n)", "", "constraint t.(p, n) is missing"),
        ("CREATE INDEX i ON t (n)", "CREATE INDEX i ON t (n DESC)", "index t.i is (n desc where"),
        ("CREATE INDEX i ON t (n)", "CREATE UNIQUE INDEX i ON t (n)", "index t.i is (unique n"),
        (" WHERE s IS NULL", "", "index t.i is (n) instead of (n where s is null)"),
        ("CREATE INDEX i ON", "CREATE INDEX j ON", "index t.i is missing"),
        ("n = 'x'", "n = 'X'", "trigger t.r does something else"),
        ("CREATE INDEX i", "CREATE UNIQUE INDEX u ON t (s); CREATE INDEX i", "index t.u is not kn"),
        (
            "CREATE INDEX i",
            "CREATE TRIGGER q AFTER DELETE ON t BEGIN DELETE FROM p; END; CREATE INDEX i",
            "trigger t.q is not known",
        ),
        ("UNIQUE (p, n)\n)", "UNIQUE (p, n)\n) STRICT", "table t is (table strict) instead of"),
        (
            "UNIQUE (p, n)\n)",
            "UNIQUE (p, n)\n) WITHOUT ROWID",
            "table t is (table without rowid) instead of (table)",
        ),
    ],
)
def test_what_changes_the_behaviour_is_told(old: str, new: str, difference: str) -> None:
    found = differences(old, new)
    assert len(found) == 1
    assert found[0].startswith(difference)


def test_a_missing_table_is_told_once_for_each_part() -> None:
    found = compare_schemas(schema(""), schema("CREATE TABLE t (a);"))
    assert found == ("table t is missing", "column t.a is missing")


def test_strings_keep_what_looks_like_a_comment() -> None:
    assert normalise("SELECT '-- no /* comment */ ''x''' -- one") == (
        "select '-- no /* comment */ ''x'''"
    )
