"""Lines that are typed and given to the store: none is lost because something goes wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from opencode.tui.screens.base import Layer
from opencode.tui.widgets.prompt import Prompt

if TYPE_CHECKING:
    from opencode.store import Store

__all__ = ["Input"]

T = TypeVar("T")


class Input:
    """Asks for a line; it is gone while that is worked on, and back as it was if it fails."""

    def __init__(
        self,
        layer: Layer,
        label: str,
        accept: Callable[[str], bool],
        refused: Callable[[Exception], str],
    ) -> None:
        """`refused` returns what to say about an error of the line's own, else nothing."""
        self._layer = layer
        self._label = label
        self._accept = accept
        self._refused = refused

    def ask(self, value: str) -> None:
        """Have it typed, starting from this."""
        self._layer.ask(Prompt(self._label, value, accept=self._accept))

    def submit(self, typed: str, work: Callable[[Store], T], done: Callable[[T], None]) -> None:
        """Have the store do something with the line."""
        layer = self._layer
        again = Prompt(self._label, typed, accept=self._accept)

        def succeeded(result: T) -> None:
            if layer.prompt is again:  # shown while the database was out of reach
                layer.prompt = None
            done(result)

        def failed(error: Exception) -> bool:
            if layer.prompt is None:
                layer.ask(again)
            words = self._refused(error)
            if words:
                layer.host.notice(words, "error")
            return bool(words)

        layer.host.submit(work, succeeded, failed=failed)
