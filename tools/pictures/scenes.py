"""What the pictures show: how the program is started, which keys are pressed, what then is seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

__all__ = ["SCENES", "Scene"]


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture, `docs/pictures/{name}.svg`."""

    name: str
    about: str
    """What is to be seen, for those who cannot see it."""
    size: tuple[int, int]
    wanted: Sequence[str]
    """What is on the screen when it is complete."""
    keys: Sequence[tuple[str, str]] = ()
    """What is pressed, and what is seen before the next is."""
    theme: Literal["dark", "light"] = "dark"
    shared: bool = False
    """Whether the database is a server's."""


SCENES: Sequence[Scene] = (
    Scene(
        "sessions",
        "The list of sessions with a preview of the one the cursor is on",
        (120, 34),
        ("1 of 12", "Messages", "┌ python", "▸ bash  pytest"),
    ),
    Scene(
        "session",
        "An open session: Markdown, code in colours, tool calls with their results",
        (104, 38),
        ("▾ you", "┌ python", "+5 −9", "1–"),
        keys=(("enter", "of 9"), ("g", "1–")),
    ),
    Scene(
        "difference",
        "Two versions of a file side by side",
        (128, 32),
        ("initial → v2", "+5 −9"),
        keys=(("enter", "of 9"), ("f", "2 files"), ("enter", "initial → v2")),
    ),
    Scene(
        "palette",
        "The command palette, narrowed down by two letters",
        (100, 28),
        (": fi", "only in shared databases"),
        keys=((":", "Commands"), ("f", ": f"), ("i", ": fi")),
    ),
    Scene(
        "writing",
        "Writing a message at the foot of a session",
        (100, 28),
        ("── Message", "Next: the same"),
        keys=(
            ("enter", "of 9"),
            ("i", "── Message"),
            ("Next: the same for gift cards.", "gift cards."),
            ("ctrl o", ""),
            ("They are charged in shop/gifts.py, after the cart is gone.", "gone."),
        ),
    ),
    Scene(
        "light",
        "The light theme, with the sub-sessions of the first session unfolded",
        (120, 34),
        ("▾ 2", "└ Write a test", "charge(card", "1 of 12"),
        keys=(("right", "▾ 2"),),
        theme="light",
    ),
    Scene(
        "shared",
        "Deleting a session from a database that a team shares",
        (98, 28),
        ("Author", "花子", "Provider: remote", "for the whole team", "13 messages"),
        keys=(("d", "Delete session?"),),
        shared=True,
    ),
)
