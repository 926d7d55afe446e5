"""Integrity: what `opencode db check` looks for, and what of it can be repaired safely."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from opencode.db import survey
from opencode.db.provider import Provider
from opencode.db.querier import Querier
from opencode.db.survey import SchemaStatus
from opencode.db.target import Target
from opencode.db.upgrade import upgrade
from opencode.errors import DatabaseDamaged, DatabaseUnavailable, StoreError
from opencode.text import plural

__all__ = ["CheckProblem", "CheckReport", "check"]

# The migrations that added what is looked at.
_PROJECTS = 4
_NUMBERS = 6


@dataclass(frozen=True, slots=True)
class CheckProblem:
    """One kind of fault: how many rows have it, some of their ids, whether it was repaired."""

    kind: str
    """`integrity`, `schema`, `counts`, `seq`, `projects`, `numbers`, `orphaned-messages` or
    `orphaned-files`."""
    message: str
    count: int
    ids: tuple[str, ...] = ()
    fixable: bool = False
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What is wrong, and in `notes` what is worth knowing but no fault."""

    problems: tuple[CheckProblem, ...] = ()
    notes: tuple[str, ...] = field(default=())

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong, or no longer is."""
        return all(problem.fixed for problem in self.problems)


_SHOWN_IDS = 20
_MOST_LOOKS = 10


def check(
    provider: Provider, target: Target, *, project_id: Callable[[], str], fix: bool
) -> CheckReport:
    """Look at the whole database as it is; with `fix` repair what loses nothing.

    Whatever its schema, nothing is upgraded.  What needs a newer schema is not looked at, and only
    a sound and up-to-date database is repaired.  `project_id` names the project for sessions that
    have none.

    Raises:
        SchemaDrift, SchemaError, DatabaseDamaged: It is not a database of this program at all.
    """
    schema = survey.status(target)
    if not schema.applied:
        return CheckReport(notes=(f"nothing to check: {target.location} holds no tables yet",))
    problems = _structure(provider, (*schema.problems, *survey.trial(target)))
    notes = [*schema.remarks, *_about_schema(schema)]
    sound = not problems
    try:
        with provider.snapshot(slow=True):
            if not schema.unknown:
                problems += provider.read(lambda querier: _rows(querier, schema.version))
                notes += provider.read(lambda querier: _notes(querier, schema.version))
    except DatabaseUnavailable:
        raise
    except StoreError as error:
        if sound and not isinstance(error, DatabaseDamaged):
            raise
        sound = False
        problems.append(CheckProblem("integrity", f"not all rows can be read: {error}", 1))
    if fix and sound and not (schema.pending or schema.unknown):
        problems = [_repair(provider, target, problem, project_id) for problem in problems]
    elif fix and problems:
        notes.append("nothing was repaired: that takes a sound database with the current schema")
    return CheckReport(tuple(problems), tuple(notes))


def _structure(provider: Provider, drift: Sequence[str]) -> list[CheckProblem]:
    try:
        errors = provider.integrity_errors()
    except DatabaseDamaged as error:
        errors = [str(error)]
    problems = []
    if errors:
        problems.append(CheckProblem("integrity", "; ".join(errors[:5]), len(errors)))
    if drift:
        problems.append(CheckProblem("schema", "; ".join(drift), len(drift)))
    return problems


def _about_schema(schema: SchemaStatus) -> list[str]:
    if schema.unknown:
        newer = ", ".join(schema.unknown)
        return [f"a newer program upgraded the database ({newer}): its rows were not checked"]
    if schema.pending:
        return [f"migrations are pending, which db migrate applies: {', '.join(schema.pending)}"]
    return []


def _rows(querier: Querier, version: int) -> list[CheckProblem]:
    wrong = [row.id for row in querier.check_message_counts()]
    found = [_problem("counts", "session", "whose message_count is wrong", wrong)]
    if version >= _PROJECTS:
        untagged = querier.count_untagged_sessions()
        found.append(_counted("projects", "session", "without a project", untagged))
    if version >= _NUMBERS:
        counters = [row.id for row in querier.check_seq() if row.highest_seq > row.last_seq]
        about = "whose last_seq is below a number in use"
        found.append(_problem("seq", "session", about, counters))
        unnumbered = querier.count_unnumbered_messages()
        found.append(_counted("numbers", "message", "without a number", unnumbered))
    messages = [row.id for row in querier.check_orphaned_messages()]
    files = [row.id for row in querier.check_orphaned_files()]
    gone = "whose session is gone"
    found += [
        _problem("orphaned-messages", "message", gone, messages, fixable=False),
        _problem("orphaned-files", "file version", gone, files, fixable=False),
    ]
    return [problem for problem in found if problem.count]


def _counted(kind: str, noun: str, about: str, count: int) -> CheckProblem:
    return CheckProblem(kind, f"{noun if count == 1 else noun + 's'} {about}", count, fixable=True)


def _problem(
    kind: str, noun: str, about: str, ids: Sequence[str], *, fixable: bool = True
) -> CheckProblem:
    found = _counted(kind, noun, about, len(ids))
    return replace(found, ids=tuple(ids[:_SHOWN_IDS]), fixable=fixable)


def _notes(querier: Querier, version: int) -> list[str]:
    notes = []
    # No fault: others may delete a session and keep those that it started, and no repair could
    # tell whose they were.
    orphans = len(querier.check_orphaned_sessions())
    if orphans:
        notes.append(f"{plural(orphans, 'sub-session')} of a session that is gone: --all lists all")
    numbered = querier.check_seq() if version >= _NUMBERS else []
    gaps = sum(row.highest_seq != row.numbered for row in numbered)
    if gaps:
        has = "has" if gaps == 1 else "have"
        notes.append(f"{plural(gaps, 'session')} {has} gaps in the numbers: messages were deleted")
    return notes


def _repair(
    provider: Provider, target: Target, problem: CheckProblem, project_id: Callable[[], str]
) -> CheckProblem:
    repairs: dict[str, Callable[[Querier], object]] = {
        "counts": _fix_counts,
        "seq": _fix_counters,
    }
    if problem.kind in {"projects", "numbers"}:
        upgrade(target, auto_migrate=False, project_id=project_id)
    elif problem.kind in repairs:
        provider.run(repairs[problem.kind])
    else:
        return problem
    return replace(problem, fixed=True)


def _fix_counts(querier: Querier) -> None:
    """Leave sessions alone that others write to meanwhile; they are looked at once more."""
    for _ in range(_MOST_LOOKS):
        missed = 0
        for row in querier.check_message_counts():
            if querier.fix_message_count(id=row.id, updated_at=row.updated_at):
                querier.set_updated_at(updated_at=row.updated_at, id=row.id)
            else:
                missed += 1
        if not missed:
            return
    raise DatabaseUnavailable(
        f"{plural(missed, 'session')} to repair went on changing",
        hint="repair them while nobody writes",
    )


def _fix_counters(querier: Querier) -> None:
    for row in querier.check_seq():
        if row.highest_seq > row.last_seq:
            querier.set_last_seq(last_seq=row.highest_seq, id=row.id)
