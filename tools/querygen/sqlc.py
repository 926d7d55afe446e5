"""Running sqlc over both dialects and reading the JSON it writes."""

from __future__ import annotations

import json
import re
import subprocess
import sysconfig
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from opencode.db.resources import Dialect
from tools.querygen.convert import convert_migration, convert_queries
from tools.querygen.exceptions import UNPARSED
from tools.querygen.problems import SqlProblems

__all__ = ["Analysis", "Field", "Result", "analyse"]

DIALECTS: tuple[Dialect, ...] = get_args(Dialect)

PYTHON_TYPES = {
    **dict.fromkeys(("text", "char", "varchar", "longtext", "var_string"), "str"),
    **dict.fromkeys(("int", "integer", "bigint", "bigint signed"), "int"),
    **dict.fromkeys(("real", "double"), "float"),
    "bool": "bool",
    "any": None,
}
"""SQL types of both dialects; None where sqlc does not know. Others are not in use."""

NOISE = re.compile(r"^(line \d+:\d+ .*|# package.*)?$")
LOCATION = re.compile(
    r"^(?P<dialect>\w+)/(?P<kind>sql|migrations)/(?P<name>[\w.]+):(?P<line>\d+):\d+: (?P<text>.*)"
)


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter or a result column; `origin` is `table.column` where sqlc could trace it."""

    name: str
    type: str | None
    nullable: bool
    origin: str | None


@dataclass(frozen=True, slots=True)
class Result:
    """What sqlc says of one query; a parameter used twice may appear twice."""

    columns: tuple[Field, ...]
    parameters: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Analysis:
    """What sqlc says of one dialect; `tables` names the columns of each table."""

    queries: Mapping[str, Result]
    tables: Mapping[str, frozenset[str]]


def analyse(project: Path) -> dict[Dialect, Analysis]:
    """What it says of the queries in `sql/` against the schema in `migrations/`, both dialects.

    Raises:
        SqlProblems: A statement or a migration is not understood.
    """
    with tempfile.TemporaryDirectory(prefix="sqlc-") as folder:
        work = Path(folder)
        for dialect in DIALECTS:
            _write_sources(project, dialect, work / dialect)
        (work / "sqlc.json").write_text(json.dumps(_settings()), encoding="utf-8")
        _run(work, project)
        return {dialect: _read(work / dialect / "analysis.json") for dialect in DIALECTS}


def _write_sources(project: Path, dialect: Dialect, target: Path) -> None:
    (target / "sql").mkdir(parents=True)
    (target / "migrations").mkdir()
    for path in sorted((project / "sql" / dialect).glob("*.sql")):
        text = convert_queries(path.read_text(encoding="utf-8"), dialect, UNPARSED)
        (target / "sql" / path.name).write_text(text, encoding="utf-8")
    for path in sorted((project / "migrations" / dialect).glob("*.sql")):
        if not path.name.endswith(".rollback.sql"):
            text = convert_migration(path.read_text(encoding="utf-8"), dialect)
            (target / "migrations" / path.name).write_text(text, encoding="utf-8")


def _settings() -> dict[str, Any]:
    return {
        "version": "2",
        "sql": [
            {
                "engine": dialect,
                "schema": f"{dialect}/migrations",
                "queries": f"{dialect}/sql",
                "gen": {"json": {"out": dialect, "filename": "analysis.json"}},
            }
            for dialect in DIALECTS
        ],
    }


def _run(work: Path, project: Path) -> None:
    program = Path(sysconfig.get_path("scripts")) / "sqlc"
    done = subprocess.run(
        [program, "generate", "--no-remote"],
        cwd=work,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    if done.returncode:
        lines = (done.stderr + done.stdout).splitlines()
        raise SqlProblems([_locate(line, work, project) for line in lines if not NOISE.match(line)])


def _locate(message: str, work: Path, project: Path) -> str:
    match = LOCATION.match(message)
    if match is None:
        return f"sqlc: {message}"
    place = Path(match["kind"]) / match["dialect"] / match["name"]
    lines = (work / match["dialect"] / match["kind"] / match["name"]).read_text("utf-8").split("\n")
    number = int(match["line"])
    # On SQLite the line is the one where the statement before ends.
    while number < len(lines) and not lines[number - 1].strip():
        number += 1
    return f"{project / place}:{number}: sqlc: {match['text']}"


def _read(path: Path) -> Analysis:
    report = json.loads(path.read_text(encoding="utf-8"))
    return Analysis(
        queries={
            query["name"]: Result(
                columns=tuple(_field(column) for column in query["columns"] or ()),
                parameters=tuple(_field(given["column"]) for given in query["params"] or ()),
            )
            for query in report["queries"]
        },
        tables={
            table["rel"]["name"]: frozenset(column["name"] for column in table["columns"])
            for schema in report["catalog"]["schemas"]
            if schema["name"] == report["catalog"]["default_schema"]
            for table in schema["tables"]
        },
    )


def _field(column: Mapping[str, Any]) -> Field:
    type = column["type"]["name"].lower()
    table = (column["table"] or {}).get("name")
    origin = column["original_name"]
    return Field(
        name=column["name"],
        type=PYTHON_TYPES.get(type, type),
        nullable=not column["not_null"],
        origin=f"{table}.{origin}" if table and origin else None,
    )
