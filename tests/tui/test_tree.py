"""Order, authors, sub-sessions, copying and exporting in the list of sessions."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from opencode.store import Store
from opencode.store.export import document
from opencode.tui import clipboard
from tests.tui.conftest import Golden, StartDriver, at_every_size, name_of
from tests.tui.driver import Driver
from tests.tui.stores import add_session, database_of, many_sessions

if TYPE_CHECKING:
    from pathlib import Path


def rows(driver: Driver) -> list[str]:
    """The titles in the list, with what stands before and behind them."""
    body = driver.lines()[2:-5]
    return [line[2:48].split("    ")[0].rstrip() for line in body if line]


def add_child(store: Store, parent: str, title: str) -> str:
    return store.sessions.create(title=title, parent=parent, id=title.replace(" ", "-")).id


@pytest.fixture
def family(usual: Store) -> Store:
    """Two sub-sessions of the first session, and one of the second of them."""
    add_child(usual, "implement", "search the docs")
    add_child(usual, "implement", "write the tests")
    add_child(usual, "write-the-tests", "run the tests")
    with closing(sqlite3.connect(database_of(usual))) as database, database:
        database.execute(
            "UPDATE sessions SET updated_at = 1769999000, created_at = "
            "CASE id WHEN 'search-the-docs' THEN 1769998000 ELSE 1769998500 END "
            "WHERE parent_session_id IS NOT NULL"
        )
    return usual


def test_sub_sessions_are_folded_under_their_parent(family: Store, drive: StartDriver) -> None:
    driver = drive(family)
    assert "▸ 2" in driver.lines()[2]
    assert "of 6" in driver.header()
    driver.press("right")
    titles = rows(driver)
    assert titles[1] == "└ search the docs"
    assert titles[2].startswith("└ write the tests")
    assert "▸ 1" in driver.lines()[4]
    assert "1 of 6" in driver.header()
    driver.press("j", "j", "+", "j")
    assert rows(driver)[3] == "  └ run the tests"
    assert "Session: run the tests" in driver.text()
    driver.press("enter")
    assert driver.header().startswith(" run the tests")


def test_folding_goes_up_step_by_step(family: Store, drive: StartDriver) -> None:
    driver = drive(family).press("right", "j", "j", "right", "j", "left")
    assert driver.lines()[4].startswith("▌ └ write the tests")
    driver.press("-", "left", "left")
    assert driver.lines()[2].startswith("▌ Implement")
    assert "└" not in "".join(driver.lines()[2:-4])


def test_a_session_without_sub_sessions_says_so(usual: Store, drive: StartDriver) -> None:
    driver = drive(usual).press("right")
    assert driver.footer() == " Not now: this session started no others."


def test_unfolded_rows_stay_through_a_refresh(family: Store, drive: StartDriver) -> None:
    driver = drive(family).press("right", "j", "j")
    add_child(family, "implement", "appeared meanwhile")
    add_session(family, "a new root", age=-10)
    driver.press("R")
    assert rows(driver)[:3] == ["a new root", rows(driver)[1], "└ search the docs"]
    assert "└ appeared meanwhile" in rows(driver)
    assert any(line.startswith("▌ └ write the tests") for line in driver.lines())


def test_a_deleted_sub_session_leaves_its_parent(family: Store, drive: StartDriver) -> None:
    driver = drive(family).press("right", "j", "d", "y")
    assert "▸ 1" in driver.text() or "▾ 1" in driver.lines()[2]
    assert "search the docs" not in "\n".join(rows(driver))


def test_unfolding_within_many_sessions_keeps_the_window(store: Store, drive: StartDriver) -> None:
    many_sessions(store, 500)
    for number in range(60):
        add_child(store, "s000003", f"child {number:02}")
    driver = drive(store).press("j", "j", "j", "right")
    assert "4 of 500" in driver.header()
    driver.press(*["j"] * 61)
    assert "5 of 500" in driver.header()
    driver.press("G")
    assert "500 of 500" in driver.header()
    driver.press("g", "j", "j", "j")
    assert "4 of 500" in driver.header()


def test_sorting(usual: Store, drive: StartDriver) -> None:
    driver = drive(usual)
    driver.press("s")
    assert driver.header().endswith("1 of 6 · newest first")
    assert driver.lines()[1].endswith("Created▼")
    driver.press("s")
    assert driver.header().endswith("highest cost first")
    assert rows(driver)[1] == "Retry policy for transient errors"
    driver.press("s")
    assert driver.header().endswith("last activity first")


def test_every_order_pages_through_everything(store: Store, drive: StartDriver) -> None:
    many_sessions(store, 250)
    with closing(sqlite3.connect(database_of(store))) as database, database:
        database.execute("UPDATE sessions SET cost = CAST(substr(id, 5) AS INTEGER) % 7")
    for presses in (1, 2):
        driver = drive(store, size=(80, 40)).press(*["s"] * presses)
        seen = set()
        for _ in range(250):
            seen.add(driver.app.layers[0].session_title())
            driver.press("j")
        assert len(seen) == 250
        driver.press("R", "k", "k")
        assert "248 of 250" in driver.header()


def test_a_new_session_is_shown_in_every_order(usual: Store, drive: StartDriver) -> None:
    driver = drive(usual).press("s", "s", "n").type("free").press("enter")
    assert any(line.startswith("▌ free") for line in driver.lines())
    assert "highest cost first" in driver.header()


def test_authors_have_a_column_in_a_shared_database(
    usual: Store, shared: None, drive: StartDriver, golden: Golden
) -> None:
    with closing(sqlite3.connect(database_of(usual))) as database, database:
        database.execute("UPDATE sessions SET author = 'Ada Lovelace <ada@example.com>'")
        database.execute("UPDATE sessions SET author = 'grace\x1b[31m' WHERE id = 'flaky'")
    driver = drive(usual)
    golden("authors-80x24", driver.lines())
    driver.press("a").type("grac").press("enter")
    assert "by grac" in driver.header()
    assert "1 of 1" in driver.header()
    driver.press("/").type("nothing").press("enter")
    assert "No session by “grac” has “nothing” in its title." in driver.text()
    driver.press("esc")
    assert "1 of 6" in driver.header()


def test_who_there_is_is_told_when_nobody_is_found(
    usual: Store, shared: None, drive: StartDriver
) -> None:
    with closing(sqlite3.connect(database_of(usual))) as database, database:
        database.execute("UPDATE sessions SET author = 'Ada <ada@example.com>' WHERE id <> 'wide'")
        database.execute("UPDATE sessions SET author = 'grace\x1b[31m' WHERE id = 'flaky'")
    driver = drive(usual).press("a").type("bob").press("enter")
    assert "No session is by “bob”." in driver.text()
    assert "Authors here: Ada, grace" in driver.text()
    driver.press("a").type("by").press("enter")
    assert "Authors here: Ada, grace" in driver.text()
    assert "Authors here" not in driver.press("/").type("x").press("enter").text()


def test_of_many_authors_some_are_told(store: Store, shared: None, drive: StartDriver) -> None:
    for number in range(9):
        add_session(store, f"Session {number}", id=f"s{number}", age=number)
    with closing(sqlite3.connect(database_of(store))) as database, database:
        database.execute("UPDATE sessions SET author = replace(hex(zeroblob(20)), '00', id)")
    driver = drive(store, size=(220, 40)).press("a").type("bob").press("enter")
    assert f"{'s0' * 11}s…, " in driver.text()
    assert f"{'s7' * 11}s…, …" in driver.text()


def test_a_local_database_has_no_authors(usual: Store, drive: StartDriver) -> None:
    driver = drive(usual)
    assert "Author" not in driver.lines()[1]
    driver.press("a")
    assert driver.footer().startswith(" Not now: only in shared databases")


@at_every_size
def test_unfolded_screen(
    family: Store, drive: StartDriver, golden: Golden, size: tuple[int, int]
) -> None:
    driver = drive(family, size=size).press("right", "j", "j", "right")
    golden(name_of("unfolded", size), driver.lines())


def test_copying(usual: Store, drive: StartDriver, monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[str] = []

    def copy(text: str, what: str) -> str:
        copied.append(text)
        return f"Copied {what} somewhere."

    monkeypatch.setattr(clipboard, "copy", copy)
    driver = drive(usual).press("j", "y", "y")
    assert driver.footer() == " Copied session id somewhere."
    driver.press("y", "t")
    driver.press("y", "esc")
    assert copied == ["flaky", "Fix flaky migration test on MySQL 8"]


def test_copying_that_fails_is_told(
    usual: Store, drive: StartDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    def copy(text: str, what: str) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(clipboard, "copy", copy)
    driver = drive(usual).press("y", "i")
    assert driver.footer() == " Nothing could be copied: No space left on device."


def test_export_never_writes_over_a_file(
    usual: Store, drive: StartDriver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    driver = drive(usual).press("E", "m")
    (first,) = tmp_path.glob("*.md")
    assert first.name == "implement-session-provider-feature-mplement.md"
    assert f"Wrote {first.name} in" in driver.words()
    assert first.read_text(encoding="utf-8").startswith("# Implement session provider feature\n")
    first.write_text("mine")
    driver.press("enter", "E", "m")
    assert first.read_text() == "mine"
    assert len(list(tmp_path.glob("*.md"))) == 2
    driver.press("E", "j")
    (exported,) = tmp_path.glob("*.json")
    assert json.loads(exported.read_text()) == json.loads(document(usual, "implement", "json"))


def test_export_to_where_one_may_not_write(
    usual: Store, drive: StartDriver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    def fail(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("opencode.store.export.write_new", fail)
    driver = drive(usual).press("E", "m")
    assert driver.footer() == " Nothing was written: Permission denied."
