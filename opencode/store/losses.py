"""What undoing migrations would destroy, counted before anybody is asked."""

from __future__ import annotations

from dataclasses import dataclass

from opencode.db.provider import Provider
from opencode.db.querier import Querier

__all__ = ["Losses", "losses"]

# The migrations that made room for something; the others make indexes and triggers.
_TABLES = 1
_SUMMARIES = 2
_PROJECTS = 4
_NUMBERS = 6
_AUTHORS = 7


@dataclass(frozen=True, slots=True)
class Losses:
    """How much of what would be gone; where the tables go, only what is in them is counted."""

    sessions: int = 0
    messages: int = 0
    files: int = 0
    projects: int = 0
    tagged: int = 0
    """Sessions whose project would be kept aside until the next upgrade."""
    authored: int = 0
    """Sessions whose author would be forgotten."""
    summarized: int = 0
    """Sessions of which it would be forgotten which message sums them up."""
    numbered: int = 0
    """Messages whose number would be forgotten, though not their order."""


def losses(provider: Provider, *, version: int, to: int) -> Losses:
    """Count what a database at migration `version` loses on its way back to `to`."""

    def undone(number: int) -> bool:
        return to < number <= version

    def work(querier: Querier) -> Losses:
        rows = querier.count_everything()
        if undone(_TABLES):
            return Losses(rows.sessions, rows.messages, rows.files)
        projects = querier.list_projects() if undone(_PROJECTS) else []
        unnumbered = querier.count_unnumbered_messages() if undone(_NUMBERS) else rows.messages
        return Losses(
            projects=len(projects),
            tagged=sum(project.sessions for project in projects),
            authored=querier.count_authored_sessions() if undone(_AUTHORS) else 0,
            summarized=querier.count_summarized_sessions() if undone(_SUMMARIES) else 0,
            numbered=rows.messages - unnumbered,
        )

    with provider.snapshot():
        return provider.read(work)
