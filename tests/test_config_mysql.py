"""The MySQL section: completeness, precedence of its sources, passwords, TLS."""

from __future__ import annotations

import dataclasses
import json
import os
import pickle
from collections.abc import Mapping
from pathlib import Path

import pytest

from opencode.config import Config, Overrides, ProviderType, TLSMode, load_config
from opencode.config import password as password_module
from opencode.config.server import MySQLSettings, PasswordKind, Secret
from opencode.errors import ConfigError, Problem

FILE = ".opencode.json"
DSN = "me:hunter2@tcp(db:3307)/sessions?tls=true"


@pytest.fixture
def cwd(tmp_path: Path) -> Path:
    directory = tmp_path / "work"
    directory.mkdir()
    return directory


def write(
    directory: Path,
    more: Mapping[str, object] | None = None,
    *,
    mode: int = 0o600,
    complete: bool = True,
    **mysql: object,
) -> Path:
    """A configuration that chooses MySQL, with these settings of it."""
    base = {"database": "sessions", "username": "me"} if complete else {}
    section = {"type": "mysql", "mysql": {**base, **mysql, **(more or {})}}
    path = directory / FILE
    path.write_text(json.dumps({"sessionProvider": section}))
    path.chmod(mode)
    return path


def load(
    cwd: Path, overrides: Overrides | None = None, **environ: str
) -> tuple[MySQLSettings, Config]:
    config = load_config(cwd, environ={"HOME": os.environ["HOME"], **environ}, overrides=overrides)
    assert config.provider is ProviderType.MYSQL
    assert config.mysql
    return config.mysql, config


def problems_of(cwd: Path, environ: Mapping[str, str]) -> list[Problem]:
    with pytest.raises(ConfigError) as caught:
        load_config(cwd, environ=environ)
    return list(caught.value.problems)


# Completeness


def test_mysql_without_any_setting_fails_at_once_and_says_what_would_do(
    cwd: Path, home: Path
) -> None:
    environ = {"OPENCODE_SESSION_PROVIDER_TYPE": "mysql", "HOME": str(home)}
    with pytest.raises(ConfigError) as caught:
        load_config(cwd, environ=environ)
    message = caught.value.message
    for part in (
        "sessionProvider.mysql.database and sessionProvider.mysql.username are not set",
        "OPENCODE_SESSION_PROVIDER_TYPE",
        str(home / FILE),
        str(home / ".config" / "opencode" / FILE),
        str(cwd / FILE),
        "OPENCODE_MYSQL_DSN",
        "OPENCODE_MYSQL_PASSWORD",
    ):
        assert part in message
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("missing", ["database", "username"])
def test_one_missing_setting_is_named_alone(cwd: Path, missing: str) -> None:
    path = write(cwd, {"database": "d", "username": "u", missing: None}, complete=False)
    (problem,) = problems_of(cwd, {})
    assert problem.where == str(path)
    assert f"sessionProvider.mysql.{missing} is not set" in problem.message


def test_what_is_wrong_is_not_called_missing_too(cwd: Path) -> None:
    write(cwd, complete=False, database=1, username="me")
    (problem,) = problems_of(cwd, {})
    assert problem.key == "sessionProvider.mysql.database"
    write(cwd, complete=False, dsn="nonsense")
    (problem,) = problems_of(cwd, {})
    assert problem.key == "sessionProvider.mysql.dsn"


def test_a_dsn_in_the_environment_is_enough(cwd: Path) -> None:
    mysql, config = load(cwd, OPENCODE_SESSION_PROVIDER_TYPE="mysql", OPENCODE_MYSQL_DSN=DSN)
    assert (mysql.host, mysql.port, mysql.database, mysql.username) == (
        *("db", 3307),
        *("sessions", "me"),
    )
    assert mysql.tls.mode is TLSMode.VERIFY_IDENTITY
    assert mysql.resolve_password({}).reveal() == "hunter2"
    assert mysql.password_source.key == "OPENCODE_MYSQL_DSN"
    assert config.warnings == ()


