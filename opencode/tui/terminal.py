"""The real terminal: urwid's screen, signals, pasted text, and leaving all as it was found."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from urwid.display.raw import Screen

from opencode.tui import theme

if TYPE_CHECKING:
    import urwid

__all__ = ["Event", "InputFilter", "TerminalScreen", "signals_to_pipe"]

ESCAPE_WAIT = 0.05
"""Seconds after which Esc is a key of its own; urwid's default is a slow 0.125."""

FATAL_SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT)

Event = str | tuple[str, int, int, int]


class TerminalScreen(Screen):
    """Keeps ctrl-c, ctrl-s and ctrl-q for the program; ctrl-z still suspends it."""

    def __init__(self, palette_name: str, colours: theme.Depth = 256) -> None:
        # tmux does not answer the question whether it can paste, so it is not asked.
        super().__init__(bracketed_paste_mode=True, focus_reporting=True)
        self.set_input_timeouts(complete_wait=ESCAPE_WAIT)
        self.set_terminal_properties(colors=colours)
        self.register_palette(theme.palette(palette_name, colours))

    def start(self, *args: Any, **kwargs: Any) -> Any:
        """Start, at first and after a suspension, which has given the keys back to the shell.

        Before the first start it would be too early: urwid would not restore them (5.0, 5.1).
        """
        context = super().start(*args, **kwargs)
        self.tty_signal_keys(
            intr="undefined", quit="undefined", start="undefined", stop="undefined"
        )
        return context


class InputFilter:
    """Takes pasted text and changes of the focus out of the stream of keys."""

    def __init__(self, paste: Callable[[str], None], focus: Callable[[bool], None]) -> None:
        self._paste = paste
        self._focus = focus
        self._pasting: list[str] | None = None

    def __call__(self, events: list[Event], raw: list[int]) -> list[Event]:
        return [event for event in events if not self._takes(event)]

    def _takes(self, event: Event) -> bool:
        if event == "begin paste":
            self._pasting = []
        elif event == "end paste":
            pasted, self._pasting = self._pasting or [], None
            self._paste("".join(pasted))
        elif event in {"focus in", "focus out"}:
            self._focus(event == "focus in")
        elif self._pasting is not None and isinstance(event, str) and event != "window resize":
            self._pasting.append(_typed(event))
        else:
            return False
        return True


def _typed(key: str) -> str:
    """Return the character a key stands for within pasted text."""
    return key if len(key) == 1 else {"enter": "\n", "tab": "\t"}.get(key, "")


@contextmanager
def signals_to_pipe(loop: urwid.MainLoop, callback: Callable[[int], None]) -> Iterator[None]:
    """Have signals that end the program end the event loop instead, in good order."""

    def received(data: bytes) -> None:
        callback(data[0])

    pipe = loop.watch_pipe(received)

    def handler(number: int, _: object) -> None:
        with suppress(OSError):
            os.write(pipe, bytes([number]))

    before = {number: signal.signal(number, handler) for number in FATAL_SIGNALS}
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)
        loop.remove_watch_pipe(pipe)
        os.close(pipe)
