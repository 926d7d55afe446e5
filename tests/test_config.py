"""Where configuration comes from: files in their order, the environment, the caller."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from opencode.config import (
    Config,
    Overrides,
    ProviderType,
    config_paths,
    load_config,
    resolve_data_directory,
)
from opencode.config.fields import FILE_FIELDS, VARIABLES
from opencode.config.schema import json_schema
from tests.config_files import FILE, only_problem, problems_of, write
from tests.conftest import PROJECT, GitRepository


@pytest.fixture
def cwd(tmp_path: Path) -> Path:
    directory = tmp_path / "work"
    directory.mkdir()
    return directory


# Files, and the order they are looked at


def test_without_any_file_or_variable_all_is_at_its_default(cwd: Path) -> None:
    config = load_config(cwd)
    assert config.data_directory == ".opencode"
    assert config.provider is ProviderType.SQLITE
    assert config.auto_migrate is True
    assert config.mysql is None
    assert config.log_level == "INFO"
    assert config.sources == ()
    assert config.warnings == ()
    assert set(config.origins.values()) == {"default"}
    assert config == Config(origins=config.origins)


@pytest.mark.parametrize("first", [0, 1, 2])
def test_the_first_home_file_that_exists_counts(cwd: Path, home: Path, first: int) -> None:
    environ = {"HOME": str(home), "XDG_CONFIG_HOME": str(home / "xdg")}
    places = [home, home / "xdg" / "opencode", home / ".config" / "opencode"]
    for number, place in enumerate(places):
        if number >= first:
            write(place, {"author": f"number {number}"})
    config = load_config(cwd, environ=environ)
    assert config.author == f"number {first}"
    assert config.sources == (places[first] / FILE,)


def test_the_working_directory_goes_before_home_key_by_key(cwd: Path, home: Path) -> None:
    at_home = write(home, {"author": "home", "project": {"id": "home"}, "sessionProvider": None})
    own = write(cwd, {"project": {"id": "work"}, "sessionProvider": {"autoMigrate": False}})
    config = load_config(cwd)
    assert (config.author, config.project_id) == ("home", "work")
    assert config.auto_migrate is False
    assert config.sources == (at_home, own)
    assert config.origins["author"] == str(at_home)
    assert config.origins["project.id"] == str(own)
    assert config.origins["theme"] == "default"


def test_null_takes_an_earlier_value_back(cwd: Path, home: Path) -> None:
    write(home, {"author": "home", "sessionProvider": {"autoMigrate": False}})
    write(cwd, {"author": None, "sessionProvider": None})
    config = load_config(cwd)
    assert config.author is None
    assert config.auto_migrate is True


def test_a_file_is_read_once_when_home_is_the_working_directory(home: Path) -> None:
    write(home, {"theme_": 1, "themes": 1})
    config = load_config(home)
    assert len(config.sources) == 1
    assert len(config.warnings) == 2


def test_home_reached_by_a_link_is_still_one_file(tmp_path: Path, home: Path) -> None:
    write(home, {"author": "me"})
    (tmp_path / "link").symlink_to(home)
    assert len(load_config(tmp_path / "link").sources) == 1


def test_relative_or_missing_home_directories_are_not_looked_at(cwd: Path) -> None:
    environ = {"HOME": "", "XDG_CONFIG_HOME": "config"}
    assert config_paths(cwd, environ) == [(cwd / FILE, False)]
    assert load_config(cwd, environ={}).sources == ()


def test_config_paths_lists_all_places_in_order(cwd: Path, home: Path) -> None:
    write(cwd, {})
    environ = {"HOME": str(home), "XDG_CONFIG_HOME": str(home / ".config")}
    assert config_paths(cwd, environ) == [
        (home / FILE, False),
        (home / ".config" / "opencode" / FILE, False),
        (cwd / FILE, True),
    ]


def test_a_file_at_the_root_that_is_not_read_is_warned_of(git_repository: GitRepository) -> None:
    root = git_repository()
    path = write(root, {"sessionProvider": {"type": "mysql"}})
    below = root / "src"
    below.mkdir()
    config = load_config(below)
    assert config.provider is ProviderType.SQLITE
    assert config.warnings == (
        f"{path} is not read from here: the file of the working directory is, which is {below}",
    )
    write(root, {"agents": {}})
    assert load_config(below).warnings == ()
    write(root, "{")
    assert load_config(below).warnings == ()


# Environment and overrides


def test_the_environment_goes_before_files(cwd: Path) -> None:
    write(cwd, {"project": {"id": "file"}, "data": {"directory": "file"}})
    environ = {
        "OPENCODE_PROJECT_ID": " env ",
        "OPENCODE_DATA_DIRECTORY": "/env",
        "OPENCODE_LOG_LEVEL": "Debug",
        "OPENCODE_SESSION_PROVIDER_TYPE": "SQLite",
    }
    config = load_config(cwd, environ=environ)
    assert (config.project_id, config.data_directory) == ("env", "/env")
    assert config.log_level == "DEBUG"
    assert config.origins["project.id"] == "environment"
    assert config.origins["sessionProvider.type"] == "environment"


def test_empty_variables_count_as_not_set(cwd: Path) -> None:
    config = load_config(cwd, environ=dict.fromkeys(VARIABLES, ""))
    assert set(config.origins.values()) == {"default"}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("OPENCODE_SESSION_PROVIDER_TYPE", "postgres", 'unknown provider type "postgres"'),
        ("OPENCODE_LOG_LEVEL", "loud", 'unknown value "loud"'),
        ("OPENCODE_PROJECT_ID", "x" * 513, "has 513 characters"),
        ("OPENCODE_PROJECT_ID", "  ", "is empty"),
        ("OPENCODE_MYSQL_DSN", "root:hunter2", "no / before the database"),
        ("OPENCODE_MYSQL_MIGRATION_DSN", "root:hunter2@h/x", "wrong form"),
    ],
)
def test_wrong_variables_are_told(cwd: Path, name: str, text: str, message: str) -> None:
    problem = only_problem(cwd, environ={name: text})
    assert (problem.where, problem.key) == ("environment", name)
    assert message in problem.message
    assert "hunter2" not in str(problem)


def test_misspelt_variables_are_warned_of(cwd: Path) -> None:
    environ = {
        "OPENCODE_MYSQL_DNS": "x",
        "OPENCODE_SERVER": "x",
        "OPENCODE_MYSQL_TEST_DSN": "x",
        "OPENCODE": "1",
    }
    assert load_config(cwd, environ=environ).warnings == (
        "OPENCODE_MYSQL_DNS in the environment is ignored; did you mean OPENCODE_MYSQL_DSN?",
    )


def test_overrides_go_before_the_environment(cwd: Path) -> None:
    environ = {"OPENCODE_PROJECT_ID": "env", "OPENCODE_LOG_LEVEL": "error"}
    overrides = Overrides(project_id="mine", author="me", log_level="debug", data_directory="d")
    config = load_config(cwd, environ=environ, overrides=overrides)
    assert (config.project_id, config.author, config.data_directory) == ("mine", "me", "d")
    assert config.log_level == "DEBUG"
    assert config.origins["project.id"] == "command line"


def test_a_wrong_override_is_told(cwd: Path) -> None:
    (problem,) = problems_of(cwd, overrides=Overrides(project_id=" "))
    assert str(problem).startswith("command line: project: is empty")


@pytest.mark.parametrize("dsn", ["sqlite:///x/y?z#1%20 é.db", "SQLite:///x/y?z#1%20 é.db"])
def test_a_sqlite_dsn_names_the_exact_file(cwd: Path, dsn: str) -> None:
    (cwd / "x").mkdir()
    environ = {"OPENCODE_SESSION_PROVIDER_TYPE": "mysql"}
    config = load_config(cwd, environ=environ, overrides=Overrides(dsn=dsn))
    assert config.provider is ProviderType.SQLITE
    assert config.database_file == cwd / "x" / "y?z#1%20 é.db"
    assert resolve_data_directory(config, cwd=cwd, repository_root=cwd.parent) == cwd / "x"


def test_an_absolute_sqlite_dsn_takes_four_slashes(cwd: Path, tmp_path: Path) -> None:
    file = tmp_path / "x.db"
    config = load_config(cwd, overrides=Overrides(dsn=f"sqlite:///{file}"))
    assert config.database_file == file
    (problem,) = problems_of(cwd, overrides=Overrides(dsn=f"sqlite://{file}"))
    assert problem.remedy == f"an absolute path takes four slashes: sqlite:///{file}"


@pytest.mark.parametrize(
    "dsn", ["sqlite:", "sqlite://", "sqlite:///", "sqlite:////", "sqlite:///:memory:", "sqlite:x"]
)
def test_a_sqlite_dsn_without_file_is_refused(cwd: Path, dsn: str) -> None:
    (problem,) = problems_of(cwd, overrides=Overrides(dsn=dsn))
    assert (problem.key, problem.message) == ("dsn", "names no SQLite file")


def test_a_mysql_dsn_chooses_mysql(cwd: Path) -> None:
    write(cwd, {"sessionProvider": {"type": "sqlite"}})
    config = load_config(cwd, overrides=Overrides(dsn="mysql://me:hunter2@db/x"))
    assert config.provider is ProviderType.MYSQL
    assert config.mysql
    assert config.mysql.host == "db"
    assert config.origins["sessionProvider.mysql.host"] == "command line"


def test_a_dsn_that_contradicts_the_provider_is_refused(cwd: Path) -> None:
    overrides = Overrides(dsn="sqlite:///x.db", provider="mysql")
    (problem,) = problems_of(cwd, overrides=overrides)
    assert "names a sqlite database" in problem.message


# The data directory


def test_a_relative_data_directory_starts_at_the_root(tmp_path: Path) -> None:
    cwd = tmp_path / "src"
    cwd.mkdir()
    found = resolve_data_directory(Config(), cwd=cwd, repository_root=tmp_path)
    assert found == tmp_path / ".opencode"
    assert not found.exists()
    assert resolve_data_directory(Config(), cwd=cwd, repository_root=None) == cwd / ".opencode"


def test_a_database_in_the_working_directory_wins(tmp_path: Path) -> None:
    own = tmp_path / "src" / ".opencode"
    own.mkdir(parents=True)
    cwd = own.parent
    at_root = tmp_path / ".opencode"
    assert resolve_data_directory(Config(), cwd=cwd, repository_root=tmp_path) == at_root
    (own / "opencode.db").touch()
    assert resolve_data_directory(Config(), cwd=cwd, repository_root=tmp_path) == own


def test_home_and_absolute_data_directories(tmp_path: Path, home: Path) -> None:
    for text, expected in [("~", home), ("~/x", home / "x"), ("/abs/x", Path("/abs/x"))]:
        config = Config(data_directory=text)
        found = resolve_data_directory(config, cwd=tmp_path, repository_root=tmp_path)
        assert found == expected


# Showing it


def test_the_schema_lists_every_setting_and_lets_foreign_sections_through() -> None:
    schema: Any = json_schema()
    json.dumps(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["additionalProperties"] is True
    for key, field in FILE_FIELDS.items():
        node = schema
        for name in key.split("."):
            node = node["properties"][name]
        assert node["description"] == field.about
        assert node["type"] == [field.kind, "null"]
    provider = schema["properties"]["sessionProvider"]
    assert provider["additionalProperties"] is False
    assert provider["properties"]["type"]["enum"] == ["sqlite", "mysql", None]
    port = provider["properties"]["mysql"]["properties"]["port"]
    assert (port["minimum"], port["maximum"], port["default"]) == (1, 65_535, 3306)


def test_the_effective_configuration_is_a_valid_file_again(cwd: Path) -> None:
    write(cwd, {"author": "me", "project": {"id": "p"}, "data": {"directory": "d"}})
    shown = load_config(cwd).redacted()
    assert shown == {
        "data": {"directory": "d"},
        "project": {"id": "p"},
        "author": "me",
        "theme": None,
        "logLevel": "info",
        "sessionProvider": {"type": "sqlite", "autoMigrate": True},
    }
    write(cwd, shown)
    assert load_config(cwd).redacted() == shown


def test_importing_it_loads_nothing_heavy() -> None:
    heavy = {"subprocess", "difflib", "shlex", "sqlite3", "asyncio", "opencode.config.mysql"}
    code = (
        "import sys; from opencode.config import load_config; from pathlib import Path;"
        "load_config(Path.cwd()); print(*sys.modules)"
    )
    environ = {**os.environ, "PYTHONPATH": str(PROJECT)}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environ
    )
    assert not heavy & set(done.stdout.split())
