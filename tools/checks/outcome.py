"""What a check found, where there is more to say than its problems."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Outcome"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """`note` is printed beside the check's name."""

    problems: Sequence[str] = ()
    note: str = ""
    made: bool = True
    """False where the check could not be made, and need not be; the note says why."""

    @property
    def word(self) -> str:
        """How it went, in a word."""
        if self.problems:
            return "failed"
        return "ok" if self.made else "not run"
