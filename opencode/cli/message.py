"""`opencode message`."""

from __future__ import annotations

import sys

import click

from opencode.cli import output
from opencode.cli.command import Group
from opencode.cli.context import App, pass_app
from opencode.cli.options import json_option, session_argument
from opencode.errors import InvalidValue, UsageError

__all__ = ["message"]

message = Group(
    "message",
    help="Read the messages of a session, and add to them.",
    examples=(
        "opencode message list 0197a3c2",
        "opencode message add 0197a3c2 'Why is the test flaky?'",
    ),
)


@message.command(
    "list",
    examples=(
        "opencode message list 0197a3c2 | less",
        "opencode message list 0197a3c2 --json | jq '.[-1].parts'",
    ),
)
@session_argument
@json_option
@pass_app
def list_(app: App, session: str, as_json: bool) -> None:
    """Print the messages of a session in their order."""
    store = app.store()
    messages = store.messages.list(store.sessions.resolve(session).id)
    if as_json:
        from opencode.store.rows import message_row

        output.document([message_row(one) for one in messages])
        return
    from opencode.store import transcript

    for index, one in enumerate(messages):
        if index:
            output.line()
        output.heading(transcript.message_heading(one))
        for line in transcript.message_lines(one):
            output.text(line)
    if not messages:
        output.note("the session has no messages")


@message.command(
    examples=(
        "opencode message add 0197a3c2 'Why is the test flaky?'",
        "git diff | opencode message add 0197a3c2 -",
        "opencode message add 0197a3c2 --role assistant --model gpt-5 < answer.md",
    ),
)
@session_argument
@click.argument("text", metavar="[TEXT|-]", required=False)
@click.option(
    "--role",
    type=click.Choice(["user", "assistant", "system", "tool"]),
    default="user",
    show_default=True,
    help="Who says it.",
)
@click.option("--model", metavar="M", help="The model that says it.")
@json_option
@pass_app
def add(
    app: App, session: str, text: str | None, role: str, model: str | None, as_json: bool
) -> None:
    """Add a message at the end of a session and print its id.

    The text is TEXT, or standard input if that is "-", or missing while input is piped in. Of
    standard input the last line break is left out.
    """
    from opencode.parts import Text

    words = _words(text)
    store = app.store()
    made = store.messages.append(
        store.sessions.resolve(session).id,
        role=role,
        parts=[Text(words)],
        model=model,
        finished=role == "assistant",
    )
    if as_json:
        from opencode.store.rows import message_row

        output.document(message_row(made))
        return
    output.line(made.id)
    output.note(f"message {made.seq} of session {made.session_id}")


def _words(text: str | None) -> str:
    """The text given, or that of standard input."""
    if text is None and (sys.stdin is None or sys.stdin.isatty()):
        raise UsageError("there is no text", hint="give TEXT, or pipe it in")
    if text is None or text == "-":
        text = _read_input().removesuffix("\n").removesuffix("\r")
    if not text.strip():
        raise InvalidValue("the message is empty", hint="give TEXT, or pipe it in")
    return text


def _read_input() -> str:
    data = sys.stdin.buffer.read() if sys.stdin is not None else b""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidValue(
            f"standard input is not UTF-8: byte {error.start + 1} is {data[error.start]:#04x}",
            hint="convert it with iconv",
        ) from error
