from __future__ import annotations

from tests.cli.test_main import COMMANDS
from tools import docs


def test_the_checked_in_documentation_is_up_to_date() -> None:
    assert docs.check() == []


def test_every_command_has_its_section() -> None:
    document = docs.commands_markdown()
    for path in COMMANDS:
        assert f"\n## {' '.join(['opencode', *path])}\n" in document
