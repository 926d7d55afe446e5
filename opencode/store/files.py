"""File versions: what the agent wrote in a session."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import StringIO
from itertools import groupby

from opencode import limits
from opencode.db.querier import Querier
from opencode.errors import InvalidValue, NotFound
from opencode.models import FileSummary, FileVersion, TreeFileSummary
from opencode.store.ids import new_id
from opencode.store.scope import Scope
from opencode.store.versions import next_version, pick_version, version_order

__all__ = ["Files"]


class Files:
    """The file versions of the sessions of one project."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._project = scope.project_id

    def record(self, session_id: str, *, path: str, content: str) -> FileVersion:
        """Store a path's next version: `initial`, then `v1`, `v2`, …

        Raises:
            NotFound: the session is not in this project.
            InvalidValue: the path or the content break a limit.
        """
        self._scope.key(session_id)
        if not limits.check_text("path", path, limits.PATH):
            raise InvalidValue("the path is empty", hint="name the file")
        limits.check_content("file", content, self._scope.provider.max_content_bytes)
        file_id = new_id()
        now = self._scope.now()

        def work(querier: Querier) -> FileVersion:
            # Takes the session's lock: no one else can choose the same version meanwhile.
            if not querier.touch_session(project_id=self._project, id=session_id):
                raise self._scope.no_session(session_id)
            querier.create_file_version(
                id=file_id,
                path=path,
                content=content,
                version=next_version(self._versions(querier, session_id, path)),
                created_at=now,
                updated_at=now,
                project_id=self._project,
                session_id=session_id,
            )
            return self._get(querier, file_id)

        return self._scope.run(
            work, arrived=lambda querier: querier.get_file(project_id=self._project, id=file_id)
        )

    def list(self, session_id: str) -> Sequence[FileSummary]:
        """Return all versions of all files of a session, by path, then by number."""
        return self._scope.read(lambda querier: self._all(querier, session_id))

    def tree(self, session_id: str) -> Sequence[TreeFileSummary]:
        """Return what `list` does of a session and of all below it, session by session.

        It asks the database once.  Empty too when the session is not there.
        """
        if not limits.is_key(session_id):
            return []
        rows = self._scope.read(
            lambda querier: querier.list_tree_files(project_id=self._project, id=session_id)
        )
        place = {
            one: number for number, one in enumerate(dict.fromkeys(r.session_id for r in rows))
        }
        return sorted(rows, key=lambda row: (place[row.session_id], row.path, *version_order(row)))

    def versions(self, session_id: str, path: str) -> Sequence[FileSummary]:
        """Return the versions of one file, oldest first; `NotFound` when there are none."""
        return self._scope.read(lambda querier: self._existing(querier, session_id, path))

    def latest(self, session_id: str, path: str) -> FileVersion:
        """Return the newest version of a file."""

        def work(querier: Querier) -> FileVersion:
            return self._get(querier, self._existing(querier, session_id, path)[-1].id)

        return self._scope.read(work)

    def get(self, session_id: str, path: str, version: str | int) -> FileVersion:
        """Return a version by its name (`initial`, `v2`) or its number (0, 2)."""
        return self.pair(session_id, path, version, version)[0]

    def pair(
        self, session_id: str, path: str, old: str | int, new: str | int
    ) -> tuple[FileVersion, FileVersion]:
        """Return two versions, each as `get` does; given by name, the database is asked once."""

        def work(querier: Querier) -> tuple[FileVersion, FileVersion]:
            names = str(old), str(new)
            found = self._named(querier, session_id, path, *names)
            if not found.keys() >= {*names}:
                versions = self._existing(querier, session_id, path)
                names = pick_version(versions, old).version, pick_version(versions, new).version
                found = self._named(querier, session_id, path, *names)
            return _taken(found, names[0]), _taken(found, names[1])

        return self._scope.read(work)

    def diff(
        self,
        session_id: str,
        path: str | None = None,
        *,
        old: str | int | None = None,
        new: str | int | None = None,
    ) -> str:
        """Return a unified diff, by default of the first against the latest version.

        Without a path it joins those of all files of the session.  A file of one version shows
        as added as a whole.
        """

        def work(querier: Querier) -> str:
            files = (
                [self._existing(querier, session_id, path)]
                if path is not None
                else _by_path(self._all(querier, session_id))
            )
            return "".join(self._diff(querier, versions, old, new) for versions in files)

        return self._scope.read(work)

    def _diff(
        self,
        querier: Querier,
        versions: Sequence[FileSummary],
        old: str | int | None,
        new: str | int | None,
    ) -> str:
        last = pick_version(versions, new) if new is not None else versions[-1]
        first = pick_version(versions, old) if old is not None else versions[0]
        found = self._named(querier, last.session_id, last.path, first.version, last.version)
        before = _taken(found, first.version) if first != last else None
        return unified_diff(before, _taken(found, last.version))

    def _all(self, querier: Querier, session_id: str) -> Sequence[FileSummary]:
        self._scope.session(querier, session_id)
        rows = querier.list_files(project_id=self._project, session_id=session_id)
        return sorted(rows, key=lambda row: (row.path, *version_order(row)))

    def _existing(self, querier: Querier, session_id: str, path: str) -> Sequence[FileSummary]:
        self._scope.session(querier, session_id)
        versions = self._versions(querier, session_id, path)
        if not versions:
            raise NotFound(
                f"no file {path} in session {session_id}",
                hint="opencode file list SESSION shows the files of a session",
            )
        return versions

    def _versions(self, querier: Querier, session_id: str, path: str) -> Sequence[FileSummary]:
        if not limits.is_text(path):
            return []
        rows = querier.list_file_versions(
            project_id=self._project, session_id=session_id, path=path
        )
        # MySQL takes paths for equal that differ in trailing blanks only.
        return sorted((row for row in rows if row.path == path), key=version_order)

    def _named(
        self, querier: Querier, session_id: str, path: str, old: str, new: str
    ) -> Mapping[str, FileVersion]:
        """Those of two versions that are there, by their names."""
        if not (limits.is_key(session_id) and all(map(limits.is_text, (path, old, new)))):
            return {}
        rows = querier.list_two_file_versions(
            project_id=self._project,
            session_id=session_id,
            path=path,
            old_version=old,
            new_version=new,
        )
        return {row.version: row for row in rows}

    def _get(self, querier: Querier, file_id: str) -> FileVersion:
        row = querier.get_file(project_id=self._project, id=file_id)
        if row is None:
            raise _gone(file_id)
        return row


def unified_diff(old: FileVersion | None, new: FileVersion) -> str:
    """Return the unified diff of two versions of a path; `old` None means that it was added."""
    from difflib import unified_diff as compare

    lines = compare(
        _lines(old.content) if old else [],
        _lines(new.content),
        f"{old.path}\t{old.version}" if old else "/dev/null",
        f"{new.path}\t{new.version}",
    )
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )


def _lines(content: str) -> Sequence[str]:
    """Lines as patch(1) has them: they end in newlines, and in nothing else that looks like one."""
    return list(StringIO(content, newline="\n"))


def _by_path(rows: Sequence[FileSummary]) -> Sequence[Sequence[FileSummary]]:
    return [list(versions) for _, versions in groupby(rows, key=lambda row: row.path)]


def _taken(found: Mapping[str, FileVersion], version: str) -> FileVersion:
    """A version that was there a moment ago."""
    if version not in found:
        raise _gone(version)
    return found[version]


def _gone(name_or_id: str) -> NotFound:
    return NotFound(f"file version {name_or_id} is gone", hint="list the files again")
