"""Markdown and code shown as such: made ready by jobs for what is in sight, and near it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from opencode.tui.render.blocks import Rendered
from opencode.tui.render.message import Renderer
from opencode.tui.screens.base import Command, Host
from opencode.tui.window import Window

__all__ = ["Polish"]

NEAR = 20
"""Messages on either side of what is in sight that are made ready too."""


class Polish:
    """Has messages rendered richly that are there as plain text already."""

    def __init__(self, host: Host, key: str, render: Renderer, window: Window[Rendered]) -> None:
        self._host = host
        self._key = key
        self._render = render
        self._window = window
        self._asked: frozenset[str] = frozenset()

    def ask(self, first: int, last: int, ready: Callable[[Command], None]) -> None:
        """Have those from `first` to `last`, places in the window, made ready.

        `ready` gets what puts them in the places of the plain ones.
        """
        items = self._window.items
        if all(message.rich for message in items[first : last + 1]):
            return
        near = items[max(0, first - NEAR) : last + 1 + NEAR]
        plain = {message.id: message for message in near if not message.rich}
        if plain.keys() == self._asked:
            return
        self._asked = frozenset(plain)

        def arrived(rich: Mapping[str, Rendered]) -> None:
            self._asked = frozenset()
            ready(partial(self._put, plain, rich))

        self._host.aside(partial(self._render.polish, plain), arrived, key=self._key)

    def _put(self, plain: Mapping[str, Rendered], rich: Mapping[str, Rendered]) -> None:
        items = self._window.items
        for index, message in enumerate(items):
            if plain.get(message.id) is message:
                items[index] = rich.get(message.id, replace(message, rich=True))
