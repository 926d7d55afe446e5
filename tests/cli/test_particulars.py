from __future__ import annotations

import pytest

from opencode.cli.particulars import particulars
from opencode.errors import Obstacle, PreflightFailed, StoreError

ONE = Obstacle("no right", ("GRANT …", "ask"))
OTHER = Obstacle("no engine", ("allow it",))


@pytest.mark.parametrize(
    ("obstacles", "lines"),
    [
        ([ONE], ["either GRANT …", "or ask"]),
        ([OTHER], ["remedy: allow it"]),
        (
            [ONE, OTHER],
            ["no right", "  either GRANT …", "  or ask", "no engine", "  remedy: allow it"],
        ),
    ],
)
def test_obstacles_with_what_helps(obstacles: list[Obstacle], lines: list[str]) -> None:
    assert particulars(PreflightFailed("m", obstacles=obstacles)) == lines


def test_most_errors_have_none() -> None:
    assert particulars(StoreError("m")) == []