def test_defaults(cwd: Path) -> None:
    write(cwd)
    mysql, _ = load(cwd)
    assert mysql == MySQLSettings(database="sessions", username="me")
    assert mysql.resolve_password({}) == Secret()


def test_idle_connections_follow_a_lower_maximum(cwd: Path) -> None:
    write(cwd, maxConnections=2)
    assert load(cwd)[0].max_idle_connections == 2


def test_with_sqlite_the_section_is_checked_and_unused(cwd: Path) -> None:
    path = cwd / FILE
    path.write_text(json.dumps({"sessionProvider": {"mysql": {"host": "db"}}}))
    assert load_config(cwd, environ={}).mysql is None
    path.write_text(json.dumps({"sessionProvider": {"mysql": {"hots": "db"}}}))
    (problem,) = problems_of(cwd, {})
    assert problem.remedy == "did you mean host?"


def test_a_dsn_without_a_choice_of_mysql_is_warned_of(cwd: Path) -> None:
    config = load_config(cwd, environ={"OPENCODE_MYSQL_DSN": DSN})
    assert config.provider is ProviderType.SQLITE
    assert "OPENCODE_SESSION_PROVIDER_TYPE=mysql" in config.warnings[0]
    (cwd / FILE).write_text('{"sessionProvider": {"type": "sqlite"}}')
    assert load_config(cwd, environ={"OPENCODE_MYSQL_DSN": DSN}).warnings == ()


# Precedence


def test_the_dsn_of_the_environment_goes_before_single_settings(cwd: Path) -> None:
    write(
        cwd,
        host="other",
        port=1,
        database="other",
        username="other",
        passwordCommand="false",
        maxConnections=7,
        tls={"mode": "disabled"},
    )
    mysql, config = load(cwd, OPENCODE_MYSQL_DSN=DSN, OPENCODE_MYSQL_PASSWORD="other")
    assert (mysql.host, mysql.port, mysql.database, mysql.username) == (
        *("db", 3307),
        *("sessions", "me"),
    )
    assert mysql.resolve_password({}).reveal() == "hunter2"
    assert mysql.max_connections == 7
    assert mysql.tls.mode is TLSMode.VERIFY_IDENTITY
    assert config.origins["sessionProvider.mysql.host"] == "environment"
    assert config.origins["sessionProvider.mysql.maxConnections"] == str(cwd / FILE)


def test_what_a_dsn_leaves_out_comes_from_below(cwd: Path) -> None:
    write(cwd, host="db", port=3307, tls={"mode": "required"})
    mysql, _ = load(cwd, OPENCODE_MYSQL_DSN="you@/", OPENCODE_MYSQL_PASSWORD="hunter2")
    assert (mysql.host, mysql.port, mysql.database, mysql.username) == (
        *("db", 3307),
        *("sessions", "you"),
    )
    assert mysql.tls.mode is TLSMode.REQUIRED
    assert mysql.password.reveal() == "hunter2"
    assert mysql.password_source.key == "OPENCODE_MYSQL_PASSWORD"


def test_an_address_in_a_dsn_comes_as_a_whole(cwd: Path) -> None:
    write(cwd, host="db", port=3307)
    mysql, _ = load(cwd, OPENCODE_MYSQL_DSN="you@tcp(other)/")
    assert (mysql.host, mysql.port) == ("other", 3306)


def test_a_later_file_goes_before_an_earlier_dsn(cwd: Path, home: Path) -> None:
    write(home, complete=False, dsn=DSN)
    write(cwd, complete=False, database="mine")
    mysql, _ = load(cwd)
    assert (mysql.host, mysql.database) == ("db", "mine")
    write(cwd, complete=False, dsn=None, database="mine", username="you")
    mysql, _ = load(cwd)
    assert (mysql.host, mysql.database, mysql.username) == ("localhost", "mine", "you")


