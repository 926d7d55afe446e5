"""`opencode project`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from opencode.cli import output
from opencode.cli.command import Group
from opencode.cli.complete import PROJECT
from opencode.cli.context import App, pass_app
from opencode.cli.options import json_option, yes_option
from opencode.errors import InvalidValue, NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opencode.models import Project

__all__ = ["project"]

project = Group(
    "project",
    help="Show which project this is, and which ones the database holds.\n\nSessions are filed "
    "under a project, which is told by the option --project, OPENCODE_PROJECT_ID, project.id in "
    "the configuration, the Git remote, or the directory's name.",
    examples=(
        "opencode project show --explain",
        "opencode project list",
        "opencode project move old-name github.com/acme/app --dry-run",
    ),
)


@project.command(
    examples=(
        "opencode project show",
        "opencode project show --explain",
        "opencode project show --json | jq -r .project_id",
    ),
)
@click.option("--explain", is_flag=True, help="Say which rule decided, and what it saw.")
@json_option
@pass_app
def show(app: App, explain: bool, as_json: bool) -> None:
    """Show the project of the directory. The database is not opened for that."""
    identity = app.identity()
    if as_json:
        output.document(
            {
                "project_id": identity.project_id,
                "rule": identity.rule,
                "directory": str(identity.directory),
                "remote": identity.remote,
                "provider": app.config().provider.value,
                **({"explanation": list(identity.explanation)} if explain else {}),
            }
        )
        return
    output.fields(
        (
            ("project", identity.project_id),
            ("rule", identity.rule),
            ("directory", str(identity.directory)),
            ("remote", identity.remote or ""),
            ("provider", app.config().provider.value),
        )
    )
    if explain:
        output.line()
        for step in identity.explanation:
            output.line(f"- {step}")


@project.command(
    "list",
    examples=(
        "opencode project list",
        "opencode project list --json | jq -r '.[].project_id'",
    ),
)
@json_option
@pass_app
def list_(app: App, as_json: bool) -> None:
    """List the projects of the database, last activity first.

    Sub-sessions, those that other sessions started, are among the sessions; session list leaves
    them out.
    """
    store = app.store()
    projects = store.projects.list()
    if as_json:
        from opencode.store.rows import project_row

        output.document([project_row(one) for one in projects])
        return
    if not projects:
        output.note(f"no sessions in {store.provider.location}")
        return
    import time

    from opencode.cli.table import Column
    from opencode.text import age, count

    now = time.time()
    here = store.project.project_id
    output.table(
        [
            Column(""),
            Column("Project", flexible=True),
            Column("Sessions", "right"),
            Column("Sub-sessions", "right"),
            Column("Messages", "right"),
            Column("Updated", "right"),
        ],
        [
            [
                "*" if one.project_id == here else "",
                one.project_id,
                count(one.sessions),
                count(one.children),
                count(one.messages),
                age(one.updated_at, now),
            ]
            for one in projects
        ],
    )


@project.command(
    examples=(
        "opencode project move old-name github.com/acme/app --dry-run",
        "opencode project move old-name github.com/acme/app --yes",
    ),
)
@click.argument("old", type=PROJECT)
@click.argument("new", type=PROJECT)
@click.option("--dry-run", is_flag=True, help="Only say what would be moved.")
@yes_option
@pass_app
def move(app: App, old: str, new: str, dry_run: bool, yes: bool) -> None:
    """Give all sessions of project OLD to project NEW.

    For a project whose name changed: the repository was renamed, got a remote, or moved. The
    times of the sessions stay as they are.
    """
    from opencode.config import ProviderType
    from opencode.project import check_project_id
    from opencode.text import plural

    new = check_project_id(new)
    if old == new:
        raise InvalidValue(f"project {old} cannot be moved to itself", hint="name another one")
    store = app.store()
    projects = store.projects.list()
    source = _find(projects, old)
    target = next((one for one in projects if one.project_id == new), None)
    moved = f"{_sessions(source)} with {plural(source.messages, 'message')}"
    output.note(f"to move: {moved} from {old} to {new}, which has {_sessions(target)}")
    if dry_run:
        output.note("nothing was changed")
        return
    if store.provider.type == ProviderType.MYSQL:
        output.note("this is a shared database: they move for the whole team")
    output.confirm("Move them?", yes=yes)
    output.note(f"moved {plural(store.projects.move(old, new), 'session')}{_included(source)}")


def _sessions(project: Project | None) -> str:
    from opencode.text import plural

    if project is None:
        return plural(0, "session")
    return plural(project.sessions, "session") + _included(project)


def _included(project: Project) -> str:
    from opencode.text import plural

    return f" ({plural(project.children, 'sub-session')} included)" if project.children else ""


def _find(projects: Sequence[Project], project_id: str) -> Project:
    for one in projects:
        if one.project_id == project_id:
            return one
    from difflib import get_close_matches

    near = get_close_matches(project_id, [one.project_id for one in projects])
    raise NotFound(
        f"no session belongs to project {project_id}",
        hint=f"did you mean {' or '.join(near)}?" if near else "opencode project list",
    )
