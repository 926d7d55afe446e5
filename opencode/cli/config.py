"""`opencode config`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from opencode.cli import output
from opencode.cli.command import Group
from opencode.cli.context import App, pass_app
from opencode.cli.options import json_option

__all__ = ["config"]

config = Group(
    "config",
    help="Show and check the configuration: .opencode.json in the home directory and in the "
    "working directory, then the environment.",
    examples=(
        "opencode config show",
        "opencode config check",
    ),
)


@config.command(
    examples=(
        "opencode config show",
        "opencode config show --json | jq .sessionProvider",
    ),
)
@json_option
@pass_app
def show(app: App, as_json: bool) -> None:
    """Show the configuration in effect, and where each value comes from; no secrets."""
    loaded = app.config()
    shown = loaded.redacted()
    if as_json:
        output.document(shown)
        return
    from opencode.cli.table import Column

    output.table(
        [Column("Key"), Column("Value", flexible=True), Column("From")],
        [
            [key, _value(value), loaded.origins.get(_setting(key), "")]
            for key, value in _leaves(shown)
            if value is not None
        ],
    )


@config.command(examples=("opencode config path", "$EDITOR $(opencode config path | head -1)"))
@json_option
@pass_app
def path(app: App, as_json: bool) -> None:
    """Print the files that are looked at, one a line, and on stderr which of them are there.

    Of all but the last, which is the working directory's, the first that is there is read.
    """
    from opencode.config import config_paths

    places = config_paths(app.cwd())
    if as_json:
        output.document([{"path": str(file), "exists": exists} for file, exists in places])
        return
    for file, exists in places:
        output.line(str(file))
        if exists:
            output.note(f"found {file}")


@config.command(
    examples=(
        "opencode config check",
        "opencode -c ~/src/app config check && echo fine",
    ),
)
@pass_app
def check(app: App) -> None:
    """Check the configuration: exit code 0, or 2 with all that is wrong.

    Warnings are counted, and do not change the exit code: the file is another program's too.
    No password is asked for and no server is spoken to.
    """
    from opencode.text import plural

    loaded = app.config()
    for file in loaded.sources:
        warnings = loaded.warnings_about(file)
        output.line(f"{file}: {plural(len(warnings), 'warning') if warnings else 'ok'}")
    where = "" if loaded.sources else " (no file; everything at its default or set by environment)"
    warned = f", with {plural(len(loaded.warnings), 'warning')}" if loaded.warnings else ""
    kept = f"sessions are kept in {loaded.provider}{where}"
    output.note(f"the configuration is usable{warned}: {kept}")


@config.command(examples=("opencode config schema > opencode.schema.json",))
@pass_app
def schema(app: App) -> None:
    """Print the JSON Schema of the configuration file, for editors."""
    from opencode.config.schema import json_schema

    output.document(json_schema())


def _leaves(tree: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Dotted keys and values of a nested object."""
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", value


def _setting(key: str) -> str:
    """The setting that says what is shown under this key."""
    from opencode.config.fields import MIGRATION_DSN

    return MIGRATION_DSN if key.startswith("migration.") else key


def _value(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
