"""Markdown within a paragraph as runs of text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from opencode import text
from opencode.tui.format import Run

if TYPE_CHECKING:
    from markdown_it.token import Token

__all__ = ["inline_runs"]

MAX_URL = 200

_SPANS = {"strong": "strong", "em": "md.emphasis", "s": "md.deleted", "link": "md.link"}
_RANK = ("strong", "md.link", "md.deleted", "md.emphasis")
"""Which attribute shows where several hold."""


def inline_runs(tokens: list[Token], attribute: str | None) -> tuple[Run, ...]:
    """Return what stands in an `inline` token; line breaks stay line breaks.

    Entities such as `&#27;` are characters by now, so everything is cleaned once more.
    """
    runs = (
        (name, text.clean_text(words) if words != "\n" else words)
        for name, words in _runs(tokens, attribute)
    )
    return tuple(run for run in runs if run[1])


def _runs(tokens: list[Token], attribute: str | None) -> Iterator[Run]:
    open_spans: list[str] = []
    links: list[tuple[str, list[str]]] = []
    for token in tokens:
        span = _SPANS.get(token.type.removesuffix("_open").removesuffix("_close"))
        if span and token.nesting == 1:
            open_spans.append(span)
            if span == "md.link":
                links.append((str(token.attrs.get("href", "")), []))
        elif span:
            if span in open_spans:
                open_spans.remove(span)
            if span == "md.link" and links:
                yield from _address(*links.pop())
        else:
            shown = next((name for name in _RANK if name in open_spans), attribute)
            for run in _leaf(token, shown):
                for _, words in links:
                    words.append(run[1])
                yield run


def _leaf(token: Token, attribute: str | None) -> Iterator[Run]:
    if token.type in {"softbreak", "hardbreak"}:
        yield attribute, "\n"
    elif token.type == "code_inline":
        yield "code", token.content
    elif token.type == "image":
        yield "dim", "image: "
        yield "md.link", token.content or _short(str(token.attrs.get("src", "")))
        yield from _address(str(token.attrs.get("src", "")), [token.content])
    else:
        yield attribute, token.content


def _address(url: str, words: list[str]) -> Iterator[Run]:
    """Yield where a link leads, unless that is what it says."""
    said = "".join(words).strip()
    if said and url not in {said, f"mailto:{said}", f"http://{said}", f"https://{said}"}:
        yield "dim", f" ({_short(url)})"


def _short(url: str) -> str:
    url = text.clean_line(url[: MAX_URL + 1])
    return url if len(url) <= MAX_URL else f"{url[:MAX_URL]}…"
