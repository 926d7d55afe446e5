"""Who starts a session."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

import pytest

from opencode import author as author_module
from opencode.author import default_author
from opencode.project import git as git_module
from tests.conftest import GitRepository


def test_the_configuration_goes_first(git_repository: GitRepository) -> None:
    root = git_repository(user="Git User")
    assert default_author("Configured", root, os.environ) == "Configured"
    assert default_author(" \n", root, os.environ) == "Git User"


def test_then_git_then_the_login_name(git_repository: GitRepository, tmp_path: Path) -> None:
    assert default_author(None, git_repository(user="Zoë Müller"), os.environ) == "Zoë Müller"
    assert default_author(None, tmp_path, os.environ) == "tester"
    assert default_author(None, tmp_path, {**os.environ, "LOGNAME": "", "USER": "me"}) == "me"


def test_git_is_not_asked_when_the_author_is_configured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(git_module, "_environment")
    assert default_author("me", tmp_path, {}) == "me"


def test_without_git_and_variables_the_system_knows(tmp_path: Path) -> None:
    name = pwd.getpwuid(os.getuid()).pw_name
    assert default_author(None, tmp_path, {"PATH": str(tmp_path)}) == name


def test_it_never_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 3_999_999_999)
    assert default_author(None, tmp_path / "nowhere", {}) == author_module.UNKNOWN


def test_a_git_that_hangs_does_not_stop_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git_module, "TIME_LIMIT", 0.2)
    program = tmp_path / "git"
    program.write_text("#!/bin/sh\nexec sleep 60\n")
    program.chmod(0o755)
    environ = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "USER": "me"}
    assert default_author(None, tmp_path, environ) == "me"


@pytest.mark.parametrize(
    ("given", "cleaned"),
    [
        ("  A\t B\nC ", "A B C"),
        ("A\x1b[31mB\x9b", "A [31mB"),
        ("\udcff", "tester"),
        ("x" * 300, "x" * 255),
        ("日本語", "日本語"),
    ],
)
def test_names_are_cleaned(tmp_path: Path, given: str, cleaned: str) -> None:
    assert default_author(given, tmp_path, os.environ) == cleaned
