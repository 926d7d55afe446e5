"""Integrity: what `opencode db check` looks for, and what of it can be repaired safely."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from opencode.db.provider import Provider
from opencode.db.querier import Querier
from opencode.db.target import Target
from opencode.db.upgrade import upgrade

__all__ = ["CheckProblem", "CheckReport", "check"]


@dataclass(frozen=True, slots=True)
class CheckProblem:
    """One kind of fault: how many rows have it, some of their ids, whether it was repaired."""

    kind: str
    """`integrity`, `schema`, `counts`, `seq`, `projects`, `numbers`, `orphaned-sessions`,
    `orphaned-messages` or `orphaned-files`."""
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


def check(
    provider: Provider,
    target: Target,
    *,
    project_id: Callable[[], str],
    drift: Sequence[str],
    fix: bool,
) -> CheckReport:
    """Look at the whole database; with `fix` repair what loses nothing.

    `project_id` names the project for sessions that have none; `drift` are the differences of the
    schema, which the caller has looked up.
    """
    problems = _structure(provider, drift) + provider.read(_rows)
    notes = provider.read(_notes)
    if fix:
        problems = [_repair(provider, target, problem, project_id) for problem in problems]
    return CheckReport(tuple(problems), tuple(notes))


def _structure(provider: Provider, drift: Sequence[str]) -> list[CheckProblem]:
    errors = provider.integrity_errors()
    problems = []
    if errors:
        problems.append(CheckProblem("integrity", "; ".join(errors[:5]), len(errors)))
    if drift:
        problems.append(CheckProblem("schema", "; ".join(drift), len(drift)))
    return problems


def _rows(querier: Querier) -> list[CheckProblem]:
    counters = [row.id for row in querier.check_seq() if row.highest_seq > row.last_seq]
    found = [
        _problem(
            "counts",
            "sessions whose message_count is wrong",
            [row.id for row in querier.check_message_counts()],
        ),
        _problem("seq", "sessions whose last_seq is below a number in use", counters),
        CheckProblem(
            "projects",
            "sessions without a project",
            querier.count_untagged_sessions(),
            fixable=True,
        ),
        CheckProblem(
            "numbers",
            "messages without a number",
            querier.count_unnumbered_messages(),
            fixable=True,
        ),
        _problem(
            "orphaned-sessions",
            "sub-sessions whose parent is gone",
            [row.id for row in querier.check_orphaned_sessions()],
        ),
        _problem(
            "orphaned-messages",
            "messages whose session is gone",
            [row.id for row in querier.check_orphaned_messages()],
            fixable=False,
        ),
        _problem(
            "orphaned-files",
            "file versions whose session is gone",
            [row.id for row in querier.check_orphaned_files()],
            fixable=False,
        ),
    ]
    return [problem for problem in found if problem.count]


def _problem(kind: str, message: str, ids: Sequence[str], *, fixable: bool = True) -> CheckProblem:
    return CheckProblem(kind, message, len(ids), tuple(ids[:_SHOWN_IDS]), fixable)


def _notes(querier: Querier) -> list[str]:
    gaps = sum(row.highest_seq != row.numbered for row in querier.check_seq())
    return [f"{gaps} sessions have gaps in their numbers: messages were deleted"] if gaps else []


def _repair(
    provider: Provider, target: Target, problem: CheckProblem, project_id: Callable[[], str]
) -> CheckProblem:
    repairs: dict[str, Callable[[Querier], object]] = {
        "counts": lambda querier: querier.fix_message_counts(),
        "seq": _fix_counters,
        "orphaned-sessions": _detach,
    }
    if problem.kind in {"projects", "numbers"}:
        upgrade(target, auto_migrate=False, project_id=project_id)
    elif problem.kind in repairs:
        provider.run(repairs[problem.kind])
    else:
        return problem
    return replace(problem, fixed=True)


def _fix_counters(querier: Querier) -> None:
    for row in querier.check_seq():
        if row.highest_seq > row.last_seq:
            querier.set_last_seq(last_seq=row.highest_seq, id=row.id)


def _detach(querier: Querier) -> None:
    for row in querier.check_orphaned_sessions():
        querier.detach_session(id=row.id)
