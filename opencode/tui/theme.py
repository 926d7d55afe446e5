"""Colours by meaning: dark, light, and mono for terminals and people without colours.

An entry is urwid's: name, foreground and background for 16 colours, for none, for 256 and more.
Backgrounds stay the terminal's own, but for the selected row.
"""

from __future__ import annotations

from collections.abc import Mapping

from opencode.tui.reading_colours import READING, READING_FILLED

__all__ = ["ATTRIBUTES", "THEMES", "PaletteEntry", "choose", "palette"]

PaletteEntry = tuple[str, str, str, str, str, str]

THEMES = ("auto", "dark", "light", "mono")

# name: (mono, dark 16, dark 256, light 16, light 256)
_COLOURS: Mapping[str, tuple[str, str, str, str, str]] = {
    "title": ("bold", "white,bold", "#fff,bold", "black,bold", "#000,bold"),
    "dim": ("default", "light gray", "g62", "dark gray", "g38"),
    "heading": ("underline", "light gray", "g62", "dark gray", "g38"),
    "marker": ("bold", "light cyan", "#5df", "dark blue", "#05a"),
    "key": ("bold", "light cyan", "#5df", "dark blue", "#05a"),
    "notice": ("bold", "light green", "#8d8", "dark green", "#060"),
    "error": ("bold", "light red,bold", "#f88,bold", "dark red,bold", "#a00,bold"),
    "warning": ("bold", "yellow", "#fc6", "brown", "#840"),
    "border": ("default", "dark gray", "g46", "light gray", "g58"),
    "label": ("default", "light gray", "g62", "dark gray", "g38"),
    "value": ("bold", "white", "g93", "black", "#000"),
    "user": ("bold", "light green,bold", "#8d8,bold", "dark green,bold", "#060,bold"),
    "assistant": ("bold", "light blue,bold", "#8af,bold", "dark blue,bold", "#05a,bold"),
    "tool": ("bold", "yellow", "#dc8", "brown", "#640"),
    "output": ("default", "light gray", "g70", "dark gray", "g30"),
    "code": ("default", "light gray", "#edb", "dark gray", "#530"),
    "reasoning": (
        "italics",
        "light gray,italics",
        "g66,italics",
        "dark gray,italics",
        "g35,italics",
    ),
    "rule": ("default", "dark gray", "g52", "dark gray", "g50"),
    "new": ("bold", "light green,bold", "#8d8,bold", "dark green,bold", "#060,bold"),
    "strong": ("bold", "white,bold", "#fff,bold", "black,bold", "#000,bold"),
    "input": ("default", "white", "#fff", "black", "#000"),
    "offline": ("default", "dark gray", "g46", "light gray", "g58"),
    **READING,
}

# name: (mono, dark 16 fg and bg, dark 256, light 16, light 256)
_FILLED: Mapping[
    str, tuple[str, tuple[str, str], tuple[str, str], tuple[str, str], tuple[str, str]]
]
_FILLED = {
    "selected": (
        "standout",
        ("white", "dark blue"),
        ("#fff", "#036"),
        ("black", "light cyan"),
        ("#000", "#cdf"),
    ),
    "selected.idle": (
        "underline",
        ("white", "dark gray"),
        ("#fff", "g19"),
        ("black", "light gray"),
        ("#000", "g89"),
    ),
    "selected.marker": (
        "standout,bold",
        ("light cyan", "dark blue"),
        ("#5df", "#036"),
        ("dark blue", "light cyan"),
        ("#05a", "#cdf"),
    ),
    "button": (
        "standout",
        ("black", "light gray"),
        ("#000", "g78"),
        ("white", "dark gray"),
        ("#fff", "g30"),
    ),
    **READING_FILLED,
}

ATTRIBUTES = frozenset({*_COLOURS, *_FILLED})


def choose(theme: str, environ: Mapping[str, str]) -> str:
    """Return `dark`, `light` or `mono` for what the user asked for and the terminal says.

    `COLORFGBG` is set by some terminals (`15;0`: light on dark); without it dark is assumed.
    """
    if environ.get("NO_COLOR"):
        return "mono"
    if theme != "auto":
        return theme if theme in THEMES else "dark"
    background = environ.get("COLORFGBG", "").rpartition(";")[2]
    return "light" if background in {"7", "15"} else "dark"


def palette(theme: str) -> list[PaletteEntry]:
    """Return the palette of `dark` or `light`; mono is the third column of either."""
    light = theme == "light"
    entries: list[PaletteEntry] = []
    for name, (mono, dark, dark_high, bright, bright_high) in _COLOURS.items():
        low, high = (bright, bright_high) if light else (dark, dark_high)
        entries.append((name, low, "default", mono, high, "default"))
    for name, (mono, *pairs) in _FILLED.items():
        (low, low_back), (high, high_back) = pairs[2:] if light else pairs[:2]
        entries.append((name, low, low_back, mono, high, high_back))
    return entries
