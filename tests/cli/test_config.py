from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Opencode


@pytest.fixture
def configured(checkout: Path) -> Path:
    """A configuration with a password in clear text."""
    file = checkout / ".opencode.json"
    mysql = {"host": "db", "database": "oc", "username": "ada", "password": "s3cret"}
    config = {"author": "Ada", "sessionProvider": {"type": "mysql", "mysql": mysql}}
    file.write_text(json.dumps(config))
    file.chmod(0o600)
    return file


def test_show(opencode: Opencode, configured: Path) -> None:
    done = opencode("config", "show")
    assert done.code == 0
    lines = [line.split() for line in done.out.splitlines()]
    assert ["author", "Ada", str(configured)] in lines
    assert ["sessionProvider.mysql.password", "***", str(configured)] in lines
    assert ["sessionProvider.autoMigrate", "true", "default"] in lines
    assert done.err.count("warning: ") == 1
    assert "clear text" in done.err
    assert "s3cret" not in done.out + done.err


def test_show_tells_where_the_account_for_migrations_comes_from(
    opencode: Opencode, configured: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENCODE_MYSQL_MIGRATION_DSN", "ddl:s3cret@/")
    done = opencode("config", "show")
    lines = [line.split() for line in done.out.splitlines()]
    assert ["migration.username", "ddl", "environment"] in lines
    assert "s3cret" not in done.out + done.err


def test_show_as_json(opencode: Opencode, configured: Path) -> None:
    done = opencode("config", "show", "--json", "--debug")
    assert done.json["author"] == "Ada"
    assert done.json["sessionProvider"]["mysql"]["password"] == "***"
    assert "s3cret" not in done.out + done.err


def test_path(opencode: Opencode, configured: Path, home: Path) -> None:
    done = opencode("config", "path")
    assert done.out.splitlines() == [
        f"{home}/.opencode.json",
        f"{home}/.config/opencode/.opencode.json",
        str(configured),
    ]
    assert done.err == f"found {configured}\n"
    rows = opencode("config", "path", "--json").json
    assert [row["exists"] for row in rows] == [False, False, True]
    assert rows[-1]["path"] == str(configured)


def test_check_of_a_good_configuration(opencode: Opencode, checkout: Path) -> None:
    file = checkout / ".opencode.json"
    file.write_text(json.dumps({"author": "ada", "agents": {"coder": 1}}))
    done = opencode("config", "check")
    assert (done.code, done.out) == (0, f"{file}: ok\n")
    assert done.err == "the configuration is usable: sessions are kept in sqlite\n"


def test_check_of_a_password_in_the_file(opencode: Opencode, configured: Path) -> None:
    done = opencode("config", "check")
    assert (done.code, done.out) == (0, f"{configured}: 1 warning\n")
    assert done.err.endswith("is usable, with 1 warning: sessions are kept in mysql\n")


def test_check_counts_the_warnings_of_a_file(opencode: Opencode, checkout: Path) -> None:
    file = checkout / ".opencode.json"
    file.write_text(json.dumps({"theme": "purple", "agents": {"coder": 1}}))
    done = opencode("config", "check")
    assert (done.code, done.out) == (0, f"{file}: 1 warning\n")
    assert "theme 'purple' is ignored" in done.err
    assert "the configuration is usable, with 1 warning: sessions are kept in sqlite" in done.err


def test_check_tells_warnings_beside_problems(opencode: Opencode, checkout: Path) -> None:
    config = {"theme": "purple", "sessionProvider": {"type": "oracle"}}
    (checkout / ".opencode.json").write_text(json.dumps(config))
    done = opencode("config", "check")
    assert (done.code, done.out) == (2, "")
    warning, error, *_ = done.err.splitlines()
    assert warning.startswith(f"warning: {checkout}/.opencode.json: theme 'purple' is ignored")
    assert error.startswith("error: ")


def test_check_without_any(opencode: Opencode) -> None:
    done = opencode("config", "check")
    assert (done.code, done.out) == (0, "")
    assert "sessions are kept in sqlite (no file" in done.err


def test_check_tells_all_problems_at_once(opencode: Opencode, checkout: Path) -> None:
    config = {"sessionProvider": {"type": "oracle", "autoMigrat": 1}, "author": 7}
    (checkout / ".opencode.json").write_text(json.dumps(config))
    done = opencode("config", "check")
    assert (done.code, done.out) == (2, "")
    first, *problems, hint = done.err.splitlines()
    assert first == "error: 3 problems in the configuration"
    assert len(problems) == 3
    assert all(line.startswith(f"  {checkout}/.opencode.json: ") for line in problems)
    assert hint.startswith("hint: ")
    assert opencode("session", "list").code == 2


def test_another_directory_s_configuration(
    opencode: Opencode, configured: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    assert opencode("-c", str(other), "config", "show", "--json").json["author"] is None
    assert opencode("config", "path", "-c", str(other)).out.endswith("/other/.opencode.json\n")


def test_schema_describes_what_show_shows(opencode: Opencode) -> None:
    schema = opencode("config", "schema").json
    assert schema["$schema"].startswith("https://json-schema.org/")
    assert {"data", "project", "sessionProvider"} <= set(schema["properties"])
