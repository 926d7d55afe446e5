"""Every setting there is: one table that validation, JSON Schema and documentation read."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

from opencode.config.model import ProviderType, TLSMode
from opencode.limits import AUTHOR, PROJECT_ID
from opencode.themes import THEMES

__all__ = [
    "BUSY_TIMEOUT",
    "DATA_DIRECTORY",
    "DSN",
    "FIELDS",
    "FILE_FIELDS",
    "MIGRATION_DSN",
    "MYSQL",
    "PROVIDER",
    "SECTIONS",
    "THEME",
    "VARIABLES",
    "Field",
    "Scalar",
]

Scalar: TypeAlias = str | int | float | bool | None
Kind: TypeAlias = Literal["string", "integer", "number", "boolean"]

PROVIDER = "sessionProvider.type"
DATA_DIRECTORY = "data.directory"
MYSQL = "sessionProvider.mysql"
DSN = f"{MYSQL}.dsn"
MIGRATION_DSN = f"{MYSQL}.migrationDsn"
BUSY_TIMEOUT = "busyTimeout"
THEME = "theme"

# PyMySQL 1.2 refuses longer times to connect.
LONGEST_TIME = 31_536_000

HOST = r"[^\s/@:\[\]]+|\[?[0-9A-Fa-f]*:[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*(%\w+)?\]?"


class Field(NamedTuple):
    """One setting: its dotted key, its type and limits, and what it is for.

    Limits are on the value of a number and on the length of a string. A `variable` in the
    environment goes before the files; a field that is not `in_file` has only that.
    """

    key: str
    kind: Kind
    about: str
    default: Scalar = None
    choices: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    pattern: str = ""
    pattern_about: str = ""
    secret: bool = False
    variable: str = ""
    in_file: bool = True


def _mysql_fields() -> tuple[Field, ...]:
    return (
        Field(
            key=DSN,
            kind="string",
            secret=True,
            variable="OPENCODE_MYSQL_DSN",
            about="Whole address and account in one text; goes before the settings beside it: "
            "user:password@tcp(host:3306)/database?tls=true, user@unix(/path)/database "
            "or mysql://user:password@host:3306/database",
        ),
        Field(
            key=f"{MYSQL}.host",
            kind="string",
            default="localhost",
            maximum=255,
            pattern=HOST,
            pattern_about="a host name or an address, without scheme, user or port",
            about="Name or address of the server",
        ),
        Field(
            key=f"{MYSQL}.port",
            kind="integer",
            default=3306,
            minimum=1,
            maximum=65_535,
            about="TCP port of the server",
        ),
        Field(
            key=f"{MYSQL}.socket",
            kind="string",
            about="Path of the server's Unix socket, instead of host and port",
        ),
        Field(
            key=f"{MYSQL}.database",
            kind="string",
            maximum=64,
            about="Database (schema) that holds the sessions; it must exist",
        ),
        Field(key=f"{MYSQL}.username", kind="string", maximum=128, about="Account on the server"),
        Field(
            key=f"{MYSQL}.password",
            kind="string",
            secret=True,
            variable="OPENCODE_MYSQL_PASSWORD",
            about="Password, or better not in clear here: env:NAME for the value of a variable, "
            "keyring:SERVICE for what the system's keyring has for this service and username",
        ),
        Field(
            key=f"{MYSQL}.passwordFile",
            kind="string",
            about="File that holds the password; relative paths start at the configuration file",
        ),
        Field(
            key=f"{MYSQL}.passwordCommand",
            kind="string",
            secret=True,
            about="Command that prints the password on one line; run without a shell",
        ),
        Field(
            key=f"{MYSQL}.maxConnections",
            kind="integer",
            default=10,
            minimum=1,
            maximum=10_000,
            about="Connections open at a time, at most",
        ),
        Field(
            key=f"{MYSQL}.maxIdleConnections",
            kind="integer",
            default=5,
            minimum=0,
            maximum=10_000,
            about="Connections kept open while unused, at most; not more than maxConnections",
        ),
        Field(
            key=f"{MYSQL}.connectionTimeout",
            kind="number",
            default=30,
            minimum=0,
            maximum=LONGEST_TIME,
            about="Seconds to wait for a connection, more than 0",
        ),
        Field(
            key=f"{MYSQL}.readTimeout",
            kind="number",
            default=60,
            minimum=0,
            maximum=LONGEST_TIME,
            about="Seconds to wait for an answer, more than 0",
        ),
        Field(
            key=f"{MYSQL}.writeTimeout",
            kind="number",
            minimum=0,
            maximum=LONGEST_TIME,
            about="Seconds to wait while sending, more than 0; default: as long as readTimeout",
        ),
        Field(
            key=f"{MYSQL}.tls.mode",
            kind="string",
            default=TLSMode.PREFERRED.value,
            choices=tuple(TLSMode),
            about="Encryption; the last two check the certificate, the last one the host too "
            "(default: preferred, and verify-identity when a ca is given)",
        ),
        Field(
            key=f"{MYSQL}.tls.ca",
            kind="string",
            about="File with the certificates to trust; default: those of the system",
        ),
        Field(key=f"{MYSQL}.tls.cert", kind="string", about="File with the client's certificate"),
        Field(key=f"{MYSQL}.tls.key", kind="string", about="File with the client's private key"),
        Field(
            key=MIGRATION_DSN,
            kind="string",
            secret=True,
            in_file=False,
            variable="OPENCODE_MYSQL_MIGRATION_DSN",
            about="Account that may change the schema, used for migrations only; "
            "what it leaves out is taken from the settings above",
        ),
    )


_FIELDS = (
    Field(
        key=DATA_DIRECTORY,
        kind="string",
        default=".opencode",
        variable="OPENCODE_DATA_DIRECTORY",
        about="Directory of the SQLite database, relative to the repository's root "
        "(outside a repository: to the working directory)",
    ),
    Field(
        key="project.id",
        kind="string",
        maximum=PROJECT_ID,
        variable="OPENCODE_PROJECT_ID",
        about="Project that sessions belong to; default: told by the Git remote or the directory",
    ),
    Field(
        key="author",
        kind="string",
        maximum=AUTHOR,
        about="Who starts sessions here; default: Git's user.name, else the login name",
    ),
    Field(
        key=THEME,
        kind="string",
        about=f"Colours of the interface: {', '.join(THEMES)}",
    ),
    Field(
        key=PROVIDER,
        kind="string",
        default=ProviderType.SQLITE.value,
        choices=tuple(ProviderType),
        variable="OPENCODE_SESSION_PROVIDER_TYPE",
        about="Where sessions are kept",
    ),
    Field(
        key="sessionProvider.autoMigrate",
        kind="boolean",
        default=True,
        about="Apply pending migrations at start; if false, run: opencode db migrate",
    ),
    *_mysql_fields(),
    Field(
        key="logLevel",
        kind="string",
        default="info",
        choices=("debug", "info", "warning", "error"),
        in_file=False,
        variable="OPENCODE_LOG_LEVEL",
        about="What is written to the log",
    ),
    Field(
        key=BUSY_TIMEOUT,
        kind="string",
        default="60",
        pattern=r"[0-9]{1,8}(\.[0-9]{1,6})?",
        pattern_about="a number of seconds, 60 say",
        in_file=False,
        variable="OPENCODE_SQLITE_BUSY_TIMEOUT",
        about="Seconds to wait while another program writes to the SQLite file",
    ),
)

FIELDS = {field.key: field for field in _FIELDS}
FILE_FIELDS = {key: field for key, field in FIELDS.items() if field.in_file}
VARIABLES = {field.variable: field for field in _FIELDS if field.variable}
SECTIONS = {
    "data": "Shared with the Go OpenCode",
    "project": "Which project this is",
    "sessionProvider": "Where sessions are kept",
    MYSQL: "The MySQL server; needed when the type is mysql",
    f"{MYSQL}.tls": "Encryption of the connection to MySQL",
}
