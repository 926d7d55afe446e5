"""The MySQL provider on a real server: transactions, figures, limits, accounts."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

import pytest

from opencode.config.server import MySQLSettings, Secret
from opencode.db import mysql_session
from opencode.db.mysql import MySQLProvider
from opencode.db.mysql_connect import Connector
from opencode.db.mysql_processes import find_process
from opencode.db.querier import Querier
from opencode.errors import (
    AlreadyExists,
    DatabaseLocked,
    DatabaseRefused,
    DatabaseUnavailable,
    InvalidValue,
    NotFound,
    OpencodeError,
    StoreError,
    UsageError,
)
from tests.db.mysqldatabase import execute, migrated, settings_of
from tests.servers.databases import process_list
from tests.servers.plugin import MakeAccount
from tools.servers.server import Server

PROJECT = "github.com/acme/app"


@pytest.fixture(scope="module")
def settings(mysql_module_database: str) -> MySQLSettings:
    return replace(migrated(mysql_module_database), connection_timeout=5, read_timeout=20)


@contextmanager
def opened(settings: MySQLSettings, *, retry_seconds: float = 20) -> Iterator[MySQLProvider]:
    with closing(MySQLProvider(settings, environ={}, retry_seconds=retry_seconds)) as provider:
        yield provider


@pytest.fixture
def provider(settings: MySQLSettings) -> Iterator[MySQLProvider]:
    with opened(settings) as provider:
        yield provider


@pytest.fixture
def other(settings: MySQLSettings) -> Iterator[MySQLProvider]:
    """Somebody else on the same database."""
    with opened(settings) as provider:
        yield provider


class LoggedIn(Protocol):
    """Makes an account with these privileges on the module's database."""

    def __call__(
        self, *privileges: str, password: str | None = ..., options: str = ...
    ) -> MySQLSettings: ...


@pytest.fixture
def account(
    settings: MySQLSettings, mysql_module_database: str, mysql_account: MakeAccount
) -> LoggedIn:
    def log_in(*privileges: str, password: str | None = None, options: str = "") -> MySQLSettings:
        dsn = mysql_account(mysql_module_database, *privileges, password=password, options=options)
        login = settings_of(dsn)
        return replace(
            settings,
            username=login.username,
            password=login.password,
            password_source=login.password_source,
        )

    return log_in


def create(querier: Querier, session_id: str, *, title: str = "title") -> str:
    querier.create_session(
        id=session_id,
        project_id=PROJECT,
        parent_session_id=None,
        title=title,
        author="Ada",
        updated_at=1,
        created_at=1,
    )
    return session_id


def new_id() -> str:
    return secrets.token_hex(8)


def made(provider: MySQLProvider) -> str:
    session_id = new_id()
    return provider.run(lambda querier: create(querier, session_id))


def exists(provider: MySQLProvider, session_id: str) -> bool:
    found = provider.read(lambda querier: querier.get_session(project_id=PROJECT, id=session_id))
    return found is not None


def rename(querier: Querier, session_id: str, title: str) -> int:
    return querier.rename_session(title=title, project_id=PROJECT, id=session_id)


def in_thread(call: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=call)
    thread.start()
    return thread


def test_what_it_says_of_itself(
    mysql_server: Server, provider: MySQLProvider, settings: MySQLSettings
) -> None:
    assert provider.type == "mysql"
    assert provider.location.endswith(f"/{settings.database}")
    product = {"mysql": "MySQL", "mariadb": "MariaDB"}[mysql_server.product]
    version = ".".join(map(str, mysql_server.version))
    assert provider.server_version().startswith(f"{product} {version}")
    assert provider.size_bytes() > 0
    assert provider.integrity_errors() == []
    assert provider.figures().max_connections == settings.max_connections


def test_making_one_connects_to_nothing(settings: MySQLSettings) -> None:
    with opened(replace(settings, host="no-such-host.invalid", socket=None)) as provider:
        assert provider.location.startswith("no-such-host.invalid:")


