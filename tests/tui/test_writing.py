"""Writing a message: nothing typed is lost before the store has it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from opencode.parts import Text
from opencode.store import Store
from opencode.tui.drafts import Drafts
from tests.tui.conftest import StartDriver
from tests.tui.doubles import Outage, script
from tests.tui.stores import add_session, many_messages
from tests.tui.test_session import marked

if TYPE_CHECKING:
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
    assert said(usual)[-1] == "q\nfirst\n\n\tsecond"


def test_tabs_are_shown_and_sent(usual: Store, flaky: Driver) -> None:
    flaky.press("i")
    flaky.app.paste("if x:\r\ty\n")
    assert typed(flaky) == "if x:\n→y\n"
    flaky.press("left", "left", "left", "left").type("all")
    flaky.press("enter")
    assert said(usual)[-1] == "if x:all\n\ty"


LONG = "\n".join(f"{n}\tof them" for n in range(12_345))


def test_a_large_paste_is_folded_and_sent_in_full(usual: Store, flaky: Driver) -> None:
    flaky.press("i").type("see ")
    flaky.app.paste(LONG)
    assert typed(flaky) == "see [text of 12,345 lines]"
    flaky.type("!").press("left", "left").type("?").press("enter")
    assert said(usual)[-1] == f"see ?{LONG}!"
    assert typed(flaky) == ""
    flaky.press("up")
    assert typed(flaky) == "see ?[text of 12,345 lines]!"


def test_a_folded_paste_is_deleted_as_a_whole(usual: Store, flaky: Driver) -> None:
    flaky.press("i").type("a")
    flaky.app.paste(LONG)
    flaky.press("backspace").type("b")
    assert typed(flaky) == "ab"
    flaky.app.paste(LONG)
    flaky.press("esc", "i", "home", "right", "right", "delete")
    assert typed(flaky) == "ab"


def test_a_folded_paste_is_whole_in_the_editor(
    flaky: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flaky.press("i").type("see ")
    flaky.app.paste(LONG)
    monkeypatch.setenv("EDITOR", "true")
    flaky.press("ctrl e")
    assert flaky.terminal.texts == [f"see {LONG}"]
    assert typed(flaky) == "see [text of 12,345 lines]"
    monkeypatch.setenv("EDITOR", script(tmp_path, 'printf "\tend" >> "$1"'))
    flaky.press("ctrl e")
    assert typed(flaky) == "see [text of 12,345 lines]\tend".replace("\t", "→")
    assert flaky.app.drafts.text("flaky") == f"see \x02{LONG}\x03\tend"
    monkeypatch.setenv("EDITOR", script(tmp_path, """sed -i '100s/^/changed /' "$1\""""))
    flaky.press("ctrl e")
    assert typed(flaky) == "[text of 12,345 lines, 2]"


def test_a_large_draft_comes_back_folded(usual: Store, flaky: Driver) -> None:
    flaky.press("i").type("see ")
    flaky.app.paste(LONG)
    flaky.press("esc", "esc", "enter", "i")
    assert typed(flaky) == "see [text of 12,345 lines]"


def test_what_is_too_large_is_not_pasted(flaky: Driver) -> None:
    flaky.resize(140, 24).press("i").app.paste("", 9_000_000)
    assert "Not pasted: 9.0 MB, and 8.0 MB is the most." in flaky.footer()
    flaky.press("esc", "r")
    flaky.app.paste("x" * 20_000)
    assert "Not pasted: 20,000 characters. A line takes 10,000." in flaky.text()


def test_nothing_is_not_sent(usual: Store, flaky: Driver) -> None:
    flaky.press("i", " ", "enter")
    assert "nothing to send" in flaky.footer()
    assert len(said(usual)) == 1


def test_a_draft_is_kept_for_each_session(flaky: Driver) -> None:
    flaky.press("i").type("half a thought").press("esc")
    assert "draft is kept" in flaky.footer()
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


