"""Sessions of one project: create, find, change, delete."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from opencode import limits
from opencode.db.querier import Querier
from opencode.errors import AmbiguousId, InvalidValue, RenamedMeanwhile
from opencode.models import Cursor, Deleted, Page, Session, Sort
from opencode.store import listing
from opencode.store.ids import new_id
from opencode.store.scope import Scope, again

__all__ = ["MIN_PREFIX", "Sessions"]

MIN_PREFIX = 4
_MAX_CANDIDATES = 10


class Sessions:
    """The sessions of one project; every method stays within it unless it says otherwise."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._project = scope.project_id

    def create(
        self,
        *,
        title: str = "",
        parent: str | None = None,
        id: str | None = None,
        author: str | None = None,
    ) -> Session:
        """Start a session; `parent` is the session that starts it.

        Raises:
            NotFound: the parent is not in this project.
            InvalidValue: title, id or author break a limit.
        """
        session_id = limits.check_id(id) if id is not None else new_id()
        title = limits.check_text("title", title.strip(), limits.TITLE)
        author = limits.check_text("author", author or self._scope.author(), limits.AUTHOR)
        now = self._scope.now()

        def work(querier: Querier) -> Session:
            if parent is not None and not self._lock(querier, [self._scope.key(parent)]):
                raise self._scope.no_session(parent)
            querier.create_session(
                id=session_id,
                project_id=self._project,
                parent_session_id=parent,
                title=title,
                author=author,
                updated_at=now,
                created_at=now,
            )
            return self._scope.session(querier, session_id)

        return self._scope.run(
            work, arrived=lambda q: q.get_session(project_id=self._project, id=session_id)
        )

    def get(self, session_id: str) -> Session:
        """Return the session with exactly this id; `NotFound` otherwise."""
        return self._scope.read(lambda querier: self._scope.session(querier, session_id))

    def resolve(self, prefix: str) -> Session:
        """Return the session whose id is `prefix`, or the only one whose id begins with it.

        Raises:
            InvalidValue: fewer than 4 characters, and not an id.
            NotFound: none begins so.
            AmbiguousId: several do; `candidates` names the newest of them.
        """
        limits.check_id(prefix)
        exact = self._scope.read(lambda q: q.get_session(project_id=self._project, id=prefix))
        if exact is not None:
            return exact
        if len(prefix) < MIN_PREFIX:
            raise InvalidValue(
                f"{prefix!r} is too short for a session id",
                hint=f"give at least {MIN_PREFIX} characters of it",
            )
        found = self.complete(prefix, limit=1000)
        if not found:
            raise self._scope.no_session(prefix)
        if len(found) > 1:
            raise _ambiguous(prefix, found)
        return found[0]

    def complete(self, prefix: str, limit: int = 20) -> list[Session]:
        """Return up to `limit` sessions whose ids begin with `prefix`, in order of id."""
        limit = limits.check_size("sessions", limit)
        if not prefix.isascii():
            return []
        found = self._scope.read(
            lambda querier: querier.list_sessions_by_prefix(
                project_id=self._project, first_id=prefix, end_id=prefix + "\x7f", limit=limit
            )
        )
        # MySQL puts an id and the same with a blank after it into one place.
        return [session for session in found if session.id.startswith(prefix)]

    def list(  # noqa: PLR0913  each is a flag of the command line
        self,
        *,
        limit: int = 50,
        sort: Sort = "updated",
        after: Cursor | None = None,
        before: Cursor | None = None,
        last: bool = False,
        filter: str = "",
        author: str = "",
        children: bool = False,
        all_projects: bool = False,
    ) -> Page[Session]:
        """Return a page of at most `limit` sessions, the latest, newest or dearest first.

        Without `after` (a page's `next`), `before` (its `previous`) or `last` it is the first
        page.  `filter` and `author` are looked for anywhere in title and author, whatever the
        case.  Sessions started by other sessions are left out unless `children`.  `all_projects`
        leaves the project and knows neither `before` nor `last`.
        """
        wanted = listing.Listing(
            project_id=None if all_projects else self._project,
            sort=sort,
            children=children,
            filter=filter,
            author=author,
        )
        return self._scope.read(
            lambda querier: listing.page(
                querier, wanted, limit=limit, after=after, before=before, last=last
            )
        )

    def count(
        self,
        *,
        filter: str = "",
        author: str = "",
        children: bool = False,
        all_projects: bool = False,
    ) -> int:
        """Return how many sessions `list` would go through."""
        wanted = listing.Listing(
            project_id=None if all_projects else self._project,
            sort="updated",
            children=children,
            filter=filter,
            author=author,
        )
        return self._scope.read(lambda querier: listing.count(querier, wanted))

    def cursor(self, session: Session, sort: Sort = "updated") -> Cursor:
        """Return the place of a session in a listing, to go on from there."""
        return listing.cursor(session, sort)

    def children(self, session_id: str) -> Sequence[Session]:
        """Return the sessions that a session started, oldest first."""
        if not limits.is_key(session_id):
            return []
        return self._scope.read(
            lambda q: q.list_children(project_id=self._project, parent_session_id=session_id)
        )

    def count_children(self, session_ids: Sequence[str]) -> Mapping[str, int]:
        """Return how many sessions each of these started, for those that started any."""
        ids = json.dumps([one for one in session_ids if limits.is_key(one)])
        rows = self._scope.read(lambda q: q.count_children(project_id=self._project, ids=ids))
        return {row.parent_session_id: row.children for row in rows if row.parent_session_id}

    def tree(self, session_id: str) -> Sequence[str]:
        """Return the ids of a session and of all below it; empty when it is not there."""
        if not limits.is_key(session_id):
            return []
        return self._scope.read(
            lambda q: q.list_session_tree(project_id=self._project, id=session_id)
        )

    def contents(self, *session_ids: str) -> Deleted:
        """Return what `delete` would remove."""
        return self._scope.read(lambda querier: self._contents(querier, session_ids)[1])

    def rename(self, session_id: str, title: str, *, seen: str | None = None) -> Session:
        """Give a session another title; an empty one is refused.

        Raises:
            RenamedMeanwhile: its title is neither the one that was `seen`, if that is given, nor
                the new one already.
        """
        title = limits.check_text("title", title.strip(), limits.TITLE)
        if not title:
            raise InvalidValue("the title is empty", hint="give the session a title")
        self._scope.key(session_id)

        def work(querier: Querier) -> Session:
            if seen is not None:
                self._lock(querier, [session_id])
                now = self._scope.session(querier, session_id).title
                if now not in {seen, title}:
                    raise _renamed(session_id, now)
            querier.rename_session(title=title, project_id=self._project, id=session_id)
            return self._scope.session(querier, session_id)

        return self._scope.run(work, arrived=again)

    def delete(self, *session_ids: str) -> Deleted:
        """Delete sessions with all sessions below them, their messages and files; all or none."""
        counted: list[Deleted] = []

        def work(querier: Querier) -> Deleted:
            self._lock_trees(querier, session_ids)
            ids, contents = self._contents(querier, session_ids)
            counted.append(contents)
            querier.delete_sessions(project_id=self._project, ids=json.dumps(ids))
            return contents

        def gone(querier: Querier) -> Deleted | None:
            left = any(querier.get_session(project_id=self._project, id=one) for one in session_ids)
            return None if left else counted[-1]

        return self._scope.run(work, arrived=gone)

    def add_usage(
        self,
        session_id: str,
        *,
        prompt_tokens: int = 0,
        completion_tokens: int = 0,
        cost: float = 0.0,
    ) -> Session:
        """Add what a request used to the session's counters, atomically; cost in US dollars."""
        limits.check_amount("prompt_tokens", prompt_tokens)
        limits.check_amount("completion_tokens", completion_tokens)
        limits.check_amount("cost", cost)
        self._scope.key(session_id)

        def work(querier: Querier) -> Session:
            querier.add_session_usage(
                prompt_tokens=prompt_tokens,
                completion_tokens=completion_tokens,
                cost=cost,
                project_id=self._project,
                id=session_id,
            )
            return self._scope.session(querier, session_id)

        return self._scope.run(work)

    def set_summary(self, session_id: str, message_id: str | None) -> Session:
        """Name the message of the session that sums it up, or none."""
        self._scope.key(session_id)

        def work(querier: Querier) -> Session:
            if message_id is not None:
                self._check_message(querier, session_id, message_id)
            querier.set_session_summary(
                summary_message_id=message_id, project_id=self._project, id=session_id
            )
            return self._scope.session(querier, session_id)

        return self._scope.run(work, arrived=again)

    def _check_message(self, querier: Querier, session_id: str, message_id: str) -> None:
        message = (
            querier.get_message(project_id=self._project, id=message_id)
            if limits.is_key(message_id)
            else None
        )
        if message is None or message.session_id != session_id:
            raise InvalidValue(
                f"message {message_id} is not in session {session_id}",
                hint="name a message of the same session",
            )

    def _lock(self, querier: Querier, session_ids: Sequence[str]) -> Sequence[str]:
        return querier.lock_sessions(project_id=self._project, ids=json.dumps([*session_ids]))

    def _lock_trees(self, querier: Querier, session_ids: Sequence[str]) -> None:
        """Hold the sessions and all below them, those too that are started until all are held."""
        held: set[str] = set()
        while new := set(self._trees(querier, session_ids)) - held:
            self._lock(querier, sorted(new))
            held |= new

    def _trees(self, querier: Querier, session_ids: Sequence[str]) -> Sequence[str]:
        ids: dict[str, None] = {}
        for session_id in session_ids:
            key = self._scope.key(session_id)
            tree = querier.list_session_tree(project_id=self._project, id=key)
            if not tree:
                raise self._scope.no_session(session_id)
            ids.update(dict.fromkeys(tree))
        return [*ids]

    def _contents(
        self, querier: Querier, session_ids: Sequence[str]
    ) -> tuple[Sequence[str], Deleted]:
        ids = self._trees(querier, session_ids)
        wanted = json.dumps([*ids])
        return ids, Deleted(
            sessions=len(ids),
            messages=querier.count_messages(project_id=self._project, ids=wanted),
            files=querier.count_files(project_id=self._project, ids=wanted),
        )


def _renamed(session_id: str, title: str) -> RenamedMeanwhile:
    return RenamedMeanwhile(
        f"session {session_id} was renamed to {title!r} meanwhile",
        title=title,
        hint="rename it from there if that is what you want",
    )


def _ambiguous(prefix: str, found: Sequence[Session]) -> AmbiguousId:
    newest = sorted(found, key=lambda s: (s.updated_at, s.id), reverse=True)[:_MAX_CANDIDATES]
    return AmbiguousId(
        f"{prefix!r} is the beginning of {len(found)} session ids",
        candidates=[(session.id, session.title) for session in newest],
        hint="give more characters of the id",
    )
