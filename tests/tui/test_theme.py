"""Colours: complete, known to urwid, legible."""

from __future__ import annotations

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


@pytest.mark.parametrize(
    ("name", "backgrounds"),
    [("dark", [(0, 0, 0), (30, 30, 46)]), ("light", [(255, 255, 255), (253, 246, 227)])],
)
def test_text_is_legible_on_usual_backgrounds(
    name: str, backgrounds: list[tuple[int, int, int]]
) -> None:
    for attribute, *_, high, high_back in theme.palette(name):
        red, green, blue, *back = AttrSpec(high, high_back, 256).get_rgb_values()
        assert None not in {red, green, blue}
        own = [tuple(back)] if back[0] is not None else backgrounds
        for background in own:
            least = 1.5 if attribute in DECORATION else 4.5
            ratio = contrast((red, green, blue), background)  # type: ignore[arg-type]
            assert ratio >= least, (attribute, background, ratio)