class TestAMessageThatArrivesAfterAnOutage:
    @pytest.fixture
    def long(self, store: Store, drive: StartDriver, monkeypatch: pytest.MonkeyPatch) -> Driver:
        """A long session, its message 800 under the cursor, whose panel says what went wrong."""
        many_messages(store, add_session(store, "Long", id="long"), 800)
        driver = drive(store).press("enter", "b")
        with monkeypatch.context() as patch:
            Outage(patch, store.messages, "append").on = True
            driver.press("i").type("At last.").press("enter")
        assert "Cannot reach the session database" in driver.text()
        return driver

    def arrive(self, driver: Driver) -> Driver:
        """Let the screen be read again, because the database is back, before it was read."""
        driver.press("r", settle=False)
        driver.jobs.step()
        driver.timers.run_until(driver.timers.time, lambda: None)
        driver.settle()
        return driver

    def test_the_cursor_goes_to_it(self, long: Driver) -> None:
        assert marked(self.arrive(long))[-1] == "At last."

    def test_who_has_moved_stays_there(self, long: Driver) -> None:
        long.app.layers[-2].move("up")
        stood = marked(long)
        assert marked(self.arrive(long)) == stood
        assert "↓ 1 new" in long.header()


def test_of_two_messages_the_cursor_goes_to_the_second(usual: Store, flaky: Driver) -> None:
    flaky.press("i").type("one").press("enter", settle=False)
    flaky.press(*"two", "enter", settle=False)
    flaky.settle()
    assert marked(flaky)[-1] == "two"


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
    assert "This session was deleted elsewhere. Your text is kept" in flaky.words()
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


@pytest.fixture
def recalled(flaky: Driver) -> Driver:
    """A draft of two lines, and above it what was sent before."""
    flaky.press("i").type("sent one").press("enter")
    flaky.app.paste("precious\ndraft")
    flaky.press("up", "up")
    assert typed(flaky) == "sent one"
    return flaky


@pytest.mark.parametrize("keys", [("esc", "i"), ("ctrl c",), ("down",)])
def test_what_is_typed_stays_the_draft_while_the_history_is_shown(
    recalled: Driver, keys: tuple[str, ...]
) -> None:
    assert recalled.app.drafts.text("flaky") == "precious\ndraft"
    recalled.press(*keys)
    assert typed(recalled) == "precious\ndraft"


def test_what_is_typed_is_in_the_history_when_something_older_is_edited(recalled: Driver) -> None:
    recalled.type("!")
    assert recalled.app.drafts.text("flaky") == "sent one!"
    recalled.press("up")
    assert typed(recalled) == "precious\ndraft"
    recalled.press("down")
    assert typed(recalled) == "sent one!"
    recalled.press("ctrl c", "up", "up")
    assert typed(recalled).startswith("precious")


def test_something_older_is_sent_again_and_the_draft_stays(usual: Store, recalled: Driver) -> None:
    recalled.press("enter")
    assert said(usual).count("sent one") == 2
    assert typed(recalled) == "precious\ndraft"
    recalled.press("enter")
    assert said(usual)[-1] == "precious\ndraft"
    assert typed(recalled) == ""


