"""How to reach a MySQL server: frozen values without a secret in their repr."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from opencode.config.model import TLSMode

__all__ = ["MySQLSettings", "PasswordKind", "PasswordSource", "Secret", "TLSSettings"]

MASK = "***"


class Secret:
    """Text that str(), repr() and format() show as `***`; false when it is empty.

    Not a dataclass: `dataclasses.asdict` would take it apart.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str = "") -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself, for the one call that needs it."""
        return self._text

    def __repr__(self) -> str:
        return MASK

    __str__ = __repr__

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return self._text == other._text if isinstance(other, Secret) else NotImplemented

    def __hash__(self) -> int:
        return hash((Secret, self._text))


class PasswordKind(StrEnum):
    """How a password is come by."""

    NONE = "none"
    TEXT = "text"
    ENVIRONMENT = "environment"
    FILE = "file"
    COMMAND = "command"
    KEYRING = "keyring"


@dataclass(frozen=True, slots=True)
class PasswordSource:
    """Where to get a password from.

    `reference` is a variable's name, a path, a command, or a service of the system's keyring.
    """

    kind: PasswordKind = PasswordKind.NONE
    # A command line may hold a token, so it is kept out of the repr.
    reference: str = field(default="", repr=False)
    key: str = ""
    """What the user wrote it under: a dotted key or a variable's name."""
    origin: str = "default"
    directory: Path | None = None
    """Commands run here, and relative paths start here: the configuration file's directory."""
    username: str = ""
    """Whose password it is; a keyring is asked for service and user."""


@dataclass(frozen=True, slots=True)
class TLSSettings:
    """How the connection is encrypted and whom it trusts; without `ca` the system's store."""

    mode: TLSMode = TLSMode.PREFERRED
    ca: Path | None = None
    cert: Path | None = None
    key: Path | None = None


@dataclass(frozen=True, slots=True)
class MySQLSettings:
    """One account on one MySQL server. Times are in seconds; `socket` goes before host and port.

    `migration` is the account that may change the schema, when there is another one for that.
    """

    host: str = "localhost"
    port: int = 3306
    socket: str | None = None
    database: str = ""
    username: str = ""
    password: Secret = field(default_factory=Secret)
    """Only a password that was written down as such; see `resolve_password`."""
    password_source: PasswordSource = field(default_factory=PasswordSource)
    max_connections: int = 10
    max_idle_connections: int = 5
    connection_timeout: float = 30
    read_timeout: float = 60
    write_timeout: float = 60
    tls: TLSSettings = field(default_factory=TLSSettings)
    migration: MySQLSettings | None = None

    def resolve_password(self, environ: Mapping[str, str]) -> Secret:
        """The password, read or asked for now; may run a command, so keep the result.

        Empty when none is configured. Raises ConfigError.
        """
        from opencode.config.password import resolve

        return resolve(self.password_source, self.password, environ)
