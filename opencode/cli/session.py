"""`opencode session`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from opencode.cli import output, streams
from opencode.cli.command import Group
from opencode.cli.complete import SESSION
from opencode.cli.context import App, pass_app
from opencode.cli.listing import Chosen, collect, tell_how_many
from opencode.cli.options import Limit, json_option, yes_option
from opencode.errors import UsageError

if TYPE_CHECKING:
    from opencode.models import Deleted, Session, Sort
    from opencode.store import Store

__all__ = ["session"]

session = Group(
    "session",
    help="Work with the sessions of a project.\n\nA session is named by its id, or by a beginning "
    "of it that no other id has, of at least 4 characters.",
    examples=(
        "opencode session list",
        "opencode session show 0197a3c2",
        "opencode session new --title 'Fix the flaky test'",
    ),
)


@session.command(
    "list",
    examples=(
        "opencode session list",
        "opencode session list --sort cost -n 5      # the dearest five",
        "opencode session list --filter migration --author ada",
        "opencode session list --all-projects -n all --json",
    ),
)
@click.option(
    "-n",
    "limit",
    type=Limit(),
    default=50,
    show_default=True,
    metavar="N",
    help="List at most N sessions; 'all' for every one.",
)
@click.option(
    "--sort",
    type=click.Choice(["updated", "created", "cost"]),
    default="updated",
    show_default=True,
    help="Order: last activity, newest or dearest first.",
)
@click.option("--filter", metavar="TEXT", default="", help="Only titles that contain TEXT.")
@click.option("--author", metavar="A", default="", help="Only authors whose name contains A.")
@click.option("--all", "children", is_flag=True, help="Also sessions that other sessions started.")
@click.option("--all-projects", is_flag=True, help="The sessions of all projects.")
@json_option
@pass_app
def list_(
    app: App,
    limit: int | None,
    sort: Sort,
    filter: str,
    author: str,
    children: bool,
    all_projects: bool,
    as_json: bool,
) -> None:
    """List the sessions of the project, last activity first.

    Sessions that other sessions started (sub-agents) are left out unless --all is given.
    """
    store = app.store()
    chosen = Chosen(filter=filter, author=author, children=children, all_projects=all_projects)
    with store.snapshot():
        sessions = collect(store, limit, sort, chosen)
        total = len(sessions)
        if limit is not None and total >= limit:
            total = store.sessions.count(**chosen)
    if as_json:
        from opencode.store.rows import session_row

        output.document([session_row(one) for one in sessions])
    elif sessions:
        from opencode.cli.session_table import session_table

        shorten = streams.is_terminal("stdout")
        output.table(*session_table(sessions, sort=sort, projects=all_projects, shorten=shorten))
    tell_how_many(store, len(sessions), total, chosen, quiet=as_json)


@session.command(
    examples=(
        "opencode session show 0197a3c2",
        "opencode session show 0197a3c2 --markdown > session.md",
        "opencode session show 0197a3c2 --json | jq '.messages[].role'",
    ),
)
@click.argument("session_id", metavar="ID", type=SESSION)
@json_option
@click.option("--markdown", "as_markdown", is_flag=True, help="Print a Markdown document.")
@pass_app
def show(app: App, session_id: str, as_json: bool, as_markdown: bool) -> None:
    """Show a session with all its messages and the names of its files."""
    if as_json and as_markdown:
        raise UsageError("--json and --markdown exclude each other", hint="give one of them")
    store = app.store()
    with store.snapshot():
        found = store.sessions.resolve(session_id)
        messages = store.messages.list(found.id)
        files = store.files.list(found.id)
        children = store.sessions.children(found.id)
    if as_json:
        from opencode.store.rows import session_document

        output.document(session_document(found, messages, files))
        return
    from opencode.store import transcript

    whole = transcript.Transcript(found, messages, files, children)
    if as_markdown:
        for part in transcript.markdown(whole):
            output.text(part)
        return
    output.heading(transcript.title_of(found))
    output.fields(transcript.facts(whole), indent="  ")
    for child in whole.children:
        output.line(f"    └ {child.id}  {transcript.title_of(child)}")
    for message in messages:
        output.line()
        output.heading(transcript.message_heading(message))
        for line in transcript.message_lines(message):
            output.text(line)


@session.command(
    examples=(
        "opencode session new --title 'Fix the flaky test'",
        "id=$(opencode session new) && echo 'Hello' | opencode message add $id",
        "opencode session new --parent 0197a3c2 --json",
    ),
)
@click.option("--title", default="", metavar="T", help="What it is about; may come later.")
@click.option("--parent", type=SESSION, metavar="ID", help="The session that starts it.")
@json_option
@pass_app
def new(app: App, title: str, parent: str | None, as_json: bool) -> None:
    """Start a session and print its id."""
    store = app.store()
    parent_id = store.sessions.resolve(parent).id if parent is not None else None
    made = store.sessions.create(title=title, parent=parent_id)
    if as_json:
        from opencode.store.rows import session_row

        output.document(session_row(made))
        return
    output.line(made.id)
    output.note(f"started in project {made.project_id}")


@session.command(
    examples=("opencode session rename 0197a3c2 'Retry policy for transient errors'",),
)
@click.argument("session_id", metavar="ID", type=SESSION)
@click.argument("title")
@pass_app
def rename(app: App, session_id: str, title: str) -> None:
    """Give a session another title."""
    from opencode.store.transcript import title_of

    store = app.store()
    before = store.sessions.resolve(session_id)
    after = store.sessions.rename(before.id, title)
    output.note(f"{after.id}: {title_of(before)} → {title_of(after)}")


@session.command(
    examples=(
        "opencode session delete 0197a3c2",
        "opencode session delete 0197a3c2 0197b8d1 --yes",
    ),
)
@click.argument("session_ids", metavar="ID...", nargs=-1, required=True, type=SESSION)
@yes_option
@pass_app
def delete(app: App, session_ids: tuple[str, ...], yes: bool) -> None:
    """Delete sessions with the sessions they started, their messages and files.

    Says what will go and asks. All of them are deleted, or none.
    """
    store = app.store()
    found = {one.id: one for one in map(store.sessions.resolve, session_ids)}
    _announce(store, list(found.values()))
    output.confirm("Delete? It cannot be undone.", yes=yes)
    output.note(f"deleted {_contents(store.sessions.delete(*found))}")


def _announce(store: Store, sessions: list[Session]) -> None:
    from opencode.config import ProviderType
    from opencode.store.transcript import title_of

    for one in sessions:
        output.note(f"{one.id}  {title_of(one)}")
    output.note(f"to delete: {_contents(store.sessions.contents(*(one.id for one in sessions)))}")
    if store.provider.type == ProviderType.MYSQL:
        output.note("this is a shared database: they disappear for the whole team")


def _contents(contents: Deleted) -> str:
    from opencode.text import plural

    return ", ".join(
        (
            plural(contents.sessions, "session"),
            plural(contents.messages, "message"),
            plural(contents.files, "file version"),
        )
    )