def test_the_editor_gets_what_is_shown_of_the_history(
    recalled: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", script(tmp_path, 'printf " and more" >> "$1"'))
    recalled.press("ctrl e")
    assert typed(recalled) == "sent one and more"
    recalled.press("up")
    assert typed(recalled) == "precious\ndraft"


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
    assert typed(flaky) == "a line and\nmore"
    assert not Path(flaky.terminal.commands[-1][-1]).exists()


def test_what_is_typed_before_the_editor_opens_is_in_its_file(
    flaky: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", "true")
    flaky.press("i").type("one")
    flaky.press("ctrl e", "!", settle=False)
    flaky.settle()
    assert flaky.terminal.texts == ["one!"]
    assert typed(flaky) == "one!"


def test_an_editor_that_is_not_there_loses_nothing(
    flaky: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VISUAL", "/no/such/editor")
    flaky.press("i").type("a line").press("ctrl e")
    assert "$VISUAL names /no/such/editor" in flaky.footer()
    assert typed(flaky) == "a line"
    monkeypatch.setenv("VISUAL", "true")
    flaky.terminal.error = PermissionError(13, "not yours")
    flaky.press("ctrl e")
    assert "true cannot be started: not yours" in flaky.footer()
    assert typed(flaky) == "a line"


def test_an_editor_that_takes_the_file_away_loses_nothing(
    flaky: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", script(tmp_path, 'rm "$1"'))
    flaky.press("i").type("a line").press("ctrl e")
    assert typed(flaky) == "a line"


@pytest.mark.parametrize(
    ("last", "words"), [("exit 3", "ended with code 3"), ("kill -9 $$", "was ended by SIGKILL")]
)
def test_an_editor_that_fails_leaves_the_file(
    flaky: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, last: str, words: str
) -> None:
    monkeypatch.setenv("EDITOR", script(tmp_path, 'echo edited > "$1"', last))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    flaky.resize(220, 24).press("i").type("a line").press("ctrl e")
    (left,) = tmp_path.glob("opencode-*/text.md")
    assert f"a program {words}; what was edited is in {left}" in flaky.footer()
    assert left.read_text() == "edited\n"
    assert typed(flaky) == "a line"


def test_an_editor_that_fails_without_a_change_leaves_nothing(
    flaky: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", "false")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    flaky.press("i").type("a line").press("ctrl e")
    assert "false ended with code 1." in flaky.footer()
    assert typed(flaky) == "a line"
    assert not list(tmp_path.glob("opencode-*"))


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


def test_what_is_typed_while_nothing_can_be_seen_is_typed(usual: Store, drive: StartDriver) -> None:
    driver = drive(usual).press("enter", "i").type("abc").resize(30, 8)
    driver.type(" dnq/").press("enter", "up")
    text = driver.resize(80, 24).text()
    assert "── Message" in text
    assert "abc dnq/" in text


class TestAnOutageWhileTyping:
    """It is told, and takes no key away from what is being typed."""

    @pytest.fixture
    def lost(self, usual: Store, flaky: Driver, monkeypatch: pytest.MonkeyPatch) -> Outage:
        """The database out of reach, noticed by itself after a few letters."""
        outage = Outage(monkeypatch, usual, "data_version")
        flaky.press("i").type("a thou")
        outage.on = True
        flaky.advance(1.1)
        return outage

    @pytest.mark.usefixtures("lost")
    def test_every_letter_goes_where_it_was_meant_to_go(self, flaky: Driver) -> None:
        assert "The server went away. Go on typing" in flaky.words()
        flaky.type("ght, quite clearly")
        assert typed(flaky) == "a thought, quite clearly"
        assert not flaky.ended
        assert "· offline" in flaky.text()

    @pytest.mark.usefixtures("lost")
    def test_the_panel_comes_when_the_prompt_is_left(self, flaky: Driver) -> None:
        assert "Cannot reach" not in flaky.text()
        flaky.press("esc")
        assert "Cannot reach the session database" in flaky.text()
        flaky.press("esc", "i")
        assert typed(flaky) == "a thou"

    def test_there_is_no_panel_once_anything_was_written(
        self, usual: Store, flaky: Driver, lost: Outage
    ) -> None:
        lost.on = False
        flaky.press("enter")
        assert said(usual)[-1] == "a thou"
        assert "The database is back." in flaky.text()
        assert "offline" not in flaky.text()
        flaky.press("esc")
        assert "Cannot reach" not in flaky.text()

    def test_who_sends_and_waits_gets_the_panel(
        self, usual: Store, flaky: Driver, lost: Outage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        outage = Outage(monkeypatch, usual.messages, "append")
        outage.on = True
        flaky.press("enter")
        assert "Cannot reach the session database" in flaky.text()
        outage.on = lost.on = False
        flaky.press("r")
        assert said(usual)[-1] == "a thou"

    def test_who_sends_and_types_on_does_not(
        self, usual: Store, flaky: Driver, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        outage = Outage(monkeypatch, usual.messages, "append")
        outage.on = True
        flaky.press("i").type("one").press("enter", settle=False).press("q", settle=False)
        flaky.settle()
        assert "Cannot reach" not in flaky.text()
        flaky.type("uite")
        assert typed(flaky).split() == ["one", "quite"]

    def test_the_filter_of_the_list(
        self, usual: Store, drive: StartDriver, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        outage = Outage(monkeypatch, usual.sessions, "list")
        driver = drive(usual).press("/")
        outage.on = True
        driver.type("quick")
        assert not driver.ended
        assert "Cannot reach" not in driver.text()
        assert "quick" in driver.footer() or "quick" in driver.text()
        driver.press("enter")
        assert "Cannot reach the session database" in driver.text()
