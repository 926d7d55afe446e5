"""Project identity in real repositories."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from opencode.errors import InvalidValue, ProjectError
from opencode.project import (
    ProjectIdentity,
    check_project_id,
    find_repository_root,
    identify,
    project_of_database,
)
from opencode.project import git as git_module
from tests.conftest import GitRepository


def git(directory: Path, *arguments: str | Path) -> None:
    author = ("-c", "user.name=t", "-c", "user.email=t@example.org")
    subprocess.run(
        ["git", *author, "-c", "protocol.file.allow=always", *map(str, arguments)],
        cwd=directory,
        check=True,
        capture_output=True,
    )


def commit(directory: Path) -> Path:
    git(directory, "commit", "--quiet", "--allow-empty", "--message", "first")
    return directory


def fake_git(directory: Path, *lines: str) -> dict[str, str]:
    """An environment whose `git` is this shell script."""
    directory.mkdir()
    program = directory / "git"
    program.write_text("\n".join(["#!/bin/sh", *lines, ""]))
    program.chmod(0o755)
    return {**os.environ, "PATH": f"{directory}:{os.environ['PATH']}"}


def name_and_rule(
    directory: Path, environ: Mapping[str, str] = os.environ
) -> tuple[str, str, Path | None]:
    found = identify(directory, environ=environ)
    assert found.explanation[-1].endswith(found.project_id)
    return found.project_id, found.rule, found.repository_root


# What is said goes before what is found


def test_option_environment_and_configuration_in_this_order(git_repository: GitRepository) -> None:
    root = git_repository()
    environ = {**os.environ, "OPENCODE_PROJECT_ID": " env "}
    found = identify(root, option=" opt ", config_project_id="conf", environ=environ)
    assert found == ProjectIdentity("opt", "option", root, root, None, ("option --project: opt",))
    found = identify(root, config_project_id="conf", environ=environ)
    assert (found.project_id, found.rule) == ("env", "environment")
    found = identify(root, config_project_id="conf", environ={})
    assert (found.project_id, found.rule) == ("conf", "configuration")
    assert found.explanation == (
        "option --project: not given",
        "OPENCODE_PROJECT_ID: not given",
        "project.id in the configuration: conf",
    )


def test_an_empty_variable_counts_as_not_set(tmp_path: Path) -> None:
    assert identify(tmp_path, environ={"OPENCODE_PROJECT_ID": ""}).rule == "directory"


def test_git_is_not_asked_when_the_project_is_said(
    git_repository: GitRepository, tmp_path: Path
) -> None:
    root = git_repository()
    environ = fake_git(tmp_path / "bin", "touch asked; exit 1")
    assert identify(root, option="x", environ=environ).repository_root == root
    assert not (root / "asked").exists()


@pytest.mark.parametrize("text", ["", "  ", "a\nb", "a\x1b[0m", "\x9b", "\udc80", "x" * 513])
def test_what_cannot_be_a_project_id(tmp_path: Path, text: str) -> None:
    with pytest.raises(InvalidValue, match="project id"):
        check_project_id(text)
    with pytest.raises(InvalidValue):
        identify(tmp_path, option=text, environ={})


def test_a_long_project_id_in_any_script() -> None:
    assert check_project_id("é" * 512) == "é" * 512


# Git


@pytest.mark.parametrize("below", ["", "src/deep"])
def test_the_remote_origin_names_the_project(git_repository: GitRepository, below: str) -> None:
    root = git_repository(remote="https://user:hunter2@github.com/acme/app.git")
    (root / below).mkdir(parents=True, exist_ok=True)
    found = identify(root / below)
    assert found.project_id == "github.com/acme/app"
    assert found.rule == "git-remote"
    assert found.directory == root / below
    assert found.repository_root == root
    assert found.remote == "https://github.com/acme/app.git"
    assert "Git: remote origin is https://github.com/acme/app.git" in found.explanation
    assert "hunter2" not in repr(found)


def test_origin_goes_before_other_remotes(git_repository: GitRepository) -> None:
    root = git_repository()
    git(root, "remote", "add", "a-fork", "git@github.com:me/app.git")
    git(root, "remote", "set-url", "--add", "origin", "git@other.org:acme/app.git")
    git(root, "remote", "set-url", "--push", "origin", "git@push.org:acme/app.git")
    assert name_and_rule(root) == ("github.com/acme/app", "git-remote", root)


def test_the_only_remote_does_without_origin(git_repository: GitRepository) -> None:
    root = git_repository(remote=None)
    git(root, "remote", "add", "upstream", "git@github.com:acme/app.git")
    found = identify(root)
    assert (found.project_id, found.rule) == ("github.com/acme/app", "git-remote")
    assert "Git: no remote origin; upstream is the only one" in found.explanation


def test_several_remotes_without_origin_name_nothing(git_repository: GitRepository) -> None:
    root = git_repository("my-app", remote=None)
    git(root, "remote", "add", "one", "git@github.com:one/x.git")
    git(root, "remote", "add", "two", "git@github.com:two/x.git")
    assert name_and_rule(root) == ("my-app", "git-directory", root)
    assert "but several others: one, two" in identify(root).explanation[-2]


def test_remotes_without_url_do_not_count(git_repository: GitRepository) -> None:
    root = git_repository("my-app", remote=None)
    git(root, "config", "remote.origin.pushurl", "git@github.com:acme/push.git")
    git(root, "config", "remote.other.fetch", "+refs/*:refs/*")
    assert name_and_rule(root) == ("my-app", "git-directory", root)


def test_without_remote_the_root_names_the_project(git_repository: GitRepository) -> None:
    root = git_repository("my-app", remote=None)
    (root / "src").mkdir()
    assert name_and_rule(root / "src") == ("my-app", "git-directory", root)


def test_a_remote_that_names_nothing(git_repository: GitRepository) -> None:
    root = git_repository("my-app", remote="ext::sh -c 'connect --token hunter2'")
    found = identify(root)
    assert (found.project_id, found.rule, found.remote) == ("my-app", "git-directory", None)
    assert "hunter2" not in repr(found)


def test_instead_of_is_applied(git_repository: GitRepository) -> None:
    root = git_repository(remote="gh:acme/app.git")
    git(root, "config", "url.https://token:hunter2@github.com/.insteadOf", "gh:")
    assert name_and_rule(root) == ("github.com/acme/app", "git-remote", root)
    environ = {
        **os.environ,
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "url.ssh://git@example.org/.insteadOf",
        "GIT_CONFIG_VALUE_0": "gh:ac",
    }
    assert name_and_rule(root, environ)[0] == "example.org/me/app"


def test_local_remotes_give_a_directory_name(git_repository: GitRepository) -> None:
    for remote in ("/srv/git/app.git", "file:///srv/git/app.git", "../app.git"):
        root = git_repository("checkout", remote=None)
        git(root, "config", "remote.origin.url", remote)
        assert name_and_rule(root) == ("app", "git-remote", root)


@pytest.mark.parametrize("remote", ["git@github.com:acme/app.git", None])
def test_linked_worktrees_are_one_project(
    git_repository: GitRepository, tmp_path: Path, remote: str | None
) -> None:
    root = commit(git_repository("app", remote=remote))
    linked = tmp_path / "elsewhere" / "feature"
    git(root, "worktree", "add", "--quiet", linked)
    (linked / "src").mkdir()
    expected = identify(root)
    found = identify(linked / "src")
    assert (found.project_id, found.rule) == (expected.project_id, expected.rule)
    assert expected.project_id == ("github.com/acme/app" if remote else "app")
    assert found.repository_root == linked
    assert find_repository_root(linked / "src") == linked


@pytest.mark.parametrize("hidden", ["app/.bare", "app/.git", "app.git", "app"])
def test_worktrees_of_a_bare_repository(tmp_path: Path, hidden: str) -> None:
    source = tmp_path / "source"
    source.mkdir()
    git(source, "init", "--quiet")
    commit(source)
    bare = tmp_path / "place" / hidden
    git(tmp_path, "clone", "--quiet", "--bare", source, bare)
    git(bare, "remote", "remove", "origin")
    linked = tmp_path / "place" / "feature"
    git(bare, "worktree", "add", "--quiet", linked, "-b", "feature")
    assert name_and_rule(linked) == ("app", "git-directory", linked)
    assert identify(bare).project_id == "app"


def test_a_bare_repository(tmp_path: Path) -> None:
    bare = tmp_path / "app.git"
    git(tmp_path, "init", "--quiet", "--bare", bare)
    assert name_and_rule(bare / "objects") == ("app", "git-directory", None)
    assert find_repository_root(bare) is None
    git(bare, "remote", "add", "origin", "git@github.com:acme/app.git")
    assert name_and_rule(bare) == ("github.com/acme/app", "git-remote", None)


def test_submodules_are_projects_of_their_own(
    git_repository: GitRepository, tmp_path: Path
) -> None:
    library = commit(git_repository("library", remote=None))
    root = git_repository("app")
    git(root, "submodule", "--quiet", "add", library, "libs/sub")
    sub = root / "libs" / "sub"
    assert (sub / ".git").is_file()
    assert name_and_rule(sub) == ("library", "git-remote", sub)
    git(sub, "remote", "set-url", "origin", "git@github.com:acme/library.git")
    assert name_and_rule(sub) == ("github.com/acme/library", "git-remote", sub)
    git(sub, "remote", "remove", "origin")
    assert name_and_rule(sub) == ("sub", "git-directory", sub)
    assert name_and_rule(root) == ("github.com/acme/app", "git-remote", root)


def test_a_git_file_that_points_elsewhere(tmp_path: Path) -> None:
    root = tmp_path / "app"
    root.mkdir()
    git(root, "init", "--quiet", "--separate-git-dir", tmp_path / "store")
    assert (root / ".git").is_file()
    assert name_and_rule(root) == ("app", "git-directory", root)


def test_a_git_directory_that_is_a_link(tmp_path: Path, git_repository: GitRepository) -> None:
    root = git_repository("app", remote=None)
    (root / ".git").rename(tmp_path / "store.git")
    (root / ".git").symlink_to(tmp_path / "store.git")
    assert name_and_rule(root) == ("app", "git-directory", root)


def test_inside_of_dot_git(git_repository: GitRepository) -> None:
    root = git_repository("app", remote=None)
    assert name_and_rule(root / ".git" / "hooks") == ("app", "git-directory", root)
    assert find_repository_root(root / ".git" / "hooks") == root


def test_a_checkout_reached_by_a_link(git_repository: GitRepository, tmp_path: Path) -> None:
    root = git_repository("app", remote=None)
    (tmp_path / "link").symlink_to(root)
    assert name_and_rule(tmp_path / "link") == ("app", "git-directory", root)


def test_variables_of_git_do_not_lead_elsewhere(
    git_repository: GitRepository, tmp_path: Path
) -> None:
    other = git_repository("other", remote="git@github.com:acme/other.git")
    root = git_repository("app")
    environ = {
        **os.environ,
        "GIT_DIR": str(other / ".git"),
        "GIT_WORK_TREE": str(other),
        "GIT_COMMON_DIR": str(other / ".git"),
        "GIT_CEILING_DIRECTORIES": str(tmp_path),
        "GIT_TRACE": "1",
        "LC_ALL": "de_DE.UTF-8",
    }
    (root / "src").mkdir()
    assert name_and_rule(root / "src", environ) == ("github.com/acme/app", "git-remote", root)
    plain = tmp_path / "plain"
    plain.mkdir()
    assert name_and_rule(plain, environ)[:2] == ("plain", "directory")


def test_git_is_started_twice_at_most(
    git_repository: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    real = git_module.ask

    def count(
        arguments: list[str], *, directory: Path, environ: Mapping[str, str]
    ) -> git_module.Answer:
        asked.append(arguments[0])
        return real(arguments, directory=directory, environ=environ)

    monkeypatch.setattr(git_module, "ask", count)
    identify(git_repository())
    assert asked == ["rev-parse", "remote"]


def test_a_worktree_of_a_repository_kept_elsewhere(tmp_path: Path) -> None:
    root = tmp_path / "app"
    root.mkdir()
    git(root, "init", "--quiet", "--separate-git-dir", tmp_path / "app.git")
    commit(root)
    git(root, "worktree", "add", "--quiet", tmp_path / "feature")
    assert identify(tmp_path / "feature").project_id == identify(root).project_id == "app"


def test_a_remote_without_a_name_shows_in_the_explanation(git_repository: GitRepository) -> None:
    root = git_repository("my-app", remote="/")
    found = identify(root)
    assert (found.project_id, found.remote) == ("my-app", "/")
    assert "Git: remote origin is /, which names no repository" in found.explanation


# When Git cannot be asked


def test_git_missing_is_an_error_in_a_repository_only(
    git_repository: GitRepository, tmp_path: Path
) -> None:
    root = git_repository()
    empty = tmp_path / "bin"
    empty.mkdir()
    with pytest.raises(ProjectError, match="git is missing") as caught:
        identify(root, environ={"PATH": str(empty)})
    assert str(root / ".git") in caught.value.message
    assert "OPENCODE_PROJECT_ID" in caught.value.hint
    assert caught.value.exit_code == 2
    assert name_and_rule(empty, {"PATH": str(empty)}) == ("bin", "directory", None)


def test_dubious_ownership_is_told_with_the_way_out(
    git_repository: GitRepository, tmp_path: Path
) -> None:
    root = git_repository("my app")
    said = f"fatal: detected dubious ownership in repository at '{root}'"
    advice = f"git config --global --add safe.directory '{root}'"
    environ = fake_git(
        tmp_path / "bin", 'cat >&2 <<"END"', said, "call:", advice, "END", "exit 128"
    )
    with pytest.raises(ProjectError, match="dubious ownership") as caught:
        identify(root, environ=environ)
    assert advice in caught.value.hint
    assert "OPENCODE_PROJECT_ID" in caught.value.hint


def test_the_wording_of_git_before_2_36_is_known_too(
    git_repository: GitRepository, tmp_path: Path
) -> None:
    root = git_repository("my app")
    lines = ["echo 'fatal: unsafe repository (owned by someone else)' >&2", "exit 128"]
    with pytest.raises(ProjectError, match="dubious ownership") as caught:
        identify(root, environ=fake_git(tmp_path / "bin", *lines))
    assert f"git config --global --add safe.directory '{root}'" in caught.value.hint


def test_a_refusal_to_list_remotes_is_told(git_repository: GitRepository, tmp_path: Path) -> None:
    root = git_repository()
    lines = ['[ "$1" = remote ] && exit 3', f"echo .git; echo .git; echo {root}"]
    with pytest.raises(ProjectError, match=r"Git cannot tell about .*: exit status 3"):
        identify(root, environ=fake_git(tmp_path / "bin", *lines))


def test_gits_own_refusal_of_another_users_repository(
    git_repository: GitRepository, tmp_path: Path
) -> None:
    root = git_repository()
    real = shutil.which("git")
    pretend = f'GIT_TEST_ASSUME_DIFFERENT_OWNER=1 exec {real} "$@"'
    environ = fake_git(tmp_path / "bin", pretend)
    with pytest.raises(ProjectError, match="dubious ownership") as caught:
        identify(root, environ=environ)
    assert f"safe.directory {root}" in caught.value.hint
    environ |= {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "safe.directory",
        "GIT_CONFIG_VALUE_0": str(root),
    }
    assert name_and_rule(root, environ)[0] == "github.com/acme/app"


def test_git_is_asked_in_the_language_its_answers_are_known_in(
    git_repository: GitRepository, tmp_path: Path
) -> None:
    lines = [
        '[ "$LC_ALL" = C ] && word=dubious || word=zweifelhafte',
        'echo "fatal: $word ownership" >&2; exit 128',
    ]
    environ = fake_git(tmp_path / "bin", *lines) | {"LC_ALL": "de_DE.UTF-8", "LANG": "de_DE.UTF-8"}
    with pytest.raises(ProjectError, match="does not trust"):
        identify(git_repository(), environ=environ)


def test_a_git_that_hangs_is_given_up(
    git_repository: GitRepository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(git_module, "TIME_LIMIT", 0.2)
    environ = fake_git(tmp_path / "bin", "exec sleep 60")
    with pytest.raises(ProjectError, match=r"more than 0\.2 seconds") as caught:
        identify(git_repository(), environ=environ)
    assert "try again" in caught.value.hint


def test_a_worktree_whose_repository_is_gone_is_an_error(tmp_path: Path) -> None:
    root = tmp_path / "feature"
    root.mkdir()
    (root / ".git").write_text("gitdir: /nowhere/.git/worktrees/feature\n")
    with pytest.raises(ProjectError, match="Git finds no repository in it") as caught:
        identify(root)
    assert "git worktree repair" in caught.value.hint


def test_a_damaged_repository_is_an_error(git_repository: GitRepository) -> None:
    root = git_repository()
    (root / ".git" / "HEAD").write_text("nonsense")
    with pytest.raises(ProjectError, match="Git finds no repository in it"):
        identify(root)


def test_a_broken_git_configuration_is_told(git_repository: GitRepository) -> None:
    root = git_repository()
    (root / ".git" / "config").write_text("[remote\n")
    with pytest.raises(ProjectError, match=r"Git cannot tell about .*bad config line 1"):
        identify(root)


def test_what_git_says_never_shows_a_token(git_repository: GitRepository, tmp_path: Path) -> None:
    environ = fake_git(tmp_path / "bin", "echo 'fatal: no https://u:hunter2@h/x' >&2; exit 128")
    with pytest.raises(ProjectError, match="fatal: no https://h/x"):
        identify(git_repository(), environ=environ)


def test_an_empty_dot_git_is_no_repository(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    assert identify(tmp_path).rule == "directory"


def test_what_only_looks_like_a_bare_repository_is_none(tmp_path: Path) -> None:
    place = tmp_path / "thing"
    for name in ("HEAD", "objects", "refs"):
        (place / name).mkdir(parents=True)
    assert name_and_rule(place) == ("thing", "directory", None)


# Directories


def test_the_directory_names_the_project(tmp_path: Path) -> None:
    place = tmp_path / "Some Thing"
    place.mkdir()
    (tmp_path / "link").symlink_to(place)
    for path in (place, place / ".", tmp_path / "x" / ".." / "Some Thing", tmp_path / "link"):
        (tmp_path / "x").mkdir(exist_ok=True)
        assert name_and_rule(path) == ("Some Thing", "directory", None)


def test_a_relative_directory_is_resolved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert identify(Path()).project_id == tmp_path.name
    assert identify(Path("..")).directory == tmp_path.parent


def test_the_root_directory_has_a_name_too() -> None:
    assert project_of_database(Path("/"), {}).project_id == "/"


def test_names_that_cannot_be_stored_as_they_are(tmp_path: Path) -> None:
    for raw, name in [(b"caf\xe9", "caf%E9"), (b"a\nb", "a%0Ab")]:
        place = tmp_path / os.fsdecode(raw)
        place.mkdir()
        assert identify(place).project_id == name


def test_a_missing_directory_is_told(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="no such file or directory"):
        identify(tmp_path / "nowhere")
    (tmp_path / "file").touch()
    with pytest.raises(ProjectError, match="not a directory"):
        identify(tmp_path / "file")


def test_a_name_that_is_too_long_is_an_error(git_repository: GitRepository) -> None:
    root = git_repository(remote=f"https://host/{'x' * 600}")
    with pytest.raises(ProjectError, match="has 605 characters") as caught:
        identify(root)
    assert "--project" in caught.value.hint


# The database's own project


def test_a_database_belongs_to_the_directory_around_a_hidden_one(
    git_repository: GitRepository, tmp_path: Path
) -> None:
    root = git_repository()
    (root / ".opencode").mkdir()
    environ = {**os.environ, "OPENCODE_PROJECT_ID": "elsewhere"}
    found = project_of_database(root / ".opencode", environ)
    assert (found.project_id, found.rule) == ("github.com/acme/app", "git-remote")
    assert found.directory == root
    for name, project in [("plain/.opencode", "plain"), ("plain/data", "data")]:
        place = tmp_path / name
        place.mkdir(parents=True)
        assert project_of_database(place, environ).project_id == project


def test_a_hidden_data_directory_that_is_a_link(tmp_path: Path) -> None:
    app, store = tmp_path / "app", tmp_path / "store"
    app.mkdir()
    store.mkdir()
    (app / ".opencode").symlink_to(store)
    assert project_of_database(app / ".opencode", {}).project_id == "app"


# Looking without Git


def test_the_root_is_found_without_git(git_repository: GitRepository, tmp_path: Path) -> None:
    root = git_repository()
    (root / "a" / "b").mkdir(parents=True)
    assert find_repository_root(root / "a" / "b") == root
    assert find_repository_root(tmp_path) is None


def test_looking_up_stops_at_another_file_system(
    git_repository: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = git_repository()
    mounted = root / "mounted"
    mounted.mkdir()
    real = Path.stat

    def stat_as_mount(self: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        found = real(self, follow_symlinks=follow_symlinks)
        if self != mounted:
            return found
        fields = list(found)
        fields[stat.ST_DEV] += 1
        return os.stat_result(fields)

    monkeypatch.setattr(Path, "stat", stat_as_mount)
    assert find_repository_root(mounted) is None
    assert find_repository_root(root) == root
