"""Where sqlc, or one of the schemas, is not to be believed; each with its reason.

An entry that is not needed any more is reported as a problem.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["NEVER_NULL", "RESULT_TYPES", "UNPARSED", "UNPARSED_TYPES"]

NEVER_NULL: Mapping[str, str] = {
    "sessions.project_id": (
        "nullable on SQLite only because the Go OpenCode inserts without it; a statement scoped by "
        "project_id never returns NULL, and we never write it"
    ),
    "messages.seq": (
        "nullable because the Go OpenCode inserts without it; the trigger and the backfill number "
        "such messages before anything of ours reads them"
    ),
    "check_orphaned_sessions.parent_session_id": "the statement asks for those that are not NULL",
}
"""Columns (`table.column`, or `query.column` of a result) that are read as NOT NULL."""

RESULT_TYPES: Mapping[str, tuple[str, str]] = {
    "list_projects.updated_at": ("int", "sqlc gives max() no type; no group is empty"),
    "check_seq.highest_seq": ("int", "sqlc gives max() no type; no group is empty"),
}
"""The Python type of result columns that sqlc cannot tell in either dialect, never NULL."""

UNPARSED: Mapping[str, str] = {
    "number_messages": (
        "sqlc knows neither UPDATE … FROM on SQLite nor UPDATE … INNER JOIN (SELECT …) on MySQL"
    ),
}
"""Queries that are left out of its analysis."""

UNPARSED_TYPES: Mapping[str, Mapping[str, str]] = {
    "number_messages": {"seq": "int", "session_id": "str"},
}
"""The parameters of those."""
