"""Drafts outlive the program."""

from __future__ import annotations

import json
import logging
import os
import stat
import time
from pathlib import Path

import pytest

from opencode.parts import Text
from opencode.store import Store
from opencode.tui.draftfiles import OLD, DraftFiles, draft_directory
from opencode.tui.drafts import Kept
from tests.tui.conftest import StartDriver
from tests.tui.doubles import Outage
from tests.tui.driver import Driver
from tests.tui.stores import database_of, new_store
from tests.tui.test_writing import LONG, said, typed


@pytest.fixture
def directory(usual: Store) -> Path:
    """Where the drafts of `usual` are kept."""
    return database_of(usual).with_name("opencode.db.drafts")


def opened(store: Store, drive: StartDriver, title: str = "flaky") -> Driver:
    """A session with its prompt open."""
    return drive(store).press("/", *title, "enter", "enter", "i")


def end(driver: Driver) -> None:
    driver.app.close()


def test_a_draft_is_there_again(usual: Store, drive: StartDriver, directory: Path) -> None:
    first = opened(usual, drive).type("half a thought")
    end(first)
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert (directory / ".gitignore").read_text() == "*\n"
    (file,) = directory.glob("*.json")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    second = opened(usual, drive)
    assert typed(second) == "half a thought"
    second.press("enter").advance(1)
    assert said(usual)[-1] == "half a thought"
    assert not list(directory.glob("*.json"))


def test_a_draft_is_written_while_it_is_typed(
    usual: Store, drive: StartDriver, directory: Path
) -> None:
    first = opened(usual, drive).advance(3)
    at_rest = first.timers.pending()
    first.type("half").advance(0.6)
    assert typed(opened(usual, drive)) == "half"
    first.type(" a thought").advance(0.6)
    assert typed(opened(usual, drive)) == "half a thought"
    first.press("ctrl u").advance(0.6)
    assert not list(directory.glob("*.json"))
    assert first.timers.pending() == at_rest


def test_what_gave_way_to_something_older_is_in_the_history_again(
    usual: Store, drive: StartDriver, directory: Path
) -> None:
    first = opened(usual, drive).type("sent").press("enter").type("precious")
    end(first.press("up").type("!").press("enter"))
    second = opened(usual, drive)
    assert typed(second) == ""
    second.press("up")
    assert typed(second) == "precious"
    second.press("enter").advance(1)
    assert said(usual)[-1] == "precious"
    assert not list(directory.glob("*.json"))


def test_what_gave_way_long_ago_goes(usual: Store, drive: StartDriver, directory: Path) -> None:
    end(opened(usual, drive).type("sent").press("enter").type("old").press("up", "!", "enter"))
    (file,) = directory.glob("*.json")
    os.utime(file, (time.time() - OLD - 60,) * 2)
    drive(usual)
    assert not list(directory.glob("*.json"))


def test_a_large_draft_of_the_last_time_is_sent_once(usual: Store, drive: StartDriver) -> None:
    first = opened(usual, drive)
    first.app.drafts.keep("flaky", "x" * 40_000)
    end(first)
    second = opened(usual, drive).press("enter")
    assert said(usual)[-1] == "x" * 40_000
    assert typed(second) == ""


def test_folded_pieces_and_tabs_come_back(usual: Store, drive: StartDriver) -> None:
    first = opened(usual, drive).type("see ")
    first.app.paste(LONG)
    end(first)
    second = opened(usual, drive)
    assert typed(second) == "see [text of 12,345 lines]"
    second.press("enter")
    assert said(usual)[-1] == f"see {LONG}"


def test_every_session_and_database_has_its_own(
    usual: Store, drive: StartDriver, tmp_path: Path
) -> None:
    first = opened(usual, drive).type("one").press("esc", "esc", "esc", "g", "enter", "i")
    end(first.type("two"))
    assert typed(opened(usual, drive)) == "one"
    assert typed(opened(usual, drive, "implement")) == "two"
    with new_store(tmp_path / "other") as other:
        for id in ("implement", "flaky"):
            other.sessions.create(id=id, title=id)
        assert typed(opened(other, drive)) == ""
    names = {
        draft_directory(location, file=file)
        for location in ("/a/x.db", "/a/y.db")
        for file in (True, False)
    }
    assert len(names) == 4


