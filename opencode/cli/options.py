"""Arguments and options that several commands have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from opencode.cli.complete import SESSION

__all__ = ["Limit", "json_option", "session_argument", "yes_option"]

F = TypeVar("F", bound=Callable[..., Any])


def json_option(function: F) -> F:
    """Add `--json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")(
        function
    )


def yes_option(function: F) -> F:
    """Add `--yes`."""
    return click.option("--yes", is_flag=True, help="Do it without asking.")(function)


def session_argument(function: F) -> F:
    """Add `SESSION`, an id or the beginning of one."""
    return click.argument("session", type=SESSION)(function)


class Limit(click.ParamType):  # type: ignore[type-arg]  # generic in click 8.5 only
    """A number of rows, 0 or more, or `all`."""

    name = "number"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> int | None:
        if value is None or value == "all":
            return None
        if isinstance(value, int):
            return value
        if not (value.isascii() and value.isdecimal()):
            self.fail(f"{value!r} is neither a number, 0 or more, nor 'all'", param, ctx)
        return int(value)
