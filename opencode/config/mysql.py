"""From merged settings to the account and server they describe, or all that is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from opencode.config.fields import FIELDS, MIGRATION_DSN, MYSQL, PROVIDER
from opencode.config.layers import PASSWORDS, dsn_layer, merge
from opencode.config.model import Setting, TLSMode
from opencode.config.password import command_name
from opencode.config.paths import expand_home
from opencode.config.server import MySQLSettings, PasswordKind, PasswordSource, Secret, TLSSettings
from opencode.errors import ConfigError, Problem

__all__ = ["check_references", "missing_settings", "mysql_settings"]

PASSWORD, PASSWORD_FILE, PASSWORD_COMMAND = PASSWORDS
PREFIXES = {"env:": PasswordKind.ENVIRONMENT, "keyring:": PasswordKind.KEYRING}
VARIABLE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Builder:
    """Reads typed values out of merged settings and collects what is wrong with them."""

    def __init__(self, settings: Mapping[str, Setting], environ: Mapping[str, str]) -> None:
        self.settings = settings
        self.environ = environ
        self.problems: list[Problem] = []
        self.warnings: list[str] = []

    def build(self) -> MySQLSettings:
        source = self._password_source()
        password = self._text("password") if source.kind is PasswordKind.TEXT else ""
        most, idle = self._connections()
        read_timeout = self._number("readTimeout")
        write_timeout = self.settings.get(f"{MYSQL}.writeTimeout")
        return MySQLSettings(
            host=self._text("host"),
            port=int(self._number("port")),
            socket=self._text("socket") or None,
            database=self._text("database"),
            username=self._text("username"),
            password=Secret(password),
            password_source=source,
            max_connections=most,
            max_idle_connections=idle,
            connection_timeout=self._number("connectionTimeout"),
            read_timeout=read_timeout,
            write_timeout=_to_number(write_timeout.value) if write_timeout else read_timeout,
            tls=self._tls(),
        )

    def _text(self, name: str) -> str:
        value = self._value(name)
        return "" if value is None else str(value)

    def _number(self, name: str) -> float:
        return _to_number(self._value(name))

    def _value(self, name: str) -> object:
        key = f"{MYSQL}.{name}"
        setting = self.settings.get(key)
        return setting.value if setting else FIELDS[key].default

    def _path(self, name: str) -> Path | None:
        setting = self.settings.get(f"{MYSQL}.{name}")
        if setting is None:
            return None
        return setting.directory / expand_home(str(setting.value), self.environ)

    def _complain(self, setting: Setting, message: str, remedy: str) -> None:
        self.problems.append(Problem(setting.origin, setting.name, message, remedy))

    def _connections(self) -> tuple[int, int]:
        most = int(self._number("maxConnections"))
        idle = self.settings.get(f"{MYSQL}.maxIdleConnections")
        if idle is None:
            return most, min(most, int(self._number("maxIdleConnections")))
        kept = int(_to_number(idle.value))
        if kept > most:
            message = f"is {kept}, more than maxConnections, which is {most}"
            self._complain(idle, message, "lower it or raise maxConnections")
        return most, kept

    def _tls(self) -> TLSSettings:
        ca, cert, key = self._path("tls.ca"), self._path("tls.cert"), self._path("tls.key")
        mode_setting = self.settings.get(f"{MYSQL}.tls.mode")
        mode = TLSMode(self._text("tls.mode"))
        if mode_setting is None and ca is not None:
            mode = TLSMode.VERIFY_IDENTITY
        elif mode_setting and mode is TLSMode.DISABLED and (ca or cert or key):
            self.warnings.append(
                f"{mode_setting.origin}: {mode_setting.name} is disabled, "
                "so the certificates configured are not used"
            )
        if key and not cert:
            lone = self.settings[f"{MYSQL}.tls.key"]
            self._complain(lone, "a key without a certificate", "set tls.cert too")
        return TLSSettings(mode=mode, ca=ca, cert=cert, key=key)

    def _password_source(self) -> PasswordSource:
        given = [self.settings[key] for key in PASSWORDS if key in self.settings]
        if not given:
            return PasswordSource()
        setting, *others = given
        if others:
            names = ", ".join(other.name for other in others)
            self.warnings.append(f"{setting.origin}: {setting.name} goes before {names}")
        text = str(setting.value)
        kind, reference = PasswordKind.TEXT, ""
        if PASSWORD not in self.settings:
            is_file = PASSWORD_FILE in self.settings
            kind, reference = PasswordKind.FILE if is_file else PasswordKind.COMMAND, text
        elif setting.name == PASSWORD and text.startswith(tuple(PREFIXES)):
            prefix, _, rest = text.partition(":")
            kind, reference = PREFIXES[f"{prefix}:"], rest.strip()
        elif not text:
            kind = PasswordKind.NONE
        if kind is PasswordKind.ENVIRONMENT and not VARIABLE_NAME.fullmatch(reference):
            self._complain(setting, "names no environment variable", "write env:NAME")
        elif kind is PasswordKind.KEYRING and not reference:
            self._complain(setting, "names no service of the keyring", "write keyring:SERVICE")
        elif kind is PasswordKind.COMMAND and not command_name(text):
            self._complain(setting, "is not a command", "write a program and its arguments")
        return PasswordSource(
            *(kind, reference, setting.name, setting.origin, setting.directory),
            username=self._text("username"),
        )


def mysql_settings(
    settings: Mapping[str, Setting], environ: Mapping[str, str]
) -> tuple[MySQLSettings, list[Problem], list[str]]:
    """The account that the settings describe, with problems and warnings."""
    builder = Builder(settings, environ)
    mysql = builder.build()
    problems = builder.problems
    migration = settings.get(MIGRATION_DSN)
    if migration:
        try:
            mysql = replace(mysql, migration=_migration(settings, environ, migration, mysql))
        except ConfigError as error:
            problems += error.problems
    return mysql, problems, builder.warnings


def check_references(
    mysql: MySQLSettings, settings: Mapping[str, Setting], environ: Mapping[str, str]
) -> list[Problem]:
    """Variables and files that the settings name and that are not there."""
    problems: list[Problem] = []
    if mysql.password_source.kind in (PasswordKind.ENVIRONMENT, PasswordKind.FILE):
        try:
            mysql.resolve_password(environ)
        except ConfigError as error:
            problems += error.problems
    for name in ("ca", "cert", "key"):
        path: Path | None = getattr(mysql.tls, name)
        if path is not None and not path.is_file():
            setting = settings[f"{MYSQL}.tls.{name}"]
            message = f"there is no file {path}"
            problems.append(Problem(setting.origin, setting.name, message, "correct the path"))
    return problems


def missing_settings(
    settings: Mapping[str, Setting], *, reported: Collection[str], looked_at: Sequence[str]
) -> Problem | None:
    """One problem that names all that MySQL needs and that is neither set nor `reported` wrong."""
    wanted = (f"{MYSQL}.database", f"{MYSQL}.username")
    names = [key for key in wanted if key not in settings and key not in reported]
    if not names:
        return None
    chosen = settings.get(PROVIDER)
    keys = " and ".join(names)
    files = ", ".join(looked_at)
    return Problem(
        chosen.origin if chosen else "default",
        chosen.name if chosen else PROVIDER,
        f"MySQL is chosen, but {keys} {'are' if names[1:] else 'is'} not set",
        f"looked at {files} and the environment; set {'them' if names[1:] else 'it'} in a file, or "
        "OPENCODE_MYSQL_DSN=user:password@tcp(host:3306)/database; "
        "the password may come from OPENCODE_MYSQL_PASSWORD",
    )


def _migration(
    settings: Mapping[str, Setting],
    environ: Mapping[str, str],
    setting: Setting,
    mysql: MySQLSettings,
) -> MySQLSettings:
    said = dsn_layer(setting)
    database = said.get(f"{MYSQL}.database")
    if database and mysql.database and database.value != mysql.database:
        message = f"names database {database.value}, but the sessions are in {mysql.database}"
        raise ConfigError([Problem(setting.origin, setting.name, message, "name the same one")])
    username = said.get(f"{MYSQL}.username")
    base = dict(settings)
    if username and username.value != mysql.username:
        # Another account has a password of its own, or none.
        base = {key: value for key, value in base.items() if key not in PASSWORDS}
    builder = Builder(merge([base, said]), environ)
    account = builder.build()
    if builder.problems:
        raise ConfigError(builder.problems)
    return account


def _to_number(value: object) -> float:
    return value if isinstance(value, int | float) else 0
