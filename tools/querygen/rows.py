"""Which class the rows of a query are made into."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tools.querygen.reconcile import TypedQuery

__all__ = ["NewRow", "RowClasses"]

ROW_MODELS = ("FileSummary", "FileVersion", "Project", "Session", "TreeFileSummary")
"""The classes of opencode.models that are rows as they come: `Session(*row)`."""

Shape = tuple[tuple[str, str], ...]


@dataclass(slots=True)
class NewRow:
    """A class to be generated, and the queries that use it."""

    name: str
    fields: Shape
    queries: list[str] = field(default_factory=list)

    @property
    def doc(self) -> str:
        """Its docstring."""
        *others, last = self.queries
        return f"A row of {', '.join(others)} and {last}." if others else f"A row of {last}."


class RowClasses:
    """A class of opencode.models where its fields are the columns, else a new one, shared."""

    def __init__(self, models: Path) -> None:
        self.imported: set[str] = set()
        self._models = models
        self._known = _model_shapes(models)
        self._new: dict[Shape, NewRow] = {}

    @property
    def new(self) -> tuple[NewRow, ...]:
        """The classes to be generated, in the order of their first use."""
        return tuple(self._new.values())

    def name_for(self, query: TypedQuery) -> str | None:
        """None for rows of one column and for statements without result."""
        shape = tuple((column.name, column.annotation) for column in query.columns)
        if len(shape) < 2:
            return None
        if shape in self._known:
            self.imported.add(self._known[shape])
            return self._known[shape]
        row = self._new.setdefault(shape, NewRow(_new_name(query), shape))
        row.queries.append(query.query.name)
        return row.name

    def problems(self) -> list[str]:
        """Models whose fields are no query's columns any more, by name, type or order."""
        return [
            f"{self._models}:1: no query returns the fields of {name} as they stand there"
            for name in ROW_MODELS
            if name not in self.imported
        ]


def _new_name(query: TypedQuery) -> str:
    stem = query.table.removesuffix("s") if query.table else query.query.name
    return "".join(word.capitalize() for word in stem.split("_")) + "Row"


def _model_shapes(models: Path) -> Mapping[Shape, str]:
    """Read, not imported, to do without what models.py imports."""
    tree = ast.parse(models.read_text(encoding="utf-8"))
    return {
        tuple(
            (line.target.id, ast.unparse(line.annotation))
            for line in node.body
            if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name)
        ): node.name
        for node in tree.body
        if isinstance(node, ast.ClassDef) and node.name in ROW_MODELS
    }
