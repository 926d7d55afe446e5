"""Colours: complete, known to urwid, legible."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, cast

import pytest
from urwid import AttrSpec

from opencode.tui import theme


@pytest.mark.parametrize(
    ("wanted", "environ", "chosen"),
    [
        ("auto", {}, "dark"),
        ("auto", {"COLORFGBG": "0;15"}, "light"),
        ("auto", {"COLORFGBG": "15;default;0"}, "dark"),
        ("auto", {"COLORFGBG": "nonsense"}, "dark"),
        ("light", {}, "light"),
        ("mono", {}, "mono"),
        ("unknown", {}, "dark"),
        ("dark", {"NO_COLOR": "1"}, "mono"),
        ("dark", {"NO_COLOR": ""}, "dark"),
    ],
)
def test_choice(wanted: str, environ: dict[str, str], chosen: str) -> None:
    assert theme.choose(wanted, environ) == chosen


@pytest.mark.parametrize("name", ["dark", "light", "mono"])
def test_every_attribute_has_colours_urwid_knows(name: str) -> None:
    entries = theme.palette(name)
    assert {entry[0] for entry in entries} == theme.ATTRIBUTES
    for _, low, low_back, mono, high, high_back in entries:
        AttrSpec(low, low_back, 16)
        AttrSpec(mono, "default", 1)
        AttrSpec(high, high_back, 256)


def luminance(red: int, green: int, blue: int) -> float:
    def linear(value: int) -> float:
        share = value / 255
        return share / 12.92 if share <= 0.03928 else ((share + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)


def contrast(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    dark, bright = sorted((luminance(*one), luminance(*other)))
    return (bright + 0.05) / (dark + 0.05)


# Lines and what is dimmed on purpose need less than text.
DECORATION = {"border", "offline", "rule"}
# With 16 colours there is one gray that can be told from text.
DIM = DECORATION | {"dim", "heading", "label", "output", "reasoning"}

BACKGROUNDS = {
    "dark": [(0, 0, 0), (30, 30, 46), (40, 42, 54)],
    "light": [(255, 255, 255), (253, 246, 227)],
}

RGB = tuple[int, int, int]


def pairs(name: str, colours: Literal[16, 256, 16777216]) -> Iterator[tuple[str, RGB, RGB]]:
    """Every attribute with its colour and each background that may be behind it."""
    # The 16 colours of xterm; with so few, terminals have black or white behind the text.
    own = BACKGROUNDS[name] if colours > 16 else BACKGROUNDS[name][:1]
    for attribute, low, low_back, _, high, high_back in theme.palette(name, colours):
        front, back = (low, low_back) if colours == 16 else (high, high_back)
        values = AttrSpec(front, back, colours).get_rgb_values()
        colour = cast("RGB", values[:3])
        assert None not in colour
        for background in own if values[3] is None else [cast("RGB", values[3:])]:
            yield attribute, colour, background


@pytest.mark.parametrize("colours", [16, 256, 2**24])
@pytest.mark.parametrize("name", ["dark", "light"])
def test_every_pair_has_the_contrast_that_reading_needs(
    name: str, colours: Literal[16, 256, 16777216]
) -> None:
    few = []
    for attribute, colour, background in pairs(name, colours):
        least = 3 if attribute in (DIM if colours == 16 else DECORATION) else 4.5
        ratio = contrast(colour, background)
        if ratio < least:
            few.append((attribute, colour, background, round(ratio, 2)))
    assert not few


@pytest.mark.parametrize("name", ["dark", "light"])
def test_true_colours_are_more_than_the_256(name: str) -> None:
    entries = theme.palette(name, 2**24)
    assert any(len(entry[4].partition(",")[0]) == 7 for entry in entries)
    assert all(len(entry[4].partition(",")[0]) < 7 for entry in theme.palette(name, 256))


@pytest.mark.parametrize(
    ("chosen", "environ", "colours"),
    [
        ("dark", {"TERM": "xterm-256color", "COLORTERM": "truecolor"}, 2**24),
        ("light", {"TERM": "xterm", "COLORTERM": "24bit"}, 2**24),
        ("dark", {"TERM": "xterm-direct"}, 2**24),
        ("dark", {"TERM": "tmux-256color", "COLORTERM": ""}, 256),
        ("dark", {"TERM": "xterm-kitty"}, 256),
        ("dark", {"TERM": "linux"}, 16),
        ("dark", {"TERM": "xterm"}, 16),
        ("dark", {"TERM": "vt100"}, 1),
        ("dark", {"TERM": "dumb", "COLORTERM": "truecolor"}, 1),
        ("dark", {}, 1),
        ("mono", {"TERM": "xterm-256color", "COLORTERM": "truecolor"}, 1),
    ],
)
def test_how_many_colours(chosen: str, environ: dict[str, str], colours: int) -> None:
    assert theme.depth(chosen, environ) == colours
