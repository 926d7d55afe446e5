"""Finding, reading and joining all that configures the program."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from opencode.config.fields import (
    BUSY_TIMEOUT,
    DATA_DIRECTORY,
    DSN,
    FIELDS,
    FILE_FIELDS,
    MYSQL,
    PROVIDER,
    THEME,
    Scalar,
)
from opencode.config.jsonc import read_object
from opencode.config.layers import (
    Layer,
    environment_layer,
    file_layer,
    merge,
    misspelt_variables,
    overrides_layer,
)
from opencode.config.model import Config, Overrides, ProviderType, Setting
from opencode.config.paths import FILE_NAME, config_paths, home_paths
from opencode.errors import ConfigError, Problem
from opencode.project.root import find_repository_root
from opencode.themes import THEMES

if TYPE_CHECKING:
    from opencode.config.server import MySQLSettings

__all__ = ["load_config"]

PASSWORD = f"{MYSQL}.password"
PASSWORD_COMMAND = f"{MYSQL}.passwordCommand"
OUR_KEYS = frozenset(key.partition(".")[0] for key in FILE_FIELDS)


class _Loading:
    """What has been found so far: layers from the weakest to the strongest, and what is wrong."""

    def __init__(self) -> None:
        self.layers: list[Layer] = []
        self.sources: list[Path] = []
        self.problems: list[Problem] = []
        self.warnings: list[str] = []

    def add(self, layer: Layer) -> None:
        self.layers.append(layer)
        self.problems += layer.problems
        self.warnings += layer.warnings


def load_config(
    cwd: Path, *, environ: Mapping[str, str] = os.environ, overrides: Overrides | None = None
) -> Config:
    """The configuration for a working directory: files, then environment, then `overrides`.

    Raises ConfigError with all problems at once. No password is read from a command here.
    """
    cwd = cwd.absolute()
    loading = _Loading()
    _add_files(loading, cwd, environ)
    loading.add(environment_layer(environ, cwd))
    loading.warnings += misspelt_variables(environ)
    given = overrides_layer(overrides, cwd) if overrides else Layer()
    loading.add(given)
    settings = merge(layer.settings for layer in loading.layers)
    mysql = _mysql(loading, settings, cwd, environ)
    _warn_of_theme(loading, settings)
    if loading.problems:
        hint = "opencode config path lists the files that are read"
        raise ConfigError(loading.problems, hint=hint, warnings=loading.warnings)
    return Config(
        data_directory=str(_value(settings, DATA_DIRECTORY)),
        project_id=_text(settings, "project.id"),
        author=_text(settings, "author"),
        provider=ProviderType(str(_value(settings, PROVIDER))),
        auto_migrate=bool(_value(settings, "sessionProvider.autoMigrate")),
        mysql=mysql,
        database_file=given.database_file,
        theme=_text(settings, THEME),
        log_level=str(_value(settings, "logLevel")).upper(),
        busy_timeout=float(str(_value(settings, BUSY_TIMEOUT))),
        sources=tuple(loading.sources),
        warnings=tuple(loading.warnings),
        origins=MappingProxyType(_origins(settings)),
    )


def _warn_of_theme(loading: _Loading, settings: Mapping[str, Setting]) -> None:
    """Another program's file may have this key with its own names: no error."""
    setting = settings.get(THEME)
    if setting is not None and setting.value is not None and setting.value not in THEMES:
        loading.warnings.append(
            f"{setting.origin}: theme {str(setting.value)[:40]!r} is ignored; "
            f"it is one of {', '.join(THEMES)}"
        )


def _add_files(loading: _Loading, cwd: Path, environ: Mapping[str, str]) -> None:
    own = cwd / FILE_NAME
    home = next((path for path in home_paths(environ) if os.path.lexists(path)), None)
    if home is not None and not _same_file(home, own):
        _add_file(loading, home)
    if _add_file(loading, own) and home != own:
        _warn_of_reach(loading, own)
    _warn_of_file_at_root(loading, cwd)


