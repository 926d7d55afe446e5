"""The pictures in the documentation: taken from the program, the same every time."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pyte
import pytest

from tests.conftest import PROJECT
from tools.pictures.camera import Camera
from tools.pictures.scenes import SCENES, Scene
from tools.pictures.shapes import CELL_HEIGHT, CELL_WIDTH, Rect, merged
from tools.pictures.svg import THEMES, draw

PICTURES = PROJECT / "docs" / "pictures"
SVG = "{http://www.w3.org/2000/svg}"
DARK = THEMES["dark"]


def words(picture: str) -> list[str]:
    """What stands in a picture, top down."""
    return [element.text or "" for element in ET.fromstring(picture).iter(f"{SVG}text")]


def drawn(text: str, size: tuple[int, int] = (12, 2)) -> ET.Element:
    """The picture of a terminal to which this was written."""
    screen = pyte.Screen(*size)
    pyte.Stream(screen).feed(f"\x1b[?25l{text}")
    return ET.fromstring(draw(screen, "a <picture>", DARK))


def texts(picture: ET.Element) -> list[tuple[str, str | None, str | None]]:
    """Text, place and length of each run."""
    found = picture.iter(f"{SVG}text")
    return [(one.text or "", one.get("x"), one.get("textLength")) for one in found]


def test_the_picture_is_the_program_and_always_the_same(tmp_path: Path) -> None:
    scene = SCENES[0]
    pictures = []
    for name in ("one", "another"):
        home = tmp_path / name
        home.mkdir()
        pictures.append(draw(Camera(home).screen(scene), scene.about, THEMES[scene.theme]))
    picture, again = pictures
    assert picture == again
    assert {"Sessions", "github.com/acme/shop", "日本語の住所を正しく検証する"} <= set(
        words(picture)
    )
    for path in (tmp_path, PROJECT, Path(sys.prefix), Path.home()):
        assert str(path) not in picture
    kept = (PICTURES / f"{scene.name}.svg").read_text(encoding="utf-8")
    assert words(picture) == words(kept), "the program looks different now: run make pictures"


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_every_scene_has_its_picture(scene: Scene) -> None:
    picture = (PICTURES / f"{scene.name}.svg").read_text(encoding="utf-8")
    assert ET.fromstring(picture).findtext(f"{SVG}title") == scene.about
    assert not re.search(r"/(home|tmp|root|usr|var)/", picture)


def test_every_picture_is_shown() -> None:
    documents = [PROJECT / "README.md", *(PROJECT / "docs").glob("*.md")]
    shown = re.findall(r"pictures/(\w+)\.svg", "".join(map(Path.read_text, documents)))
    assert {path.stem for path in PICTURES.iterdir()} == set(shown) == {one.name for one in SCENES}


def test_ordinary_text_is_stretched_to_its_columns() -> None:
    picture = drawn("one two  & <x>")
    assert texts(picture)[:2] == [("one two", "0", str(7 * CELL_WIDTH)), ("& <", "81", "27")]
    assert picture.findtext(f"{SVG}title") == "a <picture>"


def test_wide_characters_and_symbols_stand_in_the_middle_of_their_columns() -> None:
    assert texts(drawn("a日本→x\u0301b")) == [
        ("a", "0", None),
        ("日本→", "18 36 49.5", None),
        ("x\u0301", "58.5", None),
        ("b", "63", None),
    ]


def test_looks_become_classes() -> None:
    picture = drawn("\x1b[38;2;1;2;3;1mbold\x1b[0m \x1b[48;2;9;9;9mback\x1b[0m")
    style = picture.findtext(f"{SVG}style") or ""
    assert ".s0{fill:#010203;font-weight:700}" in style
    assert f".s1{{fill:{DARK.text}}}" in style
    back = [one for one in picture.iter(f"{SVG}rect") if one.get("fill") == "#090909"]
    assert [(one.get("x"), one.get("width")) for one in back] == [("45", "36")]


def test_the_cursor_is_a_block() -> None:
    picture = drawn("ab\x1b[?25h")
    assert f"fill:{DARK.text}" in (picture.findtext(f"{SVG}style") or "")
    blocks = [one for one in picture.iter(f"{SVG}rect") if one.get("fill") == DARK.text]
    assert [(one.get("x"), one.get("width")) for one in blocks] == [("18", "9")]


def test_colours_that_every_terminal_has_as_it_likes_are_refused() -> None:
    with pytest.raises(ValueError, match="red"):
        drawn("\x1b[31mred")


def test_frames_join() -> None:
    rects = [one for one in drawn("┌─┐\r\n│ │").iter(f"{SVG}rect") if one.get("rx") is None]
    across = [one for one in rects if one.get("height") == "1"]
    assert [(one.get("x"), one.get("width")) for one in across] == [("4", "19")]
    down = [one for one in rects if one.get("width") == "1"]
    assert {(one.get("x"), one.get("height")) for one in down} == {("4", "31"), ("22", "31")}


def test_only_what_touches_is_merged() -> None:
    size = {"width": CELL_WIDTH, "height": CELL_HEIGHT}
    block = [Rect(x, y, **size, colour="#fff") for x in (0, 9) for y in (0, 20)]
    apart = Rect(27, 0, **size, colour="#fff")
    other = Rect(18, 0, **size, colour="#000")
    assert set(merged([*block, apart, other])) == {Rect(0, 0, 18, 40, "#fff"), apart, other}
