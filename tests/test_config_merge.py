"""Merging two configuration files, as properties."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opencode.config import load_config
from tests.config_files import FILE, write


@pytest.fixture
def cwd(tmp_path: Path) -> Path:
    directory = tmp_path / "work"
    directory.mkdir()
    return directory


SCALARS: dict[str, st.SearchStrategy[object]] = {
    "data.directory": st.sampled_from(["a", "b", "/c"]),
    "project.id": st.sampled_from(["p", "q"]),
    "author": st.sampled_from(["x", "y"]),
    "theme": st.sampled_from(["dark", "light"]),
    "sessionProvider.autoMigrate": st.booleans(),
    "sessionProvider.mysql.host": st.sampled_from(["h1", "h2"]),
    "sessionProvider.mysql.port": st.integers(1, 65_535),
    "sessionProvider.mysql.database": st.sampled_from(["d1", "d2"]),
    "sessionProvider.mysql.username": st.sampled_from(["u1", "u2"]),
    "sessionProvider.mysql.maxConnections": st.integers(10, 20),
    "sessionProvider.mysql.readTimeout": st.floats(0.5, 100),
    "sessionProvider.mysql.tls.mode": st.sampled_from(["disabled", "required"]),
}
SOME = st.fixed_dictionaries({}, optional={k: v | st.none() for k, v in SCALARS.items()})


def nested(flat: Mapping[str, object]) -> dict[str, Any]:
    document: dict[str, Any] = {}
    for key, value in flat.items():
        *sections, name = key.split(".")
        place = document
        for section in sections:
            place = place.setdefault(section, {})
        place[name] = value
    return document


def deep_merge(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        both = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = deep_merge(merged[key], value) if both else value
    return merged


COMPLETE = {
    "sessionProvider": {"type": "mysql", "mysql": {"database": "d0", "username": "u0"}},
}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(first=SOME, second=SOME)
def test_two_files_are_as_good_as_one_merged_by_hand(
    cwd: Path, home: Path, first: dict[str, object], second: dict[str, object]
) -> None:
    complete = {"OPENCODE_SESSION_PROVIDER_TYPE": "sqlite", "HOME": str(home)}
    below, above = nested(first), nested(second)
    write(home, below)
    write(cwd, above)
    from_two = load_config(cwd, environ=complete)
    (home / FILE).unlink()
    write(cwd, deep_merge(below, above))
    from_one = load_config(cwd, environ=complete)
    assert from_two.redacted() == from_one.redacted()
    for key, value in second.items():
        expected = str(cwd / FILE) if value is not None else "default"
        assert from_two.origins[key] == expected


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(first=SOME, second=SOME)
def test_later_files_win_in_the_mysql_section(
    cwd: Path, home: Path, first: dict[str, object], second: dict[str, object]
) -> None:
    needed = ("sessionProvider.mysql.database", "sessionProvider.mysql.username")
    second = {key: value for key, value in second.items() if value or key not in needed}
    write(home, deep_merge(nested({k: v for k, v in first.items() if v is not None}), COMPLETE))
    write(cwd, nested(second))
    mysql = load_config(cwd).mysql
    assert mysql
    for key, name in [
        ("host", "host"),
        ("port", "port"),
        ("database", "database"),
        ("username", "username"),
        ("maxConnections", "max_connections"),
        ("readTimeout", "read_timeout"),
    ]:
        value = second.get(f"sessionProvider.mysql.{key}")
        if value is not None:
            assert getattr(mysql, name) == value
