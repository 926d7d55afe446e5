"""Values as JSON: snake_case fields, named and ordered like the columns."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Any

from opencode.models import FileSummary, Message, Project, Session
from opencode.parts import parts_json

__all__ = ["file_row", "message_row", "project_row", "session_document", "session_row"]


def session_row(session: Session) -> dict[str, Any]:
    """The session's columns; a cost that is no number, which JSON has no word for, is null."""
    row = session._asdict()
    return row if isfinite(session.cost) else row | {"cost": None}


def message_row(message: Message) -> dict[str, Any]:
    """The message's columns, `parts` decoded."""
    return {
        "id": message.id,
        "session_id": message.session_id,
        "seq": message.seq,
        "role": message.role,
        "model": message.model,
        "parts": parts_json(message.parts),
        "created_at": message.created_at,
        "updated_at": message.updated_at,
        "finished_at": message.finished_at,
    }


def file_row(file: FileSummary) -> dict[str, Any]:
    """The columns of a file version without its content."""
    return file._asdict()


def project_row(project: Project) -> dict[str, Any]:
    """What a project holds."""
    return project._asdict()


def session_document(
    session: Session, messages: Sequence[Message], files: Sequence[FileSummary]
) -> dict[str, Any]:
    """A whole session: its columns, its messages in order, its file versions without content.

    What the session's own id says already is left out of messages and files.
    """
    return {
        **session_row(session),
        "messages": [_without(message_row(message), "session_id") for message in messages],
        "files": [_without(file_row(file), "session_id", "updated_at") for file in files],
    }


def _without(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}
