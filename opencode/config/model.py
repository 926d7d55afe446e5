"""What a configuration is once it has been read: frozen values without a secret in their repr.

Values that stay inside this package are named tuples: making a dataclass costs a start half a
millisecond, a tenth of that as a tuple.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from opencode.config.fields import Scalar
    from opencode.config.server import MySQLSettings

__all__ = [
    "Config",
    "Overrides",
    "ProviderType",
    "TLSMode",
]


class ProviderType(StrEnum):
    """Where sessions are kept: a local SQLite file or a MySQL server."""

    SQLITE = "sqlite"
    MYSQL = "mysql"


class TLSMode(StrEnum):
    """What MySQL's own client calls `--ssl-mode`; the last two check who answers."""

    DISABLED = "disabled"
    PREFERRED = "preferred"
    REQUIRED = "required"
    VERIFY_CA = "verify-ca"
    VERIFY_IDENTITY = "verify-identity"


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrides:
    """What a caller or the command line says; goes before files and environment.

    `dsn` is `sqlite:///relative.db`, `sqlite:////absolute.db`, or one of the MySQL forms,
    and decides the provider.
    """

    project_id: str | None = None
    author: str | None = None
    provider: str | None = None
    dsn: str | None = field(default=None, repr=False)
    data_directory: str | None = None
    log_level: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The effective configuration. `Config()` is that of a machine without any.

    `mysql` is set when the provider is MySQL. `database_file` is set when a `sqlite:` DSN named
    the file; otherwise it is `opencode.db` in the data directory. `origins` tells for every
    dotted key where its value came from: a file's path, `environment`, `command line`, `default`.
    """

    data_directory: str = ".opencode"
    project_id: str | None = None
    author: str | None = None
    provider: ProviderType = ProviderType.SQLITE
    auto_migrate: bool = True
    mysql: MySQLSettings | None = None
    database_file: Path | None = None
    theme: str | None = None
    log_level: str = "INFO"
    busy_timeout: float = 60.0
    """Seconds to wait for another program's write to the SQLite file."""
    sources: tuple[Path, ...] = ()
    warnings: tuple[str, ...] = ()
    """What is about a file begins with its path and a colon."""
    origins: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def warnings_about(self, source: Path) -> list[str]:
        """Those of `warnings` that are about what stands in a file."""
        return [warning for warning in self.warnings if warning.startswith(f"{source}: ")]

    def redacted(self) -> dict[str, object]:
        """Itself in the shape of the configuration file, ready for JSON, secrets masked."""
        from opencode.config.redact import redacted

        return redacted(self)


class Setting(NamedTuple):
    """A value on its way into the configuration, with where and under which name it stood."""

    value: Scalar
    origin: str
    name: str
    directory: Path

    def __repr__(self) -> str:
        return f"Setting({self.name!r} from {self.origin!r})"
