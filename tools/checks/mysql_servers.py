"""An empty database on each server that a check can get, one after the other."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from types import TracebackType
from typing import Self

from tools.servers.account import Account
from tools.servers.keeper import KeeperProcess
from tools.servers.server import Server, ServerError, describe
from tools.servers.sources import DSNS, SERVERS, Source, choose

__all__ = ["Databases"]

QUICK = "mysqld mariadbd"
"""What starts within seconds; a container does when it is asked for."""


class Databases:
    """Iterates over (name of a server, DSN of an empty database); `used` and `note` tell of it.

    The servers are those of `tools.servers.sources`, but containers only where
    OPENCODE_TEST_MYSQL_SERVERS names them: an image may have to be fetched.  `ServerError` when a
    setting cannot be used; a server that does not start is left out.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = {SERVERS: QUICK, **environ}
        self._stack = ExitStack()
        self._keeper: KeeperProcess | None = None
        self._absent: list[str] = []
        self.used: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Remove the servers that were started."""
        self._stack.close()

    def __iter__(self) -> Iterator[tuple[str, str]]:
        choice = choose(self._environ)
        self._absent += choice.reasons
        for source in choice.sources:
            try:
                server = self._server(source)
            except ServerError as error:
                self._absent.append(str(error).partition("; its log:")[0])
                continue
            with _database(server) as dsn:
                self.used.append(source.name)
                yield source.name, dsn

    @property
    def note(self) -> str:
        """The servers that were used, and why there were no others."""
        absent = [reason for reason in self._absent if not (self.used and reason.startswith(DSNS))]
        return "; ".join([*filter(None, [", ".join(self.used)]), *absent])

    def _server(self, source: Source) -> Server:
        if source.restricted:
            raise ServerError(f"the account of {source.name} may not create databases")
        if source.kind == "dsn":
            return describe(source.name, Account.parse(source.what))
        if self._keeper is None:
            self._keeper = self._stack.enter_context(KeeperProcess())
        return self._keeper.start(source, source.name)


@contextmanager
def _database(server: Server) -> Iterator[str]:
    account, name = server.admin, f"oc_verify_{secrets.token_hex(6)}"
    with closing(account.using("").connect()) as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
        try:
            yield account.using(name).dsn
        finally:
            cursor.execute(f"DROP DATABASE {name}")