def test_the_callers_dsn_goes_before_the_environment(cwd: Path) -> None:
    overrides = Overrides(dsn="mysql://you:secret@override/x")
    mysql, _ = load(cwd, overrides, OPENCODE_MYSQL_DSN=DSN)
    assert (mysql.host, mysql.port, mysql.username) == ("override", 3306, "you")
    assert mysql.password.reveal() == "secret"


def test_socket_and_host_replace_each_other(cwd: Path, home: Path) -> None:
    write(home, socket="/run/mysql.sock")
    assert load(cwd)[0].socket == "/run/mysql.sock"
    write(cwd, complete=False, host="db")
    mysql, _ = load(cwd)
    assert (mysql.socket, mysql.host) == (None, "db")
    mysql, _ = load(cwd, OPENCODE_MYSQL_DSN="me@unix(/run/other.sock)/")
    assert mysql.socket == "/run/other.sock"


def test_a_later_password_source_replaces_an_earlier_one(cwd: Path, home: Path) -> None:
    write(home, password="env:HOME_PASSWORD")
    (cwd / "pw").write_text("filed\n")
    write(cwd, passwordFile="pw")
    mysql, config = load(cwd)
    assert mysql.resolve_password({}).reveal() == "filed"
    assert config.warnings == ()
    mysql, _ = load(cwd, OPENCODE_MYSQL_PASSWORD="env:literal")
    assert mysql.resolve_password({}).reveal() == "env:literal"


def test_two_password_sources_in_one_file_are_warned_of(cwd: Path) -> None:
    write(cwd, password="env:PW", passwordFile="pw")
    mysql, config = load(cwd, PW="hunter2")
    assert mysql.password_source.kind is PasswordKind.ENVIRONMENT
    (warning,) = config.warnings
    assert "mysql.password goes before sessionProvider.mysql.passwordFile" in warning


def test_dsn_times_are_honoured(cwd: Path) -> None:
    write(cwd, connectionTimeout=1, readTimeout=2)
    mysql, _ = load(cwd)
    assert (mysql.connection_timeout, mysql.read_timeout, mysql.write_timeout) == (1, 2, 2)
    write(cwd, readTimeout=2, writeTimeout=3)
    mysql, _ = load(cwd)
    assert (mysql.read_timeout, mysql.write_timeout) == (2, 3)
    dsn = "me@/?timeout=1m&readTimeout=500ms&writeTimeout=2.5s"
    mysql, _ = load(cwd, OPENCODE_MYSQL_DSN=dsn)
    times = (mysql.connection_timeout, mysql.read_timeout, mysql.write_timeout)
    assert times == (60, 0.5, 2.5)


# The account for migrations


def test_the_migration_account_takes_what_it_leaves_out_from_the_other(cwd: Path) -> None:
    write(cwd, host="db", password="env:PW", tls={"mode": "required"}, maxConnections=3)
    mysql, _ = load(cwd, PW="hunter2", OPENCODE_MYSQL_MIGRATION_DSN="ddl:other@/")
    migration = mysql.migration
    assert migration
    assert (migration.username, migration.host, migration.database) == ("ddl", "db", "sessions")
    assert migration.tls.mode is TLSMode.REQUIRED
    assert migration.resolve_password({}).reveal() == "other"
    assert migration.migration is None
    assert mysql.resolve_password({"PW": "hunter2"}).reveal() == "hunter2"


def test_another_migration_account_does_not_get_the_password(cwd: Path) -> None:
    write(cwd, password="env:PW")
    mysql, _ = load(cwd, PW="hunter2", OPENCODE_MYSQL_MIGRATION_DSN="ddl@/")
    assert mysql.migration
    assert mysql.migration.password_source.kind is PasswordKind.NONE
    mysql, _ = load(cwd, PW="hunter2", OPENCODE_MYSQL_MIGRATION_DSN="me@tcp(direct)/")
    assert mysql.migration
    assert mysql.migration.resolve_password({"PW": "hunter2"}).reveal() == "hunter2"


