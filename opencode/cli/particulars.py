"""What an error holds beyond its one line."""

from __future__ import annotations

from opencode.errors import (
    AmbiguousId,
    ConfigError,
    MigrationFailed,
    NewerSchema,
    Obstacle,
    OpencodeError,
    PendingMigrations,
    PreflightFailed,
    SchemaDrift,
)

__all__ = ["hint", "particulars"]


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
        case PreflightFailed(obstacles=obstacles):
            return [line for obstacle in obstacles for line in _obstacle(obstacle, len(obstacles))]
        case MigrationFailed():
            applied = ", ".join(error.applied) or "none"
            return [
                f"cause: {error.cause}",
                f"statement: {error.statement}",
                f"applied before it, and kept: {applied}",
            ]
    return []


def hint(error: OpencodeError) -> str:
    """The error's hint, as it stands below its particulars: these need no other place to look."""
    if isinstance(error, PreflightFailed):
        return "nothing was changed"
    return error.hint


def _obstacle(obstacle: Obstacle, of: int) -> list[str]:
    """Its remedies, of which any will do; led by itself unless the message has said it."""
    first, *others = obstacle.remedies
    ways = [f"{'either' if others else 'remedy:'} {first}", *(f"or {other}" for other in others)]
    return ways if of == 1 else [obstacle.message, *(f"  {way}" for way in ways)]