def test_a_copy_into_a_file_is_refused(provider: MySQLProvider, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as raised:
        provider.backup(tmp_path / "a b.sql")
    assert "mysqldump" in raised.value.hint
    assert f"> '{tmp_path}/a b.sql'" in raised.value.hint


def test_an_ordinary_refusal_is_no_warning(
    provider: MySQLProvider, caplog: pytest.LogCaptureFixture
) -> None:
    session_id = made(provider)
    caplog.set_level(logging.INFO)
    with pytest.raises(AlreadyExists):
        provider.run(lambda querier: create(querier, session_id))
    assert caplog.records[-1].levelname == "INFO"
    with pytest.raises(StoreError, match="error 1064"):
        provider._rows("SELECT FROM")
    assert caplog.records[-1].levelname == "WARNING"


def test_work_is_committed(provider: MySQLProvider, other: MySQLProvider) -> None:
    assert exists(other, made(provider))


def test_work_that_fails_leaves_nothing(provider: MySQLProvider, other: MySQLProvider) -> None:
    session_id = new_id()

    def work(querier: Querier) -> None:
        create(querier, session_id)
        raise NotFound("no")

    with pytest.raises(NotFound):
        provider.run(work)
    assert not exists(other, session_id)
    assert (provider.figures().opened, provider.figures().lost) == (1, 0)


def test_an_error_of_the_server_is_translated(provider: MySQLProvider) -> None:
    session_id = made(provider)
    with pytest.raises(StoreError, match="the same is there already"):
        provider.run(lambda querier: create(querier, session_id))
    with pytest.raises(InvalidValue, match="cannot store a value"):
        provider.run(lambda querier: create(querier, new_id(), title="x" * 513))
    assert provider.figures().lost == 0


def test_calls_inside_work_join_it(provider: MySQLProvider, other: MySQLProvider) -> None:
    session_id = new_id()

    def work(querier: Querier) -> None:
        provider.run(lambda inner: create(inner, session_id))
        assert exists(provider, session_id)
        assert not exists(other, session_id)

    provider.run(work)
    assert exists(other, session_id)
    assert provider.figures().opened == 1


def test_a_block_is_all_or_nothing(provider: MySQLProvider, other: MySQLProvider) -> None:
    ids = [new_id() for _ in range(4)]
    with provider.transaction():
        provider.run(lambda querier: create(querier, ids[0]))
        with provider.transaction():
            provider.run(lambda querier: create(querier, ids[1]))
        assert not exists(other, ids[0])
    assert exists(other, ids[0])
    assert exists(other, ids[1])

    def fail() -> None:
        with provider.transaction():
            provider.run(lambda querier: create(querier, ids[2]))
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert not exists(other, ids[2])
    provider.run(lambda querier: create(querier, ids[3]))
    assert exists(other, ids[3])


def test_a_refused_statement_does_not_end_a_block(provider: MySQLProvider) -> None:
    taken, free = made(provider), new_id()
    with provider.transaction():
        with pytest.raises(StoreError):
            provider.run(lambda querier: create(querier, taken))
        provider.run(lambda querier: create(querier, free))
    assert exists(provider, free)


def test_each_thread_has_its_own_transaction(provider: MySQLProvider) -> None:
    seen: list[bool] = []
    session_id = new_id()
    with provider.transaction():
        provider.run(lambda querier: create(querier, session_id))
        in_thread(lambda: seen.append(exists(provider, session_id))).join()
    assert seen == [False]
    assert exists(provider, session_id)


def test_reading_sees_what_was_committed_meanwhile(
    provider: MySQLProvider, other: MySQLProvider
) -> None:
    session_id = made(provider)

    def title_after(querier: Querier, title: str) -> str:
        other.run(lambda theirs: rename(theirs, session_id, title))
        session = querier.get_session(project_id=PROJECT, id=session_id)
        assert session is not None
        return session.title

    def titles(querier: Querier) -> list[str]:
        return [title_after(querier, "one"), title_after(querier, "two")]

    assert provider.read(titles) == ["one", "two"]
    assert provider.run(titles) == ["one", "two"]


def test_a_tree_of_any_depth_is_read_whole(provider: MySQLProvider) -> None:
    """Both servers stop at 1,000 levels by default, MariaDB without saying so."""
    root = new_id()

    def work(querier: Querier) -> list[str]:
        parent: str | None = None
        for level in range(1100):
            querier.create_session(
                id=f"{root}-{level}",
                project_id=PROJECT,
                parent_session_id=parent,
                title="",
                author="Ada",
                updated_at=1,
                created_at=1,
            )
            parent = f"{root}-{level}"
        return querier.list_session_tree(project_id=PROJECT, id=f"{root}-0")

    assert len(provider.run(work)) == 1100


def test_a_deadlock_is_run_again(provider: MySQLProvider) -> None:
    first, second = made(provider), made(provider)
    both_hold_one = threading.Barrier(2, timeout=20)
    attempts: list[str] = []

    def swap(one: str, two: str) -> None:
        waited: list[bool] = []

        def work(querier: Querier) -> None:
            attempts.append(one)
            rename(querier, one, one)
            if not waited:
                waited.append(True)
                both_hold_one.wait()
            rename(querier, two, one)

        provider.run(work)

    threads = [
        in_thread(lambda: swap(first, second)),
        in_thread(lambda: swap(second, first)),
    ]
    for thread in threads:
        thread.join()
    assert len(attempts) == 3
    assert provider.figures().lost == 0


def test_a_block_that_was_undone_cannot_go_on(
    provider: MySQLProvider, other: MySQLProvider
) -> None:
    """After a deadlock the server commits each further statement by itself."""
    first, second, third = made(provider), made(provider), new_id()
    holding, go_on = threading.Event(), threading.Event()

    def rival() -> None:
        # Has changed more rows: the block is the one to be undone.
        with other.transaction():
            for _ in range(20):
                made(other)
            other.run(lambda querier: rename(querier, second, "x"))
            holding.set()
            go_on.wait(20)
            other.run(lambda querier: rename(querier, first, "x"))

    thread = in_thread(rival)
    assert holding.wait(20)

    def block() -> None:
        with provider.transaction():
            provider.run(lambda querier: rename(querier, first, "y"))
            go_on.set()
            with pytest.raises(DatabaseLocked):
                provider.run(lambda querier: rename(querier, second, "y"))
            with pytest.raises(DatabaseLocked):
                provider.run(lambda querier: create(querier, third))

    with pytest.raises(DatabaseLocked):
        block()
    thread.join()
    assert not exists(other, third)


def test_waiting_for_a_lock_has_an_end(
    settings: MySQLSettings, provider: MySQLProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    impatient = {**mysql_session._SESSION, "innodb_lock_wait_timeout": "1"}
    monkeypatch.setattr(mysql_session, "_SESSION", MappingProxyType(impatient))
    session_id = made(provider)
    with provider.transaction(), opened(settings, retry_seconds=0.5) as other:
        provider.run(lambda querier: rename(querier, session_id, "held"))
        with pytest.raises(DatabaseLocked) as raised:
            other.run(lambda querier: rename(querier, session_id, "wanted"))
    assert raised.value.exit_code == 3


def connection_id(querier: Querier) -> int:
    rows = execute(querier._connection, "SELECT CONNECTION_ID()")  # type: ignore[arg-type]
    return int(str(rows[0][0]))


def kill(settings: MySQLSettings, connection: int) -> None:
    """End a connection, and wait until the server has."""
    with closing(Connector(settings, environ={}).connect()) as admin:
        execute(admin, f"KILL {connection}")
        while find_process(admin, connection):
            time.sleep(0.01)


def test_killed_while_idle(settings: MySQLSettings, provider: MySQLProvider) -> None:
    for _ in range(2):
        kill(settings, provider.read(connection_id))
        assert exists(provider, made(provider))
    kill(settings, provider.read(connection_id))
    with provider.transaction():
        session_id = made(provider)
    assert exists(provider, session_id)
    assert provider.figures().lost == 3


def test_killed_in_the_middle_of_work(
    settings: MySQLSettings, provider: MySQLProvider, other: MySQLProvider
) -> None:
    session_id = new_id()
    killed: list[int] = []

    def work(querier: Querier) -> str:
        create(querier, session_id)
        if not killed:
            killed.append(connection_id(querier))
            kill(settings, killed[0])
        return create(querier, f"{session_id}-2")

    assert provider.run(work) == f"{session_id}-2"
    assert exists(other, session_id)


def test_killed_in_the_middle_of_a_block(
    settings: MySQLSettings, provider: MySQLProvider, other: MySQLProvider
) -> None:
    ids = [new_id(), new_id()]

    def block() -> None:
        with provider.transaction():
            provider.run(lambda querier: create(querier, ids[0]))
            kill(settings, provider.read(connection_id))
            with pytest.raises(DatabaseUnavailable, match="connection was lost"):
                provider.run(lambda querier: create(querier, ids[1]))

    with pytest.raises(DatabaseUnavailable, match="connection was lost"):
        block()
    assert not any(exists(other, session_id) for session_id in ids)
    assert exists(provider, made(provider))


def test_a_connection_left_in_a_transaction_is_not_lent_again(provider: MySQLProvider) -> None:
    with provider.borrow() as connection:
        connection.begin()
    figures = provider.figures()
    assert (figures.in_use, figures.idle, figures.lost) == (0, 0, 1)


def test_thirty_threads_on_three_connections(settings: MySQLSettings) -> None:
    narrow = replace(settings, max_connections=3, max_idle_connections=2, connection_timeout=30)
    errors: list[BaseException] = []
    with opened(narrow) as provider:
        session_id = made(provider)

        def work() -> None:
            try:
                for _ in range(5):
                    provider.run(
                        lambda querier: querier.add_session_usage(
                            prompt_tokens=1,
                            completion_tokens=0,
                            cost=0.5,
                            project_id=PROJECT,
                            id=session_id,
                        )
                    )
            except BaseException as error:  # noqa: BLE001  shown by the assertion below
                errors.append(error)

        for thread in [in_thread(work) for _ in range(30)]:
            thread.join()
        assert errors == []
        session = provider.read(lambda q: q.get_session(project_id=PROJECT, id=session_id))
        assert session is not None
        assert (session.prompt_tokens, session.cost) == (150, 75.0)
        figures = provider.figures()
        assert (figures.in_use, figures.lost) == (0, 0)
        assert figures.idle <= 2


def test_an_exhausted_pool_names_the_setting(settings: MySQLSettings) -> None:
    narrow = replace(settings, max_connections=1, max_idle_connections=1, connection_timeout=0.2)
    errors: list[OpencodeError] = []

    def want(provider: MySQLProvider) -> None:
        try:
            made(provider)
        except OpencodeError as error:
            errors.append(error)

    with opened(narrow) as provider, provider.transaction():
        in_thread(lambda: want(provider)).join()
    assert [type(error) for error in errors] == [DatabaseUnavailable]
    assert "all 1 connections" in errors[0].message
    assert "sessionProvider.mysql.maxConnections, now 1" in errors[0].hint


def append(provider: MySQLProvider, session_id: str) -> None:
    def work(querier: Querier) -> None:
        querier.advance_session(project_id=PROJECT, id=session_id)
        querier.create_message(
            id=f"{session_id}-m",
            role="user",
            parts="[]",
            model=None,
            created_at=1,
            updated_at=1,
            finished_at=None,
            project_id=PROJECT,
            session_id=session_id,
        )

    provider.run(work)


def settled(provider: MySQLProvider) -> int:
    """The number that holds when nothing has been committed for a while."""
    limit = time.monotonic() + 10
    last = provider.data_version()
    since = time.monotonic()
    while time.monotonic() - since < 1.2:
        assert time.monotonic() < limit
        time.sleep(0.05)
        if (version := provider.data_version()) != last:
            last, since = version, time.monotonic()
    return last


@pytest.mark.slow
def test_data_version_tells_of_any_commit(provider: MySQLProvider, other: MySQLProvider) -> None:
    session_id = made(provider)
    append(provider, session_id)
    for change in (
        lambda q: q.update_message_parts(parts="[1]", project_id=PROJECT, id=f"{session_id}-m"),
        lambda q: q.delete_sessions(project_id=PROJECT, ids=f'["{session_id}"]'),
    ):
        before = settled(provider)
        other.run(change)
        assert provider.data_version() != before


@pytest.mark.slow
def test_data_version_tells_of_two_commits_in_one_second(
    provider: MySQLProvider, other: MySQLProvider
) -> None:
    made(other)
    before = provider.data_version()
    made(other)
    assert settled(provider) != before


@pytest.mark.slow
@pytest.mark.parametrize("character", ['"', "\\", "\0", "x"])
def test_content_of_the_size_promised_is_stored_whatever_it_is(
    provider: MySQLProvider, character: str
) -> None:
    """Characters that are escaped take twice their size in the statement."""
    session_id = made(provider)
    content = character * provider.max_content_bytes

    def record(querier: Querier) -> None:
        querier.create_file_version(
            id=session_id,
            path="\\" * 1024,
            content=content,
            version="initial",
            created_at=1,
            updated_at=1,
            project_id=PROJECT,
            session_id=session_id,
        )

    provider.run(record)
    file = provider.read(lambda querier: querier.get_file(project_id=PROJECT, id=session_id))
    assert file is not None
    assert file.content == content
    assert provider.figures().opened == 1


def test_a_statement_that_is_too_long_is_refused_before_it_is_sent(
    provider: MySQLProvider,
) -> None:
    title = "x" * (2 * provider.max_content_bytes + 64 * 1024)
    with pytest.raises(InvalidValue, match="the server accepts"):
        provider.run(lambda querier: create(querier, new_id(), title=title))
    assert provider.figures().lost == 0


def test_daily_use_needs_four_privileges(account: LoggedIn) -> None:
    with opened(account("SELECT", "INSERT", "UPDATE", "DELETE")) as provider:
        session_id = made(provider)
        provider.run(lambda querier: rename(querier, session_id, "new"))
        assert exists(provider, session_id)
        assert provider.data_version()
        assert provider.integrity_errors() == []
        assert provider.run(lambda q: q.delete_sessions(project_id=PROJECT, ids="[]")) == 0


def test_a_privilege_that_is_missing(account: LoggedIn) -> None:
    with opened(account("SELECT")) as provider:
        provider.read(lambda querier: querier.list_projects())
        with pytest.raises(DatabaseRefused, match="lacks a privilege: INSERT") as raised:
            made(provider)
        assert "SELECT, INSERT, UPDATE and DELETE" in raised.value.hint
        assert raised.value.exit_code == 2


def test_the_schema_can_be_changed_by_another_account(
    settings: MySQLSettings, account: LoggedIn
) -> None:
    with opened(replace(account("SELECT"), migration=settings)) as provider:
        provider.read(lambda querier: querier.list_projects())
        with provider.connect_for_changes() as connection:
            execute(connection, "CREATE TABLE scratch (id INT PRIMARY KEY)", "DROP TABLE scratch")
        assert provider.figures().opened == 1


@pytest.mark.parametrize("what", ["password", "database", "rights"])
def test_the_door_stays_closed(settings: MySQLSettings, account: LoggedIn, what: str) -> None:
    visitor = account() if what == "rights" else account("SELECT")
    if what == "password":
        visitor = replace(visitor, password=Secret("wrong"))
    elif what == "database":
        visitor = replace(settings, database="oc_provider_missing")
    with opened(visitor) as provider, pytest.raises(DatabaseRefused) as raised:
        provider.server_version()
    expected = {
        "password": "wrong user or password",
        "database": "there is no database oc_provider_missing",
        "rights": f"has no right to database {settings.database}",
    }
    assert expected[what] in raised.value.message


def test_an_account_with_few_connections(account: LoggedIn) -> None:
    visitor = account("SELECT", options="WITH MAX_USER_CONNECTIONS 1")
    connector = Connector(replace(visitor, connection_timeout=0.5), environ={})
    with closing(connector.connect()), pytest.raises(DatabaseUnavailable) as raised:
        connector.connect()
    connector.close(connector.connect())
    assert "too many connections" in raised.value.message
    assert " times in " in raised.value.message


def test_one_connection_is_enough(account: LoggedIn) -> None:
    """For a check and for changes too, which have a connection of their own."""
    visitor = account("SELECT", options="WITH MAX_USER_CONNECTIONS 1")
    with opened(visitor) as provider:
        provider.read(lambda querier: querier.list_projects())
        assert provider.integrity_errors() == []
        provider.read(lambda querier: querier.list_projects())
        with provider.connect_for_changes() as connection:
            assert execute(connection, "SELECT 1") == ((1,),)
        provider.read(lambda querier: querier.list_projects())
        assert provider.figures().lost == 0


def test_a_password_of_any_characters(account: LoggedIn) -> None:
    visitor = account("SELECT", password="pä日ss'\"\\ %@:/?#\N{GRINNING FACE}")
    with opened(visitor) as provider:
        assert provider.server_version()


SECOND = "SELECT SLEEP(1)"
"""Longer than the time limit of `hasty`."""


@pytest.fixture
def hasty(settings: MySQLSettings) -> Iterator[MySQLProvider]:
    """Gives the server too little time."""
    with opened(replace(settings, read_timeout=0.5)) as provider:
        yield provider


def sleep(provider: MySQLProvider, statement: str = SECOND) -> object:
    return provider._transactions.read(lambda connection: execute(connection, statement))


def test_a_slow_read_is_not_begun_again(hasty: MySQLProvider, provider: MySQLProvider) -> None:
    with pytest.raises(DatabaseUnavailable) as raised:
        sleep(hasty, "SELECT SLEEP(20) AS slow_read")
    assert raised.value.message.endswith("no answer within readTimeout (0.5 s)")
    assert "sessionProvider.mysql.readTimeout" in raised.value.hint
    assert hasty.figures().lost == 1
    with provider.borrow() as connection:
        running = execute(
            connection,
            f"SELECT count(*) FROM {process_list(connection)} WHERE info LIKE 'SELECT SLEEP%read'",
        )
    assert running == ((1,),)


def test_a_slow_write_may_pass_and_is_called_slow(settings: MySQLSettings) -> None:
    hasty = replace(settings, read_timeout=0.5)
    with opened(hasty, retry_seconds=0.5) as provider, pytest.raises(DatabaseUnavailable) as raised:
        provider._transactions.run(lambda connection: execute(connection, SECOND), None)
    assert "no answer within readTimeout (0.5 s)" in raised.value.message
    assert "unknown" not in raised.value.message


def test_a_slow_snapshot_has_time(hasty: MySQLProvider) -> None:
    with hasty.snapshot(slow=True):
        assert sleep(hasty) == ((0,),)
    with hasty.snapshot(), pytest.raises(DatabaseUnavailable, match="no answer within"):
        sleep(hasty)
    assert hasty.figures().lost == 1