def test_a_migration_account_is_checked_as_a_whole(cwd: Path) -> None:
    write(cwd)
    (problem,) = problems_of(cwd, {"OPENCODE_MYSQL_MIGRATION_DSN": "ddl@/?ssl-key=/key.pem"})
    assert (problem.where, problem.message) == ("environment", "a key without a certificate")


def test_migrations_of_another_database_are_refused(cwd: Path) -> None:
    write(cwd)
    (problem,) = problems_of(cwd, {"OPENCODE_MYSQL_MIGRATION_DSN": "ddl:x@/other"})
    assert problem.key == "OPENCODE_MYSQL_MIGRATION_DSN"
    assert "names database other, but the sessions are in sessions" in problem.message


# Passwords


def test_a_password_in_clear_is_warned_of(cwd: Path) -> None:
    path = write(cwd, password="hunter2")
    mysql, config = load(cwd)
    assert mysql.resolve_password({}).reveal() == "hunter2"
    (warning,) = config.warnings
    assert warning.startswith(f"{path}: sessionProvider.mysql.password holds a password in clear")
    assert "OTHER USERS" not in warning
    assert "hunter2" not in warning


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_it_is_warned_of_louder_when_others_can_read_it(cwd: Path, mode: int) -> None:
    path = write(cwd, mode=mode, password="hunter2")
    (warning,) = load(cwd)[1].warnings
    assert f"OTHER USERS CAN READ IT: chmod 600 {path}" in warning


def test_a_dsn_with_password_in_a_file_is_warned_of(cwd: Path) -> None:
    write(cwd, complete=False, dsn=DSN)
    (warning,) = load(cwd)[1].warnings
    assert "sessionProvider.mysql.dsn holds a password" in warning
    write(cwd, complete=False, dsn="me@tcp(db)/sessions")
    assert load(cwd)[1].warnings == ()


def test_a_command_in_the_working_directory_is_warned_of(cwd: Path, home: Path) -> None:
    write(home, passwordCommand="pass db")
    assert load(cwd)[1].warnings == ()
    write(cwd, passwordCommand="pass db")
    (warning,) = load(cwd)[1].warnings
    assert "runs what this directory's file says" in warning


def test_a_password_from_the_environment(cwd: Path) -> None:
    write(cwd, password="env:PW")
    mysql, config = load(cwd, PW="hunter2")
    assert mysql.password == Secret()
    assert mysql.resolve_password({"PW": "later"}).reveal() == "later"
    assert config.warnings == ()
    (problem,) = problems_of(cwd, {})
    assert problem.message == "PW is not set in the environment"


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_a_password_from_a_file(cwd: Path, ending: str) -> None:
    (cwd / "pw").write_bytes(f"pä ss {ending}".encode())
    for reference in ("pw", str(cwd / "pw")):
        write(cwd, passwordFile=reference)
        assert load(cwd)[0].resolve_password({}).reveal() == "pä ss "


def test_a_password_file_in_the_home_directory(cwd: Path, home: Path) -> None:
    (home / "pw").write_text("hunter2\n")
    write(cwd, passwordFile="~/pw")
    mysql, _ = load(cwd)
    assert mysql.resolve_password({"HOME": str(home)}).reveal() == "hunter2"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "there is no file"),
        (b"", "is empty"),
        (b"\n", "is empty"),
        (b"hunter2\nmore\n", "more than one line"),
        (b"\xff", "is not UTF-8"),
        (b"x" * 70_000, "too large"),
    ],
)
def test_a_bad_password_file_is_told_at_once(
    cwd: Path, content: bytes | None, message: str
) -> None:
    if content is not None:
        (cwd / "pw").write_bytes(content)
    write(cwd, passwordFile="pw")
    (problem,) = problems_of(cwd, {})
    assert problem.key == "sessionProvider.mysql.passwordFile"
    assert message in problem.message
    assert "hunter2" not in str(problem)


