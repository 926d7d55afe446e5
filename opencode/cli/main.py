"""The program's entry: the root command, and the one place where errors become messages."""

from __future__ import annotations

from collections.abc import Sequence
from signal import SIGHUP
from typing import TYPE_CHECKING

import click

from opencode import __version__
from opencode.cli import output, streams
from opencode.cli.command import RootGroup
from opencode.cli.context import App, pass_app
from opencode.errors import Cancelled, OpencodeError, UsageError
from opencode.themes import THEMES

if TYPE_CHECKING:
    from opencode.db.upgrade import UpgradeProgress
    from opencode.store import Place, Store

__all__ = ["cli", "main"]

PROGRAM = "opencode"

COMMANDS = {
    "session": ("opencode.cli.session", "List, show, start, rename and delete sessions."),
    "message": ("opencode.cli.message", "List the messages of a session, add one."),
    "file": ("opencode.cli.file", "Look at the file versions of a session."),
    "project": ("opencode.cli.project", "Show this project, list and move projects."),
    "db": ("opencode.cli.db", "Look after the database: migrations, checks, backups."),
    "config": ("opencode.cli.config", "Show and check the configuration."),
    "completion": ("opencode.cli.completion", "Print the script that completes in a shell."),
}


@click.group(
    cls=RootGroup,
    lazy=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"]},
    subcommand_metavar="[COMMAND] [ARGS]...",
    examples=(
        "opencode                              # the interface",
        "opencode session list                 # sessions of this directory's project",
        "opencode -c ~/src/app session list    # of another directory's project",
        "opencode -P github.com/acme/app session list --json",
    ),
)
@click.version_option(__version__, "-v", "--version", message="%(prog)s %(version)s")
@click.option("--no-mouse", is_flag=True, help="Leave the mouse to the terminal.")
@click.option(
    "--theme",
    type=click.Choice(THEMES),
    help="Colours of the interface; else those of the configuration, else auto.",
)
@pass_app
@click.pass_context
def cli(ctx: click.Context, app: App, no_mouse: bool, theme: str | None) -> int | None:
    """Keep the sessions you have with AI coding agents, and work with them.

    Without a command it starts the interface.
    """
    ctx.call_on_close(app.close)
    if ctx.invoked_subcommand is not None:
        return None
    if not streams.is_interactive():
        raise UsageError("the interface needs a terminal; try: opencode session list")
    theme = theme or app.config().theme
    return _interface(app, mouse=not no_mouse, theme=theme if theme in THEMES else "auto")


def _interface(app: App, *, mouse: bool, theme: str) -> int:
    """Run the interface; what it did to the database on opening it is told afterwards."""
    from opencode.cli.progress import tell_upgrade
    from opencode.tui import Known, run

    opened: list[Store] = []
    places: list[Place] = []
    config = app.config()
    provider = "remote" if config.provider.value == "mysql" else "local"
    copied: list[str] = []
    waiting = [""]

    def remember(progress: UpgradeProgress) -> None:
        if progress.stage == "copied":
            copied.append(progress.text)

    def waits(words: str) -> None:
        waiting[0] = words

    def opener() -> Store:
        opened.append(app.open_store(remember, waits, found=places.append))
        return opened[-1]

    def known() -> Known:
        project_id = places[-1].project.project_id if places else ""
        return Known(project_id, provider, waiting[0], config.warnings)

    try:
        code = run(opener, mouse=mouse, theme=theme, log_file=app.start_log(), known=known)
        if code == 128 + SIGHUP:
            # The terminal is gone, and what is buffered for it would change the exit code.
            streams.discard_stdout()
    finally:
        for line in copied:
            output.note(line)
    for store in opened:
        if store.upgraded is not None:
            tell_upgrade(store.upgraded, store.provider.location)
    return code


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program; return its exit code, after telling the user about any error."""
    app = App()
    streams.prepare()
    try:
        result = cli.main(argv, prog_name=PROGRAM, standalone_mode=False, obj=app)
        output.flush()
    except Cancelled as error:
        output.note(error.message)
        return error.exit_code
    except OpencodeError as error:
        output.report(error, debug=app.debug)
        return error.exit_code
    except click.ClickException as error:
        output.report(_usage_error(error), debug=app.debug)
        return UsageError.exit_code
    except (click.Abort, KeyboardInterrupt):
        output.note("interrupted")
        return 130
    except BrokenPipeError:
        # Whoever read our output has gone; there is nobody to tell.
        streams.discard_stdout()
        return 1
    except Exception as error:  # noqa: BLE001 - the edge of the program
        output.report(_unwritable(error) or _unexpected(error, app), debug=app.debug)
        return 1
    return result if isinstance(result, int) else 0


def _usage_error(error: click.ClickException) -> UsageError:
    """Click's complaint in the form of ours."""
    ctx = getattr(error, "ctx", None)
    path = ctx.command_path if isinstance(ctx, click.Context) else PROGRAM
    hint = f"{path} --help"
    message = error.format_message().rstrip(".")
    if isinstance(error, click.NoSuchOption):
        message = f"{path} has no option {error.option_name}"
        if error.possibilities:
            hint = f"did you mean {' or '.join(sorted(error.possibilities))}?"
    return UsageError(message[:1].lower() + message[1:], hint=hint)


def _unwritable(error: Exception) -> OpencodeError | None:
    """What click meets when it prints help, or the version, where no space is left."""
    from errno import EDQUOT, EFBIG, EIO, ENOSPC

    if not isinstance(error, OSError) or error.errno not in {EDQUOT, EFBIG, EIO, ENOSPC}:
        return None
    streams.discard_stdout()
    return OpencodeError(f"the output cannot be written: {error.strerror}")


def _unexpected(error: Exception, app: App) -> OpencodeError:
    """A mistake of the program's: the traceback goes to the log."""
    import logging

    path = app.start_log()
    logging.getLogger(__name__).error("unexpected error", exc_info=error)
    wrapped = OpencodeError(
        f"unexpected {type(error).__name__}: {error}",
        hint=f"details in {path}; please report it" if path else "details with --debug",
    )
    wrapped.__cause__ = error
    return wrapped
