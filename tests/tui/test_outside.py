"""Copying, the pager and the editor."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from opencode.errors import UsageError
from opencode.parts import Reasoning, Text, ToolCall, ToolResult
from opencode.store import Store
from opencode.tui import programs
from opencode.tui.outside import Nowhere
from opencode.tui.tabs import clean_keeping_tabs
from tests.tui.conftest import StartDriver
from tests.tui.driver import Driver
from tests.tui.stores import Said, add_session


class TestPrograms:
    def test_the_users_own_come_first(self) -> None:
        environ = {"PATH": os.environ["PATH"], "PAGER": "sh -c", "VISUAL": "cat -u", "EDITOR": "x"}
        assert programs.pager(environ) == ["sh", "-c"]
        assert programs.editor(environ) == ["cat", "-u"]

    @pytest.mark.parametrize(
        ("pager", "words"),
        [("/no/such", r"\$PAGER names /no/such"), ("'open", r"\$PAGER cannot be read")],
    )
    def test_broken_ones_are_named(self, pager: str, words: str) -> None:
        with pytest.raises(UsageError, match=words):
            programs.pager({"PAGER": pager, "PATH": "/bin"})

    def test_less_waits_for_the_reader(self, tmp_path: Path) -> None:
        less = tmp_path / "less"
        less.write_text("#!/bin/sh\n")
        less.chmod(0o755)
        assert programs.pager({"PATH": str(tmp_path)}) == ["less", "-+F"]
        with pytest.raises(UsageError, match="no program"):
            programs.editor({"PATH": str(tmp_path)})

    @pytest.mark.parametrize(
        ("name", "ending"),
        [("a/b.py", ".py"), ("x", ".txt"), ("../../x.a/b", ".txt"), ("x.\x1b[2J", ".txt")],
    )
    def test_files_are_private_and_go(self, name: str, ending: str) -> None:
        file = programs.temporary("words", name)
        assert file.name == f"text{ending}"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
        programs.throw_away(file)
        assert not file.parent.exists()


def test_tabs_stay_tabs_and_nothing_else_controls_the_terminal() -> None:
    assert clean_keeping_tabs("all:\n\tmake\x1b[2J x\x07\tz") == "all:\n\tmake x␇\tz"


@pytest.fixture
def said(store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    for name in ("TMUX", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("PAGER", "cat")
    monkeypatch.setenv("EDITOR", "cat -u")
    monkeypatch.delenv("VISUAL", raising=False)
    messages: list[Said] = [
        ("user", [Text("Please\x1b[2J help")]),
        ("assistant", [Text("So:\n```make\nall:\n\tcc x.c\n```")]),
        ("assistant", [ToolCall("c", "bash", '{"command": "ls"}')]),
        ("tool", [ToolResult("c", "", "a\nb")]),
    ]
    add_session(store, "Copied", id="copied", said=messages)
    return store


@pytest.mark.parametrize(
    ("keys", "words", "label"),
    [
        (["g", "y", "y"], "Please help", "message"),
        (["g", "n", "y", "j", "enter"], "all:\n\tcc x.c", "code make"),
        (["G", "y", "enter"], "a\nb", "output"),
        (["G", "y", "j", "enter"], 'bash {"command": "ls"}', "call of bash"),
        (["g", "y", "G", "enter"], "copied", "session id"),
        (["g", "y", "G", "k", "enter"], "Copied", "session title"),
        (["g", "y", "j", "enter"], "copied-1", "message id"),
    ],
)
def test_copying(
    said: Store, drive: StartDriver, copied: list[str], keys: list[str], words: str, label: str
) -> None:
    driver = drive(said).press("enter", *keys)
    assert copied == [words]
    assert driver.footer().startswith(f" Copied {label}")


def test_a_thought_under_the_cursor_comes_first(
    said: Store, drive: StartDriver, copied: list[str]
) -> None:
    add_session(said, "Thought", said=[("assistant", [Reasoning("Why?"), Text("So.")])])
    driver = drive(said).press("/").type("Thought").press("enter", "enter", "g", "j", "y", "y")
    assert copied == ["Why?"]
    assert driver.footer().startswith(" Copied thinking · 1 line")
    driver.press("y", "j", "enter")
    assert copied == ["Why?", "So."]
    assert driver.press("y").text().count("thinking · 1 line") == 2  # in the dialog, and behind it
    driver.press("esc", "o")
    assert driver.terminal.texts == ["Why?"]


def test_copying_faster_than_the_choices_come(
    said: Store, drive: StartDriver, copied: list[str]
) -> None:
    driver = drive(said).press("enter", "g")
    driver.press("y", "y", settle=False)
    assert not copied
    driver.settle()
    assert copied == ["Please help"]


def test_copying_nothing(said: Store, drive: StartDriver, copied: list[str]) -> None:
    driver = drive(said).press("enter", "y", "esc")
    assert not copied
    assert driver.press("esc").header().startswith(" Sessions")


def test_pager_shows_clean_text_and_the_file_goes(said: Store, drive: StartDriver) -> None:
    driver = drive(said).press("enter", "g", "o")
    (command,) = driver.terminal.commands
    assert command[0] == "cat"
    assert driver.terminal.texts == ["Please help"]
    assert not Path(command[-1]).parent.exists()
    driver.press("G", "O")
    assert driver.terminal.commands[1][:2] == ["cat", "-u"]
    assert driver.terminal.texts[1] == 'bash {"command": "ls"}\n\na\nb'
    assert "is not kept" in driver.footer()


def test_a_pager_that_fails(
    said: Store, drive: StartDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver: Driver = drive(said).press("enter")
    monkeypatch.setenv("PAGER", "false")
    assert "false ended with code 1." in driver.press("o").footer()
    monkeypatch.setenv("PAGER", "cat")
    driver.terminal.error = PermissionError(13, "not yours")
    assert "cat cannot be started: not yours" in driver.press("o").footer()
    assert not Path(driver.terminal.commands[-1][-1]).exists()
    monkeypatch.setenv("PAGER", "/no/such/pager -x")
    assert "$PAGER names /no/such/pager" in driver.press("o").footer()


def test_without_a_terminal() -> None:
    Nowhere().send("x")
    with pytest.raises(OSError, match="no terminal"):
        Nowhere().run(["true"])