def script(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(["#!/bin/sh", *lines, ""]))
    path.chmod(0o700)
    return path


def test_an_unreadable_password_file_is_told(cwd: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (cwd / "pw").write_text("hunter2")
    write(cwd, passwordFile="pw")

    real = Path.is_file

    def refuse(self: Path) -> bool:
        if self.name == "pw":
            raise PermissionError(13, "Permission denied")
        return real(self)

    # Not by chmod: root may read everything.
    monkeypatch.setattr(Path, "is_file", refuse)
    (problem,) = problems_of(cwd, {})
    assert problem.message == f"{cwd / 'pw'} cannot be read: Permission denied"


def test_a_password_from_a_command_runs_only_when_asked(cwd: Path) -> None:
    ran = cwd / "ran"
    program = script(cwd / "ask me", f'echo "$1 $NAME" && touch {ran}')
    write(cwd, passwordCommand=f'"{program}" "two words"')
    mysql, _ = load(cwd)
    assert not ran.exists()
    assert mysql.resolve_password({"NAME": "x", **os.environ}).reveal() == "two words x"


def test_a_command_starts_in_the_directory_of_its_file(cwd: Path) -> None:
    script(cwd / "ask", "echo $PWD")
    write(cwd, passwordCommand="./ask")
    assert load(cwd)[0].resolve_password(os.environ).reveal() == str(cwd)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["echo hunter2; echo hunter2 >&2; exit 3"], "ask failed with exit status 3"),
        (["true"], "the output of ask is empty"),
        (["echo hunter2; echo user: x"], "the output of ask has more than one line"),
        (["printf '\\377'"], "the output of ask is not UTF-8"),
        (["exec sleep 60"], "ask did not finish within 0.2 seconds"),
    ],
)
def test_a_failing_command_is_told_without_its_arguments(
    cwd: Path, monkeypatch: pytest.MonkeyPatch, lines: list[str], message: str
) -> None:
    monkeypatch.setattr(password_module, "COMMAND_TIME_LIMIT", 0.2)
    if "sleep" not in lines[0]:
        monkeypatch.setattr(password_module, "COMMAND_TIME_LIMIT", 60)
    program = script(cwd / "ask", *lines)
    write(cwd, passwordCommand=f"{program} --token hunter2")
    mysql, _ = load(cwd)
    with pytest.raises(ConfigError) as caught:
        mysql.resolve_password(os.environ)
    assert message in caught.value.message
    assert "hunter2" not in caught.value.message


def test_a_missing_command_is_told(cwd: Path) -> None:
    write(cwd, passwordCommand="no-such-program --token hunter2")
    with pytest.raises(ConfigError, match="no-such-program cannot be run: No such file"):
        load(cwd)[0].resolve_password(os.environ)


# TLS


def test_a_ca_alone_means_that_it_is_checked(cwd: Path) -> None:
    (cwd / "ca.pem").touch()
    write(cwd, tls={"ca": "ca.pem"})
    mysql, _ = load(cwd)
    assert mysql.tls.mode is TLSMode.VERIFY_IDENTITY
    assert mysql.tls.ca == cwd / "ca.pem"
    write(cwd, tls={"ca": "ca.pem", "mode": "required"})
    assert load(cwd)[0].tls.mode is TLSMode.REQUIRED


def test_missing_certificates_are_told_together(cwd: Path) -> None:
    write(cwd, tls={"ca": "ca.pem", "cert": "cert.pem", "key": "key.pem"})
    assert [problem.key.rpartition(".")[2] for problem in problems_of(cwd, {})] == [
        *("ca", "cert", "key"),
    ]


def test_certificates_without_tls_are_warned_of(cwd: Path) -> None:
    (cwd / "ca.pem").touch()
    write(cwd, tls={"ca": "ca.pem", "mode": "disabled"})
    assert "is disabled" in load(cwd)[1].warnings[0]


# Showing it


