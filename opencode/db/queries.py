"""Loading the queries of sql/: the one place that knows aiosql.

aiosql's own folder loader lets the last of two queries of one name win, and its adapters hand out
lazy rows and trip over `%` on MySQL; so the files are read here, and run by adapters of ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from functools import cache
from pathlib import Path
from threading import RLock
from typing import Any, NamedTuple, Protocol, cast

from aiosql import SQLParseException
from aiosql.queries import Queries as AiosqlQueries
from aiosql.query_loader import QueryLoader
from aiosql.types import QueryDatum, QueryFn, SQLOperationType
from aiosql.utils import VAR_REF

from opencode.db.resources import Dialect, sql_directory
from opencode.errors import IncompleteInstallation

__all__ = ["Connection", "Queries", "Query", "load_queries", "read_queries"]

Row = tuple[Any, ...]
Parameters = dict[str, Any]

SUFFIXES = {
    SQLOperationType.SELECT: "",
    SQLOperationType.SELECT_ONE: "^",
    SQLOperationType.SELECT_VALUE: "$",
    SQLOperationType.INSERT_UPDATE_DELETE: "!",
}
"""The operations in use; the others behave differently from driver to driver."""


HEADER = re.compile(r"^[ \t]*--\s*name\s*:[ \t]*(?P<name>[\w-]*)", re.MULTILINE)


class Connection(Protocol):
    """What the queries need of a connection; sqlite3's and PyMySQL's have it."""

    def cursor(self) -> Any: ...


class Query(NamedTuple):
    """One query as it stands in its file.

    `suffix` is the header's: "" many rows, "^" one or none, "$" one value, "!" number of rows.
    """

    name: str
    parameters: tuple[str, ...]
    suffix: str
    doc: str
    sql: str
    path: Path
    line: int

    def __str__(self) -> str:
        return f"{self.name}({', '.join(self.parameters)}){self.suffix}"

    @property
    def place(self) -> str:
        """`FILE:LINE` of its header."""
        return f"{self.path}:{self.line}"


class _Source(NamedTuple):
    """The text of one query, from its header to the next one."""

    name: str
    text: str
    path: Path
    line: int

    @property
    def place(self) -> str:
        """`FILE:LINE` of its header."""
        return f"{self.path}:{self.line}"


class Adapter:
    """Runs statements on a connection for aiosql, with `:name` placeholders.

    Rows are tuples and all fetched, cursors are closed: an unfinished one would keep a read
    transaction open on SQLite and report errors late.  There are only the operations in use.
    """

    def process_sql(self, query_name: str, op_type: SQLOperationType, sql: str) -> str:
        """The statement as the driver wants it; called once, when it is loaded."""
        return sql

    def select(
        self, conn: Connection, query_name: str, sql: str, parameters: Parameters, _: None = None
    ) -> list[Row]:
        """All rows."""
        with closing(conn.cursor()) as cursor:
            cursor.execute(sql, parameters)
            return list(cursor.fetchall())

    def select_one(
        self, conn: Connection, query_name: str, sql: str, parameters: Parameters, _: None = None
    ) -> Row | None:
        """The first row."""
        with closing(conn.cursor()) as cursor:
            cursor.execute(sql, parameters)
            row: Row | None = cursor.fetchone()
            return row

    def select_value(
        self, conn: Connection, query_name: str, sql: str, parameters: Parameters
    ) -> Any:
        """The first column of the first row."""
        row = self.select_one(conn, query_name, sql, parameters)
        return None if row is None else row[0]

    def insert_update_delete(
        self, conn: Connection, query_name: str, sql: str, parameters: Parameters
    ) -> int:
        """The number of rows the statement changed."""
        with closing(conn.cursor()) as cursor:
            cursor.execute(sql, parameters)
            return int(cursor.rowcount)


class PercentAdapter(Adapter):
    """The same with `%(name)s` placeholders; a `%` of the SQL itself stays what it is."""

    def process_sql(self, query_name: str, op_type: SQLOperationType, sql: str) -> str:
        """Doubled in quotes too: the driver formats whenever it is given a dict, even {}."""
        return VAR_REF.sub(_to_percent, sql.replace("%", "%%"))


def _to_percent(match: re.Match[str]) -> str:
    name = match["var_name"]
    return f"{match['lead']}%({name})s" if name else match[0]


ADAPTERS: Mapping[Dialect, type[Adapter]] = {"sqlite": Adapter, "mysql": PercentAdapter}


class Queries(AiosqlQueries):
    """One method per query: `queries.get_session(connection, project_id=…, id=…)`.

    Holds no connection; threads may share it. The typed way in is `querier.Querier`. A query is
    parsed when it is first used: most starts use a handful of them, and all take 10 ms.
    """

    def __init__(self, adapter: Adapter, sources: Iterable[_Source]) -> None:
        super().__init__(cast("Any", adapter))
        self._adapter = adapter
        self._sources = {source.name: source for source in sources}
        self._parsing = RLock()

    def __getattr__(self, name: str) -> QueryFn:
        if name.startswith("_"):
            raise AttributeError(name)
        with self._parsing:
            known = vars(self)
            if name not in known:
                self._parse(name)
            return cast("QueryFn", known[name])

    def add_queries(self, queries: list[QueryFn]) -> None:
        """Leave out aiosql's `…_cursor` twins, which hand out cursors that someone must close."""
        super().add_queries(queries[:1])

    def _parse(self, name: str) -> None:
        # aiosql asks whether there is such an attribute before it adds one.
        source = self._sources.pop(name, None)
        if source is None:
            raise AttributeError(f"there is no query {name}")
        try:
            self.load_from_list([_parse(source, self._adapter)])
        except BaseException:
            self._sources[name] = source
            raise


