"""Event loop, terminal, worker thread and log put together; and taken apart again at the end."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import urwid

from opencode import text
from opencode.tui import Known
from opencode.tui import theme as themes
from opencode.tui.app import App
from opencode.tui.framefirst import FrameFirst
from opencode.tui.guards import CallGuard
from opencode.tui.icons import has_icons
from opencode.tui.jobs import Jobs
from opencode.tui.log import captured
from opencode.tui.outside import TerminalOutside
from opencode.tui.pace import SETTLED, settle
from opencode.tui.screens.base import Command
from opencode.tui.terminal import InputFilter, TerminalScreen, signals_to_pipe
from opencode.tui.threads import ThreadJobs

if TYPE_CHECKING:
    from opencode.store import Store

__all__ = ["run_program"]

HUNG_UP = "stdin has been closed"
"""What urwid says when the terminal is gone (a RuntimeError in 5.0, a subclass of it in 5.1)."""


class _Loop:
    """The event loop as the program needs it: timers, and a way to wake it from a thread."""

    def __init__(
        self,
        opener: Callable[[], Store],
        screen: TerminalScreen,
        *,
        mouse: bool,
        owns_store: bool,
        known: Callable[[], Known],
    ) -> None:
        self._waking = threading.Lock()
        self._closed = False
        self._frame = FrameFirst()
        self.app = App(opener, self, self._make_jobs, owns_store=owns_store, known=known)
        self.urwid = urwid.MainLoop(
            self.app.root,
            screen=screen,
            handle_mouse=mouse,
            input_filter=InputFilter(
                screen.cut.pasted,
                self.app.paste,
                lambda focused: self.app.focus(focused=focused),
            ),
            event_loop=urwid.SelectEventLoop(),
        )
        self.app.outside = TerminalOutside(screen)
        self.app.root.status.icons = has_icons(
            os.environ.get("TERM", ""), urwid.util.detected_encoding
        )
        self._wake_pipe = self.urwid.watch_pipe(lambda _: self.app.deliver())

    def later(self, seconds: float, callback: Command) -> object:
        return self.urwid.set_alarm_in(seconds, lambda *_: callback())

    def cancel(self, handle: object) -> None:
        self.urwid.remove_alarm(handle)

    def start(self) -> None:
        """Begin to open the database; call it before the loop runs."""
        self.app.start()
        # Once urwid has put its drawing among what is done when there is nothing else to do.
        self.later(0, lambda: self.urwid.event_loop.enter_idle(self._frame.drawn))
        self.later(SETTLED, settle)

    def close(self) -> None:
        """Give back the pipe; a job that could not be waited for finds none any more."""
        self.urwid.remove_watch_pipe(self._wake_pipe)
        with self._waking:
            self._closed = True
            os.close(self._wake_pipe)

    def _make_jobs(self, guard: CallGuard, name: str) -> Jobs:
        return ThreadJobs(guard, self._wake, frame=self._frame, name=name)

    def _wake(self) -> None:
        # The number of a pipe that was closed may be another file's by now.
        with self._waking, suppress(OSError):
            if not self._closed:
                os.write(self._wake_pipe, b"\0")


def run_program(
    opener: Callable[[], Store],
    *,
    owns_store: bool = True,
    mouse: bool,
    theme: str,
    log_file: Path | None,
    known: Callable[[], Known],
) -> int:
    """Run until the user quits; returns the exit code, 128 + n after signal n.

    Raises what opening the database raised, when trying again would not help.
    """
    chosen = themes.choose(theme, os.environ)
    screen = TerminalScreen(chosen, themes.depth(chosen, os.environ))
    loop = _Loop(opener, screen, mouse=mouse, owns_store=owns_store, known=known)
    app = loop.app
    ended_by = 0

    def on_signal(number: int) -> None:
        nonlocal ended_by
        ended_by = 128 + number
        raise urwid.ExitMainLoop

    with captured(app.log, log_file):
        try:
            with signals_to_pipe(loop.urwid, on_signal):
                loop.start()
                loop.urwid.run()
        except (RuntimeError, OSError) as error:
            if str(error) != HUNG_UP and not _terminal_is_gone():
                raise
            ended_by = ended_by or 129
        finally:
            _close(app)
            loop.close()
    if app.fatal is not None:
        raise app.fatal
    return ended_by


def _close(app: App) -> None:
    """Close it, and tell on the terminal, which is the shell's again, what is left behind."""
    if app.drafts.unsent():
        _tell(f"{text.plural(app.drafts.unsent(), 'message')} on the way …")
    app.close()
    unsent = app.drafts.unsent()
    if unsent:
        noun = text.plural(unsent, "message")
        _tell(f"{noun} may not have arrived: kept as a draft, which i shows in the session")


def _tell(words: str) -> None:
    with suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(f"{words}\n")
        sys.stderr.flush()


def _terminal_is_gone() -> bool:
    return not os.isatty(0)
