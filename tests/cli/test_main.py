"""The edge of the program: what becomes of errors, and of global options wherever they stand."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from opencode import __version__, errors
from opencode.cli.context import App
from opencode.cli.main import cli, main
from opencode.errors import Problem
from tests.cli.factories import EVIL, HOSTILE
from tests.conftest import PROJECT, RunOpencode

Fail = Callable[[BaseException], None]


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Fail:
    """Makes `opencode config check` raise an error."""

    def arrange(error: BaseException) -> None:
        def config(_: App) -> None:
            raise error

        monkeypatch.setattr(App, "config", config)

    return arrange


EXIT_CODES: list[tuple[BaseException, int, str]] = [
    (errors.OpencodeError("m", hint="h"), 1, "error: m\nhint: h\n"),
    (errors.UsageError("m", hint="h"), 2, "error: m\nhint: h\n"),
    (errors.InvalidValue("m"), 2, "error: m\n"),
    (errors.ConfigError([Problem("f.json", "a.b", "wrong", "fix")]), 2, "f.json: a.b: wrong (fix)"),
    (errors.ProjectError("m"), 2, "error: m\n"),
    (errors.NotFound("m"), 1, "error: m\n"),
    (errors.Cancelled("m"), 1, "m\n"),
    (errors.StoreError("m"), 1, "error: m\n"),
    (errors.DatabaseUnavailable("m"), 3, "error: m\n"),
    (errors.DatabaseLocked("m"), 3, "error: m\n"),
    (errors.DatabaseDamaged("m"), 1, "error: m\n"),
    (errors.DatabaseReadOnly("m"), 1, "error: m\n"),
    (errors.DiskFull("m"), 1, "error: m\n"),
    (errors.IncompleteInstallation("m"), 1, "error: m\n"),
    (KeyboardInterrupt(), 130, "interrupted"),
    (BrokenPipeError(), 1, ""),
]


@pytest.mark.parametrize(("error", "code", "message"), EXIT_CODES, ids=lambda e: repr(e)[:20])
def test_every_error_has_its_exit_code_and_no_traceback(
    failing: Fail,
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    code: int,
    message: str,
) -> None:
    failing(error)
    assert main(["config", "check"]) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert message in err
    assert "Traceback" not in err


PARTICULARS: list[tuple[errors.OpencodeError, list[str]]] = [
    (
        errors.ConfigError([Problem("a.json", "x", "bad"), Problem("b.json", "y", "worse", "do")]),
        ["error: 2 problems in the configuration", "  a.json: x: bad", "  b.json: y: worse (do)"],
    ),
    (
        errors.AmbiguousId("two", candidates=[("0197a", "One"), ("0197b", "Two")], hint="more"),
        ["error: two", "  0197a  One", "  0197b  Two", "hint: more"],
    ),
    (errors.PendingMigrations("m", pending=["0003_x"]), ["error: m", "  0003_x"]),
    (errors.NewerSchema("m", unknown=["0099_y"]), ["error: m", "  0099_y"]),
    (errors.SchemaDrift("m", differences=["no table z"]), ["error: m", "  no table z"]),
    (
        errors.MigrationFailed(
            "m", migration="0004_a", statement="ALTER TABLE\n t", cause="full", applied=["0003_b"]
        ),
        ["error: m", "  cause: full", "  statement: ALTER TABLE  t"],
    ),
]


@pytest.mark.parametrize(("error", "lines"), PARTICULARS)
def test_particulars_stand_between_message_and_hint(
    failing: Fail,
    capsys: pytest.CaptureFixture[str],
    error: errors.OpencodeError,
    lines: list[str],
) -> None:
    failing(error)
    main(["config", "check"])
    assert capsys.readouterr().err.splitlines()[: len(lines)] == lines


def test_error_texts_are_cleaned(failing: Fail, capsys: pytest.CaptureFixture[str]) -> None:
    failing(errors.AmbiguousId(HOSTILE, candidates=[(HOSTILE, HOSTILE)], hint=HOSTILE))
    main(["--debug", "config", "check"])
    err = capsys.readouterr().err
    assert "日本" in err
    assert not [evil for evil in EVIL if evil in err]


def test_an_unexpected_error_is_logged_and_told_in_a_line(
    failing: Fail, capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    failing(ZeroDivisionError("mysql://ada:s3cret@db/x"))
    assert main(["config", "check"]) == 1
    log_file = home / ".local/state/opencode/opencode.log"
    assert capsys.readouterr().err == (
        "error: unexpected ZeroDivisionError: mysql://***@db/x\n"
        f"hint: details in {log_file}; please report it\n"
    )
    assert "ZeroDivisionError" in log_file.read_text()
    assert "s3cret" not in log_file.read_text()


def test_debug_shows_where_an_error_arose_without_secrets(
    failing: Fail, capsys: pytest.CaptureFixture[str]
) -> None:
    error = errors.StoreError("cannot connect")
    error.__cause__ = OSError("mysql://ada:s3cret@db/x")
    failing(error)
    assert main(["config", "check", "--debug"]) == 1
    err = capsys.readouterr().err
    assert "Traceback" in err
    assert "OSError: mysql://***@db/x" in err
    assert "s3cret" not in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["sesion"], "hint: did you mean opencode session?"),
        (["session", "lst"], "hint: did you mean opencode session list?"),
        (["rename"], "hint: did you mean opencode session rename?"),
        (["xyzzy"], "hint: commands are session, message, file"),
        (["session"], "error: opencode session needs a command: list, show, new"),
        (["session", "list", "--jsno"], "hint: did you mean --json"),
        (["session", "list", "-n", "-1"], "neither a number, 0 or more, nor 'all'"),
        (["session", "list", "-n", "x"], "neither a number, 0 or more, nor 'all'"),
        (["session", "list", "--sort", "title"], "'updated', 'created', 'cost'"),
        (["session", "show"], "missing argument 'ID'"),
        (["session", "rename", "0197"], "missing argument 'TITLE'"),
        (["session", "show", "0197", "--json", "--markdown"], "exclude each other"),
        (["db", "rollback", "--to", "1", "--steps", "1"], "exclude each other"),
        (["-c", "/does/not/exist", "session", "list"], "'/does/not/exist' does not exist"),
        (["project", "move", "a", "a"], "cannot be moved to itself"),
        (["project", "move", "a", " "], "the project id is empty"),
        (["completion", "tcsh"], "'bash', 'zsh', 'fish'"),
        ([], "error: the interface needs a terminal; try: opencode session list\n"),
    ],
    ids=" ".join,
)
def test_wrong_calls_exit_with_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error: ")
    assert message in err


@pytest.mark.parametrize(
    "arguments",
    [
        ["-P", "acme", "project", "show"],
        ["project", "-P", "acme", "show"],
        ["project", "show", "-P", "acme"],
        ["project", "show", "--project=acme"],
        ["-P", "other", "project", "show", "-P", "acme"],
    ],
    ids=" ".join,
)
def test_global_options_stand_anywhere_and_the_last_one_counts(
    capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert main(arguments) == 0
    assert "acme" in capsys.readouterr().out


def test_a_vanished_working_directory_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert main(["project", "show"]) == 2
    assert "error: the working directory is gone\nhint: " in capsys.readouterr().err


@pytest.mark.parametrize("option", ["-v", "--version"])
def test_version(run_opencode: RunOpencode, option: str) -> None:
    done = run_opencode(option)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"opencode {__version__}\n", "")


def walk(command: click.Command, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """The paths of a command and all below it."""
    if not isinstance(command, click.Group):
        return [path]
    ctx = click.Context(command)
    below = [(name, command.get_command(ctx, name)) for name in command.list_commands(ctx)]
    return [path, *(found for name, one in below if one for found in walk(one, (*path, name)))]


COMMANDS = walk(cli)


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help_ends_in_examples_of_the_command_itself(
    capsys: pytest.CaptureFixture[str], path: tuple[str, ...], option: str
) -> None:
    assert main([*path, option]) == 0
    out = capsys.readouterr().out
    examples = out.partition("\nExamples:\n")[2].splitlines()
    assert examples
    assert all(line.startswith("  ") and len(line) <= 80 for line in examples)
    assert any(" ".join(["opencode", *path]) in line for line in examples)
    assert "-P, --project ID" in out


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_short_descriptions_are_whole_sentences(path: tuple[str, ...]) -> None:
    command: click.Command | None = cli
    for name in path:
        assert isinstance(command, click.Group)
        command = command.get_command(click.Context(command), name)
    assert command is not None
    assert command.get_short_help_str(limit=100).endswith(".")


def test_the_design_s_commands_are_all_there() -> None:
    assert {" ".join(path) for path in COMMANDS if len(path) == 2 or path == ("completion",)} == {
        *("session list", "session show", "session new", "session rename", "session delete"),
        *("message list", "message add", "file list", "file show", "file diff"),
        *("project show", "project list", "project move"),
        *("db status", "db migrate", "db rollback", "db check", "db backup", "db unlock"),
        *("config show", "config path", "config check", "config schema", "completion"),
    }


def start(*arguments: str, cwd: Path, stdout: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "opencode", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )


def test_a_reader_that_has_gone_is_no_news(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = start("config", "schema", cwd=tmp_path, stdout=writer)
    os.close(writer)
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.parametrize(
    "arguments", [["config", "schema"], ["--help"], ["--version"], ["session", "list", "--help"]]
)
def test_a_full_disk_behind_stdout_is_told(tmp_path: Path, arguments: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = start(*arguments, cwd=tmp_path, stdout=full.fileno())
    reason = os.strerror(errno.ENOSPC)
    assert (done.returncode, done.stderr) == (
        1,
        f"error: the output cannot be written: {reason}\n",
    )


INTERRUPTED_WHILE_LOADING = """
import sys
from importlib.abc import MetaPathFinder

class Interrupt(MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == "opencode.cli.output":
            raise KeyboardInterrupt

sys.meta_path.insert(0, Interrupt())
from opencode.__main__ import main
sys.exit(main())
"""


def test_an_interrupt_while_it_loads_leaves_no_traceback() -> None:
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED_WHILE_LOADING],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "interrupted\n")


def test_output_that_the_locale_cannot_encode_is_spelt_out(
    run_opencode: RunOpencode, tmp_path: Path
) -> None:
    done = run_opencode(
        *("project", "show", "-P", "日本"), env={"PYTHONIOENCODING": "ascii:strict"}
    )
    assert done.returncode == 0
    assert "\\u65e5\\u672c" in done.stdout
