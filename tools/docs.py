"""Documentation made from the program: `python -m tools.docs` writes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from opencode.cli.command import Command, Group, global_options
from opencode.cli.main import cli
from tools import PROJECT, mysql_docs
from tools.keys_docs import keys_markdown

__all__ = ["check", "commands_markdown", "write"]

INTRODUCTION = """\
# Command line

`opencode` without a command starts the interface; its keys are in [keys.md](keys.md). What is
below is also printed by `--help`, which every command has.

Data goes to standard output, everything else to standard error. Where there is `--json` it gives
one JSON document, its fields in snake case and named like the columns of the database, `[]` when
there is nothing. Session ids may be shortened to a beginning of at least 4 characters that no
other id of the project has. On a terminal titles are cut to its width; into a pipe nothing is.

| exit code | means |
|---|---|
| 0 | done |
| 1 | failed |
| 2 | the call or the configuration is wrong |
| 3 | the database is out of reach or locked for now: try again |
| 130 | interrupted |
"""

NOTICE = "<!-- Made by `make generate` from the program; do not edit. -->\n\n"


def commands_markdown() -> str:
    """Return docs/cli.md."""
    root = click.Context(cli, info_name="opencode", **cli.context_settings)
    sections = "\n".join(_sections(cli, root))
    options = "\n".join(_options(global_options(), root))
    return (
        f"{NOTICE}{INTRODUCTION}\nOptions of every command, before or after its name:\n\n"
        f"{options}\n\n{sections}"
    )


def _sections(command: click.Command, ctx: click.Context) -> Iterator[str]:
    """The section of a command and those of the commands below it."""
    assert isinstance(command, Command | Group)
    yield f"## {ctx.command_path}\n"
    yield f"```text\n{' '.join([ctx.command_path, *command.collect_usage_pieces(ctx)])}\n```\n"
    yield f"{_help(command)}\n"
    own = [option for option in command.own_options(ctx) if option.name != "help"]
    if own:
        yield "\n".join(_options(own, ctx)) + "\n"
    yield "```sh\n" + "\n".join(command.examples) + "\n```\n"
    if isinstance(command, Group):
        for name in command.list_commands(ctx):
            below = command.get_command(ctx, name)
            assert below is not None
            yield from _sections(below, click.Context(below, info_name=name, parent=ctx))


def _help(command: click.Command) -> str:
    paragraphs = (command.help or "").strip().split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def _options(options: list[click.Parameter], ctx: click.Context) -> Iterator[str]:
    yield "| option | |"
    yield "|---|---|"
    for option in options:
        record = option.get_help_record(ctx)
        assert record is not None
        names, about = (text.replace("|", "\\|") for text in record)
        yield f"| `{names}` | {' '.join(about.split())} |"


def _documents() -> Mapping[Path, str]:
    mysql = PROJECT / "docs" / "mysql.md"  # most of it is written by hand
    return {
        PROJECT / "docs" / "cli.md": commands_markdown(),
        PROJECT / "docs" / "keys.md": keys_markdown(),
        mysql: mysql_docs.filled_in(mysql.read_text(encoding="utf-8")),
    }


def write() -> None:
    """Write the documents anew."""
    for path, text in _documents().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(f"wrote {path.relative_to(PROJECT)}")


def check() -> list[str]:
    """What is stale, empty when nothing is."""
    return [
        f"{path.relative_to(PROJECT)} is stale: run make generate"
        for path, text in _documents().items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]


if __name__ == "__main__":
    write()
