"""What a server says of its tables, compared with what the migrations make."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from opencode.db import mysql_schema
from opencode.db.migrations import Connection, fetch, shipped_migrations
from opencode.db.mysql_schema import EXPECTED, expected_schema, read_schema
from opencode.db.mysql_target import MySQLTarget
from opencode.db.schema import Schema
from opencode.db.survey import status
from opencode.db.upgrade import rollback
from opencode.errors import IncompleteInstallation, SchemaDrift
from opencode.parts import Text
from opencode.store import open_store
from tests.db.mysqldatabase import SHIPPED, Database, execute
from tests.servers.plugin import MakeAccount, MakeDatabase
from tools.mysql_schema import FILE, describe_migrations
from tools.servers.account import Account
from tools.servers.server import Server

DAILY = ("SELECT", "INSERT", "UPDATE", "DELETE")
MIGRATING = (*DAILY, "CREATE", "ALTER", "INDEX", "REFERENCES", "TRIGGER", "DROP")


@pytest.fixture
def database(mysql_database: str) -> Database:
    database = Database(mysql_database)
    database.upgrade()
    return database


def problems(target: MySQLTarget) -> tuple[str, ...]:
    return status(target).problems


def test_the_file_says_what_each_migration_makes(mysql_database: str) -> None:
    """On every server alike; `python -m tools.mysql_schema` writes it anew."""
    with closing(Account.parse(mysql_database).connect()) as connection:
        connection.autocommit(True)
        assert describe_migrations(connection) == json.loads(FILE.read_text("utf-8"))


def test_the_file_describes_every_migration() -> None:
    assert list(json.loads(FILE.read_text("utf-8"))) == [m.id for m in shipped_migrations("mysql")]


def test_no_other_database_is_looked_through(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MariaDB tells; it would open all tables, and be in each database for a moment meanwhile."""
    plans: list[str] = []

    def explained(connection: Connection, sql: str) -> list[dict[str, Any]]:
        plans.append(repr(fetch(connection, f"EXPLAIN {sql}")))
        return fetch(connection, sql)

    monkeypatch.setattr(mysql_schema, "fetch", explained)
    with database.open() as connection:
        assert read_schema(connection, triggers=connection).things
    assert len(plans) == 5
    assert not [plan for plan in plans if "all databases" in plan]


def test_a_file_of_another_version_is_an_incomplete_installation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("opencode.db.mysql_schema.migrations_directory", lambda _: tmp_path)
    for content in (None, "{", '{"0001_initial": {}}'):
        if content:
            (tmp_path / EXPECTED).write_text(content)
        with pytest.raises(IncompleteInstallation, match="does not describe all migrations"):
            expected_schema(SHIPPED)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_no_difference_at_any_version(database: Database) -> None:
    """Neither after a migration nor after a rollback."""
    for migration in reversed(SHIPPED[1:]):
        database.undo(migration)
        assert problems(database.target()) == (), migration.id
    for migration in SHIPPED[1:]:
        database.apply(migration)
        assert (problems(database.target()), database.is_finished()) == (
            (),
            migration is SHIPPED[-1],
        )
    assert status(database.target()).remarks == ()