@pytest.mark.parametrize(
    ("section", "environ"),
    [
        ({"database": "sessions", "username": "me"}, {}),
        ({"readTimeout": 5, "maxConnections": 2}, {"OPENCODE_MYSQL_DSN": DSN}),
        ({"dsn": "me@unix(/run/db)/sessions?writeTimeout=250ms"}, {}),
        ({"dsn": DSN, "passwordCommand": "pass show db"}, {}),
        ({"dsn": "me@/sessions", "passwordFile": "pw", "tls": {"ca": "ca.pem"}}, {}),
        ({"dsn": "me@/sessions", "password": "env:PW"}, {"PW": "hunter2"}),
        ({"dsn": DSN}, {"OPENCODE_MYSQL_MIGRATION_DSN": "ddl:hunter3@/?timeout=9s"}),
    ],
)
def test_the_effective_configuration_is_a_valid_file_again(
    cwd: Path, section: dict[str, object], environ: dict[str, str]
) -> None:
    for name in ("pw", "ca.pem"):
        (cwd / name).write_text("x")
        (cwd / name).chmod(0o600)
    write(cwd, section, complete=False)
    shown = load(cwd, None, **environ)[1].redacted()
    (cwd / FILE).write_text(json.dumps(shown))
    assert load(cwd, None, **environ)[1].redacted() == shown


def test_what_no_file_can_set_is_shown_apart(cwd: Path) -> None:
    write(cwd)
    shown = load(cwd, OPENCODE_MYSQL_MIGRATION_DSN="ddl@/")[1].redacted()
    assert shown["migration"]["username"] == "ddl"  # type: ignore[index]
    config = load_config(cwd, overrides=Overrides(dsn="sqlite:///x.db"))
    assert config.redacted()["databaseFile"] == str(cwd / "x.db")
    assert config.redacted()["sessionProvider"] == {"type": "sqlite", "autoMigrate": True}


# No secret gets out


def test_secrets_are_masked_wherever_a_configuration_is_shown(cwd: Path) -> None:
    write(cwd, password="hunter2")
    mysql, config = load(cwd, OPENCODE_MYSQL_MIGRATION_DSN="ddl:hunter3@/")
    shown = json.dumps(config.redacted())
    assert '"password": "***"' in shown
    assert '"migration"' in shown
    for text in (shown, repr(config), str(config), f"{config}", str(dataclasses.asdict(mysql))):
        assert "hunter" not in text
    assert mysql.password.reveal() == "hunter2"


@pytest.mark.parametrize(
    ("settings", "shown"),
    [
        ({"password": "env:PW"}, {"password": "env:PW"}),
        ({"passwordFile": "pw"}, {"passwordFile": "pw"}),
        ({"passwordCommand": "/bin/pass --token hunter2"}, {"passwordCommand": "pass ***"}),
        ({}, {"password": None}),
    ],
)
def test_where_a_password_comes_from_is_shown(
    cwd: Path, settings: dict[str, object], shown: dict[str, object]
) -> None:
    (cwd / "pw").write_text("hunter2")
    write(cwd, settings)
    _, config = load(cwd, PW="hunter2")
    provider = config.redacted()["sessionProvider"]
    assert isinstance(provider, dict)
    account = provider["mysql"]
    assert {key: value for key, value in account.items() if key.startswith("password")} == shown
    assert "hunter2" not in repr(config) + json.dumps(config.redacted())


def test_a_secret_behaves_like_a_value() -> None:
    secret = Secret("hunter2")
    assert f"{secret} {secret!r} {secret!s}" == "*** *** ***"
    assert secret == Secret("hunter2")
    assert secret != Secret("hunter3")
    assert secret != "hunter2"
    assert len({secret, Secret("hunter2")}) == 1
    assert secret
    assert not Secret()
    assert b"Secret" in pickle.dumps(secret)
    with pytest.raises(TypeError):
        json.dumps(secret)


def test_overrides_do_not_show_their_dsn() -> None:
    assert "hunter2" not in repr(Overrides(dsn=DSN))
