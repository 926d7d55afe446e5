"""Accounts and servers on which migrations would fail halfway, and every way out of that."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from opencode.db.mysql_surroundings import look
from opencode.errors import (
    DatabaseRefused,
    OpencodeError,
    PreflightFailed,
    ServerReadOnly,
    StoreError,
)
from opencode.store import Store, open_admin, open_store
from tests.conftest import RunOpencode
from tests.db.mysqlclient import run_sql
from tests.servers.databases import account_on, database_on
from tests.servers.plugin import MakeAccount, StartServer
from tools.servers.account import Account
from tools.servers.server import Server

PROJECT = "github.com/acme/app"
NEEDED = (
    *("SELECT", "INSERT", "UPDATE", "DELETE"),
    *("CREATE", "ALTER", "INDEX", "REFERENCES", "TRIGGER"),
)
STRICT = ("--log-bin=binlog", "--log-bin-trust-function-creators=OFF")
MUTEX = "oc_test.trust"


def query(account: Account, *statements: str) -> list[tuple[object, ...]]:
    """Run statements and return the rows of the last one."""
    with closing(account.connect()) as connection, connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        return list(cursor.fetchall())


def tables(dsn: str) -> list[str]:
    return [str(name) for (name,) in query(Account.parse(dsn), "SHOW TABLES")]


@pytest.fixture
def opened(tmp_path: Path) -> Callable[..., Store]:
    def open_(dsn: str, **environ: str) -> Store:
        environ = {"HOME": os.environ["HOME"], **environ}
        return open_store(tmp_path, project=PROJECT, dsn=dsn, environ=environ)

    return open_


def works(store: Store) -> bool:
    """Use a store, and close it."""
    with store:
        session = store.sessions.create(title="One")
        return store.sessions.get(session.id).title == "One" and store.check().ok


@pytest.fixture
def strict_server(mysql_server: Server, start_mysql: StartServer) -> Iterator[Server]:
    """A server as MySQL's defaults are: ordinary accounts may not make triggers (error 1419).

    The shared one when it is like that; tests that change that wait for each other.
    """
    admin = mysql_server.admin.using("")
    with closing(admin.connect()) as connection, connection.cursor() as cursor:
        cursor.execute(f"SELECT GET_LOCK('{MUTEX}', 25)")
        assert cursor.fetchall() == ((1,),)
        cursor.execute("SELECT @@GLOBAL.log_bin, @@GLOBAL.log_bin_trust_function_creators")
        if cursor.fetchall() == ((1, 0),) and not mysql_server.restricted:
            yield mysql_server
            return
    yield start_mysql(*STRICT).server


@pytest.fixture
def database(strict_server: Server) -> Iterator[str]:
    """The administrator's DSN of an empty database."""
    with database_on(strict_server) as dsn:
        yield dsn


@pytest.fixture
def ordinary(strict_server: Server, database: str) -> Iterator[str]:
    """The DSN of an account that owns the database, and nothing else."""
    every = ("ALL PRIVILEGES",)
    with account_on(strict_server, database, every, password=None, options="") as dsn:
        yield dsn


def test_an_ordinary_account_on_a_default_server_is_told_and_creates_nothing(
    ordinary: str, opened: Callable[..., Store], run_opencode: RunOpencode
) -> None:
    for _ in range(2):
        with pytest.raises(PreflightFailed) as caught:
            opened(ordinary)
        (obstacle,) = caught.value.obstacles
        assert "error 1419" in obstacle.message
        setting, other_account, by_hand = obstacle.remedies
        assert "log_bin_trust_function_creators = 1" in setting
        assert "OPENCODE_MYSQL_MIGRATION_DSN" in other_account
        assert "opencode db migrate --dry-run" in by_hand
        assert tables(ordinary) == []
    env = {"OPENCODE_SESSION_PROVIDER_TYPE": "mysql", "OPENCODE_MYSQL_DSN": ordinary}
    done = run_opencode("session", "list", env=env)
    assert (done.returncode, done.stdout) == (2, "")
    error, *ways, hint = done.stderr.splitlines()
    assert error == f"error: {caught.value}"
    assert ways == [f"  either {setting}", f"  or {other_account}", f"  or {by_hand}"]
    assert hint == "hint: nothing was changed"
    assert tables(ordinary) == []


def test_first_way_out_the_setting(
    strict_server: Server, ordinary: str, opened: Callable[..., Store]
) -> None:
    with pytest.raises(PreflightFailed) as caught:
        opened(ordinary)
    remedy = caught.value.obstacles[0].remedies[0]
    statement = remedy.partition(", and ")[0].partition(" (on a managed")[0]
    admin = strict_server.admin.using("")
    try:
        query(admin, statement)
        assert works(opened(ordinary))
    finally:
        query(admin, "SET GLOBAL log_bin_trust_function_creators = 0")
        if strict_server.product == "mysql":
            query(admin, "RESET PERSIST IF EXISTS log_bin_trust_function_creators")


def test_second_way_out_another_account_for_migrations(
    database: str, ordinary: str, opened: Callable[..., Store]
) -> None:
    assert works(opened(ordinary, OPENCODE_MYSQL_MIGRATION_DSN=database))
    assert works(opened(ordinary))


def test_third_way_out_the_sql_by_hand(
    database: str, ordinary: str, opened: Callable[..., Store], run_opencode: RunOpencode
) -> None:
    env = {"OPENCODE_SESSION_PROVIDER_TYPE": "mysql", "OPENCODE_MYSQL_DSN": ordinary}
    done = run_opencode("db", "migrate", "--dry-run", env=env)
    assert (done.returncode, done.stderr) == (0, "")
    assert tables(ordinary) == []
    run_sql(Account.parse(database), done.stdout)
    assert run_opencode("db", "status", env=env).stdout.count("none") == 1  # nothing is pending
    assert works(opened(ordinary))


