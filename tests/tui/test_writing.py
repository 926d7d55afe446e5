"""Writing a message: nothing typed is lost before the store has it."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from opencode.errors import UsageError
from opencode.parts import Text
from opencode.store import Store
from opencode.tui.drafts import Drafts
from opencode.tui.editor import edit, editor_command
from tests.tui.conftest import StartDriver
from tests.tui.doubles import Outage

if TYPE_CHECKING:
    from pathlib import Path

    from tests.tui.driver import Driver


def said(store: Store, session_id: str = "flaky") -> list[str]:
    return [
        part.text
        for message in store.messages.list(session_id)
        for part in message.parts
        if isinstance(part, Text)
    ]


def typed(driver: Driver) -> str:
    """What stands in the prompt."""
    lines = driver.lines()
    (top,) = [number for number, line in enumerate(lines) if line.startswith("── Message")]
    return "\n".join(line[2:] for line in lines[top + 1 : -5])


@pytest.fixture
def flaky(usual: Store, drive: StartDriver) -> Driver:
    """An open session of one message."""
    return drive(usual).press("j", "enter")


def test_a_message_is_added_at_the_end(usual: Store, flaky: Driver) -> None:
    flaky.press("i").type("It is the clock. 漢字").press("enter")
    assert said(usual)[-1] == "It is the clock. 漢字"
    message = usual.messages.list("flaky")[-1]
    assert (message.role, message.finished_at) == ("user", None)
    assert "It is the clock." in flaky.text()
    assert typed(flaky) == ""


@pytest.mark.parametrize("key", ["meta enter", "ctrl o"])
def test_line_breaks(usual: Store, flaky: Driver, key: str) -> None:
    flaky.press("i").type("one").press(key).type("two\\").press("enter").type("three")
    assert typed(flaky) == "one\ntwo\nthree"
    flaky.press("enter")
    assert said(usual)[-1] == "one\ntwo\nthree"


def test_pasted_text_keeps_its_lines_and_sends_nothing(usual: Store, flaky: Driver) -> None:
    flaky.press("i")
    flaky.app.paste("q\nfirst\r\n\n\tsecond\x1b]0;evil\x07\n")
    assert len(said(usual)) == 1
    flaky.press("enter")
    assert said(usual)[-1] == "q\nfirst\n\n    second"


def test_nothing_is_not_sent(usual: Store, flaky: Driver) -> None:
    flaky.press("i", " ", "enter")
    assert "nothing to send" in flaky.footer()
    assert len(said(usual)) == 1


def test_a_draft_is_kept_for_each_session(flaky: Driver) -> None:
    flaky.press("i").type("half a thought").press("esc")
    assert "draft stays" in flaky.footer()
    flaky.press("esc", "k", "enter", "i").type("another").press("esc", "esc", "j", "enter", "i")
    assert typed(flaky) == "half a thought"


def test_a_draft_outlives_resizing(flaky: Driver) -> None:
    flaky.press("i").type("a thought")
    for size in ((140, 40), (40, 10), (10, 3), (100, 30)):
        flaky.resize(*size)
    flaky.app.paste(" and more")
    assert typed(flaky) == "a thought and more"


def test_a_lost_connection_loses_no_text_and_writes_it_once(
    usual: Store, flaky: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    outage = Outage(monkeypatch, usual.messages, "append")
    outage.on = True
    flaky.press("i").type("keep me").press("enter")
    assert "Cannot reach the session database" in flaky.text()
    flaky.press("esc")
    assert typed(flaky) == "keep me"
    outage.on = False
    flaky.press("enter")
    assert said(usual).count("keep me") == 1
    assert typed(flaky) == ""


def test_trying_again_sends_it_and_takes_the_copy_back(
    usual: Store, flaky: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    outage = Outage(monkeypatch, usual.messages, "append")
    outage.on = True
    flaky.press("i").type("keep me").press("enter")
    outage.on = False
    flaky.press("r")
    assert said(usual).count("keep me") == 1
    assert typed(flaky) == ""


def test_a_message_that_arrived_though_nobody_heard_is_not_written_twice(
    usual: Store, flaky: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, failing = usual.messages.append, Outage(monkeypatch, usual.messages, "append")

    def append(*args: object, **kwargs: object) -> object:
        real(*args, **kwargs)  # type: ignore[arg-type]
        raise failing.error

    monkeypatch.setattr(usual.messages, "append", append)
    flaky.press("i").type("once").press("enter", "esc", "enter")
    assert said(usual).count("once") == 1
    assert typed(flaky) == ""


def test_an_error_brings_the_text_back(
    usual: Store, flaky: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual.sessions.delete("flaky")
    flaky.press("i").type("too late").press("enter")
    assert "no session flaky" in flaky.footer()
    assert typed(flaky) == "too late"


def test_typing_goes_on_while_a_message_is_on_its_way(usual: Store, flaky: Driver) -> None:
    flaky.press("i").type("first")
    flaky.press("enter", settle=False)
    assert "1 message on the way" in flaky.text()
    flaky.press(*"second", settle=False)
    flaky.settle()
    assert typed(flaky) == "second"
    assert said(usual)[-1] == "first"


def test_history(flaky: Driver) -> None:
    flaky.press("i").type("one").press("enter").type("two").press("enter").type("thr")
    flaky.press("up")
    assert typed(flaky) == "two"
    flaky.press("up", "up")
    assert typed(flaky) == "one"
    flaky.press("down", "down", "down")
    assert typed(flaky) == "thr"
    flaky.press("ctrl c", "up")
    assert typed(flaky) == "thr"


def test_long_text_scrolls_with_the_cursor(flaky: Driver) -> None:
    flaky.press("i")
    flaky.app.paste("\n".join(f"line {n}" for n in range(50)))
    assert typed(flaky).endswith("line 49")
    flaky.press(*["up"] * 49)
    assert typed(flaky).startswith("line 0\nline 1")


def test_the_editor_takes_over_and_gives_back(
    usual: Store, flaky: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", script(tmp_path, 'printf " and\\nmore\\n" >> "$1"'))
    flaky.press("i").type("a line").press("ctrl e")
    flaky.settle()
    assert typed(flaky) == "a line and\nmore"


def test_an_editor_that_is_not_there_loses_nothing(
    flaky: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VISUAL", "/no/such/editor")
    flaky.press("i").type("a line").press("ctrl e")
    flaky.settle()
    assert "/no/such/editor could not be started" in flaky.footer()
    assert typed(flaky) == "a line"


def script(directory: Path, line: str) -> str:
    path = directory / "an editor"
    path.write_text(f"#!/bin/sh\n{line}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return f"'{path}'"


def test_an_editor_that_fails_leaves_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", script(tmp_path, "exit 3"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(UsageError, match="status 3"):
        edit("text")
    (left,) = tmp_path.glob("opencode-message-*.md")
    assert left.read_text() == "text"


def test_choice_of_the_editor() -> None:
    assert editor_command({}) == ["vi"]
    assert editor_command({"EDITOR": "nano", "VISUAL": "code --wait"}) == ["code", "--wait"]
    assert editor_command({"EDITOR": "nano", "VISUAL": " "}) == ["nano"]
    with pytest.raises(UsageError, match="VISUAL cannot be understood"):
        editor_command({"VISUAL": "'vi"})


def test_drafts_put_failed_text_before_what_was_typed_since() -> None:
    drafts = Drafts()
    assert drafts.send("s", "one", "1") == ("1", False)
    drafts.keep("s", "two")
    drafts.failed("s", "1")
    assert drafts.text("s") == "one\n\ntwo"
    drafts.sent("s", "1")
    assert drafts.text("s") == "two"
    assert drafts.history == ["one"]


def test_drafts_reuse_the_id_of_what_failed() -> None:
    drafts = Drafts()
    drafts.send("s", "one", "1")
    drafts.failed("s", "1")
    assert drafts.send("s", "one", "2") == ("1", True)
    drafts.sent("s", "1")
    assert (drafts.text("s"), drafts.waiting("s")) == ("", 0)
