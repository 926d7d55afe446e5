"""The real terminal: urwid's screen, signals, pasted text, and leaving all as it was found."""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, cast

from urwid.display.raw import Screen

from opencode.tui import theme
from opencode.tui.pasting import PasteCutter
from opencode.tui.placing import PlacedCanvas

if TYPE_CHECKING:
    import urwid

__all__ = ["Event", "InputFilter", "TerminalScreen", "signals_to_pipe"]

ESCAPE_WAIT = 0.05
"""Seconds after which Esc is a key of its own; urwid's default is a slow 0.125."""

READS_AT_ONCE = 256
"""Pieces of a paste that are read without a look at anything else; a terminal has 4 kB each."""

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
        self.cut = PasteCutter()
        self._placed: PlacedCanvas | None = None

    def get_available_raw_input(self) -> list[int]:
        """Return what was typed; a paste is read to its end, if it comes quickly enough."""
        codes = list(self.cut(bytes(super().get_available_raw_input())))
        for _ in range(READS_AT_ONCE):
            if not self.cut.pasting or not (more := super().get_available_raw_input()):
                break
            codes += self.cut(bytes(more))
        return codes

    def start(self, *args: Any, **kwargs: Any) -> Any:
        """Start, at first and after a suspension, which has given the keys back to the shell.

        Before the first start it would be too early: urwid would not restore them (5.0, 5.1).
        """
        context = super().start(*args, **kwargs)
        self.tty_signal_keys(
            intr="undefined", quit="undefined", start="undefined", stop="undefined"
        )
        return context

    def draw_screen(self, size: tuple[int, int], canvas: urwid.Canvas) -> None:
        """Draw, with every character in its column whatever the terminal thinks of its width."""
        if self._placed is None or self._placed.canvas is not canvas:
            self._placed = PlacedCanvas(canvas)
        super().draw_screen(size, cast("urwid.Canvas", self._placed))

    def measure(self) -> None:
        """Have the size asked for anew: it may have changed while nobody listened."""
        self._sigwinch_handler()


class InputFilter:
    """Takes pasted text and changes of the focus out of the stream of keys."""

    def __init__(
        self,
        pasted: deque[tuple[str, int]],
        paste: Callable[[str, int], None],
        focus: Callable[[bool], None],
    ) -> None:
        self._pasted = pasted
        self._paste = paste
        self._focus = focus

    def __call__(self, events: list[Event], raw: list[int]) -> list[Event]:
        return [event for event in events if not self._takes(event)]

    def _takes(self, event: Event) -> bool:
        if event == "end paste" and self._pasted:
            self._paste(*self._pasted.popleft())
        elif event in {"focus in", "focus out"}:
            self._focus(event == "focus in")
        return event in {"begin paste", "end paste", "focus in", "focus out"}


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
