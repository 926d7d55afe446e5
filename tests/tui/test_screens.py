"""Golden screens of a small database, at the sizes people use."""

from __future__ import annotations

from pathlib import Path

import pytest

from opencode.errors import DatabaseUnavailable
from opencode.store import Store
from opencode.tui import Known, theme
from tests.tui.conftest import Golden, StartDriver, at_every_size, name_of
from tests.tui.driver import Driver
from tests.tui.stores import add_session, new_store

STATES: dict[str, list[str]] = {
    "sessions": [],
    "session": ["enter"],
    "session-start": ["enter", "g"],
    "session-unfolded": ["enter", "g", "z", "n", "n"],
    "session-find": ["enter", "g", "/", *"pool", "enter", "n"],
    "session-copy": ["enter", "g", "n", "y"],
    "files": ["enter", "f"],
    "difference": ["enter", "f", "j", "enter"],
    "difference-toggled": ["enter", "f", "j", "enter", "s"],
    "filter": ["/", "e", "x", "p"],
    "filter-nothing": ["/", "q", "q"],
    "new": ["n", "A", "b"],
    "rename": ["r"],
    "delete": ["d"],
    "help": ["?"],
    "copy": ["y"],
    "export": ["E"],
    "palette": ["j", ":"],
    "palette-found": [":", "s", "o", "r"],
    "sort": ["s", "s"],
    "writing": ["enter", "i", *"What about", "meta enter", *"MySQL 9?"],
    "projects": ["P"],
    "log": ["l"],
}


@at_every_size
@pytest.mark.parametrize("state", STATES)
def test_screen(
    usual: Store, drive: StartDriver, golden: Golden, state: str, size: tuple[int, int]
) -> None:
    driver = drive(usual, size=size).press(*STATES[state])
    golden(name_of(state, size), driver.lines())
    assert driver.attributes() - {None} <= theme.ATTRIBUTES


@at_every_size
def test_empty_list(
    store: Store,
    drive: StartDriver,
    golden: Golden,
    monkeypatch: pytest.MonkeyPatch,
    size: tuple[int, int],
) -> None:
    """It names what was looked for, so that "my sessions are gone" answers itself."""
    monkeypatch.setattr("opencode.tui.access.short_path", lambda _: "~/app/.opencode/opencode.db")
    for number in range(3):
        add_session(store.in_project("other/one"), f"theirs {number}")
    add_session(store.in_project("other/two"))
    golden(name_of("empty", size), drive(store, size=size).lines())


def unreachable() -> Store:
    raise DatabaseUnavailable(
        "MySQL at db.team.example:3306 did not answer within 30 s",
        hint="check the host and port in sessionProvider.mysql, the VPN, the firewall",
    )


@at_every_size
def test_database_out_of_reach(drive: StartDriver, golden: Golden, size: tuple[int, int]) -> None:
    golden(name_of("failure", size), drive(unreachable, size=size).lines())


def test_opening(usual: Store, drive: StartDriver, golden: Golden) -> None:
    driver = drive(usual, settle=False)
    golden("opening-80x24", driver.lines())


def test_what_is_known_is_shown_before_the_database_is_open(usual: Store) -> None:
    known = [Known("", "local"), Known("github.com/acme/shop", "local")]
    driver = Driver(lambda: usual, settle=False, owns_store=False, known=lambda: known[0])
    assert "Project: … | Provider: local" in driver.text()
    del known[0]
    assert "Project: github.com/acme/shop | Provider: local" in driver.text()
    driver.settle()
    assert "Project: github.com/opencode-ai/opencode | Provider: local" in driver.text()
    driver.settle()
    assert "Implement session provider feature" in driver.text()


def test_what_a_server_that_lets_wait_has_come_to_is_shown(usual: Store) -> None:
    known = ["", "db.team.example:3306/opencode: nothing listens on this port\x1b[2J"]
    driver = Driver(
        lambda: usual,
        settle=False,
        owns_store=False,
        known=lambda: Known("shop", "remote", known[0]),
    )
    driver.timers.run_until(2, lambda: None)
    assert "A server that does not answer is tried for half a minute." in driver.text()
    assert "from an older version" not in driver.text()
    del known[0]
    driver.timers.run_until(4, lambda: None)
    assert "db.team.example:3306/opencode: nothing listens on this port" in driver.text()
    driver.settle()
    assert "Implement session provider feature" in driver.text()


def test_a_large_file_is_what_lets_wait_on_this_machine(usual: Store) -> None:
    known = Known("shop", "local", "")
    driver = Driver(lambda: usual, settle=False, owns_store=False, known=lambda: known)
    driver.timers.run_until(2, lambda: None)
    assert "A large file from an older version is copied first." in driver.text()


@pytest.mark.parametrize(("columns", "rows"), [(39, 24), (80, 9), (10, 2), (1, 1)])
def test_too_small(usual: Store, drive: StartDriver, columns: int, rows: int) -> None:
    driver = drive(usual, size=(columns, rows))
    shown = [line for line in driver.lines() if line]
    assert len(shown) == 1
    assert f"needs 40x10, this is {columns}x{rows}".startswith(shown[0].strip().rstrip("…"))
    assert not driver.press("n", "d", "y", "enter").ended
    driver.resize(80, 24)
    assert driver.lines()[2].startswith("▌ Implement session")


def test_status_block_gives_way(usual: Store, drive: StartDriver) -> None:
    driver = drive(usual, size=(80, 20))
    assert driver.lines()[-4:-1][0].startswith("┌")
    two = driver.resize(80, 19).lines()[-2:]
    assert two == [
        " Project: github.com/opencode-ai/opencode | Provider: local",
        " Session: Implement session provider feature",
    ]
    assert driver.resize(80, 12).lines()[-2:] == two
    (one,) = driver.resize(80, 11).lines()[-1:]
    assert "opencode | Provider: local | Session: Implement session prov" in one


def test_long_project_id_is_cut_on_the_left(tmp_path: Path, drive: StartDriver) -> None:
    project = "git.example.com/a/very/long/path/that/does/not/fit/" + "x" * 40 + "/the-end"
    with new_store(tmp_path, project) as store:
        status = drive(store).lines()[-3]
    assert status.startswith("│ Project: …")
    assert status.endswith("xx/the-end | Provider: local ⌂ │")


def test_every_state_draws_at_every_size(usual: Store, drive: StartDriver) -> None:
    """Each state at sizes from nothing upwards: urwid checks that canvases fit."""
    for keys in STATES.values():
        driver: Driver = drive(usual).press(*keys)
        for columns in (0, 1, 2, 5, 40, 41, 60, 99, 100, 101, 220):
            for rows in (0, 1, 3, 10, 11, 12, 19, 20, 60):
                driver.resize(columns, rows)
        assert not driver.app.log.lines
