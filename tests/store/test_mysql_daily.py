"""An account with SELECT, INSERT, UPDATE and DELETE does all daily work on a server."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from opencode.db.lock import server_lock
from opencode.errors import DatabaseRefused, PendingMigrations, SchemaError
from opencode.models import FileVersion, Message, Session
from opencode.parts import Text
from opencode.store import Store, open_admin, open_store
from tests.conftest import RunOpencode
from tests.db.mysqlclient import run_sql
from tests.servers.plugin import MakeAccount
from tools.servers.account import Account, Connection

PROJECT = "github.com/acme/app"
DAILY = ("SELECT", "INSERT", "UPDATE", "DELETE")


@pytest.fixture
def daily(mysql_database: str, mysql_account: MakeAccount, tmp_path: Path) -> str:
    """The DSN of the account, on a database that an administrator has migrated."""
    open_store(tmp_path, project=PROJECT, dsn=mysql_database, environ={}).close()
    return mysql_account(mysql_database, *DAILY)


@pytest.fixture
def store(daily: str, tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path, project=PROJECT, dsn=daily, environ={}) as store:
        yield store


class Work:
    """A session with something in it, and each operation there is on it, by its name."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.session: Session = store.sessions.create(title="One", author="Ann")
        self.message: Message = store.messages.append(
            self.session.id, role="user", parts=[Text("Hello")]
        )
        self.file: FileVersion = store.files.record(self.session.id, path="a.py", content="1\n")
        store.in_project("elsewhere").sessions.create(title="Of another project")

    def operations(self) -> dict[str, Callable[[], object]]:
        """Those that take things away come last."""
        store, session, message = self.store, self.session.id, self.message.id
        sessions, messages, files = store.sessions, store.messages, store.files
        parts = [Text("Hello again")]
        return {
            "sessions.create": lambda: sessions.create(parent=session),
            "sessions.get": lambda: sessions.get(session),
            "sessions.resolve": lambda: sessions.resolve(session),
            "sessions.complete": lambda: sessions.complete(session[:8]),
            "sessions.list": lambda: sessions.list(filter="one", author="ann", all_projects=True),
            "sessions.count": sessions.count,
            "sessions.cursor": lambda: sessions.list(after=sessions.cursor(self.session)),
            "sessions.children": lambda: sessions.children(session),
            "sessions.count_children": lambda: sessions.count_children([session]),
            "sessions.tree": lambda: sessions.tree(session),
            "sessions.contents": lambda: sessions.contents(session),
            "sessions.rename": lambda: sessions.rename(session, "Two", seen="One"),
            "sessions.add_usage": lambda: sessions.add_usage(session, prompt_tokens=1, cost=0.1),
            "sessions.set_summary": lambda: sessions.set_summary(session, message),
            "messages.append": lambda: messages.append(session, role="user", parts=parts),
            "messages.get": lambda: messages.get(message),
            "messages.list": lambda: messages.list(session),
            "messages.page": lambda: messages.page(session, before=9, limit=5),
            "messages.update": lambda: messages.update(message, parts),
            "messages.finish": lambda: messages.finish(message),
            "files.record": lambda: files.record(session, path="a.py", content="2\n"),
            "files.list": lambda: files.list(session),
            "files.tree": lambda: files.tree(session),
            "files.versions": lambda: files.versions(session, "a.py"),
            "files.latest": lambda: files.latest(session, "a.py"),
            "files.get": lambda: files.get(session, "a.py", 1),
            "files.pair": lambda: files.pair(session, "a.py", "initial", "v1"),
            "files.diff": lambda: files.diff(session, "a.py"),
            "projects.list": store.projects.list,
            "projects.others": store.projects.others,
            "projects.move": lambda: store.projects.move("elsewhere", "there"),
            "data_version": store.data_version,
            "adopt": store.adopt,
            "status": store.status,
            "check": lambda: store.check(fix=True),
            "messages.delete": lambda: messages.delete(message),
            "sessions.delete": lambda: sessions.delete(session),
        }


# `backup` is not for servers; the others take no privilege.
APART = {"backup", "close", "in_project", "transaction", "snapshot"}


def public(of: object) -> set[str]:
    return {name for name in dir(type(of)) if not name.startswith("_")}


def test_all_operations(store: Store) -> None:
    operations = Work(store).operations()
    services = {
        "sessions": store.sessions,
        "messages": store.messages,
        "files": store.files,
        "projects": store.projects,
    }
    every = {f"{name}.{method}" for name, service in services.items() for method in public(service)}
    assert set(operations) == every | (public(store) - APART - services.keys())
    for operation in operations.values():
        operation()
    with store.transaction():
        store.sessions.create(title="In a transaction")
    assert store.in_project("elsewhere").sessions.count() == 0


def test_a_check_finds_nothing_wrong_and_says_what_it_could_not_see(
    store: Store, mysql_database: str, tmp_path: Path
) -> None:
    with open_store(tmp_path, project=PROJECT, dsn=mysql_database, environ={}) as other:
        assert other.check().notes == ()
    report = store.check()
    assert report.ok
    (note,) = report.notes
    assert "triggers" in note
    assert "set OPENCODE_MYSQL_MIGRATION_DSN to the account for migrations" in note


