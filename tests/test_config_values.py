"""What a configuration file may hold, and what is said about the rest."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opencode.config import load_config
from opencode.config.fields import FILE_FIELDS
from opencode.errors import ConfigError, Problem
from tests.config_files import FILE, only_problem, problems_of, write

BUSY = "OPENCODE_SQLITE_BUSY_TIMEOUT"


@pytest.fixture
def cwd(tmp_path: Path) -> Path:
    directory = tmp_path / "work"
    directory.mkdir()
    return directory


# What is in a file


@pytest.mark.parametrize("text", ["", " \n\t", "\ufeff", "// nothing yet\n", "{}", "{} // end"])
def test_an_empty_file_is_an_empty_object(cwd: Path, text: str) -> None:
    path = write(cwd, text)
    assert load_config(cwd).sources == (path,)


def test_comments_and_a_byte_order_mark_are_accepted(cwd: Path) -> None:
    text = (
        '\ufeff// "author": "no",\r\n{ // one\n "author": "https://x/y // z \\" // \\\\" // two\n}'
    )
    write(cwd, text)
    assert load_config(cwd).author == 'https://x/y // z " // \\'


@pytest.mark.parametrize(
    ("text", "place", "remedy"),
    [
        ('{\n  "author": "x"\n  "theme": "y"\n}', "line 3, column 3", "correct the JSON"),
        ('{ // a, b\n  "author": x\n}', "line 2, column 13", "correct the JSON"),
        ('{\n  "author": "x",\n}', 'line 2, column 16: a comma before "}"', "remove the comma"),
        ('{"a": [1,]}', 'column 9: a comma before "]"', "remove the comma"),
        ('{"author": "x"', "the file ends too early", "missing"),
        ("{'author': 1}", "line 1, column 2: a single quote", "double quotes"),
        ('{\n/* no */\n"author": "x"}', "line 2, column 1: a comment", "//"),
        ('{\n# no\n"author": "x"}', "line 2, column 1: a comment", "//"),
        ('{"author": "x\n"}', "line 1, column 14", "correct the JSON"),
        ("{} {}", "line 1, column 4", "correct the JSON"),
        ("[" * 100_000, "nested too deeply", "simplify"),
        ('{"x": ' + "9" * 5000 + "}", "number that is too long", "shorten"),
        ("[1]", "must hold a JSON object", "{"),
        ('"text"', "must hold a JSON object", "{"),
        ("null", "must hold a JSON object", "{"),
    ],
)
def test_broken_json_tells_file_line_and_remedy(
    cwd: Path, text: str, place: str, remedy: str
) -> None:
    path = write(cwd, text)
    problem = only_problem(cwd)
    assert problem.where == str(path)
    assert place in problem.message
    assert remedy in problem.remedy


def test_broken_json_never_quotes_the_file(cwd: Path) -> None:
    write(cwd, '{"sessionProvider": {"mysql": {"password": "hunter2" "x": 1}}}')
    assert "hunter2" not in str(only_problem(cwd))


def test_files_that_cannot_be_read_are_problems(cwd: Path, home: Path) -> None:
    (cwd / FILE).mkdir()
    write(home, "").unlink()
    (home / FILE).symlink_to(home / "nowhere")
    first, second = problems_of(cwd)
    assert (first.where, first.message) == (str(home / FILE), "is a link to nowhere")
    assert (second.where, second.message) == (str(cwd / FILE), "is a directory")


def test_a_pipe_is_not_waited_for(cwd: Path) -> None:
    os.mkfifo(cwd / FILE)
    assert only_problem(cwd).message == "is not a regular file"


def test_an_unreadable_file_is_a_problem(cwd: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(cwd, {})
    # Not by chmod: root may read everything.
    real = Path.read_bytes

    def refuse(self: Path) -> bytes:
        if self == path:
            raise PermissionError(13, "Permission denied")
        return real(self)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert only_problem(cwd).message == "cannot be read: Permission denied"


def test_text_that_is_not_utf8_is_a_problem_with_its_line(cwd: Path) -> None:
    (cwd / FILE).write_bytes(b'{\n"author": "caf\xe9"}')
    assert only_problem(cwd).message == "line 2 is not UTF-8"


# Keys


def test_sections_of_the_go_program_are_ignored(cwd: Path) -> None:
    foreign = {
        "$schema": "./opencode-schema.json",
        "agents": {"coder": {"model": "x"}},
        "autoCompact": True,
        "contextPaths": [],
        "debug": False,
        "debugLSP": False,
        "lsp": {},
        "mcpServers": {},
        "providers": {"openai": {"apiKey": "secret"}},
        "shell": {"path": "/bin/bash"},
        "tui": {"theme": "opencode"},
        "wd": "/",
        "somethingNew": {"type": 1},
    }
    write(cwd, {**foreign, "data": {"directory": "db"}})
    config = load_config(cwd)
    assert config.warnings == ()
    assert config.data_directory == "db"


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("sessionprovider", "sessionProvider"),
        ("session_provider", "sessionProvider"),
        ("sessionProviders", "sessionProvider"),
        ("Project", "project"),
        ("autor", "author"),
    ],
)
def test_a_near_miss_at_the_top_is_warned_of(cwd: Path, name: str, meant: str) -> None:
    path = write(cwd, {name: {"type": "mysql"}})
    (warning,) = load_config(cwd).warnings
    assert warning.startswith(f"{path}: {name} is not a setting")
    assert warning.endswith(f"did you mean {meant}?")


@pytest.mark.parametrize(
    ("content", "key", "remedy"),
    [
        ({"sessionProvider": {"typ": "mysql"}}, "sessionProvider.typ", "did you mean type?"),
        (
            {"sessionProvider": {"mysql": {"max_connections": 1}}},
            "sessionProvider.mysql.max_connections",
            "did you mean maxConnections?",
        ),
        (
            {"sessionProvider": {"mysql": {"user": "x"}}},
            "sessionProvider.mysql.user",
            "did you mean username?",
        ),
        (
            {"sessionProvider": {"mysql": {"tls": {"zzz": 1}}}},
            "sessionProvider.mysql.tls.zzz",
            "known settings: mode, ca, cert, key",
        ),
        ({"data": {"dir": "x"}}, "data.dir", "did you mean directory?"),
        ({"project": {"name": "x"}}, "project.name", "known settings: id"),
        ({"sessionProvider": {"": 1}}, "sessionProvider.", "known settings: mysql, type"),
    ],
)
def test_an_unknown_key_in_our_sections_is_an_error(
    cwd: Path, content: object, key: str, remedy: str
) -> None:
    path = write(cwd, content)
    problem = only_problem(cwd)
    assert (problem.where, problem.key) == (str(path), key)
    assert problem.message == "is not a setting"
    assert problem.remedy.startswith(remedy)


def test_a_hostile_key_is_escaped(cwd: Path) -> None:
    write(cwd, {"data": {"\x1b]0;x\x07": 1}})
    assert str(only_problem(cwd)).isprintable()


def test_a_key_given_twice_is_an_error_in_our_sections_only(cwd: Path) -> None:
    write(cwd, '{"agents": {"a": 1, "a": 2}, "lsp": 1, "lsp": 2}')
    load_config(cwd)
    write(cwd, '{"author": "a", "author": "b", "data": {"directory": "a", "directory": "b"}}')
    assert [problem.key for problem in problems_of(cwd)] == ["author", "data.directory"]


def mysql_with(**values: object) -> dict[str, object]:
    return {"sessionProvider": {"mysql": values}}


@pytest.mark.parametrize(
    ("content", "message", "remedy"),
    [
        (mysql_with(port="3306"), 'the string "3306"', "write it without quotes: 3306"),
        (mysql_with(port=True), "must be a whole number, but is true", ""),
        (mysql_with(port=3306.5), "is 3306.5", "1 to 65535"),
        (mysql_with(port=0), "is 0", "1 to 65535"),
        (mysql_with(port=65_536), "is 65536", "1 to 65535"),
        (mysql_with(port=[3306]), "but is a list", "give a whole number"),
        (mysql_with(maxConnections=0), "is 0", "1 to"),
        (mysql_with(maxConnections=-1), "is -1", "1 to"),
        (mysql_with(maxIdleConnections=-1), "is -1", "0 to"),
        (mysql_with(maxConnections=2, maxIdleConnections=3), "is 3, more than", "lower it"),
        (mysql_with(maxIdleConnections=11), "is 11, more than maxConnections, which is 10", ""),
        (mysql_with(connectionTimeout=0), "is 0", "more than 0"),
        (mysql_with(connectionTimeout="30s"), 'the string "30s"', "give a number"),
        (mysql_with(readTimeout=-1), "is -1", "more than 0"),
        (mysql_with(readTimeout=1e300), "is 1", "at most"),
        (mysql_with(host=""), "is empty", "remove"),
        (mysql_with(host="db:3306"), "wrong form", "without scheme, user or port"),
        (mysql_with(host="mysql://u:hunter2@db"), "wrong form", ""),
        (mysql_with(host=5), "must be a string, but is 5", ""),
        (mysql_with(database="x" * 65), "has 65 characters", "at most 64"),
        (mysql_with(username="a\nb"), "control characters", ""),
        (mysql_with(password=12345), "but is a number", "give a string"),
        (mysql_with(password="env:"), "names no environment variable", "env:NAME"),
        (mysql_with(password="env:A B"), "names no environment variable", "env:NAME"),
        (mysql_with(passwordCommand="'"), "is not a command", ""),
        (mysql_with(passwordCommand=" "), "is not a command", ""),
        (mysql_with(passwordFile=""), "is empty", ""),
        (mysql_with(tls="required"), "must be an object", "known settings: mode"),
        (mysql_with(tls={"mode": "on"}), 'unknown value "on"', "verify-ca or verify-identity"),
        (mysql_with(tls={"mode": True}), "must be a string, but is true", ""),
        (mysql_with(tls={"key": "k.pem"}), "a key without a certificate", "tls.cert"),
        (mysql_with(dsn="hunter2"), "no / before", "tcp(host:3306)"),
        (mysql_with(dsn=5), "must be a string", ""),
        ({"sessionProvider": []}, "must be an object, but is a list", "known settings"),
        ({"sessionProvider": "mysql"}, "must be an object", "known settings: mysql, type"),
        (
            {"sessionProvider": {"type": "postgres"}},
            'unknown provider type "postgres"',
            "use sqlite or mysql",
        ),
        ({"sessionProvider": {"type": 1}}, "must be a string, but is 1", ""),
        (
            {"sessionProvider": {"autoMigrate": "true"}},
            'must be true or false, but is the string "true"',
            "without quotes: true",
        ),
        ({"sessionProvider": {"autoMigrate": 1}}, "must be true or false, but is 1", ""),
        ({"project": {"id": " "}}, "is empty", ""),
        ({"project": {"id": "x" * 513}}, "has 513 characters", "at most 512"),
        ({"project": {"id": "a\u0000b"}}, "control characters", ""),
        ({"project": {"id": "\ud800"}}, "lone surrogate", ""),
        ({"project": "x"}, "must be an object", "known settings: id"),
        ({"author": "x" * 256}, "has 256 characters", "at most 255"),
        ({"author": {}}, "must be a string, but is an object", ""),
        ({"data": {"directory": ""}}, "is empty", ""),
        ({"theme": 1}, "must be a string", ""),
    ],
)
def test_wrong_values_are_told_with_a_remedy(
    cwd: Path, content: object, message: str, remedy: str
) -> None:
    path = write(cwd, content)
    problem = only_problem(cwd)
    assert problem.where == str(path)
    assert message in problem.message
    assert remedy in problem.remedy
    assert "hunter2" not in str(problem)


def test_all_problems_are_told_at_once(cwd: Path, home: Path) -> None:
    write(home, "{")
    write(
        cwd,
        {
            "data": {"directory": 1},
            "sessionProvider": {"type": "oracle", "x": 1, "mysql": {"port": "a", "host": 1}},
        },
    )
    environ = {**os.environ, "OPENCODE_LOG_LEVEL": "loud"}
    with pytest.raises(ConfigError) as caught:
        load_config(cwd, environ=environ)
    assert [problem.key for problem in caught.value.problems] == [
        "",
        "data.directory",
        "sessionProvider.type",
        "sessionProvider.x",
        "sessionProvider.mysql.port",
        "sessionProvider.mysql.host",
        "OPENCODE_LOG_LEVEL",
    ]
    assert caught.value.message == "7 problems in the configuration"
    assert caught.value.exit_code == 2


def test_whole_numbers_may_be_written_as_floats(cwd: Path) -> None:
    write(cwd, '{"sessionProvider": {"mysql": {"port": 3306.0}}}')
    load_config(cwd)


@settings(max_examples=200)
@given(document=st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from([*{part for key in FILE_FIELDS for part in key.split(".")}, "x"]),
        inner,
        max_size=5,
    ),
    max_leaves=12,
))  # fmt: skip
def test_no_document_does_worse_than_a_config_error(
    tmp_path_factory: pytest.TempPathFactory, document: object
) -> None:
    directory = tmp_path_factory.getbasetemp() / "any-document"
    write(directory, {"sessionProvider": document, "data": document, "author": document})
    problems: tuple[Problem, ...] = ()
    try:
        json.dumps(load_config(directory, environ={}).redacted())
    except ConfigError as error:
        problems = error.problems
    assert all("\n" not in str(problem) for problem in problems)


@pytest.mark.parametrize(("text", "seconds"), [("0", 0.0), (" 2.5 ", 2.5), ("", 60.0)])
def test_the_busy_timeout_comes_from_the_environment(cwd: Path, text: str, seconds: float) -> None:
    assert load_config(cwd, environ={BUSY: text}).busy_timeout == seconds


@pytest.mark.parametrize("text", ["abc", "-1", "nan", "inf", "1e3", "9" * 400])
def test_a_busy_timeout_that_is_none_is_refused(cwd: Path, text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(cwd, environ={BUSY: text})
    (problem,) = caught.value.problems
    assert problem.key == BUSY
    assert "a number of seconds" in problem.remedy


@pytest.mark.parametrize(("theme", "warned"), [("light", False), ("auto", False), ("blue", True)])
def test_a_theme_of_another_program_is_told(cwd: Path, theme: str, warned: bool) -> None:
    write(cwd, {"theme": theme})
    warnings = load_config(cwd, environ={}).warnings
    assert [w for w in warnings if "theme 'blue' is ignored" in w] == list(warnings)
    assert bool(warnings) == warned
