"""What a command loads, and where each third-party library may be imported.

Start-up time is bound by imports: urwid, aiosql, yoyo and pymysql cost 50 to 140 ms each.
Loaded modules are counted here, because they do not depend on the machine as times do.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.conftest import PROJECT

# Modules allowed to import a library, as patterns below opencode/.
PLACES = {
    "aiosql": ("db/queries.py",),
    "click": ("cli/*.py",),
    "keyring": ("config/password.py",),
    "markdown_it": ("tui/render/*.py",),
    "pygments": ("tui/render/*.py",),
    "pymysql": ("db/mysql*.py",),
    "sqlparse": ("db/migrate*.py",),
    "urwid": ("tui/*.py",),
    "urwid_readline": ("tui/*.py",),
    "wcwidth": ("text/*.py", "text.py"),
    "yoyo": ("db/migrate*.py",),
}

# Runs the program as `python -m opencode` does, then tells what it loaded.
PROBE = """
import json, runpy, sys
path, *sys.argv[1:] = sys.argv[1:]
try:
    runpy.run_module("opencode", run_name="__main__", alter_sys=True)
except SystemExit as exit:
    code = exit.code
else:
    code = 0
with open(path, "w") as file:
    json.dump({"code": code, "modules": sorted(sys.modules)}, file)
"""

LIBRARIES = {
    *("aiosql", "markdown_it", "pygments", "pymysql"),
    *("sqlparse", "urwid", "urwid_readline", "yoyo"),
}


def loaded_by(directory: Path, *args: str) -> set[str]:
    """Names of all modules in memory after `opencode ARGS` succeeded in `directory`."""
    report = directory / "modules.json"
    command = [sys.executable, "-c", PROBE, str(report), *args]
    done = subprocess.run(
        command,
        cwd=directory,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(report.read_text())
    assert not result["code"], done.stderr
    return set(result["modules"])


@pytest.mark.parametrize(
    "args",
    [("--version",), ("--help",), ("session", "--help"), ("session", "list", "--help")],
    ids=" ".join,
)
def test_help_and_version_load_no_library_but_click(tmp_path: Path, args: tuple[str, ...]) -> None:
    modules = loaded_by(tmp_path, *args)
    assert not modules & (LIBRARIES | {"sqlite3", "asyncio", "importlib.metadata"})


def test_listing_on_sqlite_loads_no_migration_engine_and_no_interface(tmp_path: Path) -> None:
    loaded_by(tmp_path, "session", "list")  # makes the database
    modules = loaded_by(tmp_path, "session", "list")
    assert "sqlite3" in modules
    assert not modules & (LIBRARIES - {"aiosql"})


def test_import_of_the_package_loads_nothing_else(tmp_path: Path) -> None:
    code = "import opencode, sys; print([m for m in sys.modules if m.startswith('opencode.')])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


def third_party_imports() -> Iterator[tuple[str, str]]:
    """(file below opencode/, library) of every import, those inside functions included."""
    package = PROJECT / "opencode"
    for path in sorted(package.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            else:
                continue
            for library in {name.partition(".")[0] for name in names}:
                if library != "opencode" and library not in sys.stdlib_module_names:
                    yield path.relative_to(package).as_posix(), library


def test_every_library_is_imported_at_its_place_only() -> None:
    misplaced = [
        f"{file} imports {library}"
        for file, library in third_party_imports()
        if not any(fnmatch(file, pattern) for pattern in PLACES.get(library, ()))
    ]
    assert not misplaced
