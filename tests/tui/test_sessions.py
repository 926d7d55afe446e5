"""The list of sessions, used like a user."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from opencode.errors import DatabaseRefused, DatabaseUnavailable, NotFound, StoreError
from opencode.models import Session
from opencode.parts import Text
from opencode.store import Store, open_store
from opencode.tui import Known
from opencode.tui.screens.sessions import SessionsScreen
from opencode.tui.window import LIMIT
from tests.tui.conftest import StartDriver
from tests.tui.doubles import Outage, Spy
from tests.tui.driver import NOW, Driver
from tests.tui.stores import PROJECT, add_session, database_of, many_sessions


def selected(driver: Driver) -> str:
    """The title of the marked row."""
    (row,) = [line for line in driver.lines() if line.startswith("▌")]
    return row[2:].split("  ")[0]


def write_elsewhere(store: Store, *statements: str) -> None:
    """Change the database as another process does."""
    with closing(sqlite3.connect(database_of(store))) as database, database:
        for statement in statements:
            database.execute(statement)


def titles(store: Store) -> list[str]:
    return [session.title for session in store.sessions.list().items]


def test_moving_through_a_list_that_is_never_loaded_whole(store: Store, drive: StartDriver) -> None:
    many_sessions(store, 1_234)
    driver = drive(store)
    assert driver.header().endswith("1 of 1,234 · last activity first")
    driver.press(*["j"] * 250)
    assert (selected(driver), "251 of 1,234" in driver.header()) == ("session 250", True)
    driver.press(*["page down"] * 40)
    assert "of 1,234" in driver.header()
    driver.press("G")
    assert (selected(driver), "1,234 of 1,234" in driver.header()) == ("session 1233", True)
    driver.press(*["k"] * 300)
    assert (selected(driver), " 934 of 1,234" in driver.header()) == ("session 933", True)
    driver.press("g")
    assert (selected(driver), "  1 of 1,234" in driver.header()) == ("session 0", True)


def test_memory_stays_flat_while_paging(store: Store, drive: StartDriver) -> None:
    many_sessions(store, 3_000)
    driver = drive(store)
    sizes = set()
    for _ in range(200):
        driver.press("page down")
        sizes.add(driver.app.layers[0].widget._left._source.count())  # type: ignore[attr-defined]
    assert max(sizes) <= LIMIT
    assert selected(driver) == "session 2999"


def test_paging_down_and_up_again_shows_every_session_once(
    store: Store, drive: StartDriver
) -> None:
    many_sessions(store, 450)
    driver = drive(store, size=(80, 40))
    expected = [f"session {n}" for n in range(450)]
    for title in expected[1:]:
        assert selected(driver.press("down")) == title
    for title in expected[-2::-1]:
        assert selected(driver.press("up")) == title


def test_filter_asks_the_database_when_typing_rests(store: Store, drive: StartDriver) -> None:
    many_sessions(store, 1_000)
    driver = drive(store)
    driver.press("/")
    for key in "session 98":
        driver.press(key, settle=False)
    assert driver.jobs.busy == 0
    driver.settle()
    assert "matching session 98" in driver.header()
    assert "1 of 11" in driver.header()
    assert selected(driver) == "session 98"
    driver.press("down", "enter", "j")
    assert selected(driver) == "session 981"
    driver.press("esc")
    assert "of 1,000" in driver.header()


def test_filter_is_cleared_by_esc_while_typing(usual: Store, drive: StartDriver) -> None:
    driver = drive(usual).press("/", *"flaky")
    assert "1 of 1" in driver.header()
    driver.press("esc")
    assert "of 6" in driver.header()
    assert driver.footer().startswith(" enter open")


def test_new_session(usual: Store, drive: StartDriver) -> None:
    driver = drive(usual).press("G", "n").type("  Über uns 漢字 ")
    assert driver.footer().startswith(" New session:   Über uns 漢字")
    driver.press("enter")
    assert selected(driver) == "Über uns 漢字"
    assert titles(usual)[0] == "Über uns 漢字"
    assert driver.footer() == " Started “Über uns 漢字”."


def test_typing_can_be_given_up(usual: Store, drive: StartDriver) -> None:
    before = titles(usual)
    drive(usual).press("n").type("no").press("esc", "r").type("no").press("esc")
    assert titles(usual) == before


def test_rename_starts_from_the_title_and_refuses_an_empty_one(
    usual: Store, drive: StartDriver
) -> None:
    driver = drive(usual).press("j", "r")
    assert driver.footer().startswith(" Title: Fix flaky migration test on MySQL 8")
    driver.press("ctrl u", "enter")
    assert driver.footer().endswith("A title cannot be empty.")
    driver.type("Steady").press("enter")
    assert usual.sessions.get("flaky").title == "Steady"
    assert selected(driver) == "Steady"


def test_a_title_that_somebody_else_gave_meanwhile_is_asked_about(
    usual: Store, drive: StartDriver
) -> None:
    driver = drive(usual).press("r").type("!")
    usual.sessions.rename("implement", "Theirs")
    driver.press("enter")
    assert "Somebody renamed it to “" in driver.words()
    assert "[ Keep typing ]" in driver.text()
    assert driver.footer() == " enter keep typing  y replace"
    assert "Replace that with “Implement session provider feature!”?" in driver.words()
    driver.press("enter")
    assert driver.footer().startswith(" Title: Implement session provider feature! ")
    assert usual.sessions.get("implement").title == "Theirs"
    driver.press("enter")
    usual.sessions.rename("implement", "And another")
    driver.press("y")
    assert "“And another”" in driver.text()
    driver.press("y")
    assert driver.footer() == " Renamed to “Implement session provider feature!”."
    assert selected(driver) == "Implement session provider feature!"
    assert usual.sessions.get("implement").title == "Implement session provider feature!"


def test_no_question_takes_keys_from_who_types_something_else(
    usual: Store, drive: StartDriver
) -> None:
    driver = drive(usual).press("r").type("!")
    usual.sessions.rename("implement", "Theirs")
    driver.press("enter", "n", settle=False).settle()
    assert "meanwhile it was renamed to “Theirs”" in driver.words()
    driver.type("y").press("enter")
    assert usual.sessions.get("implement").title == "Theirs"
    assert "y" in titles(usual)


def test_what_was_typed_comes_back_when_it_is_refused(usual: Store, drive: StartDriver) -> None:
    driver = drive(usual).press("r")
    driver.press("ctrl u")
    driver.app.paste("x" * 600)
    driver.press("enter")
    assert "600 characters" in driver.words()
    again = driver.app.layers[0].prompt
    assert again is not None
    assert again.value == "x" * 600


def test_paste_goes_into_the_input_on_one_line_and_nowhere_else(
    usual: Store, drive: StartDriver
) -> None:
    driver = drive(usual)
    driver.app.paste("dy\nq")
    assert driver.footer() == " Nothing to paste into here."
    driver.press("n")
    driver.app.paste("two\nlines \x1b]52;c;eA==\x07 and\ttab\n")
    assert driver.footer().startswith(" New session: two lines  and tab")


def test_delete_needs_y(usual: Store, drive: StartDriver) -> None:
    driver = drive(usual)
    for key in ("enter", "n", "esc", "q", "x", "d", " ", "N", "Y"):
        driver.press("d", key, "esc")
    assert len(titles(usual)) == 6
    driver.press("j", "d", "y")
    assert titles(usual)[1].startswith("Explain")
    assert selected(driver).startswith("Explain")
    assert driver.footer() == " Deleted “Fix flaky migration test on MySQL 8” with 1 message."
    assert "2 of 5" in driver.header()


def test_delete_tells_what_goes_with_it(store: Store, drive: StartDriver) -> None:
    parent = add_session(store, "Parent")
    store.sessions.create(parent=parent)
    store.sessions.create(parent=parent)
    store.files.record(parent, path="a", content="x")
    driver = drive(store).press("d")
    assert "1 file version and 2 sub-sessions go with it." in driver.text()
    driver.press("y")
    assert store.sessions.count(children=True) == 0


def test_y_does_nothing_before_the_counts_are_there(usual: Store, drive: StartDriver) -> None:
    driver = drive(usual)
    driver.press("d", settle=False).press("y", settle=False)
    driver.draw()
    assert "Counting what goes with it" in driver.text()
    driver.settle()
    assert len(titles(usual)) == 6


def test_deleting_the_last_session_leaves_the_empty_list(store: Store, drive: StartDriver) -> None:
    add_session(store)
    driver = drive(store).press("d", "y")
    assert "No sessions for this project yet." in driver.text()
    driver.press("enter", "r", "d", "j", "G", "g", "tab")
    driver.press("n").type("Again").press("enter")
    assert selected(driver) == "Again"


def test_what_others_write_appears_by_itself(usual: Store, drive: StartDriver) -> None:
    driver = drive(usual).press("j")
    write_elsewhere(
        usual,
        f"UPDATE sessions SET title = 'Renamed', updated_at = {NOW} WHERE id = 'pool'",
        "INSERT INTO sessions (id, project_id, title, updated_at, created_at) "
        f"VALUES ('new', 'github.com/opencode-ai/opencode', 'New one', {NOW + 1}, {NOW})",
    )
    assert "New one" not in driver.text()
    driver.advance(1.1).draw()
    driver.settle()
    rows = [line[2:30].rstrip() for line in driver.lines()[2:6]]
    assert set(rows[:2]) == {"New one", "Renamed"}
    assert selected(driver).startswith("Fix flaky")
    assert "4 of 7" in driver.header()


def test_new_sessions_above_are_announced_and_the_view_stays(
    store: Store, drive: StartDriver
) -> None:
    many_sessions(store, 300)
    driver = drive(store).press(*["page down"] * 5)
    at, top = selected(driver), driver.lines()[2]
    write_elsewhere(
        store,
        *(
            "INSERT INTO sessions (id, project_id, title, updated_at, created_at) "
            f"VALUES ('new{n}', 'github.com/opencode-ai/opencode', 'N{n}', {NOW + n + 1}, {NOW})"
            for n in range(2)
        ),
    )
    driver.advance(1.1)
    driver.settle()
    assert (selected(driver), driver.lines()[2]) == (at, top)
    assert "· ↑ 2 new ·" in driver.header()
    driver.press("g")
    assert "new" not in driver.header()
    assert selected(driver) == "N1"


def test_what_was_read_instead_of_deleted_sessions_is_not_new(
    store: Store, drive: StartDriver
) -> None:
    many_sessions(store, 900)
    driver = drive(store).press("G")
    write_elsewhere(store, "DELETE FROM sessions WHERE id >= 's000300'")
    driver.advance(1.1)
    driver.settle()
    assert "of 300 · last" in driver.header()


def test_a_session_deleted_elsewhere_gives_the_cursor_to_its_neighbour(
    usual: Store, drive: StartDriver
) -> None:
    driver = drive(usual).press("j")
    write_elsewhere(usual, "DELETE FROM sessions WHERE id = 'flaky'")
    driver.press("R")
    assert selected(driver).startswith("Explain")
    assert "2 of 5" in driver.header()


def test_an_idle_list_reads_nothing_when_nothing_was_written(
    usual: Store, drive: StartDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver = drive(usual)
    monkeypatch.setattr(type(usual.sessions), "list", None)
    driver.advance(30)
    assert driver.timers.pending() == 2, "the look at the database, and at the ages"


class TestAgesAtRest:
    """An idle program is woken for ages that are out of date, and for nothing else."""

    def shown(self, store: Store, drive: StartDriver, age: int) -> Driver:
        """A list of one session, and a database that is not looked at."""
        add_session(store, "The only one", age=age)
        driver = drive(store)
        driver.app.now = lambda: NOW + driver.timers.time
        driver.app.unwatch()
        driver.advance(2)
        return driver

    def drawn(self, driver: Driver, seconds: int) -> list[str]:
        """What ages are shown at the times at which the program is woken."""
        ages = []
        until = driver.timers.time + seconds
        driver.timers.run_until(until, lambda: ages.append(driver.lines()[2].rpartition(" ")[2]))
        return ages

    def test_they_are_drawn_once_a_minute(self, store: Store, drive: StartDriver) -> None:
        driver = self.shown(store, drive, age=30)
        assert driver.lines()[2].endswith(" now")
        assert self.drawn(driver, 250) == ["1m", "2m", "3m", "4m"]

    def test_only_when_they_change(self, store: Store, drive: StartDriver) -> None:
        driver = self.shown(store, drive, age=7_200)
        assert self.drawn(driver, 3 * 3_600) == ["3h", "4h", "5h"]

    def test_never_when_they_do_not(self, store: Store, drive: StartDriver) -> None:
        driver = self.shown(store, drive, age=40 * 86_400)
        assert driver.timers.pending() == 0

    def test_not_while_another_screen_is_shown(self, store: Store, drive: StartDriver) -> None:
        driver = self.shown(store, drive, age=30).press("enter").advance(2)
        assert len(self.drawn(driver, 600)) <= 1
        assert driver.timers.pending() == 0
        driver.press("esc").advance(2)
        assert self.drawn(driver, 65) == ["11m"]


def test_unfocused_it_looks_rarely_and_at_once_when_it_has_the_focus_again(
    usual: Store, drive: StartDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = Spy(monkeypatch, usual, "data_version").calls
    driver = drive(usual)
    driver.app.focus(focused=False)
    driver.advance(1.1)
    looks.clear()
    driver.advance(10)
    assert len(looks) == 2
    driver.app.focus(focused=True)
    driver.settle()
    assert len(looks) == 3


def test_another_project(store: Store, drive: StartDriver) -> None:
    add_session(store, "Mine")
    add_session(store.in_project("gitlab.com/other/project"), "Theirs", age=60)
    driver = drive(store).press("P")
    assert driver.header().endswith("2 projects · last activity first")
    driver.press("j", "enter")
    assert selected(driver) == "Theirs"
    assert "Project: gitlab.com/other/project | Provider: local" in driver.text()
    driver.press("P")
    assert "• gitlab.com/other/project" in driver.text()
    driver.press("esc")
    assert selected(driver) == "Theirs"


@pytest.mark.parametrize("columns", [80, 140, 220])
def test_projects_have_their_numbers_next_to_their_names(
    store: Store, drive: StartDriver, columns: int
) -> None:
    add_session(store)
    add_session(store.in_project("other/one"), age=60)
    rows = drive(store, size=(columns, 24)).press("P").lines()
    assert rows[1:3] == [
        "▌ • github.com/opencode-ai/opencode       1 session        now",
        "    other/one                             1 session         1m",
    ]


def test_the_database_is_lost_and_comes_back(
    usual: Store, drive: StartDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    outage = Outage(monkeypatch, usual.sessions, "list")
    driver = drive(usual)
    outage.on = True
    driver.press("R")
    text = driver.text()
    assert "Cannot reach the session database" in text
    assert "The server went away." in text
    assert "Implement session" in text
    assert "offline" in driver.attributes()
    driver.press("r")
    assert "(2 attempts)" in driver.text()
    outage.on = False
    driver.press("r")
    assert driver.footer() == " The database is back."
    assert "offline" not in driver.attributes()
    assert selected(driver).startswith("Implement")


def test_it_is_tried_once_at_a_time(
    usual: Store, drive: StartDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    outage = Outage(monkeypatch, usual.sessions, "create")
    driver = drive(usual)
    outage.on = True
    driver.press("n", *"New", "enter")
    assert "r retry now" in driver.footer()
    outage.on = False
    driver.press("r", "r", settle=False)
    assert "retry" not in driver.text()
    assert driver.footer() == " Not now: it is being tried."
    driver.settle()
    assert "of 7" in driver.header()


def test_a_server_that_is_back_is_noticed(
    usual: Store, drive: StartDriver, shared: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("opencode.tui.access._file_of", lambda _: None)
    outages = [
        Outage(monkeypatch, usual.sessions, "list"),
        Outage(monkeypatch, usual, "data_version"),
    ]
    driver = drive(usual)
    for outage in outages:
        outage.on = True
    driver.press("R").advance(30)
    assert "(2 attempts)" not in driver.text()
    assert "offline" in driver.attributes()
    for outage in outages:
        outage.on = False
    driver.advance(10.1).settle()
    assert driver.footer() == " The database is back."
    assert "offline" not in driver.attributes()


def test_a_database_is_back_for_who_turned_to_something_else(
    usual: Store, drive: StartDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    outage = Outage(monkeypatch, usual.messages, "page")
    driver = drive(usual)
    outage.on = True
    driver.press("enter")
    assert "Cannot reach the session database" in driver.text()
    driver.press("esc", "esc")
    assert driver.footer() == " The database is back."
    assert "offline" not in driver.attributes()
    add_session(usual, "From elsewhere")
    driver.advance(1.1)
    assert "From elsewhere" in driver.text()


def test_a_database_that_is_lost_at_rest_is_back_when_anything_could_be_read(
    usual: Store, drive: StartDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    outage = Outage(monkeypatch, usual, "data_version")
    driver = drive(usual)
    outage.on = True
    driver.advance(1.1)
    assert "Cannot reach the session database" in driver.text()
    driver.press("esc", "j")
    assert "offline" in driver.attributes()
    outage.on = False
    assert "The database is back." in driver.press("R").footer()
    assert "offline" not in driver.attributes()
    add_session(usual, "From elsewhere")
    driver.advance(1.1)
    assert "From elsewhere" in driver.text()


def test_the_panel_can_be_put_away_to_look_at_what_is_loaded(
    usual: Store, drive: StartDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    outage = Outage(monkeypatch, usual.sessions, "list")
    driver = drive(usual)
    outage.on = True
    driver.press("R", "esc", "j")
    assert selected(driver).startswith("Fix flaky")
    assert "offline" in driver.attributes()
    outage.on = False
    driver.press("R")
    assert "offline" not in driver.attributes()


def test_starting_while_the_database_is_out_of_reach(usual: Store, drive: StartDriver) -> None:
    answers: list[Store | None] = [None, usual]

    def opener() -> Store:
        store = answers.pop(0)
        if store is None:
            raise DatabaseUnavailable("no answer")
        return store

    driver = drive(opener)
    assert "No answer." in driver.text()
    driver.press("esc", "r")
    assert selected(driver).startswith("Implement")


def test_a_server_out_of_reach_at_the_start_is_tried_again_by_itself(usual: Store) -> None:
    answers: list[Store | None] = [None, None, usual]

    def opener() -> Store:
        store = answers.pop(0)
        if store is None:
            raise DatabaseUnavailable("no answer")
        return store

    driver = Driver(opener, owns_store=False, known=lambda: Known("shop", "remote"))
    assert "Nothing was changed, and sessions were not read from SQLite" in driver.words()
    assert "Provider: remote ☁ · offline" in driver.text()
    driver.advance(5)
    assert "(2 attempts)" not in driver.words()
    driver.advance(6)
    assert "(2 attempts)" in driver.words()
    driver.advance(11).settle()
    assert selected(driver).startswith("Implement")


def test_an_error_of_opening_that_stays_ends_the_program(drive: StartDriver) -> None:
    def opener() -> Store:
        raise NotFound("nothing there")

    driver = drive(opener)
    assert driver.ended
    assert isinstance(driver.app.fatal, NotFound)


def test_other_errors_are_told_in_the_footer(
    usual: Store, drive: StartDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    outage = Outage(monkeypatch, usual.sessions, "list")
    driver = drive(usual)
    outage.on, outage.error = True, NotFound("it is gone", hint="look elsewhere")
    driver.press("R")
    assert driver.footer() == " It is gone. Look elsewhere."
    driver.press("j")
    assert driver.footer().startswith(" enter open")


def test_a_mistake_in_the_program_is_logged_and_it_goes_on(
    usual: Store,
    drive: StartDriver,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    outage = Outage(monkeypatch, usual.sessions, "list")
    driver = drive(usual)
    outage.on, outage.error = True, ZeroDivisionError("a mistake")
    driver.press("R")
    assert driver.footer() == " Something went wrong in the program; l shows the log."
    assert "a job failed" in caplog.text
    caplog.clear()
    outage.on = False
    driver.press("j")
    assert selected(driver).startswith("Fix flaky")


def test_leaving(usual: Store, drive: StartDriver) -> None:
    assert drive(usual).press("q").ended
    assert drive(usual).press("ctrl c").ended
    driver = drive(usual).press("enter", "q")
    assert not driver.ended
    assert driver.press("enter", "esc", "left", "esc").header().startswith(" Sessions")
    assert drive(usual).press("enter", "ctrl c").ended


def test_ctrl_c_clears_what_is_typed_and_twice_always_quits(
    usual: Store, drive: StartDriver
) -> None:
    driver = drive(usual).press("n").type("abc").press("ctrl c")
    assert not driver.ended
    assert driver.footer().startswith(" New session:  ")
    driver.advance(2)
    driver.press("ctrl c")
    assert not driver.ended
    assert driver.footer().startswith(" enter open")
    driver.advance(2)
    assert driver.press("n").type("abc").press("ctrl c", settle=False).press("ctrl c").ended


def test_mouse(usual: Store, drive: StartDriver) -> None:
    driver = drive(usual)
    driver.click(10, 4)
    assert selected(driver).startswith("Explain")
    driver.click(10, 4, button=5)
    driver.click(10, 0)
    driver.click(10, 22)
    assert selected(driver).startswith("Explain")
    driver.click(10, 3)
    driver.click(10, 3)
    assert "Fix flaky" in driver.header()
    driver.click(10, 5, event="mouse drag")
    assert driver.footer().startswith(" To select text hold shift")


def test_preview_beside_the_list(usual: Store, drive: StartDriver) -> None:
    driver = drive(usual, size=(140, 40))
    assert "All tests pass now." in driver.text()
    driver.press("j")
    assert "It fails once in ten runs." in driver.text()
    driver.press("j")
    assert "No messages in this session yet." in driver.text()
    driver.press("k", "tab")
    assert "selected.idle" in driver.attributes()
    driver.press("esc", "k")
    assert selected(driver).startswith("Implement")
    driver.press("tab", "g")
    assert "Why does the second connect() hang" in driver.text()
    driver.click(100, 20).press("tab")
    driver.click(100, 24).click(10, 3)
    assert selected(driver).startswith("Fix flaky")
    driver.click(10, 2)
    driver.resize(80, 24)
    assert selected(driver).startswith("Implement")
    assert "Why does" not in driver.text()


def test_preview_shows_what_was_written_in_the_session(usual: Store, drive: StartDriver) -> None:
    driver = drive(usual, size=(140, 40)).press("enter", "i").type("My own words.").press("enter")
    driver.press("esc", "esc")
    assert driver.header().startswith(" Sessions")
    assert "of 11" in driver.lines()[1]
    assert "My own words." in driver.text()


def test_preview_follows_the_end_while_that_is_in_sight(usual: Store, drive: StartDriver) -> None:
    driver = drive(usual, size=(140, 40))

    def others_write(words: str) -> str:
        path = database_of(usual)
        with open_store(path.parent, project=PROJECT, dsn=f"sqlite:///{path}") as other:
            other.messages.append("implement", role="user", parts=[Text(words)])
        driver.advance(1.1)
        driver.settle()
        return driver.text()

    assert "From elsewhere." in others_write("From elsewhere.\n" * 5)
    assert "new" not in driver.lines()[1]
    driver.press("tab", "g", "tab")
    assert "Far below." not in others_write("Far below.")
    assert "↓ 1 new" in driver.lines()[1]


def test_preview_is_not_fetched_for_rows_that_are_only_passed(
    store: Store, drive: StartDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    many_sessions(store, 50)
    driver = drive(store, size=(140, 40))
    asked = Spy(monkeypatch, store.messages, "page").calls
    for _ in range(20):
        driver.press("j", settle=False)
    driver.settle()
    assert asked == [("s000020",)]


def test_children_are_not_in_the_list(store: Store, drive: StartDriver) -> None:
    parent: Session = store.sessions.get(add_session(store, "Parent"))
    store.sessions.create(title="Child", parent=parent.id)
    driver = drive(store)
    assert "Child" not in driver.text()
    assert "1 of 1" in driver.header()


@pytest.mark.parametrize("keys", [["r"], ["esc", "enter"]], ids=["retried", "sent again"])
def test_a_title_outlives_a_lost_database(
    usual: Store, drive: StartDriver, monkeypatch: pytest.MonkeyPatch, keys: list[str]
) -> None:
    outage = Outage(monkeypatch, usual.sessions, "create")
    outage.on = True
    driver = drive(usual).press("n").type("Precious").press("enter")
    assert "Cannot reach the session database" in driver.text()
    driver.press("esc")
    assert driver.footer().startswith(" New session: Precious ")
    driver.press("enter", "r")
    assert titles(usual).count("Precious") == 0
    outage.on = False
    driver.press(*keys)
    assert titles(usual).count("Precious") == 1
    assert selected(driver) == "Precious"
    assert "New session:" not in driver.footer()


def test_a_title_outlives_an_error_of_the_program(
    usual: Store, drive: StartDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    outage = Outage(monkeypatch, usual.sessions, "rename")
    outage.on, outage.error = True, StoreError("it cannot be done")
    driver = drive(usual).press("r").type("!").press("enter")
    assert driver.footer().startswith(" Title: Implement session provider feature! ")
    assert driver.footer().endswith("It cannot be done.")


def test_a_session_that_is_gone_is_not_told_by_its_id(
    usual: Store, drive: StartDriver, shared: None
) -> None:
    driver = drive(usual).press("r").type("!")
    usual.sessions.delete("implement")
    driver.press("enter")
    assert "Somebody else has deleted this session." in driver.words()
    assert "Title:" in driver.footer()
    driver.press("esc", "d")
    assert driver.footer() == " Somebody else has deleted this session."


def test_a_session_that_goes_while_its_deletion_is_asked_for(
    usual: Store, drive: StartDriver, shared: None
) -> None:
    driver = drive(usual).press("d")
    usual.sessions.delete("implement")
    driver.press("y")
    assert driver.footer() == " Somebody else has deleted this session."


def test_a_server_that_lets_wait_is_named_in_the_status_block(
    usual: Store, drive: StartDriver, shared: None
) -> None:
    driver = drive(usual).press("R", settle=False)
    driver.timers.run_until(driver.timers.time + 4, lambda: None)
    assert "Provider: remote ☁ │" in driver.words()
    driver.timers.run_until(driver.timers.time + 2, lambda: None)
    assert "Provider: remote ☁ · no answer yet" in driver.text()
    driver.settle()
    assert "no answer" not in driver.text()


def test_a_server_that_lets_nobody_in_is_told_once_and_in_the_status_block(
    usual: Store, drive: StartDriver, shared: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("opencode.tui.access._file_of", lambda _: None)
    outage = Outage(monkeypatch, usual, "data_version")
    outage.error = DatabaseRefused("there is no host named db.team.example")
    driver = drive(usual)
    outage.on = True
    driver.advance(6)
    assert driver.footer() == " There is no host named db.team.example."
    assert "Provider: remote ☁ · refused" in driver.text()
    driver.press("j").advance(11)
    assert driver.footer().startswith(" enter open")
    assert "Provider: remote ☁ · refused" in driver.text()
    outage.on = False
    driver.advance(6)
    assert "refused" not in driver.text()


class TestAnotherOrder:
    """The cursor stays on its session, wherever that stands in the new order."""

    @pytest.fixture
    def far(self, store: Store) -> Store:
        """Thousands of sessions, the last active of which are the oldest."""
        write_elsewhere(
            store,
            "WITH RECURSIVE n(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n < 4999) "
            "INSERT INTO sessions (id, project_id, title, updated_at, created_at, cost) "
            f"SELECT printf('s%06d', n), '{PROJECT}', 'session ' || n, {NOW} - n, "
            f"{NOW} - 10000 + n, n % 7 FROM n",
        )
        return store

    def test_far_down_in_few_pages(self, far: Store, drive: StartDriver) -> None:
        driver = drive(far).press(*["j"] * 20)
        row = next(n for n, line in enumerate(driver.lines()) if line.startswith("▌"))
        driver.press("s")
        assert "newest first" in driver.header()
        assert selected(driver) == "session 20"
        assert driver.lines()[row].startswith("▌ session 20 ")
        assert driver.lines()[row - 1].startswith("  session 21 ")
        screen = driver.app.layers[0]
        assert isinstance(screen, SessionsScreen)
        assert len(screen._list._window.items) <= LIMIT

    def test_round_and_round(self, far: Store, drive: StartDriver) -> None:
        driver = drive(far).press(*["page down"] * 9)
        title = selected(driver)
        for order in ("newest", "highest cost", "last activity"):
            assert f"{order} first" in driver.press("s").header()
            assert selected(driver) == title
        driver.press("j")
        assert selected(driver) == f"session {int(title.split()[1]) + 1}"

    def test_a_heading_keeps_it_too(self, far: Store, drive: StartDriver) -> None:
        driver = drive(far).press("G", "k")
        driver.click(driver.lines()[1].index("Updated▼"), 1)
        assert "newest first" in driver.header()
        assert selected(driver) == "session 4998"
        assert "2 of 5,000" in driver.header()

    def test_on_the_first_row_it_stays_at_the_top(self, far: Store, drive: StartDriver) -> None:
        driver = drive(far).press("s")
        assert selected(driver) == "session 4999"
        assert "1 of 5,000" in driver.header()

    def test_a_sub_session(self, far: Store, drive: StartDriver) -> None:
        far.sessions.create(title="below", parent="s000003", id="below")
        driver = drive(far).press("j", "j", "j", "right", "j")
        assert selected(driver).endswith("below")
        assert selected(driver.press("s")).endswith("below")

    def test_one_deleted_elsewhere(self, far: Store, drive: StartDriver) -> None:
        driver = drive(far).press(*["j"] * 20)
        write_elsewhere(far, "DELETE FROM sessions WHERE id = 's000020'")
        assert selected(driver.press("s")) == "session 21"

    def test_all_deleted_elsewhere(self, far: Store, drive: StartDriver) -> None:
        driver = drive(far).press(*["j"] * 20)
        write_elsewhere(far, "DELETE FROM sessions WHERE id BETWEEN 's000010' AND 's000030'")
        assert selected(driver.press("s")) == "session 4999"
