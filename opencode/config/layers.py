"""Layers of settings, from the weakest to the strongest: files, environment, the caller."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from opencode.config.fields import (
    DATA_DIRECTORY,
    DSN,
    FIELDS,
    MYSQL,
    PROVIDER,
    VARIABLES,
    Field,
    Scalar,
)
from opencode.config.model import Overrides, ProviderType, Setting
from opencode.config.validate import Checked, check, nearest
from opencode.errors import ConfigError, Problem

__all__ = [
    "COMMAND_LINE",
    "ENVIRONMENT",
    "PASSWORDS",
    "Layer",
    "dsn_layer",
    "environment_layer",
    "file_layer",
    "merge",
    "misspelt_variables",
    "overrides_layer",
]

ENVIRONMENT = "environment"
COMMAND_LINE = "command line"

SQLITE_SCHEME = "sqlite:"
PASSWORDS = tuple(f"{MYSQL}.{name}" for name in ("password", "passwordFile", "passwordCommand"))
ADDRESS = (f"{MYSQL}.host", f"{MYSQL}.port")
SOCKET = f"{MYSQL}.socket"

# Settings that say the same thing in another way: a layer that has one drops the others of the
# layers below.
RIVALS: Mapping[str, tuple[str, ...]] = {
    **{key: tuple(other for other in PASSWORDS if other != key) for key in PASSWORDS},
    **dict.fromkeys(ADDRESS, (SOCKET,)),
    SOCKET: ADDRESS,
}


class Layer:
    """The settings of one source, by dotted key; a value of None takes back what lies below."""

    __slots__ = ("database_file", "problems", "settings", "warnings")

    def __init__(self, problems: Iterable[Problem] = (), warnings: Iterable[str] = ()) -> None:
        self.settings: dict[str, Setting] = {}
        self.problems = list(problems)
        self.warnings = list(warnings)
        self.database_file: Path | None = None


def merge(layers: Iterable[Mapping[str, Setting]]) -> dict[str, Setting]:
    """Settings of all layers, the later ones winning key by key."""
    merged: dict[str, Setting] = {}
    for layer in layers:
        if DSN in layer:  # null: the others were expanded
            merged = {key: setting for key, setting in merged.items() if setting.name != DSN}
        for key, setting in layer.items():
            for rival in RIVALS.get(key, ()):
                if rival not in layer and setting.value is not None:
                    merged.pop(rival, None)
        merged.update(layer)
    return {key: setting for key, setting in merged.items() if setting.value is not None}


def file_layer(path: Path, document: dict[str, object]) -> Layer:
    """What a configuration file says."""
    checked = Checked(document, str(path))
    layer = Layer(checked.problems, checked.warnings)
    for key, value in checked.values.items():
        layer.settings[key] = Setting(value, str(path), key, path.parent)
    _expand_dsn(layer)
    return layer


def environment_layer(environ: Mapping[str, str], cwd: Path) -> Layer:
    """What OPENCODE_* variables say; empty ones count as not set."""
    layer = Layer()
    for name, field_ in VARIABLES.items():
        text = environ.get(name, "")
        if text:
            value = text.strip().lower() if field_.choices else text
            _add(layer, field_, value, Setting(None, ENVIRONMENT, name, cwd))
    _expand_dsn(layer)
    return layer


def misspelt_variables(environ: Mapping[str, str]) -> list[str]:
    """Warnings on variables that are nearly, but not quite, one of ours."""
    warnings = []
    for name in sorted(environ):
        if name.startswith("OPENCODE_") and name not in VARIABLES:
            meant = nearest(name, VARIABLES, likeness=0.9)
            if meant:
                warnings.append(f"{name} in the environment is ignored; did you mean {meant}?")
    return warnings


def overrides_layer(overrides: Overrides, cwd: Path) -> Layer:
    """What the caller or the command line says."""
    layer = Layer()
    given = {
        "project.id": ("project", overrides.project_id),
        "author": ("author", overrides.author),
        DATA_DIRECTORY: ("data directory", overrides.data_directory),
        PROVIDER: ("provider", overrides.provider),
        "logLevel": ("log level", overrides.log_level),
    }
    for key, (name, text) in given.items():
        if text is not None:
            field_ = FIELDS[key]
            value = text.lower() if field_.choices else text
            _add(layer, field_, value, Setting(None, COMMAND_LINE, name, cwd))
    if overrides.dsn is not None:
        _choose_by_dsn(layer, overrides.dsn, cwd)
    _expand_dsn(layer)
    return layer


def _choose_by_dsn(layer: Layer, dsn: str, cwd: Path) -> None:
    provider = ProviderType.MYSQL
    if dsn[: len(SQLITE_SCHEME)].lower() == SQLITE_SCHEME:
        provider = ProviderType.SQLITE
        try:
            layer.database_file = sqlite_file(dsn, cwd)
        except ConfigError as error:
            layer.problems += error.problems
    else:
        layer.settings[DSN] = Setting(dsn, COMMAND_LINE, "dsn", cwd)
    chosen = layer.settings.get(PROVIDER)
    if chosen and chosen.value != provider:
        message = f"names a {provider} database, but the provider given is {chosen.value}"
        layer.problems.append(Problem(COMMAND_LINE, "dsn", message, "leave one of them out"))
    layer.settings[PROVIDER] = Setting(provider.value, COMMAND_LINE, "dsn", cwd)


def sqlite_file(dsn: str, cwd: Path) -> Path:
    """The file a `sqlite:` DSN names: three slashes begin a relative path, four an absolute one.

    That is how SQLAlchemy, yoyo and others in Python read it. The path is taken as it is, without
    percent-decoding and options. Raises ConfigError.
    """
    wanted = "write sqlite:///relative.db or sqlite:////absolute/path.db"
    scheme, path = dsn[:10].lower(), dsn[10:]
    if scheme != "sqlite:///" or not path.strip("/") or path == ":memory:" or "\0" in path:
        message = "names no SQLite file"
        raise ConfigError([Problem(COMMAND_LINE, "dsn", message, wanted)])
    file, meant = cwd / path, Path("/", path)
    if not file.parent.is_dir() and meant.parent.is_dir():
        message = f"there is no directory {file.parent}"
        remedy = f"an absolute path takes four slashes: sqlite:///{meant}"
        raise ConfigError([Problem(COMMAND_LINE, "dsn", message, remedy)])
    return file


def _add(layer: Layer, field_: Field, value: Scalar, setting: Setting) -> None:
    checked, problem = check(field_, value, where=setting.origin, name=setting.name)
    if problem:
        layer.problems.append(problem)
    else:
        layer.settings[field_.key] = setting._replace(value=checked)


def _expand_dsn(layer: Layer) -> None:
    """Replace the layer's DSN by what it says, which goes before the settings beside it."""
    setting = layer.settings.get(DSN)
    if setting is None or setting.value is None:
        return
    del layer.settings[DSN]
    try:
        said = dsn_layer(setting)
    except ConfigError as error:
        layer.problems += error.problems
        return
    for key in said:
        for rival in RIVALS.get(key, ()):
            layer.settings.pop(rival, None)
    layer.settings.update(said)


def dsn_layer(setting: Setting) -> dict[str, Setting]:
    """The settings a DSN stands for. Raises ConfigError."""
    from opencode.config.dsn import BrokenDSN, parse_dsn

    try:
        dsn = parse_dsn(str(setting.value))
    except BrokenDSN as error:
        problem = Problem(setting.origin, setting.name, error.message, error.remedy)
        raise ConfigError([problem]) from None
    values: dict[str, Scalar] = {
        "username": dsn.username,
        "password": None if dsn.password is None else dsn.password.reveal(),
        "host": dsn.host,
        "port": dsn.port,
        "socket": dsn.socket,
        "database": dsn.database,
        "tls.mode": dsn.tls,
        "tls.ca": dsn.ca,
        "tls.cert": dsn.cert,
        "tls.key": dsn.key,
        "connectionTimeout": dsn.connection_timeout,
        "readTimeout": dsn.read_timeout,
        "writeTimeout": dsn.write_timeout,
    }
    return {
        f"{MYSQL}.{name}": setting._replace(value=value)
        for name, value in values.items()
        if value is not None
    }
