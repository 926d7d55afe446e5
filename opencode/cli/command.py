"""The classes of all commands: global options after the command too, examples, late loading."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from opencode.cli.context import App
from opencode.errors import UsageError

__all__ = ["Command", "Group", "RootGroup", "global_options"]


def _remember(name: str) -> Callable[[click.Context, click.Parameter, Any], Any]:
    """A callback that notes an option in the App, so that the last place it was given at counts."""

    def callback(ctx: click.Context, parameter: click.Parameter, value: Any) -> Any:
        if value is not None and value is not False:
            setattr(ctx.ensure_object(App), name, value)
        return value

    return callback


def global_options() -> list[click.Parameter]:
    """The options that every command takes, new objects each time."""
    from opencode.cli.complete import PROJECT

    return [
        click.Option(
            ["-c", "--cwd"],
            type=click.Path(exists=True, file_okay=False, path_type=Path),
            metavar="DIR",
            expose_value=False,
            callback=_remember("directory"),
            help="Work as if started in DIR.",
        ),
        click.Option(
            ["-P", "--project"],
            type=PROJECT,
            metavar="ID",
            expose_value=False,
            callback=_remember("project"),
            help="Use this project instead of the one of the directory.",
        ),
        click.Option(
            ["-d", "--debug"],
            is_flag=True,
            expose_value=False,
            callback=_remember("debug"),
            help="Log everything, and show where an error comes from.",
        ),
    ]


class _Documented(click.Command):
    """Takes the global options, and ends its help in examples."""

    def __init__(self, *args: Any, examples: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.examples = tuple(examples)
        self.global_params = global_options()
        self.params = [*self.params, *self.global_params]

    def own_options(self, ctx: click.Context) -> list[click.Parameter]:
        """The options that only this command has."""
        skip = (*self.global_params, self.get_help_option(ctx))
        return [
            option
            for option in self.get_params(ctx)
            if isinstance(option, click.Option) and option not in skip
        ]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        self._section(ctx, formatter, "Options", self.own_options(ctx))
        if isinstance(self, click.Group):
            self.format_commands(ctx, formatter)
        help_option = self.get_help_option(ctx)
        everywhere = [*self.global_params, *([help_option] if help_option else ())]
        self._section(ctx, formatter, "Global options", everywhere)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Examples"):
            for line in self.examples:
                # Not wrapped: they are there to be copied.
                formatter.write(f"{'':{formatter.current_indent}}{line}\n")

    @staticmethod
    def _section(
        ctx: click.Context,
        formatter: click.HelpFormatter,
        title: str,
        options: Sequence[click.Parameter],
    ) -> None:
        records = [record for option in options if (record := option.get_help_record(ctx))]
        if records:
            with formatter.section(title):
                formatter.write_dl(records)


class Command(_Documented):
    """A command."""


@click.pass_context
def _needs_a_command(ctx: click.Context) -> None:
    """What a group does without one of its commands."""
    assert isinstance(ctx.command, click.Group)  # noqa: S101 - for the type checker
    if ctx.invoked_subcommand is None:
        raise UsageError(
            f"{ctx.command_path} needs a command: {', '.join(ctx.command.list_commands(ctx))}",
            hint=f"{ctx.command_path} --help",
        )


class Group(_Documented, click.Group):
    """A group of commands, which does nothing by itself."""

    command_class = Command

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("callback", _needs_a_command)
        kwargs.setdefault("subcommand_metavar", "COMMAND [ARGS]...")
        # click's own answer to a missing command is not a line of ours.
        super().__init__(*args, invoke_without_command=True, **kwargs)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order in which they are written, which is that of use."""
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if ctx.resilient_parsing or name.startswith("-") or self.get_command(ctx, name) is not None:
            return super().resolve_command(ctx, args)
        raise UsageError(
            f"there is no command {ctx.command_path} {name}", hint=self._suggestion(ctx, name)
        )

    def _suggestion(self, ctx: click.Context, name: str) -> str:
        from difflib import get_close_matches

        names = self.list_commands(ctx)
        near = get_close_matches(name, names) or self._below(ctx, name)
        if not near:
            return f"commands are {', '.join(names)}; see {ctx.command_path} --help"
        return "did you mean " + " or ".join(f"{ctx.command_path} {found}" for found in near) + "?"

    def _below(self, ctx: click.Context, name: str) -> list[str]:
        """Commands of that name in groups of this one: `session list` for `list`."""
        groups = ((group, self.get_command(ctx, group)) for group in self.list_commands(ctx))
        return [
            f"{group} {name}"
            for group, command in groups
            if isinstance(command, click.Group) and command.get_command(ctx, name)
        ]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(self.summaries(ctx)))

    def summaries(self, ctx: click.Context) -> list[tuple[str, str]]:
        """Names and short descriptions of the commands."""
        return [
            (name, command.get_short_help_str(limit=100)) for name, command in self.commands.items()
        ]


class RootGroup(Group):
    """Loads a group's module when one of its commands is used; `lazy` maps names to modules.

    `summaries` says for `--help` what each of them is, so that help loads none of them.
    """

    def __init__(self, *args: Any, lazy: Mapping[str, tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lazy = lazy

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.lazy:
            return None
        from importlib import import_module

        command = getattr(import_module(self.lazy[cmd_name][0]), cmd_name)
        assert isinstance(command, click.Command)  # noqa: S101 - for the type checker
        return command

    def summaries(self, ctx: click.Context) -> list[tuple[str, str]]:
        return [(name, summary) for name, (_, summary) in self.lazy.items()]