LINK = "session_id to sessions.id on update restrict"
# What is done to the database, with what, and what is found: missing, something else, or A → B.
DAMAGE = (
    (
        "foreign key messages.fk_messages_session",
        "ALTER TABLE messages DROP FOREIGN KEY fk_messages_session",
        "missing",
    ),
    (
        "foreign key files.fk_files_session",
        """ALTER TABLE files DROP FOREIGN KEY fk_files_session; ALTER TABLE files ADD
        CONSTRAINT fk_files_session FOREIGN KEY (session_id) REFERENCES sessions (id)""",
        f"{LINK} on delete restrict → {LINK} on delete cascade",
    ),
    (
        "index messages.idx_messages_session_seq",
        "DROP INDEX idx_messages_session_seq ON messages",
        "missing",
    ),
    (
        "index messages.idx_messages_session_seq",
        """ALTER TABLE messages DROP INDEX idx_messages_session_seq,
        ADD INDEX idx_messages_session_seq (session_id, seq)""",
        "session_id, seq → unique session_id, seq",
    ),
    (
        "index sessions.idx_sessions_parent_updated",
        "DROP INDEX idx_sessions_parent_updated ON sessions",
        "missing",
    ),
    (
        "index sessions.idx_sessions_cost",
        "ALTER TABLE sessions DROP INDEX idx_sessions_cost, ADD INDEX idx_sessions_cost (cost)",
        "cost → cost desc, id desc",
    ),
    (
        "column sessions.project_id",
        """ALTER TABLE sessions
        MODIFY project_id VARCHAR(512) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci NULL""",
        "varchar(512) collate utf8mb4_general_ci → varchar(512) collate utf8mb4_bin not null",
    ),
    (
        "column sessions.message_count",
        "ALTER TABLE sessions MODIFY message_count INT NULL",
        "int → bigint not null default 0",
    ),
    (
        "column sessions.last_seq",
        "ALTER TABLE sessions ALTER COLUMN last_seq SET DEFAULT 7",
        "bigint not null default 7 → bigint not null default 0",
    ),
    ("column sessions.author", "ALTER TABLE sessions DROP COLUMN author", "missing"),
    (
        "trigger sessions.update_sessions_updated_at",
        "DROP TRIGGER update_sessions_updated_at",
        "missing",
    ),
    (
        "trigger sessions.update_sessions_updated_at",
        """DROP TRIGGER update_sessions_updated_at; CREATE TRIGGER update_sessions_updated_at
        BEFORE UPDATE ON sessions FOR EACH ROW SET @x = 1""",
        "something else",
    ),
)


@pytest.mark.parametrize(("thing", "damage", "found"), DAMAGE)
def test_damage_is_found(database: Database, thing: str, damage: str, found: str) -> None:
    database.run(*damage.split("; "))
    said = {"missing": "is missing", "something else": "does something else"}.get(found)
    is_now, _, should_be = found.partition(" → ")
    assert problems(database.target()) == (
        f"{thing} {said or f'is ({is_now}) instead of ({should_be})'}",
    )


def test_an_invisible_index_is_found(mysql_server: Server, database: Database) -> None:
    """The queries name their indexes, and the server refuses one that it was told to ignore."""
    word = "INVISIBLE" if mysql_server.product == "mysql" else "IGNORED"
    database.run(f"ALTER TABLE sessions ALTER INDEX idx_sessions_cost {word}")
    (problem,) = problems(database.target())
    assert problem.startswith("index sessions.idx_sessions_cost is (invisible cost desc, id desc) ")


def test_what_a_team_adds_is_no_fault_but_told(database: Database) -> None:
    database.run(
        "ALTER TABLE sessions ADD COLUMN ticket VARCHAR(20), ADD INDEX by_ticket (ticket)",
        "CREATE TABLE sessions_archive LIKE sessions",
    )
    assert problems(database.target()) == ()
    added = "column sessions.ticket, index sessions.by_ticket"
    assert status(database.target()).remarks == (
        f"not made by a migration, which is no fault: {added}",
    )


def test_what_is_only_different_does_not_stop_a_migration(database: Database) -> None:
    rollback(database.target(), steps=1)
    database.run("ALTER TABLE sessions MODIFY title VARCHAR(600) NOT NULL")
    assert len(problems(database.target())) == 1
    assert database.upgrade().applied == (SHIPPED[-1].id,)


def test_what_is_missing_stops_a_migration(database: Database) -> None:
    rollback(database.target(), steps=1)
    database.run("DROP INDEX idx_sessions_parent_cost ON sessions")
    with pytest.raises(SchemaDrift, match=r"index sessions\.idx_sessions_parent_cost is missing"):
        database.upgrade()


def test_an_account_for_daily_work_gives_no_false_alarm(
    database: Database, mysql_account: MakeAccount
) -> None:
    for privileges in (DAILY, ("SELECT",)):
        daily = Database(mysql_account(database.dsn, *privileges)).target()
        assert problems(daily) == (), privileges
    assert len(status(daily).remarks) == 2
    daily = Database(mysql_account(database.dsn, *DAILY)).target()
    assert [("triggers" in remark) for remark in status(daily).remarks] == [True]
    database.run("ALTER TABLE messages DROP FOREIGN KEY fk_messages_session")
    assert problems(daily) == ("foreign key messages.fk_messages_session is missing",)


