"""A key does something, or says why it does nothing; what does nothing is not offered."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from opencode.store import Store
from opencode.tui.keymap import BINDINGS, MOVES, PLACES, Binding, hints, key_label
from opencode.tui.screens.palette import entries
from opencode.tui.screens.sessions import SessionsScreen
from tests.tui.conftest import StartDriver
from tests.tui.driver import Driver
from tests.tui.stores import add_session, conversation, usual_sessions

Fill = Callable[[Store], object]


def nothing(_: Store) -> None:
    """Leave it empty."""


def without_messages(store: Store) -> None:
    add_session(store, "Nothing said")


def one_message(store: Store) -> None:
    add_session(store, "One thing said", said=conversation()[:1])


def one_version(store: Store) -> None:
    session = add_session(store, "One file", said=conversation())
    store.files.record(session, path="a.py", content="x\n")


def unchanged(store: Store) -> None:
    session = add_session(store, "One file", said=conversation())
    for _ in range(2):
        store.files.record(session, path="a.py", content="x\n")


def two_projects(store: Store) -> None:
    add_session(store)
    add_session(store.in_project("other"), "Theirs", age=60)


def two_levels(store: Store) -> None:
    add_session(store, "Parent", id="parent", said=conversation())
    for name in ("one", "two"):
        store.sessions.create(title=f"Child {name}", parent="parent", id=name)


STATES: dict[str, tuple[Fill, list[str]]] = {
    "no sessions": (nothing, []),
    "no projects": (nothing, ["P"]),
    "nothing found": (usual_sessions, ["/", "q", "q", "enter"]),
    "some found": (usual_sessions, ["/", *"fix", "enter"]),
    "sessions": (usual_sessions, []),
    "sub-sessions": (two_levels, []),
    "sub-sessions shown": (two_levels, ["right"]),
    "sub-session": (two_levels, ["right", "j"]),
    "preview": (usual_sessions, ["tab"]),
    "preview without messages": (without_messages, ["tab"]),
    "session": (usual_sessions, ["enter"]),
    "hits": (usual_sessions, ["enter", "/", *"pool", "enter"]),
    "no hits": (usual_sessions, ["enter", "/", *"qqqq", "enter", "G"]),
    "session's start": (usual_sessions, ["enter", "g"]),
    "session with several below": (two_levels, ["enter"]),
    "session of one message": (one_message, ["enter"]),
    "session without messages": (without_messages, ["enter"]),
    "files": (usual_sessions, ["enter", "f"]),
    "no files": (without_messages, ["enter", "f"]),
    "differences": (usual_sessions, ["enter", "f", "j", "enter"]),
    "only version": (one_version, ["enter", "f", "enter"]),
    "no differences": (unchanged, ["enter", "f", "enter"]),
    "projects": (two_projects, ["P"]),
    "only project": (usual_sessions, ["P"]),
    "empty log": (usual_sessions, ["l"]),
    "copy dialog": (usual_sessions, ["enter", "y"]),
    "copying": (usual_sessions, ["y"]),
    "exporting": (usual_sessions, ["E"]),
    "deleting": (usual_sessions, ["d"]),
}

EMPTY = {
    *("no sessions", "no projects", "nothing found", "preview without messages"),
    *("session without messages", "no files", "no differences", "empty log", "only project"),
}
"""States in which the cursor has nowhere to go."""

FOOTERS = {
    "no sessions": " n new  : palette  P project  q quit  ? help",
    "nothing found": " esc show all  / filter  n new  : palette  P project  ? help",
    "session without messages": (
        " esc back  i write  y copy  f files  : palette  r rename  d delete  ? help"
    ),
    "session of one message": (
        " esc back  j/k line  enter fold  i write  / find  y copy  o pager  ? help"
    ),
    "no files": " esc back  ? help",
    "only project": " esc back  R refresh  ? help",
    "empty log": " esc back  R refresh  ? help",
    "only version": " esc back  w write  o pager  j/k line  ? help",
}

SILENT = {"refresh", "interrupt"}
"""These do what they do without a word."""

WIDE = (140, 40)


@pytest.fixture(autouse=True)
def _harmless(copied: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("PAGER", "EDITOR", "VISUAL"):
        monkeypatch.setenv(name, "true")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")


def bindings_of(driver: Driver) -> list[Binding]:
    contexts = PLACES[driver.app.layers[-1].place].contexts
    return [binding for binding in BINDINGS if binding.context in contexts]


def seen(driver: Driver) -> tuple[object, ...]:
    """All that a key may change."""
    ran = len(driver.terminal.commands)
    return driver.lines(), [*driver.app.layers], driver.ended, ran, driver.attributes()


@pytest.mark.parametrize("state", STATES)
def test_a_key_does_something_or_says_why_not(
    store: Store, drive: StartDriver, copied: list[str], state: str
) -> None:
    fill, keys = STATES[state]
    fill(store)
    for binding in bindings_of(drive(store, size=WIDE).press(*keys)):
        driver = drive(store, size=WIDE).press(*keys)
        reason = driver.app.layers[-1].unavailable(binding.command)
        before = seen(driver)
        copied.clear()
        driver.press(binding.keys[0])
        if reason and binding.command == "back":
            assert seen(driver) == before
        elif reason:
            assert f"Not now: {reason}." in driver.words(), binding
            driver.app.drop_notice()
            assert seen(driver) == before, binding
        elif binding.command not in MOVES | SILENT:
            assert seen(driver) != before or copied, binding


@pytest.mark.parametrize("state", STATES)
def test_who_cannot_move_is_told_why(store: Store, drive: StartDriver, state: str) -> None:
    fill, keys = STATES[state]
    fill(store)
    driver = drive(store, size=WIDE).press(*keys)
    reasons = {
        driver.app.layers[-1].unavailable(binding.command)
        for binding in bindings_of(driver)
        if binding.command in MOVES
    }
    if reasons:
        assert len(reasons) == 1
        assert any(reasons) == (state in EMPTY)


@pytest.mark.parametrize("state", STATES)
def test_the_palette_and_the_footer_know_the_reasons(
    store: Store, drive: StartDriver, state: str
) -> None:
    fill, keys = STATES[state]
    fill(store)
    driver = drive(store, size=WIDE).press(*keys)
    top = driver.app.layers[-1]
    assert all(entry.reason == top.unavailable(entry.command) for entry in entries(top))
    shown = {binding.keys[0]: binding.command for binding in bindings_of(driver)}
    for hint in hints(top.place):
        offered = [key for key in hint.keys if not top.unavailable(shown[key])]
        words = f"{'/'.join(map(key_label, offered or hint.keys))} {hint.words}"
        assert (f" {words} " in f"{driver.footer()} ") == bool(offered)


@pytest.mark.parametrize("state", STATES)
def test_the_palette_has_room_for_the_reasons(store: Store, drive: StartDriver, state: str) -> None:
    fill, keys = STATES[state]
    fill(store)
    driver = drive(store).press(*keys)
    top = driver.app.layers[-1]
    driver.press(":")
    for entry in entries(top):
        if entry.reason and driver.app.layers[-1].place == "palette":
            driver.press("ctrl u").type(entry.does)
            assert f" · {entry.reason} " in driver.text()


@pytest.mark.parametrize("state", FOOTERS)
def test_what_a_user_needs_is_offered(store: Store, drive: StartDriver, state: str) -> None:
    fill, keys = STATES[state]
    fill(store)
    assert drive(store).press(*keys).footer() == FOOTERS[state]


def test_while_something_is_being_read(usual: Store, drive: StartDriver) -> None:
    driver = drive(usual, settle=False)
    assert driver.press("R", settle=False).footer() == " Not now: the database is being opened."
    driver.settle()
    driver.app.push(SessionsScreen(driver.app))
    top = driver.app.layers[-1]
    assert top.unavailable("open") == "the list is still being read"
    assert not any(map(top.unavailable, ("filter", "sort", "new", "last")))
    driver.settle()
    for key, command, what in (
        ("enter", "pager", "messages"),
        ("f", "compare", "files"),
        ("P", "choose", "projects"),
    ):
        if key == "P":
            driver.press("esc", "esc")
        top = driver.press(key, settle=False).app.layers[-1]
        assert top.unavailable(command) == f"the {what} are still being read"
        assert not any(map(top.unavailable, ("find", "back")))
        driver.settle()
        assert top.unavailable(command) != f"the {what} are still being read"
    driver.press("esc")
    top = driver.press("d", settle=False).app.layers[-1]
    assert top.unavailable("confirm") == "what goes with it is still being counted"


def test_a_message_at_either_end(usual: Store, drive: StartDriver) -> None:
    driver = drive(usual).press("enter", "n")
    assert driver.footer() == " That is the last message."
    assert driver.press("g", "N").footer() == " That is the first message."
