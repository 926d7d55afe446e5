"""The mouse does what the keys do: in dialogs, in the footer, in lists and in what is typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from opencode.store import Store
from opencode.tui import clipboard
from opencode.tui.keymap import PLACES, hints
from opencode.tui.widgets.hints import hint_at, hint_runs
from tests.tui.conftest import StartDriver
from tests.tui.doubles import Outage
from tests.tui.driver import Driver
from tests.tui.stores import add_session, many_sessions

WHEEL_UP, WHEEL_DOWN = 4, 5

DIALOGS = {
    "help": ["?"],
    "palette": [":"],
    "copying": ["y"],
    "exporting": ["E"],
    "delete": ["d"],
    "copy": ["enter", "y"],
}


def place_of(driver: Driver, words: str) -> tuple[int, int]:
    """Where words stand on the screen for the first time: column and row."""
    for row, line in enumerate(driver.screen.last_text):
        if words in line:
            return line.index(words), row
    raise AssertionError(f"no {words!r} in:\n{driver.text()}")


def click(driver: Driver, words: str, button: int = 1) -> Driver:
    """Press a button of the mouse on words, and let go."""
    driver.lines()
    column, row = place_of(driver, words)
    driver.click(column, row, button)
    return driver.click(column, row, 0, event="mouse release")


def double_click(driver: Driver, words: str) -> Driver:
    column, row = place_of(driver, words)
    return driver.click(column, row).click(column, row)


def top(driver: Driver) -> str:
    return driver.app.layers[-1].place


@pytest.mark.parametrize("place", DIALOGS)
@pytest.mark.parametrize("beside", [(0, 0), (99, 10), (40, 39), (2, 3)])
def test_a_click_beside_a_dialog_closes_it(
    usual: Store, drive: StartDriver, place: str, beside: tuple[int, int]
) -> None:
    driver = drive(usual, size=(100, 40)).press(*DIALOGS[place])
    assert top(driver) == place
    depth = len(driver.app.layers)
    driver.click(*beside, button=3).click(*beside, button=WHEEL_DOWN)
    driver.click(*beside, 0, event="mouse release")
    assert top(driver) == place
    driver.click(*beside)
    assert len(driver.app.layers) == depth - 1


class TestDialogs:
    def test_deleting(self, usual: Store, drive: StartDriver) -> None:
        driver = drive(usual).press("d")
        click(driver, "It cannot be undone")
        click(driver, "y  delete", button=3)
        assert top(driver) == "delete"
        click(driver, "[ Cancel ]")
        assert top(driver) == "sessions"
        assert "Implement session provider" in driver.lines()[2]
        click(driver.press("d"), "y  delete")
        assert "Implement" not in driver.lines()[2]

    @pytest.fixture(autouse=True)
    def _clipboard(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(clipboard, "copy", lambda _, what: f"Copied {what}.")

    def test_what_to_copy_from_the_list(self, usual: Store, drive: StartDriver) -> None:
        driver = drive(usual).press("y")
        click(driver, "copy the title")
        assert top(driver) == "sessions"
        assert driver.footer() == " Copied session title."
        click(driver.press("y"), "esc  cancel")
        assert driver.footer().startswith(" enter open")

    def test_exporting(
        self, usual: Store, drive: StartDriver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        driver = drive(usual).press("E")
        click(driver, "write JSON")
        assert "Wrote implement-session" in driver.text()
        assert len(list(tmp_path.glob("*.json"))) == 1

    def test_what_to_copy_from_a_session(self, usual: Store, drive: StartDriver) -> None:
        driver = drive(usual).press("enter", "y")
        click(driver, "session id")
        assert top(driver) == "session"
        assert driver.footer() == " Copied session id."

    def test_the_palette(self, usual: Store, drive: StartDriver) -> None:
        driver = drive(usual).press(":")
        column, row = place_of(driver, "new session")
        driver.click(column, row, WHEEL_DOWN)
        assert place_of(driver, "filter by title")[1] < row + 3
        driver.click(column, row, WHEEL_UP)
        click(driver, "sort by last")
        assert top(driver) == "sessions"
        assert "newest first" in driver.header()

    def test_what_cannot_be_done_stays_in_the_palette(
        self, usual: Store, drive: StartDriver
    ) -> None:
        driver = click(drive(usual).press(":", *"author"), "filter by author")
        assert top(driver) == "palette"
        assert "only in shared databases" in driver.footer()

    def test_the_help_scrolls(self, usual: Store, drive: StartDriver) -> None:
        driver = drive(usual).press("?")
        before = place_of(driver, "rename the session")[1]
        driver.click(40, 10, WHEEL_DOWN)
        assert place_of(driver, "rename the session")[1] == before - 3
        driver.click(40, 10)
        assert top(driver) == "help"

    def test_replacing(
        self, usual: Store, drive: StartDriver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        (tmp_path / "README.md").write_text("mine")
        driver = drive(usual).press("enter", "f", "w", "enter")
        click(driver, "[ Keep typing ]")
        assert driver.footer().startswith(" write to: README.md ")
        click(driver.press("enter"), "y  replace")
        assert (tmp_path / "README.md").read_text() == "# Read me\n"

    @pytest.mark.parametrize("size", [(40, 10), (80, 24)])
    def test_the_database_is_lost(
        self,
        usual: Store,
        drive: StartDriver,
        monkeypatch: pytest.MonkeyPatch,
        size: tuple[int, int],
    ) -> None:
        outage = Outage(monkeypatch, usual.sessions, "list")
        driver = drive(usual, size=size)
        outage.on = True
        driver.press("R")
        click(driver, "esc  close")
        assert top(driver) == "sessions"
        driver.press("R")
        click(driver, "r  retry now")
        assert "attempts" in driver.text()
        outage.on = False
        click(driver, "r  retry now")
        assert "Cannot reach" not in driver.text()


class TestFooter:
    def test_a_click_on_a_hint_is_its_key(self, usual: Store, drive: StartDriver) -> None:
        driver = drive(usual)
        click(driver, "? help")
        assert top(driver) == "help"
        click(driver, "? close")
        click(driver, "enter open")
        assert top(driver) == "session"
        driver.press("g")
        click(driver, "n/N message")
        column, row = place_of(driver, "n/N message")
        assert "▌▾ assistant" in driver.text()
        driver.click(column + 2, row)
        assert "▌▾ you" in driver.text()
        click(driver, "esc back")
        assert top(driver) == "sessions"

    def test_beside_hints_nothing_happens(self, usual: Store, drive: StartDriver) -> None:
        driver = drive(usual)
        before = driver.lines()
        for column in (0, 79):
            driver.click(column, 20)
        click(driver, "n new", button=WHEEL_DOWN)
        assert driver.lines() == before

    def test_while_something_is_typed(self, usual: Store, drive: StartDriver) -> None:
        driver = drive(usual, size=(100, 30)).press("n", *"abc")
        click(driver, "esc cancel")
        assert driver.footer().startswith(" enter open")
        driver.press("n", *"abc")
        click(driver, "enter ok")
        assert "Started “abc”." in driver.footer()

    def test_a_message_has_no_hints_under_it(self, usual: Store, drive: StartDriver) -> None:
        driver = drive(usual).press("n", "x", "enter")
        row = place_of(driver, "Started")[1]
        driver.click(2, row)
        assert top(driver) == "sessions"

    @pytest.mark.parametrize("place", PLACES)
    @pytest.mark.parametrize("columns", [20, 38, 78, 218])
    def test_every_hint_can_be_hit(self, place: str, columns: int) -> None:
        offered = hints(place)
        line = "".join(words for _, words in hint_runs(offered, columns))
        hit = [hint_at(offered, columns, column) for column in range(-3, columns)]
        shown = [hint.keys for hint in offered if f"{hint.label} {hint.words}" in line]
        assert list(dict.fromkeys(key for key in hit if key)) == list(
            dict.fromkeys(key for keys in shown for key in keys)
        )
        assert hit[:3] == [None] * 3
        assert not any(hit[len(line) + 3 :])


class TestTyping:
    def test_a_click_places_the_cursor(self, usual: Store, drive: StartDriver) -> None:
        driver = drive(usual).press("r")
        driver.click(len(" Title: Implement "), 19).press("X")
        assert driver.footer().startswith(" Title: Implement Xsession provider")
        driver.click(56, 19).press("Y")
        assert driver.footer().startswith(" Title: Implement Xsession provider featureY")

    def test_the_session_that_is_renamed_keeps_the_cursor(
        self, usual: Store, drive: StartDriver
    ) -> None:
        driver = drive(usual).press("r")
        click(driver, "Fix flaky")
        assert driver.lines()[2].startswith("▌ Implement")
        click(driver.press("esc", "/"), "Fix flaky")
        assert driver.lines()[3].startswith("▌ Fix flaky")

    def test_a_message(self, usual: Store, drive: StartDriver) -> None:
        driver = drive(usual).press("enter", "i", *"first row", "meta enter", *"second")
        click(driver, "row").press("X")
        click(driver, "cond").press("Y")
        click(driver, "Message").press("Z")
        assert "  first Xrow" in driver.text()
        assert "  seYZcond" in driver.text()


class TestLists:
    def test_a_double_click_opens(self, usual: Store, drive: StartDriver) -> None:
        driver = double_click(drive(usual), "Implement session")
        assert top(driver) == "session"
        double_click(driver.press("f"), "opencode/db/pool.py")
        assert top(driver) == "difference"
        assert "opencode/db/pool.py" in driver.header()

    def test_a_double_click_chooses_a_project(self, store: Store, drive: StartDriver) -> None:
        add_session(store)
        add_session(store.in_project("other"), "Theirs", age=60)
        driver = double_click(drive(store).press("P"), "other")
        assert "Theirs" in driver.lines()[2]

    def test_a_double_click_unfolds_and_a_third_does_nothing(
        self, usual: Store, drive: StartDriver
    ) -> None:
        driver = drive(usual).press("enter", "g")
        column, row = place_of(driver, "thinking")
        driver.click(column, row).click(column, row).click(column, row)
        assert "Let me look." in driver.text()

    def test_a_double_click_on_the_preview_opens(self, usual: Store, drive: StartDriver) -> None:
        driver = double_click(drive(usual, size=(140, 40)), "All tests pass now.")
        assert top(driver) == "session"

    def test_the_wheel_scrolls_what_is_under_it(self, usual: Store, drive: StartDriver) -> None:
        many_sessions(usual, 60)
        driver = drive(usual, size=(140, 24)).press("/", *"implement", "enter")
        driver.press("esc")
        assert "All tests pass now." in driver.text()
        shown = driver.lines()
        driver.click(100, 10, WHEEL_UP)
        assert [line[:60] for line in driver.lines()] == [line[:60] for line in shown]
        assert driver.lines() != shown
        driver.click(10, 10, WHEEL_DOWN)
        assert driver.lines()[2][:60] != shown[2][:60]


class TestHeadings:
    @pytest.mark.parametrize("size", [(80, 24), (140, 40)], ids="{0[0]}x{0[1]}".format)
    def test_a_click_sorts(self, usual: Store, drive: StartDriver, size: tuple[int, int]) -> None:
        driver = drive(usual, size=size)
        assert place_of(driver, "Updated▼")[1] == 1
        click(driver, "Cost")
        assert "highest cost first" in driver.header()
        assert "Cost▼  Updated" in driver.lines()[1]
        by_cost = driver.lines()
        assert click(driver, "Cost▼").lines() == by_cost
        click(driver, "Updated")
        assert "last activity first" in driver.header()
        click(driver, "Updated▼")
        assert "newest first" in driver.header()
        click(driver, "Created▼")
        assert "last activity first" in driver.header()

    def test_it_goes_on_from_there_with_the_key(self, usual: Store, drive: StartDriver) -> None:
        driver = click(drive(usual), "Updated▼")
        assert "highest cost first" in driver.press("s").header()

    @pytest.mark.parametrize("heading", ["Title", "Msgs", "Tokens", "Messages"])
    def test_columns_without_an_order(self, usual: Store, drive: StartDriver, heading: str) -> None:
        driver = drive(usual, size=(140, 40)).press("j", "j")
        before = driver.lines()
        assert click(driver, heading).lines() == before

    def test_other_buttons_and_the_ends_of_the_row(self, usual: Store, drive: StartDriver) -> None:
        driver = drive(usual).press("j", "j")
        before = driver.lines()
        click(driver, "Cost", button=WHEEL_DOWN)
        click(driver, "Cost", button=3)
        for column in (0, 1, 79):
            driver.click(column, 1)
        assert driver.lines() == before

    def test_an_empty_list_has_no_order(self, store: Store, drive: StartDriver) -> None:
        driver = drive(store)
        before = driver.lines()
        assert click(driver, "Cost").lines() == before

    def test_while_a_filter_is_typed(self, usual: Store, drive: StartDriver) -> None:
        driver = click(drive(usual).press("/", "e"), "Cost")
        assert "Cost▼" in driver.lines()[1]
        assert driver.footer().startswith(" / e")

    def test_while_a_title_is_typed_the_row_stays(self, usual: Store, drive: StartDriver) -> None:
        driver = drive(usual).press("r")
        before = driver.lines()
        assert click(driver, "Cost").lines() == before

    def test_terminals_with_few_signs(self, usual: Store, drive: StartDriver) -> None:
        driver = drive(usual)
        driver.app.root.status.icons = False
        assert "Updated*" in driver.lines()[1]
        assert "▼" not in driver.text()