@cache
def load_queries(dialect: Dialect) -> Queries:
    """The queries of a dialect, found once per process.

    Raises:
        IncompleteInstallation: The files are missing, or two queries have one name; a query that
            cannot be parsed raises it when it is first used.
    """
    return Queries(ADAPTERS[dialect](), _sources(sql_directory(dialect)))


def read_queries(directory: Path) -> list[Query]:
    """The queries of a folder, files by name, each file from top to bottom.

    Raises:
        IncompleteInstallation: A file cannot be parsed, or two queries have one name.
    """
    adapter = Adapter()
    return [_describe(_parse(source, adapter)) for source in _sources(directory)]


def _sources(directory: Path) -> list[_Source]:
    """The queries of a folder, unparsed: files by name, each file from top to bottom."""
    found: dict[str, _Source] = {}
    for path in sorted(directory.glob("*.sql")):
        for source in _split(path):
            first = found.setdefault(source.name, source)
            if first is not source:
                raise _unusable(
                    f"{source.place}: the query {source.name} is already at {first.place}"
                )
    return list(found.values())


def _split(path: Path) -> Iterator[_Source]:
    text = path.read_text(encoding="utf-8")
    headers = list(HEADER.finditer(text))
    ends = [header.start() for header in headers[1:]] + [len(text)]
    for header, end in zip(headers, ends, strict=True):
        line = 1 + text.count("\n", 0, header.start())
        name = header["name"].replace("-", "_")
        yield _Source(name, text[header.start() : end], path, line)


def _parse(source: _Source, adapter: Adapter) -> QueryDatum:
    loader = QueryLoader(cast("Any", adapter), None)
    # aiosql counts lines from the beginning of what it is given.
    text = "\n" * (source.line - 1) + source.text
    try:
        (datum,) = loader.load_query_data_from_sql(text, [], source.path)
    except (SQLParseException, ValueError) as error:
        raise _unusable(f"{source.path}: {error}") from error
    if datum.operation_type not in SUFFIXES:
        raise _unusable(f"{source.place}: {source.name} has an operation not in use")
    return datum


def _unusable(message: str) -> IncompleteInstallation:
    return IncompleteInstallation(
        f"the program's SQL cannot be used: {message}",
        hint="install the program again; its .sql files were changed or mixed with older ones",
    )


def _describe(datum: QueryDatum) -> Query:
    return Query(
        name=datum.query_name,
        parameters=tuple(datum.parameters or ()),
        suffix=SUFFIXES[datum.operation_type],
        doc=datum.doc_comments,
        sql=datum.sql,
        path=Path(datum.floc[0]),
        line=datum.floc[1],
    )
