"""What a shell may complete: session ids, projects, paths of files in a session.

Completing never changes anything, upgrades no database and makes none, and is silent when
something is wrong: a message would land in the line being typed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, NamedTuple

import click

from opencode.cli.context import App

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from opencode.store.files import Files
    from opencode.store.projects import Projects
    from opencode.store.sessions import Sessions

__all__ = ["FILE_PATH", "PROJECT", "SESSION"]

LIMIT = 100
KEY_TIMEOUT = 1.5
"""Seconds that a key may take; a database that needs longer has nothing to offer."""

# Shells put what is chosen into the line as it is, unquoted: none of these means anything there.
SAFE = r"[\w@%+=:,./~][\w@%+=:,./~-]*"

Suggestion = tuple[str, str]
"""What to type, and what it stands for."""


class _Peek(NamedTuple):
    """What may be read for completing."""

    sessions: Sessions
    projects: Projects
    files: Files


@contextmanager
def _peek(app: App) -> Iterator[_Peek]:
    """The database of the directory as it is; queries fail where migrations are missing."""
    from opencode.store import find_place, open_admin
    from opencode.store.files import Files
    from opencode.store.projects import Projects
    from opencode.store.scope import Scope
    from opencode.store.sessions import Sessions

    place = find_place(app.cwd(), project=app.project)
    with closing(open_admin(app.cwd(), project=app.project)) as admin:
        scope = Scope(admin.provider, place.project.project_id, place.author())
        yield _Peek(Sessions(scope), Projects(scope), Files(scope))


class _FromStore(click.ParamType):  # type: ignore[type-arg]  # generic in click 8.5 only
    """A text that the store knows the possible values of."""

    def __init__(
        self, name: str, suggest: Callable[[_Peek, click.Context, str], Iterable[Suggestion]]
    ) -> None:
        self.name = name
        self._suggest = suggest

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        from opencode.db.deadline import call_within
        from opencode.text import clean_line

        def look() -> list[Suggestion]:
            with _peek(ctx.ensure_object(App)) as peek:
                return list(self._suggest(peek, ctx, incomplete))

        try:
            suggestions = call_within(KEY_TIMEOUT, look, discard=lambda _: None)
        except Exception:  # noqa: BLE001 - whatever it is, the line being typed is not the place
            return []
        return [
            CompletionItem(value, help=clean_line(about))
            for value, about in suggestions
            if re.fullmatch(SAFE, value)
        ]


def _sessions(peek: _Peek, ctx: click.Context, incomplete: str) -> Iterator[Suggestion]:
    if incomplete:
        found = peek.sessions.complete(incomplete, limit=LIMIT)
    else:
        found = list(peek.sessions.list(limit=LIMIT).items)
    for session in found:
        yield session.id, session.title


def _projects(peek: _Peek, ctx: click.Context, incomplete: str) -> Iterator[Suggestion]:
    from opencode.text import plural

    for project in peek.projects.list():
        if project.project_id.startswith(incomplete):
            yield project.project_id, plural(project.sessions, "session")


def _paths(peek: _Peek, ctx: click.Context, incomplete: str) -> Iterator[Suggestion]:
    session = peek.sessions.resolve(ctx.params["session"])
    paths = {file.path: file.version for file in peek.files.list(session.id)}
    for path, version in paths.items():
        if path.startswith(incomplete):
            yield path, version


SESSION = _FromStore("session", _sessions)
PROJECT = _FromStore("project", _projects)
FILE_PATH = _FromStore("path", _paths)
