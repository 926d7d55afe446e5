"""What a command works with, opened when it is first asked for and closed when it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from opencode.errors import ConfigError, ProjectError

if TYPE_CHECKING:
    from opencode.config import Config
    from opencode.db.patience import Tell
    from opencode.db.upgrade import Progress
    from opencode.project import ProjectIdentity
    from opencode.store import Place, Store
    from opencode.store.admin import Admin

__all__ = ["App", "pass_app"]


class App:
    """The global options, and what is opened because of them."""

    def __init__(self) -> None:
        self.directory: Path | None = None
        self.project: str | None = None
        self.debug = False
        self._told_waiting = False
        self._config: Config | None = None
        self._to_close: list[Callable[[], None]] = []

    def cwd(self) -> Path:
        """The directory to work in: that of --cwd, or the current one."""
        try:
            return (self.directory or Path()).absolute()
        except FileNotFoundError as error:
            raise ProjectError(
                "the working directory is gone", hint="change to one that exists, or use --cwd"
            ) from error

    def start_log(self) -> Path | None:
        """Let log records reach the log file; returns its path."""
        from opencode import logs

        return logs.configure(debug=self.debug)

    def config(self) -> Config:
        """The configuration; what it warns of is told on stderr."""
        if self._config is None:
            from opencode.config import load_config

            self.start_log()
            try:
                self._config = load_config(self.cwd())
            except ConfigError as error:
                _tell_warnings(error.warnings)
                raise
            _tell_warnings(self._config.warnings)
        return self._config

    def identity(self) -> ProjectIdentity:
        """The project, found without opening the database."""
        from opencode.project import identify

        project_id = self.config().project_id
        return identify(self.cwd(), option=self.project, config_project_id=project_id)

    def open_store(
        self,
        progress: Progress | None = None,
        waiting: Tell | None = None,
        found: Callable[[Place], None] | None = None,
    ) -> Store:
        """Open the store, which the caller closes; prints nothing."""
        from opencode.store import open_store

        return open_store(
            self.cwd(), project=self.project, progress=progress, waiting=waiting, found=found
        )

    def store(self) -> Store:
        """The store, brought up to date; what that did is told on stderr."""
        from opencode.cli.progress import ProgressLine, tell_upgrade

        self.config()
        with ProgressLine() as progress:
            store = self.open_store(progress, self._tell_waiting)
        self._to_close.append(store.close)
        if store.upgraded is not None:
            tell_upgrade(store.upgraded, store.provider.location)
        return store

    def admin(self) -> Admin:
        """The database as it is, not brought up to date."""
        from opencode.store import open_admin

        self.config()
        admin = open_admin(self.cwd(), project=self.project, waiting=self._tell_waiting)
        self._to_close.append(admin.close)
        return admin

    def close(self) -> None:
        """Close what was opened; may be called again."""
        while self._to_close:
            self._to_close.pop()()

    def _tell_waiting(self, message: str) -> None:
        """Once is enough: a command that has told it goes on, or ends with the reason."""
        from opencode.cli import output

        if not self._told_waiting:
            self._told_waiting = True
            output.note(message)


def _tell_warnings(warnings: Iterable[str]) -> None:
    from opencode.cli import output

    for warning in warnings:
        output.warn(warning)


pass_app = click.make_pass_decorator(App, ensure=True)
