"""`opencode file`."""

from __future__ import annotations

import click

from opencode.cli import output
from opencode.cli.command import Group
from opencode.cli.complete import FILE_PATH
from opencode.cli.context import App, pass_app
from opencode.cli.options import json_option, session_argument

__all__ = ["file"]

file = Group(
    "file",
    help="Look at the files that an agent wrote in a session, version by version.",
    examples=(
        "opencode file list 0197a3c2",
        "opencode file diff 0197a3c2",
    ),
)


@file.command(
    "list",
    examples=(
        "opencode file list 0197a3c2",
        "opencode file list 0197a3c2 --json | jq -r '.[].path' | sort -u",
    ),
)
@session_argument
@json_option
@pass_app
def list_(app: App, session: str, as_json: bool) -> None:
    """List all versions of all files of a session."""
    store = app.store()
    files = store.files.list(store.sessions.resolve(session).id)
    if as_json:
        from opencode.store.rows import file_row

        output.document([file_row(one) for one in files])
        return
    if not files:
        output.note("the session has no files")
        return
    from opencode.cli.table import Column
    from opencode.text import timestamp

    output.table(
        [Column("Path", flexible=True), Column("Version"), Column("Written")],
        [[one.path, one.version, timestamp(one.created_at)] for one in files],
    )


@file.command(
    examples=(
        "opencode file show 0197a3c2 src/pool.py",
        "opencode file show 0197a3c2 src/pool.py --version initial > pool.py",
    ),
)
@session_argument
@click.argument("path", type=FILE_PATH)
@click.option("--version", metavar="V", help="initial, v1, v2, … or its number; else the latest.")
@json_option
@pass_app
def show(app: App, session: str, path: str, version: str | None, as_json: bool) -> None:
    """Print one version of a file.

    Into a pipe or a file it goes as it is; on a terminal what could control the terminal is
    taken out.
    """
    store = app.store()
    session_id = store.sessions.resolve(session).id
    if version is None:
        found = store.files.latest(session_id, path)
    else:
        found = store.files.get(session_id, path, version)
    if as_json:
        output.document(found._asdict())
    else:
        output.raw(found.content)


@file.command(
    examples=(
        "opencode file diff 0197a3c2",
        "opencode file diff 0197a3c2 src/pool.py",
    ),
)
@session_argument
@click.argument("path", required=False, type=FILE_PATH)
@pass_app
def diff(app: App, session: str, path: str | None) -> None:
    """Show what became of the files of a session: the first against the latest version."""
    store = app.store()
    difference = store.files.diff(store.sessions.resolve(session).id, path)
    if difference:
        output.diff(difference)
    else:
        output.note("nothing differs")
