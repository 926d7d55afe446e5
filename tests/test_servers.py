"""The servers that the MySQL tests run on: found, shared, restricted, killed, and removed."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymysql.err import MySQLError, OperationalError

from opencode.config import TLSMode
from tests.conftest import PROJECT
from tests.servers.databases import database_on
from tests.servers.plugin import (
    CHOSEN,
    NEEDS_DATABASES,
    NEEDS_OWN,
    MakeAccount,
    MakeDatabase,
    StartServer,
)
from tests.waiting import wait_for
from tools.servers import container, private, sources
from tools.servers.account import Account
from tools.servers.keeper import KeeperProcess
from tools.servers.server import Server, ServerError, free_port
from tools.servers.sources import DSNS, IMAGES, SERVERS, Source, choose

NO_ENGINE = "unix:///nowhere/docker.sock"

# Starts a server, tells about it, and is killed before it can clean up.
CARELESS = """
import json, sys
from tools.servers.keeper import KeeperProcess
from tools.servers.sources import Source

keeper = KeeperProcess()
server = keeper.start(Source(**json.loads(sys.argv[1])), "one")
print(keeper.directory, server.admin.port, server.socket, flush=True)
sys.stdin.read()
"""


def query(dsn: str, statement: str) -> list[tuple[object, ...]]:
    with closing(Account.parse(dsn).connect()) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def own_database(server: Server, name: str) -> Iterator[str]:
    """A database under a name of the test's choice."""
    if server.restricted:
        pytest.skip(NEEDS_DATABASES)
    query(server.admin_dsn, f"CREATE DATABASE {name}")
    try:
        yield server.admin.using(name).dsn
    finally:
        query(server.admin_dsn, f"DROP DATABASE {name}")


@given(
    user=st.sampled_from(["root", "ann@example.org", "a:b/c?d"]),
    password=st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=20),
    host=st.sampled_from(["127.0.0.1", "::1", "db.example.org"]),
    socket=st.sampled_from([None, "/run/a b/s.sock"]),
    tls=st.sampled_from([None, *TLSMode]),
)
def test_account_survives_its_dsn(
    user: str, password: str, host: str, socket: str | None, tls: TLSMode | None
) -> None:
    place = {"socket": socket, "host": "127.0.0.1"} if socket else {"host": host}
    account = Account(user, password, database="oc", tls=tls, **place)  # type: ignore[arg-type]
    assert Account.parse(account.dsn) == account


def test_password_of_an_account_is_not_in_its_repr() -> None:
    assert "s3cret" not in repr(Account("root", "s3cret"))


