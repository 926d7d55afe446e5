"""Opening the store: configuration, project, provider, upgrade, in this order."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from opencode.author import default_author
from opencode.config import (
    Config,
    Overrides,
    ProviderType,
    load_config,
    resolve_data_directory,
)
from opencode.errors import InvalidValue, ProjectError
from opencode.project import ProjectIdentity, identify, project_of_database
from opencode.store.store import Store

if TYPE_CHECKING:
    from opencode.db.patience import Tell
    from opencode.db.provider import Provider
    from opencode.db.target import Target
    from opencode.db.upgrade import Progress
    from opencode.store.admin import Admin

__all__ = ["Place", "find_place", "open_admin", "open_store"]

_DATABASE = "opencode.db"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a store would be opened, before anything is: nothing on disk was touched."""

    config: Config
    project: ProjectIdentity
    environ: Mapping[str, str]

    @property
    def database(self) -> Path:
        """The SQLite file, which need not exist."""
        if self.config.database_file is not None:
            return self.config.database_file
        return self.data_directory / _DATABASE

    @property
    def data_directory(self) -> Path:
        """The directory of the SQLite file."""
        return resolve_data_directory(
            self.config,
            cwd=self.project.directory,
            repository_root=self.project.repository_root,
        )

    def author(self) -> Callable[[], str]:
        """Who starts sessions here; asks Git at the first call only."""
        return cache(
            lambda: default_author(self.config.author, self.project.directory, self.environ)
        )

    def old_rows_project(self) -> str:
        """The project of rows without one; written before there were projects, or by hand.

        On a server, which no directory holds, it is the caller's own.  On SQLite it is that of the
        directory with the database, however this process was told to call its own project: an
        option or a variable says where we are, not where the rows come from.  Only where Git
        refuses to tell they count, as its error message promises.
        """
        if self.config.provider is ProviderType.MYSQL:
            return self._own_project()
        parent = self.data_directory.absolute().parent
        here = {self.project.directory, self.project.repository_root}
        if self.project.rule == "configuration" and parent in here:
            return self.project.project_id
        try:
            return project_of_database(self.data_directory, self.environ).project_id
        except ProjectError:
            if self.project.rule in {"option", "environment"}:
                return self.project.project_id
            raise

    def _own_project(self) -> str:
        """The directory's own, though an option may say that another one's sessions are wanted."""
        if self.project.rule != "option":
            return self.project.project_id
        try:
            return identify(
                self.project.directory,
                config_project_id=self.config.project_id,
                environ=self.environ,
            ).project_id
        except (ProjectError, InvalidValue):
            return self.project.project_id


def find_place(
    directory: Path | str | None = None,
    *,
    project: str | None = None,
    dsn: str | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Place:
    """Load the configuration of a directory and identify its project.

    Raises:
        ConfigError, ProjectError, InvalidValue: as `load_config` and `identify` do.
    """
    cwd = Path(directory) if directory is not None else Path.cwd()
    config = load_config(cwd, environ=environ, overrides=Overrides(dsn=dsn))
    identity = identify(cwd, option=project, config_project_id=config.project_id, environ=environ)
    return Place(config, identity, environ)


def open_store(
    directory: Path | str | None = None,
    *,
    project: str | None = None,
    dsn: str | None = None,
    progress: Progress | None = None,
    waiting: Tell | None = None,
    found: Callable[[Place], None] | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Store:
    """Open the sessions of a directory's project, and bring the database up to date first.

    Args:
        directory: the working directory; by default that of the process.
        project: another project's id; by default the directory's own.
        dsn: `sqlite:////absolute/path.db`, or a MySQL DSN; by default what the configuration says.
        progress: told what an upgrade of the database is doing.
        waiting: told a line when a server lets wait for a connection, or the lock of a file when
            somebody else has it; from a thread of its own or the one that waits.
        found: told where it is going to be opened, which may take long.
        environ: the environment variables to go by.

    Raises:
        ConfigError, ProjectError, InvalidValue: exit code 2; nothing was opened.
        DatabaseUnavailable: out of reach or locked; try again.
        PendingMigrations, NewerSchema, SchemaDrift, MigrationFailed: the schema does not fit.
        StoreError: anything else that is wrong with the database; never another one instead.
    """
    place = find_place(directory, project=project, dsn=dsn, environ=environ)
    if found is not None:
        found(place)
    from opencode.db.startup import bring_up_to_date

    provider, target = _connect(place, waiting)
    try:
        report = bring_up_to_date(
            target,
            auto_migrate=place.config.auto_migrate,
            project_id=place.old_rows_project,
            progress=progress,
        )
    except BaseException:
        provider.close()
        raise
    return Store(
        provider,
        place.project,
        place.config,
        author=place.author(),
        target=target,
        old_rows_project=place.old_rows_project,
        upgraded=report,
    )


def open_admin(
    directory: Path | str | None = None,
    *,
    project: str | None = None,
    dsn: str | None = None,
    waiting: Tell | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Admin:
    """Return what looks after the database of a directory, without upgrading it first."""
    from opencode.store.admin import Admin

    place = find_place(directory, project=project, dsn=dsn, environ=environ)
    provider, target = _connect(place, waiting, wal=False)
    return Admin(provider, target, place.project.project_id, place.old_rows_project)


def _connect(place: Place, waiting: Tell | None, *, wal: bool = True) -> tuple[Provider, Target]:
    """`wal=False` keeps a SQLite file in the mode it is in, whosever it is."""
    if place.config.provider is ProviderType.MYSQL:
        return _connect_mysql(place, waiting)
    from opencode.db.sqlite import SQLiteProvider
    from opencode.db.sqlite_wait import LockWait
    from opencode.db.target import SQLiteTarget

    timeout = place.config.busy_timeout
    wait = LockWait(place.database, timeout, waiting)
    return (
        SQLiteProvider(place.database, busy_timeout=timeout, wal=wal, wait=wait),
        SQLiteTarget(place.database, busy_timeout=timeout, wait=wait),
    )


def _connect_mysql(place: Place, waiting: Tell | None) -> tuple[Provider, Target]:
    from opencode.db.mysql import MySQLProvider

    if place.config.mysql is None:
        raise RuntimeError("load_config lets no MySQL provider pass without its settings")
    provider = MySQLProvider(place.config.mysql, environ=place.environ, waiting=waiting)
    return provider, provider.target()