def test_on_a_server_they_lie_in_the_users_state(
    monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    directory = draft_directory("tcp(db.example:3306)/opencode", file=False)
    assert directory is not None
    assert directory.parent == home / ".local" / "state" / "opencode" / "drafts"
    monkeypatch.setenv("XDG_STATE_HOME", "/state")
    moved = draft_directory("tcp(db.example:3306)/opencode", file=False)
    assert moved == Path("/state/opencode/drafts", directory.name)
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.delenv("HOME")
    assert draft_directory("tcp(db.example:3306)/opencode", file=False) is None


def test_a_message_that_did_not_arrive_is_a_draft_again(
    usual: Store, drive: StartDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    outage = Outage(monkeypatch, usual.messages, "append")
    first = opened(usual, drive).type("first").press("enter", settle=False)
    first.press(*"second", settle=False)
    outage.on = True
    end(first)
    outage.on = False
    second = opened(usual, drive)
    assert typed(second) == "first\n\nsecond"
    assert said(usual).count("first") == 0


def test_a_message_that_arrived_in_the_end_is_no_draft(
    usual: Store, drive: StartDriver, directory: Path
) -> None:
    first = opened(usual, drive).type("first").press("enter", settle=False)
    first.press(*"second", settle=False)
    end(first)
    assert said(usual)[-1] == "first"
    assert typed(opened(usual, drive)) == "second"


def test_a_message_that_arrived_though_nobody_heard_is_no_draft(
    usual: Store, drive: StartDriver, directory: Path
) -> None:
    usual.messages.append("flaky", role="user", parts=[Text("first")], id="m1")
    messages = {"m1": "first", "m2": "second"}
    project = usual.project.project_id
    DraftFiles(directory).write([Kept("flaky", project, "first\n\nsecond\n\nthird", messages)])
    driver = opened(usual, drive)
    assert typed(driver) == "second\n\nthird"


def test_trouble_is_told_and_nothing_is_lost_in_memory(
    usual: Store, drive: StartDriver, directory: Path
) -> None:
    directory.write_text("in the way")
    driver = opened(usual, drive).type("half a thought")
    driver.advance(0.6)
    assert "not kept on disk: File exists" in driver.text()
    driver.press("esc")
    assert "The draft stays while the program runs: File exists" in driver.footer()
    driver.press("ctrl c")
    assert "A draft cannot be kept (File exists); leave again to lose it." in driver.footer()
    assert not driver.ended, "the user should have been warned"
    directory.unlink()
    driver.press("i").type("!").advance(0.6)
    assert "not kept" not in driver.text()
    driver.press("esc", "q", "q")
    assert driver.press().ended
    assert typed(opened(usual, drive)) == "half a thought!"


def test_leaving_twice_leaves(usual: Store, drive: StartDriver, directory: Path) -> None:
    directory.write_text("in the way")
    driver = opened(usual, drive).type("half a thought")
    driver.advance(0.6)
    driver.press("esc", "ctrl c")
    assert not driver.ended
    assert driver.press("ctrl c").ended


def test_a_full_disk_at_the_end_is_logged(
    usual: Store, drive: StartDriver, directory: Path, caplog: pytest.LogCaptureFixture
) -> None:
    directory.write_text("in the way")
    end(opened(usual, drive).type("half a thought"))
    assert any("drafts could not be kept" in line.getMessage() for line in caplog.records)
    caplog.clear()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"session": "x"}', "\x00\xff"])
def test_files_that_are_none_of_ours(
    usual: Store,
    drive: StartDriver,
    directory: Path,
    caplog: pytest.LogCaptureFixture,
    content: str,
) -> None:
    caplog.set_level(logging.WARNING)
    directory.mkdir()
    (directory / "broken.json").write_bytes(content.encode("latin-1"))
    assert typed(opened(usual, drive)) == ""
    assert "cannot be read" in caplog.text
    assert (directory / "broken.json").exists()


def test_old_drafts_of_sessions_that_are_gone_go(
    usual: Store, drive: StartDriver, directory: Path
) -> None:
    files = DraftFiles(directory)
    project = usual.project.project_id
    files.write(Kept(id, project, id) for id in ("gone", "gone lately", "flaky"))
    (directory / "half.partial").touch()
    long_ago = time.time() - OLD - 10
    for file in directory.iterdir():
        if "gone lately" not in file.read_text():
            os.utime(file, (long_ago, long_ago))
    drive(usual)
    left = {json.loads(file.read_text())["text"] for file in directory.glob("*.json")}
    assert left == {"flaky", "gone lately"}
    assert not list(directory.glob("*.partial"))
