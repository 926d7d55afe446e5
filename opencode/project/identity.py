"""Which project a directory belongs to, and why."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from opencode.errors import InvalidValue, ProjectError
from opencode.limits import PROJECT_ID
from opencode.project.git import Answer, Facts, GitMissing, GitTimeout, look_around
from opencode.project.root import Marker, find_marker

__all__ = ["ProjectIdentity", "Rule", "check_project_id", "identify", "project_of_database"]

Rule: TypeAlias = Literal[
    "option", "environment", "configuration", "git-remote", "git-directory", "directory"
]

VARIABLE = "OPENCODE_PROJECT_ID"
WAY_OUT = f"say which project this is with --project or {VARIABLE}"
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
ACCOUNT_IN_URL = r"(?<=://)[^/@\s]*@"
TRUST = r"--add safe\.directory (.+)"


@dataclass(frozen=True, slots=True)
class ProjectIdentity:
    """A project's id, the rule that decided it, and what was seen on the way.

    `repository_root` is the checkout's (a linked worktree's own), None outside and in a bare
    repository. `remote` is the URL without account.
    """

    project_id: str
    rule: Rule
    directory: Path
    repository_root: Path | None
    remote: str | None
    explanation: tuple[str, ...]


def identify(
    cwd: Path,
    *,
    option: str | None = None,
    config_project_id: str | None = None,
    environ: Mapping[str, str] = os.environ,
) -> ProjectIdentity:
    """The project of a working directory.

    Git is asked only inside a repository, and only if nothing else says it. Raises ProjectError
    when Git cannot be asked there or refuses, InvalidValue for an id that cannot be one.
    """
    directory = _existing_directory(cwd)
    marker = find_marker(directory)
    said: list[str] = []
    choices: tuple[tuple[Rule, str, str | None], ...] = (
        ("option", "option --project", option),
        ("environment", VARIABLE, environ.get(VARIABLE) or None),
        ("configuration", "project.id in the configuration", config_project_id),
    )
    for rule, name, text in choices:
        if text is None:
            said.append(f"{name}: not given")
            continue
        project_id = check_project_id(text)
        said.append(f"{name}: {project_id}")
        root = marker.root if marker else None
        return ProjectIdentity(project_id, rule, directory, root, None, tuple(said))
    return _from_directory(directory, marker, environ, said)


def project_of_database(
    data_directory: Path, environ: Mapping[str, str] = os.environ
) -> ProjectIdentity:
    """The project of rows written before rows had one: that of the directory with the database.

    A data directory whose name begins with a dot belongs to the directory around it. Only Git and
    the directory's name count, because options and variables say where we are, not where the rows
    come from. Raises ProjectError.
    """
    directory = _existing_directory(data_directory)
    # By the name it goes by: .opencode may be a link to a directory called otherwise.
    if data_directory.absolute().name.startswith("."):
        directory = _existing_directory(data_directory.absolute().parent)
    return _from_directory(directory, find_marker(directory), environ, [])


def check_project_id(text: str) -> str:
    """The id without blanks around it. Raises InvalidValue if it is empty, long or unprintable."""
    project_id = text.strip()
    hint = f"use 1 to {PROJECT_ID} characters without control characters"
    if not project_id:
        raise InvalidValue("the project id is empty", hint=hint)
    if len(project_id) > PROJECT_ID:
        raise InvalidValue(f"the project id has {len(project_id)} characters", hint=hint)
    if CONTROLS.search(project_id):
        raise InvalidValue("the project id holds control characters", hint=hint)
    return project_id


def _existing_directory(path: Path) -> Path:
    try:
        directory = path.resolve(strict=True)
        if directory.is_dir():
            return directory
        reason = "not a directory"
    except (OSError, RuntimeError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
    raise ProjectError(f"cannot work in {path}: {reason}", hint="name an existing directory")


def _from_directory(
    directory: Path, marker: Marker | None, environ: Mapping[str, str], said: list[str]
) -> ProjectIdentity:
    facts = _ask_git(directory, marker, environ) if marker else None
    if marker is None or facts is None:
        said.append("Git: no repository here or above")
        name = directory.name or directory.anchor
        return _made(name, "directory", directory, None, None, said)
    top = facts.top or marker.root
    remote_name, remote = _by_remote(facts, said)
    if remote_name is not None:
        return _made(remote_name, "git-remote", directory, top, remote, said)
    return _made(_repository_name(facts), "git-directory", directory, top, remote, said)


def _made(
    name: str,
    rule: Rule,
    directory: Path,
    root: Path | None,
    remote: str | None,
    said: list[str],
) -> ProjectIdentity:
    project_id = CONTROLS.sub(_escape, name).strip()
    if not project_id or len(project_id) > PROJECT_ID:
        problem = f"has {len(project_id)} characters" if project_id else "is blank"
        raise ProjectError(f"the project id found by the rule {rule} {problem}", hint=WAY_OUT)
    said.append(f"{rule}: {project_id}")
    return ProjectIdentity(project_id, rule, directory, root, remote, tuple(said))


def _ask_git(directory: Path, marker: Marker, environ: Mapping[str, str]) -> Facts | None:
    """What Git knows; None if what looked like a bare repository is none."""
    try:
        facts = look_around(directory, environ)
    except GitMissing as error:
        message = f"{marker.path} says that this is a Git repository, but git is missing: {error}"
        raise ProjectError(message, hint=f"install Git, or {WAY_OUT}") from error
    except GitTimeout as error:
        message = f"Git does not answer: {error}"
        raise ProjectError(message, hint=f"try again, or {WAY_OUT}") from error
    if isinstance(facts, Facts):
        return facts
    if "not a git repository" in facts.errors and marker.root is None:
        return None
    raise _refusal(facts, marker)


def _refusal(answer: Answer, marker: Marker) -> ProjectError:
    place = marker.root or marker.path
    if "dubious ownership" in answer.errors or "unsafe repository" in answer.errors:
        advice = re.search(TRUST, answer.errors)
        trusted = advice[1] if advice else _quoted(place)
        return ProjectError(
            f"Git does not trust {place}, which belongs to another user (dubious ownership)",
            hint=f"if you do: git config --global --add safe.directory {trusted}; or {WAY_OUT}",
        )
    if "not a git repository" in answer.errors:
        return ProjectError(
            f"{marker.path} is there, but Git finds no repository in it",
            hint=f"repair it (a worktree: git worktree repair), or {WAY_OUT}",
        )
    lines = [line for line in answer.errors.splitlines() if line.strip()]
    reason = next((line for line in lines if line.startswith("fatal:")), "".join(lines[:1]))
    reason = re.sub(ACCOUNT_IN_URL, "", reason) or f"exit status {answer.status}"
    return ProjectError(f"Git cannot tell about {place}: {reason}", hint=f"repair it, or {WAY_OUT}")


def _by_remote(facts: Facts, said: list[str]) -> tuple[str | None, str | None]:
    """The name by the remote to go by, and the remote's URL as it may be shown."""
    names = list(facts.remotes)
    if "origin" in names:
        chosen = "origin"
    elif len(names) == 1:
        chosen = names[0]
        said.append(f"Git: no remote origin; {chosen} is the only one")
    else:
        said.append(
            f"Git: no remote origin, but several others: {', '.join(names)}"
            if names
            else "Git: no remote"
        )
        return None, None
    from opencode.project.remote import clean_remote, normalize_remote

    url = facts.remotes[chosen]
    shown = clean_remote(url)
    name = normalize_remote(url, base=facts.top or facts.common)
    what = shown or "a URL of unknown form"
    said.append(f"Git: remote {chosen} is {what}{'' if name else ', which names no repository'}")
    return name, shown


def _repository_name(facts: Facts) -> str:
    """The name of the main checkout's directory, whichever worktree we are in."""
    if facts.top is not None and not facts.linked:
        return facts.top.name or facts.top.anchor
    shared = facts.common
    # A checkout's .git, or a bare repository hidden beside its worktrees (.bare).
    if shared.name.startswith("."):
        return shared.parent.name or shared.anchor
    return shared.name.removesuffix(".git")


def _escape(match: re.Match[str]) -> str:
    # What is no UTF-8 in a file name comes as a lone surrogate and is written as its byte.
    return "".join(f"%{byte:02X}" for byte in os.fsencode(match.group()))


def _quoted(path: Path) -> str:
    from shlex import quote

    return quote(str(path))
