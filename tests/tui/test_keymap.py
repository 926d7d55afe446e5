"""The key map is consistent with itself and with the screens."""

from __future__ import annotations

from itertools import chain

import pytest

from opencode.store import Store
from opencode.tui.keymap import BINDINGS, CONTEXTS, MOVES, PLACES, command_for, hints, key_label
from opencode.tui.screens.base import Layer
from tests.tui.conftest import StartDriver
from tools.keys_docs import keys_markdown

# Keys that do not survive a terminal or tmux.
LOST = {"ctrl h", "ctrl j", "ctrl m", "ctrl i", "ctrl enter"}

OF_THE_PROGRAM = {"back", "refresh", "log", "help", "quit", "interrupt", "palette"}

# How to get to each place.
WAYS = {
    "sessions": [],
    "session": ["enter"],
    "found": ["enter", "/", *"pool", "enter"],
    "projects": ["P"],
    "help": ["?"],
    "log": ["l"],
    "delete": ["d"],
    "copying": ["y"],
    "exporting": ["E"],
    "palette": [":"],
    "copy": ["enter", "y"],
    "files": ["enter", "f"],
    "difference": ["enter", "f", "enter"],
}


@pytest.mark.parametrize("place", PLACES)
def test_no_key_means_two_things_in_one_place(place: str) -> None:
    keys = [
        key
        for binding in BINDINGS
        if binding.context in PLACES[place].contexts
        for key in binding.keys
    ]
    assert sorted(keys) == sorted(set(keys))


def test_contexts_are_known_and_used() -> None:
    names = [context.name for context in CONTEXTS]
    assert {binding.context for binding in BINDINGS} == set(names)
    assert set(chain.from_iterable(place.contexts for place in PLACES.values())) == set(names)


def test_no_key_is_used_that_terminals_swallow() -> None:
    assert not LOST & set(chain.from_iterable(binding.keys for binding in BINDINGS))


@pytest.mark.parametrize("place", PLACES)
def test_footers_have_a_hint_for_every_entry(place: str) -> None:
    assert all(hint.keys and hint.words for hint in hints(place))


@pytest.mark.parametrize("place", WAYS)
def test_screens_do_every_command_of_their_place(
    usual: Store, drive: StartDriver, place: str
) -> None:
    layer: Layer = drive(usual).press(*WAYS[place]).app.layers[-1]
    assert layer.place == place
    wanted = {binding.command for binding in BINDINGS if binding.context in PLACES[place].contexts}
    assert wanted - MOVES - OF_THE_PROGRAM <= layer.commands().keys()
    assert layer.commands().keys() <= wanted


@pytest.mark.parametrize(
    ("key", "label"),
    [(" ", "space"), ("ctrl n", "ctrl-n"), ("f5", "F5"), ("f", "f"), ("left", "←"), ("G", "G")],
)
def test_labels(key: str, label: str) -> None:
    assert key_label(key) == label


def test_lookup() -> None:
    assert command_for("sessions", "n") == "new"
    assert command_for("session", "n") == "next"
    assert command_for("delete", "y") == "confirm"
    assert command_for("delete", "d") is None
    assert command_for("sessions", "x") is None


def test_documentation_names_every_key_and_command() -> None:
    text = keys_markdown()
    for binding in BINDINGS:
        assert binding.does in text
        for key in binding.keys:
            assert f"`{key_label(key)}`" in text
    assert text.endswith("\n")
