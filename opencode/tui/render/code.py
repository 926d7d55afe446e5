"""Source code in colours, by Pygments, which takes 26 ms for 21 KB; done by jobs only."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from opencode.tui.format import Run
from opencode.tui.render.runs import joined, lines_of

if TYPE_CHECKING:
    from pygments.lexer import Lexer

__all__ = ["highlight"]

MAX_CHARACTERS = 64_000
MAX_SECONDS = 0.5
"""Beyond either of them code is shown in one colour."""

# Names of Pygments' tokens, and of what they are below; the longest one that fits decides.
_ATTRIBUTES: Mapping[str, str] = {
    "Comment": "syntax.comment",
    "Comment.Preproc": "syntax.keyword",
    "Generic.Deleted": "diff.remove",
    "Generic.Heading": "diff.head",
    "Generic.Inserted": "diff.add",
    "Generic.Subheading": "diff.hunk",
    "Keyword": "syntax.keyword",
    "Keyword.Type": "syntax.type",
    "Literal.Number": "syntax.number",
    "Literal.String": "syntax.string",
    "Name.Attribute": "syntax.name",
    "Name.Builtin": "syntax.type",
    "Name.Class": "syntax.type",
    "Name.Decorator": "syntax.name",
    "Name.Exception": "syntax.type",
    "Name.Function": "syntax.name",
    "Name.Tag": "syntax.keyword",
    "Operator.Word": "syntax.keyword",
}


def highlight(code: str, language: str) -> tuple[Run, ...]:
    """Return clean code in the colours of its language; in one colour when that is not known."""
    lexer = _lexer(language) if language and len(code) <= MAX_CHARACTERS else None
    if lexer is None:
        return (("code", code),)
    return joined(list(lines_of(_in_time(lexer.get_tokens_unprocessed(code), code))))


def _lexer(language: str) -> Lexer | None:
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        lexer: Lexer = get_lexer_by_name(language.lower())
    except ClassNotFound:
        return None
    return lexer


def _in_time(tokens: Iterable[tuple[int, Any, str]], code: str) -> Iterator[Run]:
    """Yield runs for as long as there is time, then the rest as it is."""
    end = time.monotonic() + MAX_SECONDS
    done = 0
    for position, kind, words in tokens:
        if position < done:  # some lexers for two languages at once go back
            continue
        if time.monotonic() > end:
            break
        yield _attribute(str(kind)), words
        done = position + len(words)
    if done < len(code):
        yield "code", code[done:]


def _attribute(kind: str) -> str:
    name = kind.removeprefix("Token.")
    while name:
        if name in _ATTRIBUTES:
            return _ATTRIBUTES[name]
        name = name.rpartition(".")[0]
    return "code"
