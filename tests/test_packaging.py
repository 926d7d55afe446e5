"""The sdist, the wheel built from it, and the program installed from that."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

import opencode
from tests.conftest import PROJECT

# One worker builds and installs once for all tests of the module.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("packaging")]


@dataclass(frozen=True, slots=True)
class Artifacts:
    sdist: Path
    wheel: Path

    def sdist_names(self) -> set[str]:
        """Paths below the sdist's own top directory."""
        with tarfile.open(self.sdist) as archive:
            return {name.partition("/")[2] for name in archive.getnames()}

    def wheel_names(self) -> set[str]:
        with zipfile.ZipFile(self.wheel) as archive:
            return set(archive.namelist())


@pytest.fixture(scope="module")
def artifacts(tmp_path_factory: pytest.TempPathFactory) -> Artifacts:
    output = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(output)]
    done = subprocess.run([*command, str(PROJECT)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (sdist,) = output.glob("*.tar.gz")
    (wheel,) = output.glob("*.whl")
    return Artifacts(sdist, wheel)


@pytest.fixture(scope="module")
def installed(artifacts: Artifacts, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `opencode` of a fresh environment; the dependencies come from the one tests run in."""
    directory = tmp_path_factory.mktemp("venv")
    venv.create(directory, with_pip=False)
    pip = [sys.executable, "-m", "pip", "--python", str(directory)]
    options = ["install", "--quiet", "--no-index", "--no-deps", "--disable-pip-version-check"]
    subprocess.run([*pip, *options, str(artifacts.wheel)], check=True)
    # Only now: pip would take the project's own installation there for an older one here.
    paths = sysconfig.get_paths(vars={"base": str(directory), "platbase": str(directory)})
    (Path(paths["purelib"]) / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return directory / "bin" / "opencode"


def run(program: Path, *args: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        [program, *args], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


def sql_files(folder: str) -> set[str]:
    files = {path.relative_to(PROJECT).as_posix() for path in (PROJECT / folder).rglob("*.sql")}
    assert files
    return files


def test_sdist_keeps_sql_and_migrations_at_their_places(artifacts: Artifacts) -> None:
    assert sql_files("sql") | sql_files("migrations") <= artifacts.sdist_names()


def test_sdist_holds_what_a_packager_needs(artifacts: Artifacts) -> None:
    wanted = {"LICENSE", "README.md", "CHANGELOG.md", "Makefile", "pyproject.toml"}
    assert wanted | {"tests/conftest.py", "opencode/py.typed"} <= artifacts.sdist_names()


def test_sdist_holds_nothing_that_was_left_lying_about(artifacts: Artifacts) -> None:
    left_over = ("__pycache__", ".pyc", ".venv", "_cache", ".db")
    assert not [name for name in artifacts.sdist_names() if any(map(name.count, left_over))]


@pytest.mark.parametrize("folder", ["sql", "migrations"])
def test_wheel_carries_every_sql_file_and_nothing_else_beside(
    artifacts: Artifacts, folder: str
) -> None:
    inside = {name for name in artifacts.wheel_names() if name.startswith(f"opencode/_{folder}/")}
    described = {"opencode/_migrations/mysql/schema.json"} if folder == "migrations" else set()
    assert inside == {f"opencode/_{name}" for name in sql_files(folder)} | described


def test_wheel_carries_every_module_and_only_the_package(artifacts: Artifacts) -> None:
    names = artifacts.wheel_names()
    modules = {
        path.relative_to(PROJECT).as_posix() for path in (PROJECT / "opencode").rglob("*.py")
    }
    assert modules | {"opencode/py.typed"} <= names
    tops = {name.partition("/")[0] for name in names}
    assert tops == {"opencode", f"opencode_py-{opencode.__version__}.dist-info"}


def test_installed_program_tells_its_version(installed: Path, tmp_path: Path) -> None:
    done = run(installed, "--version", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert opencode.__version__ in done.stdout


def test_installed_program_runs_from_any_directory(installed: Path, tmp_path: Path) -> None:
    made = run(installed, "session", "new", "--title", "From a wheel", "--json", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    listed = run(installed, "session", "list", "--json", cwd=tmp_path)
    assert listed.returncode == 0, listed.stderr
    assert [session["title"] for session in json.loads(listed.stdout)] == ["From a wheel"]
