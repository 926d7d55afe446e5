"""`opencode db`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from opencode.cli import output
from opencode.cli.command import Group
from opencode.cli.context import App, pass_app
from opencode.cli.options import json_option, yes_option
from opencode.cli.progress import ProgressLine, tell_upgrade
from opencode.errors import UsageError

if TYPE_CHECKING:
    from opencode.db.pool import PoolFigures
    from opencode.store.checks import CheckProblem
    from opencode.store.losses import Losses

__all__ = ["db"]

db = Group(
    "db",
    help="Look after the database that holds the sessions.",
    examples=(
        "opencode db status",
        "opencode db backup ~/sessions.db",
        "opencode db check --fix",
    ),
)


@db.command(
    examples=(
        "opencode db status",
        "opencode db status --json | jq '.pending | length'",
    ),
)
@json_option
@pass_app
def status(app: App, as_json: bool) -> None:
    """Show where the database is, what it holds and which migrations wait. Changes nothing."""
    found = app.admin().status()
    if as_json:
        document = asdict(found)
        for absent in [name for name in ("pool", "unknown") if not document[name]]:
            del document[absent]
        output.document(document)
        return
    from opencode.text import count, size

    output.fields(
        (
            ("provider", str(found.provider)),
            ("location", found.location),
            ("server", found.server_version),
            ("schema", str(found.schema_version)),
            ("applied", ", ".join(found.applied) or "none"),
            ("pending", ", ".join(found.pending) or "none"),
            ("newer", ", ".join(found.unknown)),
            ("sessions", count(found.sessions)),
            ("messages", count(found.messages)),
            ("file versions", count(found.files)),
            ("size", size(found.size_bytes)),
            ("project", found.project_id),
            *([("pool", _pool_line(found.pool))] if found.pool else []),
        )
    )
    if found.unknown:
        output.note("a newer program upgraded the database, and this one does not open it")
    elif found.pending:
        output.note("opencode db migrate applies what is pending")


@db.command(
    examples=(
        "opencode db migrate --dry-run | less    # the SQL that would run",
        "opencode db migrate",
    ),
)
@click.option("--dry-run", is_flag=True, help="Print the SQL instead of running it.")
@pass_app
def migrate(app: App, dry_run: bool) -> None:
    """Bring the database up to date: apply pending migrations, fill in what is missing.

    Any command does so by itself, unless autoMigrate is false. A SQLite database is copied first.
    """
    admin = app.admin()
    if dry_run:
        sql = admin.dry_run()
        if sql:
            output.text(sql)
        else:
            output.note("nothing is pending")
        return
    with ProgressLine() as progress:
        report = admin.migrate(progress)
    tell_upgrade(report, admin.provider.location)
    if not (report.applied or report.backfilled):
        output.note("nothing to do: the database is up to date")


@db.command(
    examples=(
        "opencode db rollback              # the last migration",
        "opencode db rollback --to 3       # so that 3 is the last one applied",
        "opencode db rollback --dry-run | less    # the SQL that would run",
    ),
)
@click.option(
    "--to", type=click.IntRange(min=0), metavar="N", help="Number of the migration to go back to."
)
@click.option(
    "--steps", type=click.IntRange(min=1), metavar="N", help="How many to undo; 1 by default."
)
@click.option("--dry-run", is_flag=True, help="Print the SQL instead of running it.")
@yes_option
@pass_app
def rollback(app: App, to: int | None, steps: int | None, dry_run: bool, yes: bool) -> None:
    """Undo migrations, the latest first. Asks, and copies a SQLite database first.

    What only the newer schema can hold is lost; how much that is, is told before.
    """
    if to is not None and steps is not None:
        raise UsageError("--to and --steps exclude each other", hint="give one of them")
    if to is None:
        steps = steps or 1
    from opencode.config import ProviderType

    admin = app.admin()
    if dry_run:
        output.text(admin.dry_run_rollback(to=to, steps=steps))
        return
    applied = admin.status().applied
    doomed = [name for name in applied if to is None or int(name.partition("_")[0]) > to]
    doomed = doomed[-(steps or len(doomed)) :]
    if doomed:
        output.note(f"to undo in {admin.provider.location}: {', '.join(reversed(doomed))}")
        losses = admin.losses(int(doomed[0].partition("_")[0]) - 1)
        them = "it" if len(doomed) == 1 else "them"
        output.note(f"lost with {them}: {_lost(losses) or 'no data'}")
        _tell_kept(losses)
        if admin.provider.type == ProviderType.MYSQL:
            output.note(
                "this is a shared database: it changes for the whole team, no copy is made first, "
                f"and the next start of anybody whose autoMigrate is on applies {them} again"
            )
        output.confirm("Undo?", yes=yes)
    with ProgressLine() as progress:
        report = admin.rollback(to=to, steps=steps, progress=progress)
    output.note(f"undone: {', '.join(report.rolled_back)}")
    if app.config().auto_migrate:
        output.note("the next command applies them again, unless autoMigrate is false")


@db.command(
    examples=(
        "opencode db check",
        "opencode db check --fix",
        "opencode db check --json | jq '.problems[].kind'",
    ),
)
@click.option("--fix", is_flag=True, help="Repair what can be repaired without losing anything.")
@json_option
@pass_app
def check(app: App, fix: bool, as_json: bool) -> int:
    """Check the database: exit code 0, or 1 when something is wrong and was not repaired.

    Looks at it as it is and upgrades nothing, whatever autoMigrate says.
    """
    report = app.admin().check(fix=fix)
    if as_json:
        output.document({"ok": report.ok, **asdict(report)})
    else:
        for problem in report.problems:
            output.line(_sentence(problem))
        for remark in report.notes:
            output.note(remark)
        if not report.problems:
            output.note("nothing is wrong")
    return 0 if report.ok else 1


@db.command(examples=("opencode db backup ~/sessions.db",))
@click.argument("file", type=click.Path(path_type=Path))
@pass_app
def backup(app: App, file: Path) -> None:
    """Write a copy of the database to a new FILE, while others may go on working."""
    app.admin().backup(file)
    output.note(f"written to {file}")


@db.command(examples=("opencode db unlock",))
@pass_app
def unlock(app: App) -> None:
    """Tell who holds the lock that keeps two upgrades apart; exit code 1 when somebody does.

    A program that was killed has given it back already, so there is nothing to remove.
    """
    for line in app.admin().unlock():
        output.line(line)


def _pool_line(pool: PoolFigures) -> str:
    return (
        f"{pool.in_use} in use and {pool.idle} idle of at most {pool.max_connections} connections"
    )


def _lost(losses: Losses) -> str:
    from opencode.text import plural

    of = "{} of {}".format
    parts = (
        (losses.sessions, plural(losses.sessions, "session")),
        (losses.messages, plural(losses.messages, "message")),
        (losses.files, plural(losses.files, "file version")),
        (losses.authored, of("the authors", plural(losses.authored, "session"))),
        (losses.summarized, of("the summaries", plural(losses.summarized, "session"))),
        (losses.numbered, of("the numbers", plural(losses.numbered, "message"))),
    )
    return ", ".join(text for number, text in parts if number)


def _tell_kept(losses: Losses) -> None:
    from opencode.text import plural

    if losses.tagged:
        sessions = plural(losses.tagged, "session")
        output.note(
            f"kept for the next upgrade: the projects ({losses.projects}) of {sessions}, "
            "in the table session_projects_kept"
        )


def _sentence(problem: CheckProblem) -> str:
    from opencode.text import count

    if problem.fixed:
        remedy = "repaired"
    else:
        remedy = "--fix repairs it" if problem.fixable else "cannot be repaired"
    return f"{problem.kind}: {count(problem.count)} {problem.message} ({remedy})"