def test_looking_after_it(daily: str, mysql_database: str, tmp_path: Path) -> None:
    with closing(open_admin(tmp_path, project=PROJECT, dsn=daily, environ={})) as admin:
        assert admin.status().pending == ()
        assert admin.migrate().applied == ()
        assert admin.dry_run() == ""
        assert admin.unlock() == ["no process holds the migration lock"]
        with closing(Account.parse(mysql_database).connect()) as upgrading, server_lock(upgrading):
            ((id,),) = fetch_all(upgrading, "SELECT CONNECTION_ID()")
            with pytest.raises(SchemaError, match=f"connection {id}.* holds the migration") as held:
                admin.unlock()
        assert "KILL" in held.value.hint
        assert admin.unlock() == ["no process holds the migration lock"]


def fetch_all(connection: Connection, query: str) -> tuple[tuple[object, ...], ...]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def test_it_may_not_change_the_schema(daily: str) -> None:
    with (
        closing(Account.parse(daily).connect()) as connection,
        connection.cursor() as cursor,
        pytest.raises(Exception, match="ALTER command denied"),
    ):
        cursor.execute("ALTER TABLE sessions ADD COLUMN x INT")


def test_sql_by_hand_and_no_migrations_of_ones_own(
    mysql_database: str, mysql_account: MakeAccount, tmp_path: Path, run_opencode: RunOpencode
) -> None:
    """`autoMigrate: false`: the program says what to run, and accepts what was run."""
    daily = mysql_account(mysql_database, *DAILY)
    (tmp_path / ".opencode.json").write_text('{"sessionProvider": {"autoMigrate": false}}')
    env = {"OPENCODE_SESSION_PROVIDER_TYPE": "mysql", "OPENCODE_MYSQL_DSN": daily}
    refused = run_opencode("session", "list", env=env)
    assert refused.returncode == PendingMigrations.exit_code
    assert "opencode db migrate" in refused.stderr
    printed = run_opencode("db", "migrate", "--dry-run", env=env)
    assert printed.returncode == 0
    run_sql(Account.parse(mysql_database), printed.stdout)
    made = run_opencode("session", "new", "--title", "Ünïcödé 日本", env=env)
    assert (made.returncode, made.stderr) == (0, "started in project " + tmp_path.name + "\n")
    assert "Ünïcödé 日本" in run_opencode("session", "list", env=env).stdout
    assert run_opencode("db", "migrate", "--dry-run", env=env).stderr == "nothing is pending\n"
    with open_store(tmp_path, dsn=mysql_database, environ={"HOME": os.environ["HOME"]}) as store:
        assert store.check().ok
        assert store.check().notes == ()


def test_sql_by_hand_is_what_the_program_makes(
    mysql_database: str, mysql_account: MakeAccount, tmp_path: Path
) -> None:
    """Undone to the fourth migration, by hand up again: nothing is different."""
    admin = open_admin(tmp_path, project=PROJECT, dsn=mysql_database, environ={})
    with closing(admin):
        admin.migrate()
        made = definitions(mysql_database)
        admin.rollback(to=4)
        by_hand = admin.dry_run()
        run_sql(Account.parse(mysql_database), by_hand)
        assert definitions(mysql_database) == made
        admin.rollback(to=0)
        run_sql(Account.parse(mysql_database), admin.dry_run())
        assert definitions(mysql_database) == made


def definitions(dsn: str) -> dict[str, object]:
    """What the server shows of the tables and triggers."""
    queries = {
        "columns": "SELECT table_name, column_name, column_type, collation_name, is_nullable,"
        " column_default, generation_expression FROM information_schema.columns"
        " WHERE table_schema = DATABASE() ORDER BY 1, 2",
        "indexes": "SELECT table_name, index_name, seq_in_index, column_name, sub_part, collation,"
        " non_unique FROM information_schema.statistics"
        " WHERE table_schema = DATABASE() ORDER BY 1, 2, 3",
        "triggers": "SELECT trigger_name, action_timing, event_manipulation, action_statement"
        " FROM information_schema.triggers WHERE event_object_schema = DATABASE() ORDER BY 1",
        "ledger": "SELECT migration_id, migration_hash, sha256 FROM _yoyo_migration ORDER BY 1",
    }
    with closing(Account.parse(dsn).connect()) as connection:
        return {name: fetch_all(connection, query) for name, query in queries.items()}


def test_a_half_done_migration_cannot_be_finished_by_hand(
    mysql_database: str, tmp_path: Path
) -> None:
    with closing(open_admin(tmp_path, project=PROJECT, dsn=mysql_database, environ={})) as admin:
        admin.migrate()
        admin.rollback(to=7)
        run_sql(
            Account.parse(mysql_database),
            "INSERT INTO opencode_migration_journal VALUES ('0008_session_listing_indexes',"
            " 'apply', 1, 'begun', (SELECT sha256 FROM _yoyo_migration LIMIT 1))",
        )
        with pytest.raises(SchemaError, match="0008_session_listing_indexes was begun"):
            admin.dry_run()


def test_without_any_right_the_server_says_so(
    mysql_database: str, mysql_account: MakeAccount, tmp_path: Path
) -> None:
    dsn = mysql_account(mysql_database)
    with pytest.raises(DatabaseRefused, match="no right to database"):
        open_store(tmp_path, project=PROJECT, dsn=dsn, environ={})
