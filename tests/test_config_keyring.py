"""Passwords of the system's keyring, with a keyring of our own in its place."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, NoKeyringError

from opencode.config import Config, load_config
from opencode.config.server import PasswordKind
from opencode.errors import ConfigError

FILE = ".opencode.json"


class FakeKeyring(KeyringBackend):
    """Holds what it is given; `failure` is raised instead of an answer."""

    passwords: dict[tuple[str, str], str]
    failure: Exception | None = None
    priority: Any = 1

    def set_password(self, service: str, username: str, password: str) -> None:
        self.passwords[service, username] = password

    def get_password(self, service: str, username: str) -> str | None:
        if self.failure:
            raise self.failure
        return self.passwords.get((service, username))


@pytest.fixture
def backend() -> Iterator[FakeKeyring]:
    before = keyring.get_keyring()
    backend = FakeKeyring()  # type: ignore[no-untyped-call]
    backend.passwords = {}
    keyring.set_keyring(backend)
    yield backend
    keyring.set_keyring(before)


def write(directory: Path, password: str = "keyring:team db", **more: object) -> Path:
    account = {"database": "sessions", "username": "ann", "password": password, **more}
    path = directory / FILE
    path.write_text(json.dumps({"sessionProvider": {"type": "mysql", "mysql": account}}))
    return path


def load(directory: Path, **environ: str) -> Config:
    return load_config(directory, environ=environ)


def resolve(config: Config) -> str:
    assert config.mysql
    return config.mysql.resolve_password({}).reveal()


def test_the_password_of_service_and_user(tmp_path: Path, backend: FakeKeyring) -> None:
    backend.passwords = {("team db", "ann"): "hunter2", ("team db", "bob"): "other"}
    write(tmp_path)
    config = load(tmp_path)
    assert config.mysql
    assert config.mysql.password_source.kind is PasswordKind.KEYRING
    assert resolve(config) == "hunter2"
    assert "hunter2" not in repr(config)


def test_the_user_may_come_from_elsewhere(tmp_path: Path, backend: FakeKeyring) -> None:
    backend.passwords = {("team db", "bob"): "other"}
    write(tmp_path)
    assert resolve(load(tmp_path, OPENCODE_MYSQL_DSN="bob@tcp(db)/sessions")) == "other"


def test_it_is_asked_only_when_the_password_is_needed(tmp_path: Path, backend: FakeKeyring) -> None:
    backend.failure = AssertionError()
    write(tmp_path)
    assert load(tmp_path).redacted()["sessionProvider"]["mysql"]["password"] == "keyring:team db"  # type: ignore[index]


@pytest.mark.parametrize(
    ("failure", "message"),
    [
        (None, "no password for service 'team db' and user 'ann'"),
        (NoKeyringError("No recommended backend\n was available."), "No recommended backend was"),
        (KeyringLocked(), "the system's keyring cannot be read: KeyringLocked"),
    ],
)
def test_what_fails_is_told(
    tmp_path: Path, backend: FakeKeyring, failure: Exception | None, message: str
) -> None:
    backend.failure = failure
    path = write(tmp_path)
    with pytest.raises(ConfigError) as caught:
        resolve(load(tmp_path))
    (problem,) = caught.value.problems
    assert message in problem.message
    assert (problem.where, problem.key) == (str(path), "sessionProvider.mysql.password")
    assert problem.remedy


def test_without_the_package_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    write(tmp_path)
    with pytest.raises(ConfigError, match=r"pip install 'opencode-py\[keyring\]'"):
        resolve(load(tmp_path))


def test_a_service_must_be_named(tmp_path: Path) -> None:
    write(tmp_path, "keyring: ")
    with pytest.raises(ConfigError, match="names no service of the keyring"):
        load(tmp_path)


def test_only_in_a_file_it_is_more_than_a_password(tmp_path: Path) -> None:
    write(tmp_path)
    assert resolve(load(tmp_path, OPENCODE_MYSQL_PASSWORD="keyring:x")) == "keyring:x"
    dsn = "mysql://ann:keyring%3Ax@db/d"
    assert resolve(load(tmp_path, OPENCODE_MYSQL_DSN=dsn)) == "keyring:x"


def test_it_is_no_password_in_clear_but_not_for_a_checkout(tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    write(tmp_path)
    assert load(checkout, HOME=str(tmp_path)).warnings == ()
    write(checkout)
    (warning,) = load(checkout).warnings
    assert "takes from the keyring what this directory's file says" in warning
