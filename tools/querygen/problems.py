"""How the tools say that the SQL cannot be used as it is."""

from __future__ import annotations

__all__ = ["SqlProblems"]


class SqlProblems(Exception):
    """`problems` are lines that begin with FILE:LINE."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
