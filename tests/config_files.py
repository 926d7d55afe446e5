"""Configuration files for tests, and what is wrong with them."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from opencode.config import Overrides, load_config
from opencode.errors import ConfigError, Problem

FILE = ".opencode.json"


def write(directory: Path, content: object, *, mode: int = 0o600) -> Path:
    """A configuration file in `directory`, of JSON unless the content is text already."""
    path = directory / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    path.chmod(mode)
    return path


def problems_of(
    cwd: Path, *, environ: Mapping[str, str] = os.environ, overrides: Overrides | None = None
) -> list[Problem]:
    with pytest.raises(ConfigError) as caught:
        load_config(cwd, environ=environ, overrides=overrides)
    return list(caught.value.problems)


def only_problem(cwd: Path, *, environ: Mapping[str, str] = os.environ) -> Problem:
    (problem,) = problems_of(cwd, environ=environ)
    assert str(problem)
    assert "\n" not in str(problem)
    return problem
