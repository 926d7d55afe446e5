"""The effective configuration for people and programs to read, without its secrets."""

from __future__ import annotations

from opencode.config.model import Config
from opencode.config.password import command_name
from opencode.config.server import MASK, MySQLSettings, PasswordKind

__all__ = ["redacted"]


def redacted(config: Config) -> dict[str, object]:
    """The configuration in the shape of its file, with what was not set at its default.

    What no file can set stands at the top, where a file may hold anything.
    """
    provider: dict[str, object] = {
        "type": config.provider.value,
        "autoMigrate": config.auto_migrate,
    }
    if config.mysql:
        provider["mysql"] = _account(config.mysql)
    shown: dict[str, object] = {
        "data": {"directory": config.data_directory},
        "project": {"id": config.project_id},
        "author": config.author,
        "theme": config.theme,
        "logLevel": config.log_level.lower(),
        "sessionProvider": provider,
    }
    if config.database_file:
        shown["databaseFile"] = str(config.database_file)
    if config.mysql and config.mysql.migration:
        shown["migration"] = _account(config.mysql.migration)
    return shown


def _account(mysql: MySQLSettings) -> dict[str, object]:
    return {
        "host": mysql.host,
        "port": mysql.port,
        "socket": mysql.socket,
        "database": mysql.database,
        "username": mysql.username,
        **_password(mysql),
        "maxConnections": mysql.max_connections,
        "maxIdleConnections": mysql.max_idle_connections,
        "connectionTimeout": mysql.connection_timeout,
        "readTimeout": mysql.read_timeout,
        "writeTimeout": mysql.write_timeout,
        "tls": {
            "mode": mysql.tls.mode.value,
            "ca": mysql.tls.ca and str(mysql.tls.ca),
            "cert": mysql.tls.cert and str(mysql.tls.cert),
            "key": mysql.tls.key and str(mysql.tls.key),
        },
    }


def _password(mysql: MySQLSettings) -> dict[str, object]:
    source = mysql.password_source
    match source.kind:
        case PasswordKind.TEXT:
            return {"password": MASK}
        case PasswordKind.ENVIRONMENT:
            return {"password": f"env:{source.reference}"}
        case PasswordKind.KEYRING:
            return {"password": f"keyring:{source.reference}"}
        case PasswordKind.FILE:
            return {"passwordFile": source.reference}
        case PasswordKind.COMMAND:
            return {"passwordCommand": f"{command_name(source.reference)} {MASK}"}
        case _:
            return {"password": None}
