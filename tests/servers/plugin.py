"""MySQL and MariaDB servers for tests, as a plugin of pytest.

A test that asks for `mysql_server`, or for a fixture that does, runs once for each server that is
to be had, and carries the marker `mysql`. Where there is none it is skipped, and the last lines
tell how many were and what would do; OPENCODE_REQUIRE_MYSQL=1 makes that an error at the start.
`tools/servers/sources.py` says how servers are chosen.
"""

from __future__ import annotations

import json
import os
import uuid
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import pytest

from tests.servers.databases import NeedsMore, account_on, database_on
from tools.servers.account import Account
from tools.servers.keeper import Keeper, KeeperProcess
from tools.servers.server import Server, ServerError, describe
from tools.servers.sources import DSNS, Choice, Source, choose

REQUIRED = "OPENCODE_REQUIRE_MYSQL"
OURS = "MySQL: "
"""How every reason to skip begins that the last lines count."""
NO_SERVER = f"{OURS}there is no server"
NEEDS_DATABASES = f"{OURS}needs an account that may create databases"
NEEDS_OWN = f"{OURS}needs a server that the tests may start and kill"
NEEDS_TCP = f"{OURS}needs a server that is reached by TCP"

WHAT_WOULD_DO = f"""\
One of these would do: a DSN in {DSNS} (an administrator's, or of an empty database),
a Docker engine, or a server's program (apt-get install mariadb-server). Then: make test-mysql"""


@dataclass(slots=True)
class Servers:
    """What the plugin knows in this process."""

    choice: Choice
    required: bool
    keeper: Keeper | None = None

    def to_json(self) -> str:
        """For a worker."""
        sources = [asdict(source) for source in self.choice.sources]
        directory = self.keeper.directory if self.keeper else None
        return json.dumps([sources, self.required, directory])

    @classmethod
    def from_json(cls, text: str) -> Servers:
        """In a worker."""
        sources, required, directory = json.loads(text)
        choice = Choice(tuple(Source(**source) for source in sources))
        return cls(choice, required, Keeper(directory) if directory else None)

    def source(self, name: str) -> Source:
        (source,) = [source for source in self.choice.sources if source.name == name]
        return source

    def server(self, name: str) -> Server:
        """The server that all tests share, started if it has to be."""
        source = self.source(name)
        if source.kind == "dsn":
            account = Account.parse(source.what)
            return describe(name, account, ca=account.ca, restricted=source.restricted)
        assert self.keeper is not None
        return self.keeper.start(source, name)


CHOSEN = pytest.StashKey[Servers]()


@dataclass(frozen=True, slots=True)
class KillableServer:
    """A server for one test alone."""

    server: Server
    kill: Callable[[], None]
    """SIGKILL; returns when it is gone."""
    restart: Callable[[], object]
    """After `kill`: the same address and data; returns when it answers."""


class MakeDatabase(Protocol):
    """Makes an empty database on a server and returns its DSN."""

    def __call__(self, server: Server) -> str: ...


class MakeAccount(Protocol):
    """Makes an account that has these privileges on the database of `dsn`; returns its DSN.

    `options` may be `REQUIRE SSL` or `WITH MAX_USER_CONNECTIONS 1`, say.
    """

    def __call__(
        self, dsn: str, *privileges: str, password: str | None = ..., options: str = ...
    ) -> str: ...


class StartServer(Protocol):
    """Starts a server of the kind of `mysql_server` with flags such as `--max-connections=3`."""

    def __call__(self, *flags: str) -> KillableServer: ...


def server_params(config: pytest.Config) -> list[Any]:
    """Arguments of `parametrize`: the name of each server; None to skip when there is none.

    For fixtures that have other parameters too; `mysql_servers` turns a name into a server.
    """
    if CHOSEN not in config.stash:
        return []  # the plugin is not in use
    names = [source.name for source in config.stash[CHOSEN].choice.sources]
    absent = [pytest.param(None, id="no-server", marks=pytest.mark.mysql)]
    return [pytest.param(name, id=name, marks=pytest.mark.mysql) for name in names] or absent


@pytest.fixture(scope="session")
def mysql_servers(pytestconfig: pytest.Config) -> Callable[[str | None], Server]:
    """From a name in `server_params` to the server, which is started if it has to be."""
    servers = pytestconfig.stash[CHOSEN]

    def get(name: str | None) -> Server:
        if name is None:
            pytest.skip(NO_SERVER)
        try:
            return servers.server(name)
        except ServerError as error:
            if servers.required:
                raise
            first, *log = map(str.strip, str(error).splitlines())
            pytest.skip(f"{OURS}{' … '.join([first, *log[-1:]])}")

    return get


@pytest.fixture(scope="session")
def mysql_server(
    request: pytest.FixtureRequest, mysql_servers: Callable[[str | None], Server]
) -> Server:
    """A server, shared by all tests of the run: change nothing but your own database."""
    return mysql_servers(request.param)


