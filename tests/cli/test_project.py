from __future__ import annotations

from pathlib import Path

import pytest

from opencode.store import Store
from tests.cli.conftest import Opencode


def test_show_as_json_opens_no_database(opencode: Opencode, checkout: Path) -> None:
    done = opencode("project", "show", "--json")
    assert (done.code, done.err) == (0, "")
    assert done.json == {
        "project_id": "github.com/acme/app",
        "rule": "git-remote",
        "directory": str(checkout),
        "remote": "git@github.com:acme/app.git",
        "provider": "sqlite",
    }
    assert not (checkout / ".opencode").exists()


def test_show_explains(opencode: Opencode) -> None:
    assert "- " not in opencode("project", "show").out
    out = opencode("project", "show", "--explain").out
    assert "- OPENCODE_PROJECT_ID: not given\n" in out
    assert "- git-remote: github.com/acme/app\n" in out
    explanation = opencode("project", "show", "--explain", "--json").json["explanation"]
    assert "git-remote: github.com/acme/app" in explanation


def test_show_tells_nothing_of_a_remote_s_password(opencode: Opencode, checkout: Path) -> None:
    config = checkout / ".git" / "config"
    config.write_text(
        config.read_text().replace("git@github.com:", "https://ada:s3cret@github.com/")
    )
    for arguments in (["--explain"], ["--json"], ["--explain", "--debug"]):
        done = opencode("project", "show", *arguments)
        assert "github.com/acme/app" in done.out
        assert "s3cret" not in done.out + done.err


def test_list_marks_the_current_project(opencode: Opencode, store: Store) -> None:
    session = store.sessions.create()
    store.sessions.create(parent=session.id)
    store.in_project("other").sessions.create()
    lines = [line.split() for line in opencode("project", "list").out.splitlines()]
    assert ["*", "github.com/acme/app", "2", "1", "0", "now"] in lines
    assert ["other", "1", "0", "0", "now"] in lines


def test_list_as_json(opencode: Opencode, store: Store) -> None:
    assert opencode("project", "list", "--json").json == []
    session = store.sessions.create()
    assert opencode("project", "list", "--json").json == [
        {
            "project_id": "github.com/acme/app",
            "sessions": 1,
            "children": 0,
            "messages": 0,
            "updated_at": session.updated_at,
        }
    ]


def test_an_empty_database(opencode: Opencode, store: Store) -> None:
    assert opencode("project", "list").err == f"no sessions in {store.provider.location}\n"


@pytest.fixture
def old(store: Store) -> Store:
    """A store of two sessions in the project `old`."""
    view = store.in_project("old")
    view.sessions.create()
    view.sessions.create()
    return view


def test_move(opencode: Opencode, store: Store, old: Store) -> None:
    done = opencode("project", "move", "old", "github.com/acme/app", "--yes")
    assert (done.code, done.out) == (0, "")
    assert done.err.splitlines() == [
        "to move: 2 sessions with 0 messages from old to github.com/acme/app, which has 0 sessions",
        "moved 2 sessions",
    ]
    assert (old.sessions.count(), store.sessions.count()) == (0, 2)


def test_move_tells_sub_sessions_too(opencode: Opencode, store: Store, old: Store) -> None:
    old.sessions.create(parent=old.sessions.list().items[0].id)
    done = opencode("project", "move", "old", "github.com/acme/app", "--yes")
    first, last = done.err.splitlines()
    assert first.startswith("to move: 3 sessions (1 sub-session included) with 0 messages from old")
    assert last == "moved 3 sessions (1 sub-session included)"


def test_a_dry_run_moves_nothing(opencode: Opencode, old: Store) -> None:
    done = opencode("project", "move", "old", "new", "--dry-run")
    assert done.code == 0
    assert done.err.endswith("which has 0 sessions\nnothing was changed\n")
    assert old.sessions.count() == 2


def test_move_needs_yes_without_a_terminal(opencode: Opencode, old: Store) -> None:
    assert opencode("project", "move", "old", "new").code == 2
    assert old.sessions.count() == 2


def test_an_unknown_project_suggests_the_nearest(opencode: Opencode, old: Store) -> None:
    done = opencode("project", "move", "olt", "new", "--yes")
    assert done.code == 1
    assert "hint: did you mean old?" in done.err
