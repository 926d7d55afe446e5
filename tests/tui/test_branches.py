"""Rows of sessions and their sub-sessions, without a screen."""

from __future__ import annotations

from opencode.models import Session
from opencode.tui.branches import Forest
from tests.cli.factories import make_session


def session(name: str, parent: str | None = None) -> Session:
    return make_session(id=name, title=name, parent_session_id=parent)


def forest() -> Forest:
    made = Forest()
    made.window.replace([session("a"), session("b")], starts=True, ends=True)
    made.update()
    made.learn(frozenset("ab"), {"b": 2}, {})
    return made


def names(made: Forest) -> list[str]:
    return ["  " * branch.depth + branch.session.id for branch in made.branches]


def test_children_are_shown_when_unfolded_and_there() -> None:
    made = forest()
    made.unfold("b")
    assert names(made) == ["a", "b"]
    children = [session("c", "b"), session("d", "b")]
    made.learn(frozenset("bcd"), {"b": 2, "d": 1}, {"b": children})
    assert names(made) == ["a", "b", "  c", "  d"]
    made.unfold("d")
    made.learn(frozenset("de"), {"d": 1}, {"d": [session("e", "d")]})
    assert names(made) == ["a", "b", "  c", "  d", "    e"]
    assert [branch.root for branch in made.branches] == [0, 1, 1, 1, 1]
    assert (made.parent_of(4), made.parent_of(0), made.root_of(99)) == (3, None, 0)
    made.fold("b")
    assert names(made) == ["a", "b"]


def test_what_is_no_longer_loaded_is_forgotten() -> None:
    made = forest()
    made.unfold("b")
    made.learn(frozenset("bc"), {"b": 1}, {"b": [session("c", "b")]})
    made.window.replace([session("z")], starts=True, ends=True)
    made.update()
    made.learn(frozenset("z"), {}, {})
    assert made.unfolded == frozenset()
    assert names(made) == ["z"]


def test_removed_and_replaced_wherever_they_are() -> None:
    made = forest()
    made.unfold("b")
    made.learn(frozenset("bcd"), {"b": 2}, {"b": [session("c", "b"), session("d", "b")]})
    made.replace(make_session(id="d", title="renamed", parent_session_id="b"))
    made.remove("c")
    assert [branch.session.title for branch in made.branches] == ["a", "b", "renamed"]
    assert made.branches[1].children == 1
    made.remove("b")
    assert names(made) == ["a"]
