"""`opencode completion`."""

from __future__ import annotations

import click

from opencode.cli import output
from opencode.cli.command import Command

__all__ = ["completion"]


@click.command(
    "completion",
    cls=Command,
    examples=(
        'eval "$(opencode completion bash)"     # in ~/.bashrc; needs bash 4.4',
        'eval "$(opencode completion zsh)"      # in ~/.zshrc, after compinit',
        "opencode completion fish > ~/.config/fish/completions/opencode.fish",
    ),
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the script that lets a shell complete commands, options, sessions and projects."""
    from click.shell_completion import ShellComplete, get_completion_class

    kind = get_completion_class(shell)
    assert kind is not None  # noqa: S101 - for the type checker
    maker = kind(ctx.find_root().command, {}, "opencode", "_OPENCODE_COMPLETE")
    # Not maker.source(): for bash it starts the first one in PATH to ask for its version.
    output.text(ShellComplete.source(maker))
