"""Which modules of the interface know urwid, and which do not need a screen to be tested."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from opencode import open_store
from tests.conftest import PROJECT

WITHOUT_URWID = (
    "opencode.tui",
    "opencode.tui.branches",
    "opencode.tui.clipboard",
    "opencode.tui.draftfiles",
    "opencode.tui.drafts",
    "opencode.tui.folded",
    "opencode.tui.format",
    "opencode.tui.framefirst",
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
    "opencode.tui.wording",
)

# What the interface must not load before its first frame: it opens the store in a thread.
HEAVY = {"aiosql", "click", "markdown_it", "pygments", "pymysql", "sqlparse", "yoyo"}

# What of the program itself the first list of sessions must not wait for either.
LATE = {
    "opencode.config.mysql",
    "opencode.db.backfill",
    "opencode.db.backup",
    "opencode.db.survey",
    "opencode.db.upgrade",
    "opencode.parts",
    "opencode.project.remote",
    "opencode.store.files",
    "opencode.store.messages",
    "opencode.text.invisible",
    "opencode.text.secrets",
    "opencode.tui.render",
    "opencode.tui.screens.conversation",
    "opencode.tui.screens.help",
    "opencode.tui.screens.message_pane",
    "opencode.tui.screens.palette",
    "opencode.tui.screens.session",
    "opencode.tui.widgets.block",
    "opencode.tui.widgets.dialog",
    "opencode.tui.widgets.prompt",
}

LIST_SESSIONS = """\
import opencode.tui.loop
from opencode import open_store
with open_store() as store:
    assert store.upgraded is None
    assert store.sessions.list().items
"""


def loaded_by(module: str) -> set[str]:
    return loaded_after(f"import {module}", cwd=PROJECT)


def loaded_after(code: str, *, cwd: Path) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint(*sys.modules)"],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(PROJECT), "OPENCODE_PROJECT_ID": "acme"},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


@pytest.mark.parametrize("module", WITHOUT_URWID)
def test_logic_is_free_of_urwid(module: str) -> None:
    assert "urwid" not in loaded_by(module)


def test_the_first_frame_waits_for_no_library_but_urwid() -> None:
    loaded = loaded_by("opencode.tui.loop")
    assert "urwid" in loaded
    assert not loaded & HEAVY


def test_the_first_list_waits_for_nothing_that_it_does_not_show(tmp_path: Path) -> None:
    with open_store(tmp_path, project="acme") as store:
        store.sessions.create(title="one")
    loaded = loaded_after(LIST_SESSIONS, cwd=tmp_path)
    assert "opencode.tui.screens.sessions" in loaded
    assert not loaded & LATE


def test_what_comes_late_is_there(tmp_path: Path) -> None:
    code = "from opencode.tui.screens.late import MODULES\nfor name in MODULES: __import__(name)"
    loaded = loaded_after(code, cwd=tmp_path)
    assert {name for name in LATE if name.startswith("opencode.tui")} <= loaded


def test_the_interface_reaches_the_database_through_the_store_only() -> None:
    for path in (PROJECT / "opencode" / "tui").rglob("*.py"):
        assert "opencode.db" not in path.read_text(), path
