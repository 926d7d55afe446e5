"""Messages of the sessions of one project."""

from __future__ import annotations

from collections.abc import Sequence

from opencode import limits
from opencode.db.querier import MessageRow, Querier
from opencode.errors import InvalidValue, NotFound
from opencode.models import Message
from opencode.parts import Part, decode_parts, encode_parts
from opencode.store.ids import new_id
from opencode.store.scope import Scope, again

__all__ = ["Messages"]

_PAGE = 500


class Messages:
    """Messages, always in the order of `seq`, which the database hands out."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._project = scope.project_id

    def append(
        self,
        session_id: str,
        *,
        role: str,
        parts: Sequence[Part],
        model: str | None = None,
        id: str | None = None,
        finished: bool = False,
    ) -> Message:
        """Add a message at the end of a session.

        Raises:
            NotFound: the session is not in this project.
            InvalidValue: a value breaks a limit, or the parts are too large for the database.
        """
        self._scope.key(session_id)
        message_id = limits.check_id(id) if id is not None else new_id()
        if not limits.check_text("role", role, limits.ROLE).strip():
            raise InvalidValue("the role is empty", hint="user, assistant, system or tool")
        if model is not None:
            limits.check_text("model", model, limits.MODEL)
        text = self._encode(parts)
        now = self._scope.now()

        def work(querier: Querier) -> Message:
            if not querier.advance_session(project_id=self._project, id=session_id):
                raise self._scope.no_session(session_id)
            querier.create_message(
                id=message_id,
                role=role,
                parts=text,
                model=model,
                created_at=now,
                updated_at=now,
                finished_at=now if finished else None,
                project_id=self._project,
                session_id=session_id,
            )
            return self._get(querier, message_id)

        return self._scope.run(work, arrived=lambda querier: self._find(querier, message_id))

    def get(self, message_id: str) -> Message:
        """Return one message; `NotFound` when it is not in this project."""
        return self._scope.read(lambda querier: self._get(querier, message_id))

    def list(
        self, session_id: str, *, after: int = 0, limit: int | None = None
    ) -> Sequence[Message]:
        """Return the messages after a `seq`, in order; all of them without a limit."""
        if limit is not None:
            limits.check_size("messages", limit)
        key = self._scope.key(session_id)

        def work(querier: Querier) -> Sequence[Message]:
            messages: list[Message] = []
            seq, missing = limits.number(after), limit
            while missing is None or missing > 0:
                size = _PAGE if missing is None else min(_PAGE, missing)
                rows = querier.list_messages(
                    project_id=self._project, session_id=key, seq=seq, limit=size
                )
                messages.extend(map(_message, rows))
                if len(rows) < size:
                    break
                seq = rows[-1].seq
                missing = None if missing is None else missing - size
            return self._of_a_session(querier, key, messages)

        return self._scope.read(work)

    def page(
        self, session_id: str, *, before: int | None = None, limit: int = 100
    ) -> Sequence[Message]:
        """Return the last `limit` messages before a `seq` (None: before the end), in order."""
        limit = limits.check_size("messages", limit)
        end = limits.number(2**63 if before is None else before)
        key = self._scope.key(session_id)

        def work(querier: Querier) -> Sequence[Message]:
            rows = querier.list_messages_before(
                project_id=self._project, session_id=key, seq=end, limit=limit
            )
            messages = [_message(row) for row in reversed(rows)]
            return self._of_a_session(querier, key, messages)

        return self._scope.read(work)

    def update(self, message_id: str, parts: Sequence[Part]) -> Message:
        """Replace what a message says."""
        self._key(message_id)
        text = self._encode(parts)

        def work(querier: Querier) -> Message:
            querier.update_message_parts(parts=text, project_id=self._project, id=message_id)
            return self._get(querier, message_id)

        return self._scope.run(work, arrived=again)

    def finish(self, message_id: str, parts: Sequence[Part] | None = None) -> Message:
        """Note that a message is complete, with its final parts if given."""
        self._key(message_id)
        text = None if parts is None else self._encode(parts)
        now = self._scope.now()

        def work(querier: Querier) -> Message:
            if text is not None:
                querier.update_message_parts(parts=text, project_id=self._project, id=message_id)
            querier.finish_message(finished_at=now, project_id=self._project, id=message_id)
            return self._get(querier, message_id)

        return self._scope.run(work, arrived=again)

    def delete(self, message_id: str) -> None:
        """Delete one message; its `seq` is not given again."""

        def work(querier: Querier) -> bool:
            message = self._get(querier, message_id)
            return bool(querier.delete_message(session_id=message.session_id, id=message_id))

        def gone(querier: Querier) -> bool | None:
            return True if self._find(querier, message_id) is None else None

        self._scope.run(work, arrived=gone)

    def _of_a_session(
        self, querier: Querier, session_id: str, messages: Sequence[Message]
    ) -> Sequence[Message]:
        """Return the messages read; `NotFound` when there is no session they could be of.

        Only when there are none is it asked for: that would be another round trip each time.
        """
        if not messages:
            self._scope.session(querier, session_id)
        return messages

    def _encode(self, parts: Sequence[Part]) -> str:
        return limits.check_content(
            "message", encode_parts(parts), self._scope.provider.max_content_bytes
        )

    def _find(self, querier: Querier, message_id: str) -> Message | None:
        row = querier.get_message(project_id=self._project, id=message_id)
        return None if row is None else _message(row)

    def _get(self, querier: Querier, message_id: str) -> Message:
        message = self._find(querier, self._key(message_id))
        if message is None:
            raise self._no_message(message_id)
        return message

    def _key(self, message_id: str) -> str:
        if not limits.is_key(message_id):
            raise self._no_message(message_id)
        return message_id

    def _no_message(self, message_id: str) -> NotFound:
        return NotFound(
            f"no message {message_id} in project {self._project}",
            hint="opencode message list SESSION shows the messages of a session",
        )


def _message(row: MessageRow) -> Message:
    return Message(
        row.id,
        row.session_id,
        row.seq,
        row.role,
        decode_parts(row.parts),
        row.model,
        row.created_at,
        row.updated_at,
        row.finished_at,
    )
