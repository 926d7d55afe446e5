"""Filtering the list of sessions while words for it are typed."""

from __future__ import annotations

from collections.abc import Sequence

from opencode import text
from opencode.tui.format import MAX_AUTHOR, Run
from opencode.tui.listing import Wanted
from opencode.tui.screens.base import Layer
from opencode.tui.screens.rest import Rest
from opencode.tui.screens.session_list import SessionList

__all__ = ["Filtering"]

AUTHORS = 8
"""Names that are told at most."""

WAIT = 0.12
"""Seconds of rest after a key before the database is asked."""


class Filtering:
    """Asks for a part of the title or of the author; the list follows what is typed."""

    def __init__(self, layer: Layer, sessions: SessionList) -> None:
        self._layer = layer
        self._sessions = sessions
        self._rest = Rest(layer.host, WAIT)
        self._authors: Sequence[str] = ()
        """Those of the sessions that were loaded before some were left out by their author."""

    @property
    def active(self) -> bool:
        """Whether some sessions are left out."""
        return bool(self._sessions.wanted.title or self._sessions.wanted.author)

    def ask_title(self) -> None:
        """Have a part of the title typed."""
        self._ask("/", "title", self._sessions.wanted.title)

    def ask_author(self) -> None:
        """Have a part of the author typed."""
        if not self._sessions.wanted.author:
            self._authors = self._sessions.authors()
        self._ask("Author:", "author", self._sessions.wanted.author)

    def clear(self) -> None:
        """Show all sessions again."""
        self._apply(title="", author="")

    def heading(self) -> list[Run]:
        """Return what is filtered by, for the header."""
        wanted = self._sessions.wanted
        runs: list[Run] = []
        for how, words in (("matching", wanted.title), ("by", wanted.author)):
            if words:
                runs += [("dim", f"  {how} "), ("key", text.clean_line(words))]
        return runs

    def nothing_found(self) -> list[list[Run]]:
        """Return what stands in place of the sessions when there are none."""
        wanted = self._sessions.wanted
        return [
            [(None, _nothing_matches(wanted))],
            *([_names(self._authors)] if self._authors and not wanted.title else []),
            [("key", "esc"), ("dim", " shows all sessions again")],
        ]

    def _ask(self, label: str, what: str, value: str) -> None:
        from opencode.tui.widgets.prompt import Prompt

        def apply(typed: str) -> None:
            self._apply(**{what: typed})

        def accept(typed: str) -> bool:
            if typed.strip() != getattr(self._sessions.wanted, what):
                apply(typed)
            return True

        self._layer.ask(
            Prompt(
                label,
                value,
                accept=accept,
                change=lambda typed: self._rest.then(lambda: apply(typed)),
                cancel=lambda: apply(""),
                moves_list=True,
            )
        )

    def _apply(self, **changes: str) -> None:
        self._rest.stop()
        selected = self._sessions.selected
        wanted = self._sessions.wanted
        title = changes.get("title", wanted.title).strip()
        author = changes.get("author", wanted.author).strip()
        wanted = wanted._replace(title=title, author=author)
        self._sessions.load(wanted, select=selected.id if selected else None)


def _names(authors: Sequence[str]) -> list[Run]:
    names = [text.truncate(author, MAX_AUTHOR) for author in authors[:AUTHORS]]
    if len(authors) > AUTHORS:
        names.append("…")
    return [("dim", "Authors here: "), (None, ", ".join(names))]


def _nothing_matches(wanted: Wanted) -> str:
    title, author = text.clean_line(wanted.title), text.clean_line(wanted.author)
    if not author:
        return f"No session has “{title}” in its title."
    if not title:
        return f"No session is by “{author}”."
    return f"No session by “{author}” has “{title}” in its title."