def test_each_privilege_is_needed_and_they_are_enough(
    mysql_server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is asked for, against what the server asks for when nobody looks before."""
    if mysql_server.restricted:
        pytest.skip("MySQL: needs an account that may create others")

    def upgrade(*privileges: str) -> None:
        with (
            database_on(mysql_server) as dsn,
            account_on(mysql_server, dsn, privileges, password=None, options="") as account,
        ):
            # With it, triggers are a matter of TRIGGER alone.
            user = Account.parse(account).user
            query(mysql_server.admin.using(""), f"GRANT SUPER ON *.* TO '{user}'@'%'")
            admin = open_admin(tmp_path, project=PROJECT, dsn=account, environ={})
            with closing(admin):
                admin.migrate()

    upgrade(*NEEDED)
    unused = "REFERENCES" if mysql_server.product == "mariadb" else ""
    refused: dict[str, OpencodeError] = {}
    for seen in (True, False):
        if not seen:
            monkeypatch.setattr("opencode.db.mysql_obstacles._account", lambda *_: None)
        for left_out in NEEDED:
            rest = [name for name in NEEDED if name != left_out]
            if left_out == unused:
                upgrade(*rest)
                continue
            with pytest.raises(StoreError) as caught:
                upgrade(*rest)
            # The look at every start comes first, and fails without SELECT.
            kind = PreflightFailed if seen and left_out != "SELECT" else DatabaseRefused
            assert type(caught.value) is kind, left_out
            assert left_out in str(caught.value)
            refused[left_out] = caught.value
    assert {*refused, unused} - {""} == {*NEEDED}


def test_the_grant_that_is_named_gives_what_is_missing(
    mysql_server: Server,
    mysql_database: str,
    mysql_account: MakeAccount,
    opened: Callable[..., Store],
) -> None:
    dsn = mysql_account(mysql_database, "SELECT", "INSERT", "UPDATE", "DELETE")
    with pytest.raises(PreflightFailed) as caught:
        opened(dsn)
    obstacle, *_ = caught.value.obstacles
    assert "lacks CREATE, ALTER, INDEX" in obstacle.message
    query(mysql_server.admin.using(""), obstacle.remedies[0])
    with closing(Account.parse(dsn).connect()) as connection:
        grants = look(connection).grants
    assert grants is not None
    assert grants.lacking(NEEDED) == []


def test_all_obstacles_are_told_at_once_and_warnings_with_success(
    start_mysql: StartServer, tmp_path: Path, opened: Callable[..., Store]
) -> None:
    server = start_mysql(*STRICT, "--binlog-format=STATEMENT", "--max-allowed-packet=1M").server
    admin = server.admin.using("")
    with database_on(server) as database:
        with account_on(server, database, ("SELECT",), password=None, options="") as dsn:
            query(admin, "SET GLOBAL read_only = 1")
            with pytest.raises(PreflightFailed, match="4 things are in the way") as caught:
                opened(dsn)
            query(admin, "SET GLOBAL read_only = 0")
        words = ["lacks INSERT", "error 1419", "binlog_format", "read_only"]
        for word, obstacle in zip(words, caught.value.obstacles, strict=True):
            assert word in obstacle.message
        assert tables(database) == []
        query(admin, "SET GLOBAL binlog_format = MIXED")
        with opened(database) as store:
            assert store.upgraded
            (warning,) = store.upgraded.warnings
        assert "at most 1,048,576 bytes" in warning


def test_a_server_that_is_only_read_only_is_worth_another_try(
    start_mysql: StartServer, opened: Callable[..., Store]
) -> None:
    server = start_mysql("--log-bin-trust-function-creators=ON").server
    admin = server.admin.using("")
    with (
        database_on(server) as database,
        account_on(server, database, ("ALL",), password=None, options="") as dsn,
    ):
        query(admin, "SET GLOBAL read_only = 1")
        with pytest.raises(ServerReadOnly, match="accepts no writes") as caught:
            opened(dsn)
        assert caught.value.exit_code == 3
        assert tables(dsn) == []
        query(admin, "SET GLOBAL read_only = 0")
        assert works(opened(dsn))


def test_nothing_is_looked_at_when_nothing_is_pending(
    mysql_database: str,
    mysql_account: MakeAccount,
    opened: Callable[..., Store],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened(mysql_database).close()
    monkeypatch.setattr("opencode.db.mysql_preflight.look", None)
    assert works(opened(mysql_account(mysql_database, "SELECT", "INSERT", "UPDATE", "DELETE")))


def test_a_rollback_is_looked_at_too(
    mysql_database: str, mysql_account: MakeAccount, tmp_path: Path, opened: Callable[..., Store]
) -> None:
    opened(mysql_database).close()
    before = tables(mysql_database)
    dsn = mysql_account(mysql_database, *(name for name in NEEDED if name != "INDEX"))
    with (
        closing(open_admin(tmp_path, project=PROJECT, dsn=dsn, environ={})) as admin,
        pytest.raises(PreflightFailed, match="lacks INDEX"),
    ):
        admin.rollback(steps=1)
    assert tables(mysql_database) == before


def test_every_table_has_a_primary_key(
    mysql_server: Server, mysql_database: str, opened: Callable[..., Store]
) -> None:
    """As sql_require_primary_key and Group Replication demand."""
    opened(mysql_database).close()
    keyed = query(
        Account.parse(mysql_database),
        "SELECT table_name FROM information_schema.table_constraints"
        " WHERE table_schema = DATABASE() AND constraint_type = 'PRIMARY KEY'",
    )
    assert sorted(str(name) for (name,) in keyed) == sorted(tables(mysql_database))
