"""Markdown as paragraphs, by markdown-it-py: CommonMark with tables and struck-out words.

Line breaks stay where they are written: people paste logs, and agents break lines on purpose.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from opencode import text
from opencode.tui.format import Run, runs_width
from opencode.tui.render.blocks import Align, Paragraph, Paragraphs, Table
from opencode.tui.render.code import highlight
from opencode.tui.render.inline import inline_runs
from opencode.tui.render.runs import PIECE_LINES, pieces_of

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

__all__ = ["code_blocks", "markdown"]

QUOTE = "│ "
BULLETS = ("• ", "◦ ", "▪ ")
RULE = 24
MAX_LABEL = 30
MAX_CELL = 60

# No more levels than there is room for; deeper ones are shown as they are written.
MAX_NESTING = 20


def markdown(value: str, *, indent: int = 3, colours: bool = True) -> Paragraphs:
    """Return clean Markdown as paragraphs; what is not Markdown in it stays as it is.

    Without `colours` for code it takes half the time.
    """
    return tuple(_Writer(_parser().parse(value), indent, colours=colours).paragraphs())


def code_blocks(value: str) -> list[tuple[str, str]]:
    """Return (language, code) of every block of code, in order."""
    return [
        (_language(token.info), token.content)
        for token in _parser().parse(value)
        if token.type in {"fence", "code_block"}
    ]


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    options = {"html": False, "maxNesting": MAX_NESTING}
    return MarkdownIt("commonmark", options).enable(["table", "strikethrough"])


@dataclass(slots=True)
class _Container:
    """A quote or an item of a list: what stands at the left of all within it."""

    first: str
    rest: str
    quote: bool = False
    begun: bool = False
    """Whether something stands in it already."""


class _Writer:
    """Goes through the blocks once and remembers what they stand in."""

    def __init__(self, tokens: list[Token], indent: int, *, colours: bool) -> None:
        self._tokens = iter(tokens)
        self._colours = colours
        self._indent = indent
        self._within: list[_Container] = []
        self._lists: list[int | None] = []
        """The number of the next item of every list that is open; None for bullets."""
        self._gap = False
        self._after_list = False
        """Whether a list within an item has ended, and nothing has come since."""
        self._written = False

    def paragraphs(self) -> Iterator[Paragraph]:
        blocks: dict[str, Callable[[Token], Iterator[Paragraph]]] = {
            "heading_open": self._heading,
            "paragraph_open": self._paragraph,
            "fence": self._code,
            "code_block": self._code,
            "table_open": self._table,
            "hr": self._rule,
        }
        for token in self._tokens:
            if token.type in blocks:
                yield from blocks[token.type](token)
            else:
                yield from self._container(token)

    def _container(self, token: Token) -> Iterator[Paragraph]:
        match token.type:
            case "blockquote_open":
                self._within.append(_Container(QUOTE, QUOTE, quote=True))
            case "bullet_list_open":
                self._lists.append(None)
            case "ordered_list_open":
                self._lists.append(int(token.attrs.get("start", 1)))
            case "list_item_open":
                self._after_list = False
                mark = self._mark()
                self._within.append(_Container(mark, " " * text.width(mark)))
            case "list_item_close":
                if self._within[-1].first != self._within[-1].rest:
                    yield self._laid(())  # an item without anything in it
                self._within.pop()
            case "blockquote_close":
                self._within.pop()
                self._gap = True
            case "bullet_list_close" | "ordered_list_close":
                self._lists.pop()
                self._gap = self._gap or not self._lists
                self._after_list = True

    def _mark(self) -> str:
        number = self._lists[-1]
        if number is None:
            bullets = sum(one is None for one in self._lists) - 1
            return BULLETS[min(bullets, len(BULLETS) - 1)]
        self._lists[-1] = number + 1
        return f"{number}. "

    def _heading(self, token: Token) -> Iterator[Paragraph]:
        attribute = "md.heading" if token.tag in {"h1", "h2"} else "strong"
        yield from self._space()
        for piece in pieces_of(self._inline(attribute)):
            yield self._laid(piece)

    def _paragraph(self, token: Token) -> Iterator[Paragraph]:
        quoted = any(container.quote for container in self._within)
        runs = self._inline("md.quote" if quoted else None)
        if not runs:
            return
        self._gap = self._gap or (self._after_list and not token.hidden)
        yield from self._space()
        for piece in pieces_of(runs):
            yield self._laid(piece)
        self._gap = not token.hidden

    def _code(self, token: Token) -> Iterator[Paragraph]:
        code = text.clean_text(token.content).removesuffix("\n")
        label = text.truncate(text.clean_line(token.info).strip(), MAX_LABEL)
        inside = self._laid(())
        self._gap = False
        if inside.first[1].strip(" │"):
            yield replace(inside, runs=(("dim", "code"),), searched=False)
        left = self._indent + text.width(inside.rest[1])
        language = _language(token.info) if self._colours else ""
        pieces = list(pieces_of(highlight(code, language)))
        for number, piece in enumerate(pieces, 1):
            opens, closes = number == 1, number == len(pieces)
            yield Paragraph(piece, left, "any", frame=label, opens=opens, closes=closes)

    def _rule(self, _: Token) -> Iterator[Paragraph]:
        yield from self._space()
        yield replace(self._laid((("rule", "─" * RULE),)), wrap="clip", searched=False)
        self._gap = True

    def _table(self, _: Token) -> Iterator[Paragraph]:
        yield from self._space()
        rows: list[tuple[tuple[Run, ...], ...]] = []
        cells: list[tuple[Run, ...]] = []
        aligns: list[Align] = []
        for token in self._tokens:
            if token.type == "table_close":
                break
            if token.type in {"th_open", "td_open"}:
                head = token.type == "th_open"
                cells.append(self._inline("strong" if head else None))
                if head:
                    aligns.append(_align(str(token.attrs.get("style", ""))))
            elif token.type == "tr_close":
                rows.append(tuple(cells))
                cells = []
        widths = tuple(
            max(1, min(MAX_CELL, max(runs_width(row[number]) for row in rows)))
            for number in range(len(aligns))
        )
        inside = self._laid(())
        left = self._indent + text.width(inside.rest[1])
        for start in range(0, len(rows), PIECE_LINES):
            part = tuple(rows[start : start + PIECE_LINES])
            table = Table(part, widths, tuple(aligns), heading=not start, heads=rows[0])
            yield Paragraph((), left, table=table)
        self._gap = True

    def _inline(self, attribute: str | None) -> tuple[Run, ...]:
        """Return the runs of the `inline` token that follows every opening one."""
        for token in self._tokens:
            if token.type == "inline":
                return inline_runs(token.children or [], attribute)
        return ()

    def _space(self) -> Iterator[Paragraph]:
        """Yield an empty row where the block before wants one."""
        if self._gap and self._written:
            bars = "".join(container.rest for container in self._within if container.begun)
            yield Paragraph((), self._indent, first=("border", bars.rstrip()))
        self._gap = False
        self._written = True

    def _laid(self, runs: tuple[Run, ...]) -> Paragraph:
        """Return a paragraph with the marks of what it stands in; item marks are used up."""
        first = "".join(container.first for container in self._within)
        rest = "".join(container.rest for container in self._within)
        for container in self._within:
            container.first = container.rest
            container.begun = True
        self._written = True
        self._after_list = False
        return Paragraph(runs, self._indent, first=("border", first), rest=("border", rest))


def _language(info: str) -> str:
    words = info.replace("{", " ").replace(",", " ").split()
    return words[0].strip(".}") if words else ""


def _align(style: str) -> Align:
    if style.endswith("right"):
        return "right"
    return "center" if style.endswith("center") else "left"