def _add_file(loading: _Loading, path: Path) -> bool:
    try:
        document = read_object(path)
    except ConfigError as error:
        loading.problems += error.problems
        return False
    if document is None:
        return False
    loading.sources.append(path)
    layer = file_layer(path, document)
    _warn_of_clear_password(layer, path)
    loading.add(layer)
    return True


def _warn_of_clear_password(layer: Layer, path: Path) -> None:
    setting = layer.settings.get(PASSWORD)
    if setting is None or not setting.value:
        return
    if setting.name == PASSWORD and str(setting.value).startswith(("env:", "keyring:")):
        return
    warning = f"{path}: {setting.name} holds a password in clear text; "
    remedy = "use env:NAME, keyring:SERVICE, passwordFile or passwordCommand"
    if path.stat().st_mode & 0o077:
        warning += f"OTHER USERS CAN READ IT: chmod 600 {path}, change the password and "
    layer.warnings.append(warning + remedy)


def _warn_of_reach(loading: _Loading, path: Path) -> None:
    """A checkout is somebody else's work, and its file may name another server too."""
    settings = loading.layers[-1].settings
    command, password = settings.get(PASSWORD_COMMAND), settings.get(PASSWORD)
    does = []
    if command and command.value:
        does.append(f"{PASSWORD_COMMAND} runs what this directory's file says")
    if password and password.name == PASSWORD and str(password.value).startswith("keyring:"):
        does.append(f"{PASSWORD} takes from the keyring what this directory's file says")
    remedy = "keep it in the file of your home directory"
    loading.warnings += [f"{path}: {what}; {remedy}" for what in does]


def _warn_of_file_at_root(loading: _Loading, cwd: Path) -> None:
    root = find_repository_root(cwd)
    if root is None:
        return
    path = root / FILE_NAME
    if not path.is_file() or any(_same_file(path, source) for source in loading.sources):
        return
    try:
        document = read_object(path) or {}
    except ConfigError:
        return
    if not OUR_KEYS.isdisjoint(document):
        loading.warnings.append(
            f"{path} is not read from here: the file of the working directory is, which is {cwd}"
        )


def _same_file(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return one == other


def _mysql(
    loading: _Loading, settings: Mapping[str, Setting], cwd: Path, environ: Mapping[str, str]
) -> MySQLSettings | None:
    relevant = [key for key in settings if key.startswith(f"{MYSQL}.")]
    provider = settings.get(PROVIDER)
    chosen = provider is not None and provider.value == ProviderType.MYSQL
    if not chosen and not relevant:
        return None
    # SQLite without a word on MySQL, which is the usual case, needs none of this.
    from opencode.config.mysql import check_references, missing_settings, mysql_settings

    reported = {problem.key for problem in loading.problems}
    mysql, problems, warnings = mysql_settings(settings, environ)
    loading.problems += problems
    loading.warnings += warnings
    if chosen:
        loading.problems += check_references(mysql, settings, environ)
        looked_at = [str(path) for path, _ in config_paths(cwd, environ)]
        missing = missing_settings(settings, reported=reported, looked_at=looked_at)
        # What a broken DSN would have said cannot be called missing.
        if missing and not reported & {DSN, "OPENCODE_MYSQL_DSN", "dsn"}:
            loading.problems.append(missing)
        return mysql
    if provider is None and environ.get("OPENCODE_MYSQL_DSN"):
        loading.warnings.append(
            "OPENCODE_MYSQL_DSN is set, but sessions are kept in SQLite; "
            "set OPENCODE_SESSION_PROVIDER_TYPE=mysql to use it"
        )
    return None


def _value(settings: Mapping[str, Setting], key: str) -> Scalar:
    setting = settings.get(key)
    return setting.value if setting else FIELDS[key].default


def _text(settings: Mapping[str, Setting], key: str) -> str | None:
    value = _value(settings, key)
    return None if value is None else str(value)


def _origins(settings: Mapping[str, Setting]) -> dict[str, str]:
    keys = (key for key in FIELDS if key != DSN)
    return {key: settings[key].origin if key in settings else "default" for key in keys}
