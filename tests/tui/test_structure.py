"""Which modules of the interface know urwid, and which do not need a screen to be tested."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import PROJECT

WITHOUT_URWID = (
    "opencode.tui",
    "opencode.tui.branches",
    "opencode.tui.clipboard",
    "opencode.tui.draftfiles",
    "opencode.tui.drafts",
    "opencode.tui.folded",
    "opencode.tui.format",
    "opencode.tui.fuzzy",
    "opencode.tui.guards",
    "opencode.tui.jobs",
    "opencode.tui.keymap",
    "opencode.tui.listing",
    "opencode.tui.loading",
    "opencode.tui.log",
    "opencode.tui.openfile",
    "opencode.tui.pasting",
    "opencode.tui.programs",
    "opencode.tui.render.compose",
    "opencode.tui.render.markdown",
    "opencode.tui.render.diff",
    "opencode.tui.render.find",
    "opencode.tui.render.message",
    "opencode.tui.searching",
    "opencode.tui.tabs",
    "opencode.tui.theme",
    "opencode.tui.threads",
    "opencode.tui.transcript",
    "opencode.tui.viewport",
    "opencode.tui.window",
)

# What the interface must not load before its first frame: it opens the store in a thread.
HEAVY = {"aiosql", "click", "markdown_it", "pygments", "pymysql", "sqlparse", "yoyo"}


def loaded_by(module: str) -> set[str]:
    code = f"import sys, {module}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


@pytest.mark.parametrize("module", WITHOUT_URWID)
def test_logic_is_free_of_urwid(module: str) -> None:
    assert "urwid" not in loaded_by(module)


def test_the_first_frame_waits_for_no_library_but_urwid() -> None:
    loaded = loaded_by("opencode.tui.loop")
    assert "urwid" in loaded
    assert not loaded & HEAVY


def test_the_interface_reaches_the_database_through_the_store_only() -> None:
    for path in (PROJECT / "opencode" / "tui").rglob("*.py"):
        assert "opencode.db" not in path.read_text(), path
