"""What every test gets: a home of its own, and ways to make checkouts and run the program."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol

import pytest
from hypothesis import settings

pytest_plugins = ("tests.servers.plugin",)

PROJECT = Path(__file__).resolve().parent.parent
FIXTURES = PROJECT.parent / "shared" / "fixtures"

# Read here, because no test sees the caller's OPENCODE_* variables.
FIXTURES_REQUIRED = os.environ.get("OPENCODE_REQUIRE_FIXTURES") == "1"

FOREIGN_PREFIXES = ("GIT_", "LC_", "OPENCODE_", "XDG_")
FOREIGN_NAMES = (
    *("COLORTERM", "COLUMNS", "LANGUAGE", "LINES", "NO_COLOR", "STY", "TMUX"),
    *("EDITOR", "LESS", "PAGER", "VISUAL"),
    *("EMAIL", "LNAME", "PYTHONWARNINGS", "USERNAME"),
)

settings.register_profile("default", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, database=None, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")


class GitRepository(Protocol):
    """Makes a Git repository below tmp_path and returns its root."""

    def __call__(
        self, name: str = ..., *, remote: str | None = ..., user: str | None = ...
    ) -> Path: ...


class RunOpencode(Protocol):
    """Runs `opencode ARGS` in a process of its own, without a terminal."""

    def __call__(
        self,
        *args: str | Path,
        cwd: Path | None = ...,
        env: Mapping[str, str] | None = ...,
        input: str | None = ...,
        timeout: float = ...,
    ) -> subprocess.CompletedProcess[str]: ...


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An empty home directory; nothing of the caller's settings reaches the test.

    Every fixture and test may count on: UTC, UTF-8, login name `tester`, no Git user,
    `xterm-256color`, no configuration and no database anywhere.
    """
    home = tmp_path_factory.mktemp("home")
    (home / ".gitconfig").write_text("[init]\n\tdefaultBranch = main\n[gc]\n\tauto = 0\n")
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ:
            if name.startswith(FOREIGN_PREFIXES) or name in FOREIGN_NAMES:
                patch.delenv(name)
        patch.setenv("HOME", str(home))
        patch.setenv("GIT_CONFIG_GLOBAL", str(home / ".gitconfig"))
        patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        patch.setenv("GIT_TERMINAL_PROMPT", "0")
        patch.setenv("LANG", "C.UTF-8")
        patch.setenv("LOGNAME", "tester")
        patch.setenv("USER", "tester")
        patch.setenv("TERM", "xterm-256color")
        patch.setenv("TZ", "UTC")
        time.tzset()
        yield home
    time.tzset()


@pytest.fixture
def fixtures() -> Path:
    """The databases and session files of other programs, kept beside the project."""
    if FIXTURES.is_dir():
        return FIXTURES
    if FIXTURES_REQUIRED:
        pytest.fail(f"OPENCODE_REQUIRE_FIXTURES=1, but there is no {FIXTURES}")
    pytest.skip("../shared/fixtures is not there")


@pytest.fixture
def go_database(fixtures: Path, tmp_path: Path) -> Path:
    """A copy of a database of the Go OpenCode, at tmp_path/checkout/.opencode/opencode.db.

    `git_repository()` makes the directory around it a checkout.
    """
    directory = tmp_path / "checkout" / ".opencode"
    directory.mkdir(parents=True)
    return Path(
        shutil.copyfile(fixtures / "go-opencode" / "opencode.db", directory / "opencode.db")
    )


@pytest.fixture
def git_repository(tmp_path: Path) -> GitRepository:
    """Repositories with a remote called `origin`, none when it is None, and no commits."""

    def make(
        name: str = "checkout",
        *,
        remote: str | None = "git@github.com:acme/app.git",
        user: str | None = None,
    ) -> Path:
        root = tmp_path / name
        git = ("git", "-C", str(root))
        root.mkdir(parents=True, exist_ok=True)
        subprocess.run([*git, "init", "--quiet"], check=True)
        if remote is not None:
            subprocess.run([*git, "remote", "add", "origin", remote], check=True)
        if user is not None:
            subprocess.run([*git, "config", "user.name", user], check=True)
        return root

    return make


@pytest.fixture
def run_opencode(tmp_path: Path) -> RunOpencode:
    """The program as its users start it; `cwd` is tmp_path unless told, `env` adds variables."""

    def run(
        *args: str | Path,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        input: str | None = None,
        timeout: float = 60,
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "opencode", *map(str, args)],
            cwd=cwd or tmp_path,
            env={**os.environ, "PYTHONPATH": str(PROJECT), **(env or {})},
            input=input or "",
            capture_output=True,
            encoding="utf-8",
            timeout=timeout,
            check=False,
        )

    return run
