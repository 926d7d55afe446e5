"""A terminal's screen as SVG: text that can be selected, frames that join, colours as they were.

Runs of ordinary characters are stretched to the columns they take, whatever font is at hand. Wide
characters and symbols, which fonts often lack and others replace, each stand in the middle of
their own columns. Frames, bars and triangles are drawn (`shapes`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from tools.pictures.cells import Cell, Colours, Look, cells
from tools.pictures.shapes import (
    CELL_HEIGHT,
    CELL_WIDTH,
    Rect,
    is_drawn,
    merged,
    polygon,
    rectangles,
)

if TYPE_CHECKING:
    import pyte

__all__ = ["THEMES", "draw"]

THEMES = {
    "dark": Colours("#d5d9e2", "#14171d", "#343a46"),
    "light": Colours("#24292f", "#ffffff", "#d0d7de"),
}

FONTS = (
    "ui-monospace,'SF Mono',SFMono-Regular,Menlo,'DejaVu Sans Mono','Cascadia Mono',Consolas,"
    "'Liberation Mono',monospace"
)
PLAIN = "font-variant-emoji:text"
"""Symbols as terminals show them, not as coloured pictures."""
FONT_SIZE = 15
BASELINE = 15
"""Pixels from the top of a row."""

MARGIN = 16
TITLE_BAR = 30
BUTTONS = ("#ff5f57", "#febc2e", "#28c840")


class _Styles:
    """Names of looks, in the order in which they are needed."""

    def __init__(self) -> None:
        self._names: dict[Look, str] = {}

    def name(self, look: Look) -> str:
        return self._names.setdefault(look, f"s{len(self._names)}")

    def rules(self) -> Iterator[str]:
        for look, name in self._names.items():
            rule = f"fill:{look.colour}"
            rule += ";font-weight:700" if look.bold else ""
            rule += ";font-style:italic" if look.italic else ""
            rule += ";text-decoration:underline" if look.underlined else ""
            yield f".{name}{{{rule}}}"


def draw(screen: pyte.Screen, about: str, colours: Colours) -> str:
    """Return the picture of a screen within a window; `about` says what it shows."""
    rows = [cells(screen, row, colours) for row in range(screen.lines)]
    styles = _Styles()
    words = [line for number, row in enumerate(rows) for line in _words(row, number, styles)]
    shapes = [*merged(_backgrounds(rows, colours)), *merged(_frames(rows))]
    width = screen.columns * CELL_WIDTH + 2 * MARGIN
    height = screen.lines * CELL_HEIGHT + TITLE_BAR + MARGIN
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    label = f'role="img" aria-label={quoteattr(about)}'
    fonts = f"text{{font-family:{FONTS};font-size:{FONT_SIZE}px;white-space:pre;{PLAIN}}}"
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {label}>',
        f"<title>{escape(about)}</title>",
        f"<style>{fonts}.m{{text-anchor:middle}}{''.join(styles.rules())}</style>",
        *_window(width, height, colours),
        f'<g transform="translate({MARGIN} {TITLE_BAR})">',
        *map(_rectangle, shapes),
        *words,
        "</g>",
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _window(width: int, height: int, colours: Colours) -> Iterator[str]:
    yield (
        f'<rect x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="9" '
        f'fill="{colours.back}" stroke="{colours.edge}"/>'
    )
    for number, colour in enumerate(BUTTONS):
        yield f'<circle cx="{20 + 19 * number}" cy="{TITLE_BAR // 2}" r="5.5" fill="{colour}"/>'


def _backgrounds(rows: Sequence[Sequence[Cell]], colours: Colours) -> Iterator[Rect]:
    for number, row in enumerate(rows):
        for cell in row:
            if cell.back != colours.back:
                x, width = cell.column * CELL_WIDTH, cell.columns * CELL_WIDTH
                yield Rect(x, number * CELL_HEIGHT, width, CELL_HEIGHT, cell.back)


def _frames(rows: Sequence[Sequence[Cell]]) -> Iterator[Rect]:
    for number, row in enumerate(rows):
        for cell in row:
            yield from rectangles(cell.text, cell.column, number, cell.look.colour)


def _rectangle(rect: Rect) -> str:
    x, y, width, height, colour = rect
    return f'<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="{colour}"/>'


def _words(row: Sequence[Cell], number: int, styles: _Styles) -> Iterator[str]:
    """Yield the row's characters in as few elements as their places and looks allow."""
    y = number * CELL_HEIGHT + BASELINE
    for run in _runs(row):
        first, last = run[0], run[-1]
        style = styles.name(first.look)
        text = escape("".join(cell.text for cell in run))
        x = first.column * CELL_WIDTH
        if path := polygon(first.text, first.column, number):
            yield f'<path class="{style}" d="{path}"/>'
        elif first.ordinary:
            length = (last.column + 1) * CELL_WIDTH - x
            stretch = f' textLength="{length}"' if len(run) > 1 else ""
            yield f'<text class="{style}" x="{x}" y="{y}"{stretch}>{text}</text>'
        else:
            middles = ((cell.column + cell.columns / 2) * CELL_WIDTH for cell in run)
            places = " ".join(f"{middle:g}" for middle in middles)
            yield f'<text class="{style} m" x="{places}" y="{y}">{text}</text>'


def _runs(row: Sequence[Cell]) -> Iterator[list[Cell]]:
    """Yield neighbours that look alike, words with single spaces between them together."""
    run: list[Cell] = []
    for cell in row:
        if run and not _goes_on(run, cell):
            yield _without_end(run)
            run = []
        # Frames and bars are rectangles already.
        if run or not (cell.blank or any(rectangles(cell.text, 0, 0, ""))):
            run.append(cell)
    if run:
        yield _without_end(run)


def _goes_on(run: Sequence[Cell], cell: Cell) -> bool:
    first, last = run[0], run[-1]
    return (
        cell.look == first.look
        and cell.ordinary == first.ordinary
        # Of a character with others on top only the first has a place of its own.
        and len(cell.text) == len(first.text) == 1
        and not (cell.blank and last.blank)
        and not (is_drawn(cell.text) or is_drawn(first.text))
    )


def _without_end(run: list[Cell]) -> list[Cell]:
    return run[:-1] if run[-1].blank else run
