"""Getting a password from where the configuration says it is."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from opencode.config.paths import expand_home
from opencode.config.server import PasswordKind, PasswordSource, Secret
from opencode.errors import ConfigError, Problem

__all__ = ["command_name", "password_path", "resolve"]

COMMAND_TIME_LIMIT = 60.0
"""Seconds; a password manager may have to ask for a PIN first."""
LONGEST_FILE = 64 * 1024


def resolve(source: PasswordSource, text: Secret, environ: Mapping[str, str]) -> Secret:
    """The password; empty when none is configured. Raises ConfigError, never quoting it."""
    match source.kind:
        case PasswordKind.TEXT:
            return text
        case PasswordKind.ENVIRONMENT:
            return _from_environment(source, environ)
        case PasswordKind.FILE:
            return _from_file(source, environ)
        case PasswordKind.COMMAND:
            return _from_command(source, environ)
        case PasswordKind.KEYRING:
            return _from_keyring(source)
        case _:
            return Secret()


def password_path(source: PasswordSource, environ: Mapping[str, str]) -> Path:
    """The password file; a relative path starts at the configuration file's directory."""
    return (source.directory or Path()) / expand_home(source.reference, environ)


def command_name(command: str) -> str:
    """The program a command runs; its arguments may hold a token and stay hidden."""
    import shlex

    try:
        return Path(shlex.split(command)[0]).name
    except (ValueError, IndexError):
        return ""


def _from_environment(source: PasswordSource, environ: Mapping[str, str]) -> Secret:
    found = environ.get(source.reference, "")
    if not found:
        raise _problem(source, f"{source.reference} is not set in the environment", "set it")
    return Secret(found)


def _from_file(source: PasswordSource, environ: Mapping[str, str]) -> Secret:
    path = password_path(source, environ)
    try:
        if not path.is_file():
            raise _problem(source, f"there is no file {path}", "correct the path")
        with path.open("rb") as file:
            data = file.read(LONGEST_FILE + 1)
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}"
        raise _problem(source, message, "make it readable for yourself") from None
    if len(data) > LONGEST_FILE:
        raise _problem(source, f"{path} is too large to be a password", "correct the path")
    return _one_line(source, data, str(path))


def _from_command(source: PasswordSource, environ: Mapping[str, str]) -> Secret:
    import shlex
    import subprocess

    name = command_name(source.reference)
    try:
        done = subprocess.run(
            shlex.split(source.reference),
            cwd=source.directory,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=COMMAND_TIME_LIMIT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        message = f"{name} did not finish within {COMMAND_TIME_LIMIT:g} seconds"
        raise _problem(source, message, "run it by hand to see why") from None
    except OSError as error:
        message = f"{name} cannot be run: {error.strerror or os.strerror(error.errno or 0)}"
        raise _problem(source, message, "correct the command or install it") from None
    if done.returncode:
        message = f"{name} failed with exit status {done.returncode}"
        raise _problem(source, message, "run it by hand to see why")
    return _one_line(source, done.stdout, f"the output of {name}")


def _from_keyring(source: PasswordSource) -> Secret:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        message = "the package keyring is not installed"
        raise _problem(source, message, "pip install 'opencode-py[keyring]'") from None
    service, user = source.reference, source.username
    try:
        found = keyring.get_password(service, user)
    except KeyringError as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        message = f"the system's keyring cannot be read: {reason}"
        raise _problem(source, message, "unlock it, or keep the password elsewhere") from None
    if not found:
        message = f"the system's keyring has no password for service {service!r} and user {user!r}"
        raise _problem(source, message, f"keyring set {service} {user}")
    return Secret(found)


def _one_line(source: PasswordSource, data: bytes, what: str) -> Secret:
    try:
        password = data.decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError:
        raise _problem(source, f"{what} is not UTF-8", "store the password as UTF-8") from None
    if not password:
        raise _problem(source, f"{what} is empty", "put the password there")
    if "\n" in password or "\0" in password:
        message = f"{what} has more than one line"
        raise _problem(source, message, "leave nothing there but the password")
    return Secret(password)


def _problem(source: PasswordSource, message: str, remedy: str) -> ConfigError:
    return ConfigError([Problem(source.origin, source.key, message, remedy)])