def test_a_lost_trigger_is_found_by_whoever_sees_the_others(
    mysql_server: Server, database: Database, mysql_account: MakeAccount
) -> None:
    database.run("DROP TRIGGER update_files_updated_at")
    daily = Database(mysql_account(database.dsn, *DAILY)).target()
    lost = "trigger files.update_files_updated_at is missing"
    hidden = mysql_server.product == "mysql"
    assert problems(daily) == (() if hidden else (lost,))
    what = "the triggers were" if hidden else "what the triggers do was"
    (remark,) = status(daily).remarks
    assert remark.startswith(f"{what} not looked at: the account lacks the privilege TRIGGER")


def test_the_account_for_migrations_looks_at_what_the_daily_one_may_not_see(
    database: Database, mysql_account: MakeAccount, tmp_path: Path
) -> None:
    daily = mysql_account(database.dsn, *DAILY)
    migrating = mysql_account(database.dsn, *MIGRATING)
    database.run("DROP TRIGGER update_files_updated_at")
    environ = {"OPENCODE_MYSQL_MIGRATION_DSN": migrating}
    with open_store(tmp_path, project="p", dsn=daily, environ=environ) as store:
        report = store.check()
        assert report.notes == ()
        (problem,) = report.problems
        assert "trigger files.update_files_updated_at is missing" in problem.message


def test_an_account_for_migrations_that_cannot_log_in_is_no_reason_not_to_check(
    database: Database, mysql_account: MakeAccount, tmp_path: Path
) -> None:
    daily = mysql_account(database.dsn, *DAILY)
    environ = {"OPENCODE_MYSQL_MIGRATION_DSN": "oc_nobody:wrong@/"}
    with open_store(tmp_path, project="p", dsn=daily, environ=environ) as store:
        report = store.check()
    assert report.ok
    assert ["OPENCODE_MYSQL_MIGRATION_DSN" in note for note in report.notes] == [True]


@pytest.mark.parametrize("account", ["administrator", "daily"])
def test_triggers_whose_account_is_gone_are_found(
    mysql_server: Server,
    mysql_database: str,
    mysql_account: MakeAccount,
    tmp_path: Path,
    account: str,
) -> None:
    """Nothing in the schema is different, but every write fails."""
    daily = mysql_account(mysql_database, *DAILY)
    migrating = mysql_account(mysql_database, *MIGRATING)
    maker = Account.parse(migrating).user
    admin = Database(mysql_database)
    with admin.open() as connection:
        by_hand = f"GRANT SUPER ON *.* TO '{maker}'@'%'"  # else MySQL's binary log is in the way
        execute(connection, by_hand)
    with open_store(tmp_path, project="p", dsn=migrating, environ={}) as store:
        session = store.sessions.create(title="One")
        store.messages.append(session.id, role="user", parts=[Text("Hello")])
        assert store.check().ok
    dsn = mysql_database if account == "administrator" else daily
    with open_store(tmp_path, project="p", dsn=dsn, environ={}) as store:
        assert store.check().ok
        updated = store.sessions.get(session.id).updated_at
        admin.run(f"RENAME USER '{maker}'@'%' TO '{maker}_elsewhere'@'%'")
        try:
            (problem,) = store.check().problems
            assert (problem.kind, problem.fixable) == ("schema", False)
            assert maker in problem.message
            assert "create it again with SELECT, UPDATE and TRIGGER" in problem.message
        finally:
            admin.run(f"RENAME USER '{maker}_elsewhere'@'%' TO '{maker}'@'%'")
        assert store.check().ok
        assert store.sessions.get(session.id).updated_at == updated


def test_tables_of_other_databases_do_not_count(
    mysql_server: Server, database: Database, mysql_databases: MakeDatabase
) -> None:
    other = Database(mysql_databases(mysql_server))
    with other.open() as connection:
        assert read_schema(connection) == Schema({}, frozenset())
