"""File versions: what the agent wrote in a session."""

from __future__ import annotations

import re
from collections.abc import Sequence
from io import StringIO

from opencode import limits
from opencode.db.querier import Querier
from opencode.errors import InvalidValue, NotFound
from opencode.models import FileSummary, FileVersion
from opencode.store.ids import new_id
from opencode.store.scope import Scope

__all__ = ["Files", "version_number"]

_DIGITS = 18
_NUMBERED = re.compile(rf"v([0-9]{{1,{_DIGITS}}})")


def version_number(version: str) -> int:
    """Return 0 for `initial` (and names of any other form), n for `vn`: v10 comes after v2."""
    match = _NUMBERED.fullmatch(version)
    return int(match[1]) if match else 0


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
                version=_next_version(self._versions(querier, session_id, path)),
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

        def work(querier: Querier) -> Sequence[FileSummary]:
            self._scope.session(querier, session_id)
            rows = querier.list_files(project_id=self._project, session_id=session_id)
            return sorted(rows, key=lambda row: (row.path, *_order(row)))

        return self._scope.read(work)

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

        def work(querier: Querier) -> FileVersion:
            versions = self._existing(querier, session_id, path)
            return self._get(querier, _pick(versions, version).id)

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
            paths = [path] if path is not None else self._paths(querier, session_id)
            return "".join(
                self._diff(querier, self._existing(querier, session_id, one), old, new)
                for one in paths
            )

        return self._scope.read(work)

    def _diff(
        self,
        querier: Querier,
        versions: Sequence[FileSummary],
        old: str | int | None,
        new: str | int | None,
    ) -> str:
        last = _pick(versions, new) if new is not None else versions[-1]
        first = _pick(versions, old) if old is not None else versions[0]
        before = self._get(querier, first.id) if first != last else None
        return unified_diff(before, self._get(querier, last.id))

    def _paths(self, querier: Querier, session_id: str) -> Sequence[str]:
        self._scope.session(querier, session_id)
        rows = querier.list_files(project_id=self._project, session_id=session_id)
        return sorted({row.path for row in rows})

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
        return sorted((row for row in rows if row.path == path), key=_order)

    def _get(self, querier: Querier, file_id: str) -> FileVersion:
        row = querier.get_file(project_id=self._project, id=file_id)
        if row is None:
            raise NotFound(f"file version {file_id} is gone", hint="list the files again")
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


def _next_version(existing: Sequence[FileSummary]) -> str:
    return f"v{version_number(existing[-1].version) + 1}" if existing else "initial"


def _order(row: FileSummary) -> tuple[int, bool, int, str]:
    return (version_number(row.version), row.version != "initial", row.created_at, row.id)


def _pick(versions: Sequence[FileSummary], version: str | int) -> FileSummary:
    wanted = str(version)
    for row in versions:
        if row.version == wanted:
            return row
    # No number is longer; int() refuses the very long ones.
    if wanted.isdecimal() and len(wanted) <= _DIGITS:
        for row in versions:
            if version_number(row.version) == int(wanted):
                return row
    names = ", ".join(row.version for row in versions)
    raise NotFound(f"{versions[0].path} has no version {wanted}", hint=f"there are: {names}")
