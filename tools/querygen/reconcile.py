"""One type for each parameter and result column, where both dialects agree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from opencode.db.queries import Query
from opencode.db.resources import Dialect
from tools.querygen import exceptions, statements
from tools.querygen.sqlc import Analysis, Field, Result

__all__ = ["Typed", "TypedQuery", "reconcile"]

EMPTY = Result((), ())


@dataclass(frozen=True, slots=True)
class Typed:
    """A parameter or a column with its Python type."""

    name: str
    type: str
    nullable: bool = False

    @property
    def annotation(self) -> str:
        """The type as Python writes it."""
        return f"{self.type} | None" if self.nullable else self.type


@dataclass(frozen=True, slots=True)
class TypedQuery:
    """A query with its types.

    `certain`: it returns a row whatever the tables hold. `table`: the table whose columns the
    result has, all of them.
    """

    query: Query
    parameters: tuple[Typed, ...]
    columns: tuple[Typed, ...]
    certain: bool
    table: str | None


def reconcile(
    queries: Sequence[Query], analyses: Mapping[Dialect, Analysis]
) -> tuple[list[TypedQuery], list[str]]:
    """The typed queries, and what is wrong, one line each that begins with FILE:LINE."""
    work = _Reconciliation(analyses)
    typed = [work.query(query) for query in queries]
    return typed, [*work.problems, *work.unused()]


class _Reconciliation:
    def __init__(self, analyses: Mapping[Dialect, Analysis]) -> None:
        self.problems: list[str] = []
        self._analyses = analyses
        self._used: set[str] = set()

    def query(self, query: Query) -> TypedQuery:
        shape = statements.describe(query)
        results = [analysis.queries.get(query.name, EMPTY) for analysis in self._analyses.values()]
        return TypedQuery(
            query=query,
            parameters=self._parameters(query, results, shape.assigned),
            columns=self._columns(query, results),
            certain=shape.certain,
            table=self._table(results[0].columns),
        )

    def unused(self) -> Iterable[str]:
        """Exceptions that nothing needs any more."""
        tables = (exceptions.NEVER_NULL, exceptions.RESULT_TYPES, exceptions.UNPARSED)
        for key in (key for table in tables for key in table):
            if key not in self._used:
                yield f"{exceptions.__file__}:1: no query needs the exception {key}"

    def _parameters(
        self, query: Query, results: Sequence[Result], assigned: frozenset[str]
    ) -> tuple[Typed, ...]:
        if query.name in exceptions.UNPARSED:
            self._used.add(query.name)
            types = exceptions.UNPARSED_TYPES[query.name]
            return tuple(Typed(name, types[name]) for name in query.parameters)
        typed = []
        for name in query.parameters:
            fields = [f for result in results for f in result.parameters if f.name == name]
            nullable = name in assigned and self._nullable(query, name, fields)
            typed.append(Typed(name, self._type(query, name, fields), nullable))
        return tuple(typed)

    def _columns(self, query: Query, results: Sequence[Result]) -> tuple[Typed, ...]:
        names = [[field.name for field in result.columns] for result in results]
        if any(other != names[0] for other in names):
            self._report(query, f"result columns differ between dialects: {names}")
            return ()
        return tuple(
            Typed(
                fields[0].name,
                self._type(query, fields[0].name, fields),
                self._nullable(query, fields[0].name, fields),
            )
            for fields in zip(*(result.columns for result in results), strict=True)
        )

    def _type(self, query: Query, name: str, fields: Iterable[Field]) -> str:
        types = {field.type for field in fields} - {None}
        key = f"{query.name}.{name}"
        if not types and key in exceptions.RESULT_TYPES:
            self._used.add(key)
            return exceptions.RESULT_TYPES[key][0]
        if len(types) != 1:
            found = " and ".join(sorted(map(str, types))) or "nothing"
            self._report(query, f"the type of {name} is not the same everywhere: sqlc says {found}")
        return str(min(map(str, types), default="object"))

    def _nullable(self, query: Query, name: str, fields: Iterable[Field]) -> bool:
        known = [field for field in fields if field.type is not None]
        answers = {field.nullable for field in known}
        keys = {f"{query.name}.{name}"} | {f.origin for f in known if f.origin is not None}
        excused = keys & exceptions.NEVER_NULL.keys()
        if True in answers and excused:
            self._used |= excused
            return False
        if len(answers) > 1:
            self._report(query, f"{name} may be NULL in one dialect only")
        return True in answers

    def _table(self, columns: Sequence[Field]) -> str | None:
        tables = {(column.origin or ".").partition(".")[0] for column in columns}
        if len(tables) != 1:
            return None
        (table,) = tables
        whole = self._analyses["sqlite"].tables.get(table)
        return table if whole == frozenset(column.name for column in columns) else None

    def _report(self, query: Query, message: str) -> None:
        self.problems.append(f"{query.place}: {query.name}: {message}")