@pytest.mark.parametrize("kind", ["container", "mysqld", "mariadbd"])
def test_nothing_to_be_had_is_told(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(private, "_MORE_PLACES", ())
    monkeypatch.setenv("DOCKER_HOST", NO_ENGINE)
    choice = choose({SERVERS: kind})
    assert choice.sources == ()
    because = {
        "container": "no Docker engine answers",
        "mysqld": "no mysqld is installed",
        "mariadbd": "no mariadbd is installed",
    }
    assert choice.reasons == (f"{DSNS} is not set", because[kind])


def test_first_takes_what_all_takes_in_the_same_order(monkeypatch: pytest.MonkeyPatch) -> None:
    programs = [
        private.Program(Path("/sbin/mysqld"), "mysql", "8.4.6"),
        private.Program(Path("/sbin/mariadbd"), "mariadb", "11.4.2"),
    ]
    monkeypatch.setattr(sources, "find_programs", lambda: iter(programs))
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:2375")
    monkeypatch.setattr(container, "prepare_image", lambda _: "")
    every = choose({IMAGES: "mysql:8.0 mysql:8.0 registry:5000/team/mariadb:11"}).sources
    assert [(source.name, source.product) for source in every] == [
        ("mysql:8.0", "mysql"),
        ("mysql:8.0-2", "mysql"),
        ("registry:5000/team/mariadb:11", "mariadb"),
        ("mysql-8.4.6", "mysql"),
        ("mariadb-11.4.2", "mariadb"),
    ]
    assert [source.name for source in choose({SERVERS: "first"}).sources] == ["mysql:8.4"]
    monkeypatch.setattr(container, "prepare_image", lambda _: "no Docker engine answers")
    assert [source.name for source in choose({SERVERS: "first"}).sources] == ["mysql-8.4.6"]


def test_unknown_kind_of_server_is_refused() -> None:
    with pytest.raises(ServerError, match="unknown word 'postgres'; use all, first, container"):
        choose({SERVERS: "postgres"})


@pytest.mark.parametrize("dsn", ["mysql://root:s3cret@127.0.0.1:{port}/", "root:s3cret@nothing"])
def test_dsn_that_cannot_be_used_is_never_left_out(dsn: str) -> None:
    with pytest.raises(ServerError, match="OPENCODE_TEST_MYSQL_DSN, number 1") as caught:
        choose({DSNS: dsn.format(port=free_port())})
    assert "s3cret" not in str(caught.value)


def test_orphaned_containers_are_removed_before_others_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with subprocess.Popen(["true"]) as ended:
        ended.wait()
    removed: list[str] = []

    def made_by(owner: str) -> SimpleNamespace:
        labels = {"opencode.tests": owner}
        return SimpleNamespace(labels=labels, remove=lambda **_: removed.append(owner))

    orphan = f"{socket.gethostname()} {ended.pid}"
    owners = [f"{socket.gethostname()} {os.getpid()}", orphan, f"elsewhere {ended.pid}"]
    engine = SimpleNamespace(
        containers=SimpleNamespace(list=lambda **_: [made_by(owner) for owner in owners]),
        images=SimpleNamespace(get=lambda _: None),
        close=lambda: None,
    )
    monkeypatch.setattr("docker.from_env", lambda: engine)
    assert container.prepare_image("mysql:8.4") == ""
    assert removed == [orphan]


def run_pytest(directory: Path, *args: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A run of its own, in which no server is to be had."""
    (directory / "test_both.py").write_text(
        "def test_server(mysql_server): raise AssertionError\n"
        "def test_database(mysql_database): raise AssertionError\n"
        "def test_other(): pass\n"
    )
    nothing = {"DOCKER_HOST": NO_ENGINE, SERVERS: "container", "PYTHONPATH": str(PROJECT)}
    options = ["-p", "tests.servers.plugin", "-p", "no:cacheprovider", *args]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options, str(directory)],
        cwd=directory,
        env={**os.environ, **nothing, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])
def test_last_lines_tell_what_was_not_run(tmp_path: Path, workers: tuple[str, ...]) -> None:
    done = run_pytest(tmp_path, "-rs", *workers)
    assert done.returncode == 0, done.stdout + done.stderr
    *before, first, unset, no_engine, _, _, counts = done.stdout.splitlines()
    assert before[-1].startswith("SKIPPED [2] ")
    assert first == "not run: 2 tests, MySQL: there is no server"
    assert unset == "  OPENCODE_TEST_MYSQL_DSN is not set"
    assert no_engine == "  no Docker engine answers"
    assert "1 passed, 2 skipped" in counts


def test_required_servers_that_are_not_there_fail_the_run(tmp_path: Path) -> None:
    done = run_pytest(tmp_path, OPENCODE_REQUIRE_MYSQL="1")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    for text in ("no server", "no Docker engine answers", "One of these would do"):
        assert text in done.stderr


def test_server_is_what_it_says(mysql_server: Server) -> None:
    ((version,),) = query(mysql_server.admin_dsn, "SELECT VERSION()")
    assert str(version).startswith(".".join(map(str, mysql_server.version)))
    assert ("MariaDB" in str(version)) == (mysql_server.product == "mariadb")


def test_socket_and_ca_lead_to_the_server(mysql_server: Server) -> None:
    admin = mysql_server.admin
    if mysql_server.socket:
        by_socket = Account(admin.user, admin.password, socket=mysql_server.socket)
        assert query(by_socket.dsn, "SELECT @@port") == query(admin.dsn, "SELECT @@port")
    if mysql_server.ca:
        verified = Account(
            admin.user,
            admin.password,
            admin.host,
            admin.port,
            tls=TLSMode.VERIFY_CA,
            ca=mysql_server.ca,
        )
        ((_, cipher),) = query(verified.dsn, "SHOW STATUS LIKE 'Ssl_cipher'")
        assert cipher


def test_database_is_empty(mysql_database: str) -> None:
    assert query(mysql_database, "SHOW TABLES") == []
    query(mysql_database, "CREATE TABLE t (a INT)")


def test_database_goes_though_a_transaction_holds_it(mysql_server: Server) -> None:
    if mysql_server.restricted:
        pytest.skip(NEEDS_DATABASES)
    with database_on(mysql_server) as dsn:
        query(dsn, "CREATE TABLE t (a INT)")
        forgotten = Account.parse(dsn).connect()
        with forgotten.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT * FROM t")
    forgotten.close()
    name = Account.parse(dsn).database
    assert query(mysql_server.admin_dsn, f"SHOW DATABASES LIKE '{name}'") == []


def test_databases_of_a_test_are_apart(mysql_server: Server, mysql_databases: MakeDatabase) -> None:
    one, other = mysql_databases(mysql_server), mysql_databases(mysql_server)
    query(one, "CREATE TABLE t (a INT)")
    assert query(other, "SHOW TABLES") == []


def test_account_may_do_what_it_was_given_and_no_more(
    mysql_database: str, mysql_account: MakeAccount
) -> None:
    query(mysql_database, "CREATE TABLE t (a INT)")
    reader = mysql_account(mysql_database, "SELECT", password="@:/?#%é'\"\\ ")
    assert query(reader, "SELECT * FROM t") == []
    with pytest.raises(OperationalError, match="INSERT command denied"):
        query(reader, "INSERT INTO t VALUES (1)")


def test_restricted_account_gets_its_database_emptied(
    mysql_server: Server, mysql_database: str, mysql_account: MakeAccount
) -> None:
    dsn = mysql_account(mysql_database, "ALL PRIVILEGES")
    query(dsn, "CREATE TABLE parent (a INT PRIMARY KEY) ENGINE = InnoDB")
    query(dsn, "CREATE TABLE child (a INT REFERENCES parent (a)) ENGINE = InnoDB")
    query(dsn, "CREATE VIEW seen AS SELECT * FROM child")
    (source,) = choose({DSNS: dsn}).sources
    assert (source.restricted, source.product) == (True, mysql_server.product)
    server = Server(source.name, source.product, mysql_server.version, dsn, restricted=True)
    with database_on(server) as only:
        assert Account.parse(only).database == Account.parse(mysql_database).database
        assert query(only, "SHOW TABLES") == []
        query(only, "CREATE TABLE t (a INT)")
    assert query(dsn, "SHOW TABLES") == []


def test_database_that_holds_something_is_not_emptied(
    mysql_server: Server, mysql_account: MakeAccount
) -> None:
    name = f"oc_precious_{os.getpid()}"
    with own_database(mysql_server, name) as precious:
        query(precious, "CREATE TABLE t (a INT)")
        dsn = mysql_account(precious, "ALL PRIVILEGES")
        with pytest.raises(ServerError, match=f"would empty the database {name}, which holds 1"):
            choose({DSNS: dsn})


def test_restricted_account_without_a_database_is_refused(
    mysql_database: str, mysql_account: MakeAccount
) -> None:
    account = Account.parse(mysql_account(mysql_database, "SELECT"))
    with pytest.raises(ServerError, match="may not create databases, and the DSN names none"):
        choose({DSNS: account.using("").dsn})


def test_killed_server_comes_back_with_its_data(start_mysql: StartServer) -> None:
    own = start_mysql("--max-connections=17")
    assert query(own.server.admin_dsn, "SELECT @@max_connections") == [(17,)]
    with database_on(own.server) as dsn:
        query(dsn, "CREATE TABLE t (a INT)")
        own.kill()
        with pytest.raises(MySQLError):
            query(dsn, "SHOW TABLES")
        own.restart()
        assert query(dsn, "SHOW TABLES") == [("t",)]


def test_server_that_does_not_start_says_what_its_log_says(start_mysql: StartServer) -> None:
    with pytest.raises(ServerError, match="unknown variable 'no-such-flag"):
        start_mysql("--no-such-flag=1")


def test_nothing_stays_when_the_run_is_killed(
    mysql_server: Server, pytestconfig: pytest.Config
) -> None:
    source = pytestconfig.stash[CHOSEN].source(mysql_server.name)
    if source.kind == "dsn":
        pytest.skip(NEEDS_OWN)
    command = [sys.executable, "-c", CARELESS, json.dumps(asdict(source))]
    with subprocess.Popen(
        command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as careless:
        assert careless.stdout is not None
        directory, port, path = careless.stdout.readline().split()
        assert is_open(int(port))
        careless.send_signal(signal.SIGKILL)
    wait_for(lambda: not Path(directory).exists())
    assert not is_open(int(port))
    assert path == "None" or not Path(path).parent.exists()


def test_runner_gives_servers_to_a_command(mysql_server: Server) -> None:
    code = f"import os; print(os.environ['{DSNS}'])"
    done = subprocess.run(
        [sys.executable, "-m", "tools.servers", sys.executable, "-c", code],
        cwd=PROJECT,
        env={**os.environ, DSNS: mysql_server.admin_dsn},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, f"{mysql_server.admin_dsn}\n"), done.stderr


def test_runner_tells_how_it_is_used() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tools.servers", "--help"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "run a command with servers" in done.stdout


def test_keeper_answers_for_itself_after_a_failure() -> None:
    with KeeperProcess() as keeper:
        missing = Source("mysql-0", "private", "mysql", "/nowhere/mysqld")
        for _ in range(2):
            with pytest.raises(ServerError, match="/nowhere/mysqld"):
                keeper.start(missing, "one")
    assert not Path(keeper.directory).exists()


def test_server_that_does_not_start_is_skipped_unless_it_is_required(tmp_path: Path) -> None:
    broken = tmp_path / "mysqld"
    broken.write_text(
        '#!/bin/sh\n[ "$2" = --version ] && echo Ver 8.4.6 && exit\necho I cannot\nexit 1\n'
    )
    broken.chmod(0o755)
    nowhere = {SERVERS: "mysqld", "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = run_pytest(tmp_path, "-rs", **nowhere)
    assert done.returncode == 0, done.stdout
    assert f"not run: 2 tests, MySQL: {broken} failed; its log: … I cannot\n" in done.stdout
    required = run_pytest(tmp_path, OPENCODE_REQUIRE_MYSQL="1", **nowhere)
    assert "2 errors" in required.stdout
