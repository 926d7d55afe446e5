"""What there is to say is readable in whole, and moves nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from opencode.store import Store
from opencode.tui.widgets.notices import fits, notice_canvas
from tests.tui.conftest import StartDriver
from tests.tui.driver import Driver
from tests.tui.stores import many_sessions

if TYPE_CHECKING:
    import urwid

PATH = "/home/ada/src/" + "/".join(f"directory-{number}" for number in range(8)) + "/text.md"
WORDS = f"vim ended with code 3; what was edited is in {PATH}"

SIZES = [(40, 10), (80, 24), (140, 40)]
at_sizes = pytest.mark.parametrize("size", SIZES, ids="{0[0]}x{0[1]}".format)


def squeezed(driver: Driver) -> str:
    """What is on the screen without the spaces and line breaks that wrapping made."""
    return "".join(driver.text().split())


def rows_of(canvas: urwid.Canvas) -> list[str]:
    return [row.decode().rstrip() for row in canvas.text]


@at_sizes
def test_a_path_is_on_the_screen_in_whole(
    usual: Store, drive: StartDriver, size: tuple[int, int]
) -> None:
    driver = drive(usual, size=size)
    before = driver.lines()
    driver.app.notice(WORDS, "error")
    assert PATH in squeezed(driver)
    assert driver.lines()[:2] == before[:2]
    assert driver.lines()[-1] == before[-1]
    driver.app.key("x")
    assert driver.lines() == before


@at_sizes
def test_it_covers_rows_and_moves_none(
    store: Store, drive: StartDriver, size: tuple[int, int]
) -> None:
    many_sessions(store, 100)
    driver = drive(store, size=size).press("G")
    before = driver.lines()
    driver.app.notice(WORDS)
    assert driver.lines() != before
    driver.advance(60)
    assert driver.lines() == before


@at_sizes
def test_what_is_typed_stays_in_sight(
    usual: Store, drive: StartDriver, size: tuple[int, int]
) -> None:
    driver = drive(usual, size=size).press("enter", "i").type("half a thought")
    cursor = driver.app.root.render(size, focus=True).cursor
    assert cursor is not None
    driver.app.notice(WORDS, "error")
    text = driver.text()
    assert "half a thought" in text
    assert "── Message" in text
    assert driver.app.root.render(size, focus=True).cursor == cursor
    if size[1] > 10:
        assert PATH in squeezed(driver)


def test_beside_an_input_that_has_no_room(usual: Store, drive: StartDriver) -> None:
    driver = drive(usual).press("r")
    driver.app.notice("A title cannot be empty.", "error")
    assert driver.footer().endswith("A title cannot be empty.")
    driver.app.notice(WORDS, "error")
    assert PATH in squeezed(driver)
    assert driver.footer().startswith(" Title: Implement session")


def test_a_dialog_keeps_its_choices(usual: Store, drive: StartDriver) -> None:
    for size in SIZES:
        driver = drive(usual, size=size).press("d")
        driver.app.notice(WORDS, "error")
        assert "[ Cancel ]" in driver.text()


def test_what_is_far_too_long_is_in_the_log(usual: Store, drive: StartDriver) -> None:
    driver = drive(usual, size=(40, 10))
    words = f"it began {'and went on ' * 60}and ended"
    driver.app.notice(words, "error")
    assert " it began and" in driver.text()
    assert "and ended (all of it: l)" in driver.words()
    driver.press("l")
    assert driver.app.log.lines[-1].message == words
    assert "ended" in driver.text()


def test_short_notices_are_not_logged(usual: Store, drive: StartDriver) -> None:
    driver = drive(usual)
    driver.app.notice("Renamed.")
    assert not driver.app.log.lines
    driver.app.notice(WORDS)
    driver.app.notice(WORDS)
    assert [line.message for line in driver.app.log.lines] == [WORDS]


def test_long_ones_stay_for_as_long_as_reading_takes(usual: Store, drive: StartDriver) -> None:
    driver = drive(usual)
    driver.app.notice("Renamed.")
    assert "Renamed." not in driver.advance(6).text()
    driver.app.notice(WORDS)
    assert PATH in squeezed(driver.advance(6))


def test_a_click_puts_it_away(usual: Store, drive: StartDriver) -> None:
    driver = drive(usual)
    before = driver.lines()
    driver.app.notice(WORDS, "error")
    driver.draw()
    driver.click(4, 18)
    assert driver.lines() == before


@pytest.mark.parametrize("columns", [3, 40, 80])
@pytest.mark.parametrize("most", [1, 2, 6])
def test_it_never_takes_more_than_it_may(columns: int, most: int) -> None:
    for words in ("x", WORDS, "漢字 " * 100, "/" + "y" * 1_000):
        canvas = notice_canvas([("error", words)], columns, most)
        assert canvas.rows() <= most
        assert canvas.cols() == columns


def test_one_row_is_for_what_fits() -> None:
    assert fits([("notice", "x" * 38)], 40)
    assert not fits([("notice", "x" * 39)], 40)
    assert rows_of(notice_canvas([("notice", "one two")], 6, 5)) == ["──────", " one", " two"]
