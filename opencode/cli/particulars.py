"""What an error holds beyond its one line."""

from __future__ import annotations

from opencode.errors import (
    AmbiguousId,
    ConfigError,
    MigrationFailed,
    NewerSchema,
    OpencodeError,
    PendingMigrations,
    SchemaDrift,
)

__all__ = ["particulars"]


def particulars(error: OpencodeError) -> list[str]:
    """Lines to stand between the message and the hint."""
    match error:
        case ConfigError(problems=problems) if len(problems) > 1:
            return [str(problem) for problem in problems]
        case AmbiguousId(candidates=candidates):
            return [f"{session_id}  {title}" for session_id, title in candidates]
        case PendingMigrations(pending=names) | NewerSchema(unknown=names):
            return list(names)
        case SchemaDrift(differences=differences):
            return list(differences)
        case MigrationFailed():
            applied = ", ".join(error.applied) or "none"
            return [
                f"cause: {error.cause}",
                f"statement: {error.statement}",
                f"applied before it, and kept: {applied}",
            ]
    return []
