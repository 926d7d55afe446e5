"""Colours by meaning: dark, light, and mono for terminals and people without colours.

An entry is urwid's: name, foreground and background for 16 colours, for none, for 256 and more.
Backgrounds stay the terminal's own, but for the selected row and buttons. Every pair is checked
for contrast (tests/tui/test_theme.py): 4.5 for text, 3 for lines and what is dimmed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from opencode.themes import THEMES
from opencode.tui.reading_colours import READING, READING_FILLED

__all__ = ["ATTRIBUTES", "Depth", "PaletteEntry", "choose", "depth", "palette"]

Depth = Literal[1, 16, 256, 16777216]

PaletteEntry = tuple[str, str, str, str, str, str]


KNOWN_256 = frozenset({"alacritty", "foot", "ghostty", "kitty", "wezterm", "xterm-kitty"})
"""Terminals with 256 colours or more whose names do not say so."""

# name: (mono, dark 16, dark 256, light 16, light 256)
# Of the 16 colours only black, dark red and dark blue can be read on white.
_COLOURS: Mapping[str, tuple[str, str, str, str, str]] = {
    "title": ("bold", "white,bold", "#fff,bold", "black,bold", "#000,bold"),
    "dim": ("default", "light gray", "g66", "dark gray", "g38"),
    "heading": ("underline", "light gray", "g66", "dark gray", "g38"),
    "marker": ("bold", "light cyan", "#5df", "dark blue", "#05a"),
    "key": ("bold", "light cyan", "#5df", "dark blue", "#05a"),
    "notice": ("bold", "light green", "#8d8", "dark blue", "#060"),
    "error": ("bold", "light red,bold", "#f88,bold", "dark red,bold", "#a00,bold"),
    "warning": ("bold", "yellow", "#fc6", "dark red", "#840"),
    "border": ("default", "dark gray", "g46", "dark gray", "g50"),
    "label": ("default", "light gray", "g66", "dark gray", "g38"),
    "value": ("bold", "white", "g93", "black", "#000"),
    "user": ("bold", "light green,bold", "#8d8,bold", "dark blue,bold", "#060,bold"),
    "assistant": ("bold", "light cyan,bold", "#8af,bold", "black,bold", "#05a,bold"),
    "tool": ("bold", "yellow", "#dc8", "dark red", "#640"),
    "output": ("default", "light gray", "g70", "dark gray", "g30"),
    "code": ("default", "light gray", "#edb", "black", "#530"),
    "reasoning": (
        "italics",
        "light gray,italics",
        "g66,italics",
        "dark gray,italics",
        "g35,italics",
    ),
    "rule": ("default", "dark gray", "g52", "dark gray", "g46"),
    "new": ("bold", "light green,bold", "#8d8,bold", "dark blue,bold", "#060,bold"),
    "strong": ("bold", "white,bold", "#fff,bold", "black,bold", "#000,bold"),
    "input": ("default", "white", "#fff", "black", "#000"),
    "offline": ("default", "dark gray", "g50", "dark gray", "g50"),
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
        ("white", "dark blue"),
        ("#000", "#cdf"),
    ),
    "selected.idle": (
        "underline",
        ("black", "light gray"),
        ("#fff", "g19"),
        ("black", "light gray"),
        ("#000", "g89"),
    ),
    "selected.marker": (
        "standout,bold",
        ("light cyan", "dark blue"),
        ("#5df", "#036"),
        ("white", "dark blue"),
        ("#05a", "#cdf"),
    ),
    "button": (
        "standout",
        ("black", "light gray"),
        ("#000", "g78"),
        ("white", "black"),
        ("#fff", "g30"),
    ),
    **READING_FILLED,
}

# What stands for colours of the 256 where the terminal has all of them.
_TRUE_DARK: Mapping[str, str] = {
    "#5df": "#7dcfff",
    "#8d8": "#9ece6a",
    "#f88": "#ff8f9c",
    "#fc6": "#f0c674",
    "#8af": "#8fb4ff",
    "#dc8": "#d9c58b",
    "#edb": "#e8dcc0",
    "#036": "#1d3b66",
    "g46": "#757c8c",
    "g50": "#7e8595",
    "g52": "#848b9b",
    "g66": "#a4abb8",
    "g70": "#b2b8c4",
    "g19": "#303540",
}
_TRUE_LIGHT: Mapping[str, str] = {
    "#05a": "#0b57a4",
    "#060": "#136b1c",
    "#a00": "#b0141e",
    "#840": "#8a4b00",
    "#640": "#6b4a00",
    "#530": "#5a3a10",
    "#cdf": "#d3e4ff",
    "g50": "#7d818a",
    "g46": "#71757e",
    "g38": "#565b66",
    "g35": "#505560",
    "g30": "#434852",
    "g89": "#e1e4e8",
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


def depth(theme: str, environ: Mapping[str, str]) -> Depth:
    """Return how many colours to use: 1 (none), 16, 256 or 2**24.

    tmux and screen pass `COLORTERM` on and turn what the terminal outside lacks into less.
    """
    term = environ.get("TERM", "")
    if theme == "mono" or term in {"", "dumb"} or term.startswith(("vt1", "vt2")):
        return 1
    if environ.get("COLORTERM") in {"truecolor", "24bit"} or term.endswith("-direct"):
        return 16777216
    return 256 if "256color" in term or term in KNOWN_256 else 16


def palette(theme: str, colours: int = 256) -> list[PaletteEntry]:
    """Return the palette of `dark` or `light`; mono is the third column of either.

    With 2**24 colours the columns for many colours hold more than the usual 256.
    """
    light = theme == "light"
    true = (_TRUE_LIGHT if light else _TRUE_DARK) if colours > 256 else {}
    entries: list[PaletteEntry] = []
    for name, (mono, dark, dark_high, bright, bright_high) in _COLOURS.items():
        low, high = (bright, bright_high) if light else (dark, dark_high)
        entries.append((name, low, "default", mono, _replaced(high, true), "default"))
    for name, (mono, *pairs) in _FILLED.items():
        (low, low_back), (high, high_back) = pairs[2:] if light else pairs[:2]
        entries.append(
            (name, low, low_back, mono, _replaced(high, true), _replaced(high_back, true))
        )
    return entries


def _replaced(colour: str, by: Mapping[str, str]) -> str:
    """Return a colour, with its settings, as `by` has it."""
    name, comma, settings = colour.partition(",")
    return f"{by.get(name, name)}{comma}{settings}"
