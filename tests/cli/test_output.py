from __future__ import annotations

import io
import json
from dataclasses import dataclass
from itertools import product
from typing import TextIO

import pytest

from opencode.cli import output, streams
from opencode.errors import Cancelled, UsageError
from tests.cli.factories import EVIL, HOSTILE


class Terminal(io.StringIO):
    """A stream that counts as a terminal."""

    def isatty(self) -> bool:
        return True


@dataclass
class Streams:
    """Stands for the module `sys`: pytest puts its own streams there between set-up and test."""

    stdin: TextIO | None = None
    stdout: TextIO | None = None
    stderr: TextIO | None = None


def put(patch: pytest.MonkeyPatch, standard: Streams) -> None:
    patch.setattr(output, "sys", standard)
    patch.setattr(streams, "sys", standard)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """stdout is a terminal."""
    stream = Terminal()
    put(monkeypatch, Streams(stdout=stream))
    return stream


def answer_with(monkeypatch: pytest.MonkeyPatch, answer: str) -> Terminal:
    """stdin is a terminal where the user types the answer; returns stderr."""
    stderr = Terminal()
    put(monkeypatch, Streams(stdin=Terminal(answer), stderr=stderr))
    return stderr


def test_json_is_ascii_and_comes_back_word_for_word(capsys: pytest.CaptureFixture[str]) -> None:
    output.document({"title": HOSTILE, "half": "\ud83d"})
    out = capsys.readouterr().out
    assert out.isascii()
    assert out.replace("\n", "").isprintable()
    assert json.loads(out) == {"title": HOSTILE, "half": "\ud83d"}


@pytest.mark.parametrize(
    ("show", "to_terminal"),
    [
        *product((output.line, output.text, output.heading), (True, False)),
        (output.diff, True),  # into a pipe it goes as it is
    ],
)
def test_nothing_hostile_passes(
    request: pytest.FixtureRequest,
    capsys: pytest.CaptureFixture[str],
    show: object,
    to_terminal: bool,
) -> None:
    stream = request.getfixturevalue("terminal") if to_terminal else None
    assert callable(show)
    show(HOSTILE)
    out = stream.getvalue() if stream else capsys.readouterr().out
    assert "日本" in out
    styled = out.removeprefix("\x1b[1m").removesuffix("\x1b[0m\n").removesuffix("\x1b[0m")
    assert not [evil for evil in EVIL if evil in styled]


def test_a_file_goes_into_a_pipe_as_it_is(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    output.line("before")
    output.raw(HOSTILE + "\r\n")
    output.line("after")
    output.flush()
    assert capfdbinary.readouterr().out == f"before\n{HOSTILE}\r\nafter\n".encode()


def test_a_file_reaches_a_terminal_cleaned(terminal: Terminal) -> None:
    output.raw(HOSTILE + "\r\nnext\n")
    text = terminal.getvalue()
    assert text.endswith("日本\nnext\n")
    assert not [evil for evil in EVIL if evil in text]


def test_headings_and_diffs_are_coloured_on_a_terminal(terminal: Terminal) -> None:
    output.heading("Title")
    output.diff("--- a\n+++ b\n@@ -1 +1 @@\n-x\n+y\n z\n")
    assert terminal.getvalue().splitlines() == [
        "\x1b[1mTitle\x1b[0m",
        "\x1b[1m--- a\x1b[0m",
        "\x1b[1m+++ b\x1b[0m",
        "\x1b[36m@@ -1 +1 @@\x1b[0m",
        "\x1b[31m-x\x1b[0m",
        "\x1b[32m+y\x1b[0m",
        " z",
    ]


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_no_colours_where_they_are_not_wanted(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    output.heading("Title")
    assert terminal.getvalue() == "Title\n"


def test_values_stand_under_each_other_and_empty_ones_are_left_out(
    capsys: pytest.CaptureFixture[str],
) -> None:
    output.fields([("id", "x"), ("parent", ""), ("author", "ada")], indent="  ")
    assert capsys.readouterr().out == "  id      x\n  author  ada\n"


@pytest.mark.parametrize("answer", ["y\n", "Yes\n", " y \n"])
def test_a_yes_goes_on(monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    stderr = answer_with(monkeypatch, answer)
    output.confirm("Delete?", yes=False)
    assert stderr.getvalue() == "Delete? [y/N] "


@pytest.mark.parametrize("answer", ["\n", "n\n", "yesterday\n", ""])
def test_anything_else_does_not(monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    answer_with(monkeypatch, answer)
    with pytest.raises(Cancelled):
        output.confirm("Delete?", yes=False)


def test_without_a_terminal_nobody_is_asked() -> None:
    with pytest.raises(UsageError, match="no terminal") as caught:
        output.confirm("Delete?", yes=False)
    assert "--yes" in caught.value.hint
    output.confirm("Delete?", yes=True)


def test_closed_streams_are_no_terminals_and_swallow(monkeypatch: pytest.MonkeyPatch) -> None:
    put(monkeypatch, Streams())
    output.line("hello")
    output.raw("hello")
    output.note("hello")
    output.flush()
    streams.prepare()
    assert not streams.is_interactive()
    assert not streams.can_ask()