@pytest.fixture
def mysql_databases() -> Iterator[MakeDatabase]:
    """As many databases as a test needs; dropped after it."""
    with ExitStack() as stack:
        taken: set[str] = set()

        def make(server: Server) -> str:
            if server.restricted and server.name in taken:
                pytest.skip(NEEDS_DATABASES)
            taken.add(server.name)
            return _enter(stack, database_on(server))

        yield make


@pytest.fixture
def mysql_database(mysql_server: Server, mysql_databases: MakeDatabase) -> str:
    """The DSN of an empty database, of an administrator's account."""
    return mysql_databases(mysql_server)


@pytest.fixture(scope="module")
def mysql_module_database(mysql_server: Server) -> Iterator[str]:
    """The DSN of a database that the tests of a module share, empty for the first of them.

    They cannot have `mysql_database` as well: there may be one database alone.
    """
    with ExitStack() as stack:
        yield _enter(stack, database_on(mysql_server))


@pytest.fixture
def mysql_account(mysql_server: Server) -> Iterator[MakeAccount]:
    """Accounts on `mysql_server`; dropped after the test."""
    with ExitStack() as stack:

        def make(dsn: str, *privileges: str, password: str | None = None, options: str = "") -> str:
            account = account_on(mysql_server, dsn, privileges, password=password, options=options)
            return _enter(stack, account)

        yield make


@pytest.fixture
def start_mysql(request: pytest.FixtureRequest, mysql_server: Server) -> Iterator[StartServer]:
    """Servers that a test may kill, or start with flags of its own; removed after it."""
    servers = request.config.stash[CHOSEN]
    source = servers.source(mysql_server.name)
    with ExitStack() as stack:

        def start(*flags: str) -> KillableServer:
            keeper = servers.keeper
            if keeper is None or source.kind == "dsn":
                pytest.skip(NEEDS_OWN)
            handle = f"{source.name} {uuid.uuid4()}"
            server = keeper.start(source, handle, flags)
            stack.callback(keeper.remove, handle)
            return KillableServer(
                server,
                kill=lambda: keeper.kill(handle),
                restart=lambda: keeper.start(source, handle, flags),
            )

        yield start


def _enter(stack: ExitStack, context: Any) -> str:
    try:
        entered: str = stack.enter_context(context)
    except NeedsMore as error:
        pytest.skip(f"{OURS}needs {error}")
    return entered


def pytest_sessionstart(session: pytest.Session) -> None:
    """Decide on the servers, once for all workers."""
    config = session.config
    given = getattr(config, "workerinput", None)
    if given is not None:
        config.stash[CHOSEN] = Servers.from_json(given[__name__])
        return
    try:
        choice = choose(os.environ)
    except ServerError as error:
        raise pytest.UsageError(str(error)) from error
    required = os.environ.get(REQUIRED) == "1"
    if required and not choice.sources:
        reasons = "\n".join(choice.reasons)
        raise pytest.UsageError(f"{REQUIRED}=1, but no server:\n{reasons}\n{WHAT_WOULD_DO}")
    servers = config.stash[CHOSEN] = Servers(choice, required)
    if any(source.kind != "dsn" for source in choice.sources) and not config.option.collectonly:
        keeper = servers.keeper = KeeperProcess()
        config.add_cleanup(keeper.close)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """pytest-xdist: tell a worker."""
    node.workerinput[__name__] = node.config.stash[CHOSEN].to_json()


def pytest_report_header(config: pytest.Config) -> str:
    sources = config.stash[CHOSEN].choice.sources
    return f"servers: {', '.join(map(str, sources)) or 'none of MySQL or MariaDB'}"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "mysql_server" in metafunc.fixturenames:
        params = server_params(metafunc.config)
        metafunc.parametrize("mysql_server", params, indirect=True, scope="session")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep tests that must share one database in one worker, before xdist looks."""
    restricted = {s.name for s in config.stash[CHOSEN].choice.sources if s.restricted}
    for item in items if restricted else ():
        params: Mapping[str, object] = getattr(getattr(item, "callspec", None), "params", {})
        for value in params.values():
            if isinstance(value, str) and value in restricted:
                item.add_marker(pytest.mark.xdist_group(value))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """One line for all tests without a server, where pytest would write one for each."""
    report = yield
    if isinstance(report.longrepr, tuple) and _reason(report).startswith(OURS):
        report.longrepr = (__file__, 1, report.longrepr[2])
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> Iterator[None]:
    """After everything else: what was not run for want of a server, and what would do."""
    result = yield
    reasons = [_reason(report) for report in terminalreporter.stats.get("skipped", ())]
    write = terminalreporter.write_line
    for reason, count in sorted(Counter(reasons).items()):
        if reason.startswith(OURS):
            tests = "1 test" if count == 1 else f"{count} tests"
            write(f"not run: {tests}, {reason}", yellow=True)
    if NO_SERVER in reasons:
        for line in (*config.stash[CHOSEN].choice.reasons, *WHAT_WOULD_DO.splitlines()):
            write(f"  {line}")
    return result


def _reason(report: pytest.TestReport) -> str:
    """Why a test was skipped."""
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
    return text.removeprefix("Skipped: ")
