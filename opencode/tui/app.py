"""The program behind the screen: its layers, its jobs, and what it tells the user.

It knows no terminal and no event loop, so that tests drive it like a user, one step at a time.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

import urwid

from opencode import text
from opencode.errors import DatabaseUnavailable
from opencode.tui import Known
from opencode.tui.access import Opened
from opencode.tui.format import Run
from opencode.tui.guards import CallGuard
from opencode.tui.jobs import Jobs
from opencode.tui.keeper import Keeper
from opencode.tui.keyboard import Keyboard
from opencode.tui.live import Live
from opencode.tui.log import LogTail
from opencode.tui.outages import Outages
from opencode.tui.outside import Nowhere, Outside
from opencode.tui.screens.base import Command, Layer, Place, Preferences, uppermost_screen
from opencode.tui.screens.opening import OpeningScreen
from opencode.tui.screens.sessions import SessionsScreen
from opencode.tui.signs import Notice, Timers
from opencode.tui.widgets.base import Click
from opencode.tui.widgets.notices import fits
from opencode.tui.widgets.root import Root
from opencode.tui.wording import sentence
from opencode.tui.work import Work

if TYPE_CHECKING:
    from opencode.store import Store

__all__ = ["App"]

T = TypeVar("T")

log = logging.getLogger(__name__)


class App:
    """Screens see it as their `Host`, the root widget as its `Frame`."""

    def __init__(
        self,
        opener: Callable[[], Store],
        timers: Timers,
        make_jobs: Callable[[CallGuard, str], Jobs],
        *,
        now: Callable[[], float] = time.time,
        clock: Callable[[], float] = time.monotonic,
        owns_store: bool = True,
        fence: bool = False,
        known: Callable[[], Known] = Known,
    ) -> None:
        """`known` gives what there is to show before the opening is done.

        `fence` makes calls of the store on the event loop's thread fail; for tests.
        """
        self._live = Live(self, self._somebody_wrote)
        self._outages = Outages(self, self._live)
        self.guard = CallGuard(self._outages.report, passed=(urwid.ExitMainLoop,))
        self.work = Work(
            opener,
            make_jobs,
            self.guard,
            self._outages,
            self,
            clock,
            owns_store=owns_store,
            fence=fence,
        )
        self.submit, self.aside = self.work.submit, self.work.aside
        self.watch, self.forget = self.work.watch, self.work.database.forget
        self.unwatch, self.await_return = self.work.database.unwatch, self.work.await_return
        self.look_for_return = self.work.look_for_return
        self.log = LogTail()
        self.outside: Outside = Nowhere()
        self.place: Place | None = None
        self.preferences = Preferences()
        self.fatal: Exception | None = None
        self.layers: list[Layer] = []
        self._keeper = Keeper(self)
        self.drafts = self._keeper.drafts
        self.root = Root(self)
        self.now = now
        self._known = known
        self._timers = timers
        self._keyboard = Keyboard(self, clock)
        self._notice = Notice(self)
        self._warned = False
        """Whether the user knows that leaving loses something."""

    # What the loop asks for.

    def start(self) -> None:
        """Show the first frame's content and begin to open the database."""
        self.push(OpeningScreen(self, lambda: self._known().waiting))
        self._warn(self._known().warnings)
        self._open()

    def _warn(self, warnings: Sequence[str]) -> None:
        for warning in warnings:
            self.log.keep(self.now(), "warning", warning)
        if warnings:
            noun = text.plural(len(warnings), "warning")
            self._notice.say(f"The configuration gives {noun}; see the log with l.", "warning")

    def close(self) -> None:
        """Finish what was begun and close the database, after the event loop has ended."""
        self.work.close(self._keeper.flush)

    def deliver(self) -> None:
        """Hand out the results of jobs that are ready."""
        self.work.deliver()

    def paste(self, pasted: str, size: int = 0) -> None:
        """Insert text where something is typed; nowhere else is it taken for keys.

        `size` is that of the whole paste in bytes: where it is too large, there is no text.
        """
        with self.guard:
            self._keyboard.paste(pasted, size)

    def focus(self, *, focused: bool) -> None:
        """Take note whether the terminal has the focus."""
        with self.guard:
            self._live.focus(focused=focused)

    # What screens ask for.

    @property
    def provider(self) -> str:
        return self.place.provider if self.place is not None else self._known().provider

    @property
    def icons(self) -> bool:
        return self.root.status.icons

    def later(self, seconds: float, callback: Command) -> object:
        def guarded() -> None:
            with self.guard:
                callback()

        return self._timers.later(seconds, guarded)

    def cancel(self, handle: object) -> None:
        self._timers.cancel(handle)

    def push(self, layer: Layer) -> None:
        self.layers.append(layer)
        layer.resized(*self.root.size)
        layer.shown()

    def pop(self, layer: Layer) -> None:
        if layer in self.layers[1:]:
            at = self.layers.index(layer)
            left = self.layers[at:]
            del self.layers[at:]
            if not layer.is_overlay:
                self.layers[-1].resized(*self.root.size)
                self.layers[-1].shown()
            for one in left:
                one.left()

    def notice(self, words: str, attribute: str = "notice") -> None:
        self._notice.say(words, attribute)
        if not fits(self._notice.runs, self.root.size[0]):
            self.log.keep(self.now(), attribute, words)

    def switch_project(self, project_id: str) -> None:
        self.work.switch_project(project_id, self._arrived)

    def quit(self) -> None:
        if self._keeper.at_risk and not self._warned:
            self._warned = True
            why = self.drafts.trouble
            self.notice(f"A draft cannot be kept ({why}); leave again to lose it.", "error")
            return
        raise urwid.ExitMainLoop

    # What the root widget asks for.

    @property
    def offline(self) -> bool:
        return self._outages.offline

    def status(self) -> tuple[str, str, str, str]:
        titles = (layer.session_title() for layer in reversed(self.layers))
        title = next((title for title in titles if title is not None), "")
        if self.place is None:
            known = self._known()
            return known.project_id or "…", known.provider or "…", title, self._outages.word
        trouble = self._outages.word or self._slowness()
        return self.place.project_id, self.place.provider, title, trouble

    def _slowness(self) -> str:
        if self.work.waits_for:
            return "locked"
        return "no answer yet" if self.work.silent else ""

    def notice_runs(self) -> Sequence[Run]:
        waits_for = self.work.waits_for
        if waits_for and not self._notice.runs:
            return [("warning", sentence(waits_for))]
        return self._notice.runs

    def drop_notice(self) -> None:
        self._notice.drop()

    def spinner(self) -> str:
        return self.work.spinner.sign

    def key(self, key: str) -> bool:
        with self.guard:
            self._notice.drop()
            press = self._keyboard.press_blindly if self.root.too_small else self._keyboard.press
            known = press(key)
            self._outages.show_held()
            return known
        return True

    def click(self, columns: int, rows: int, click: Click) -> bool:
        with self.guard:
            self._notice.drop()
            return self.layers[-1].widget.mouse(columns, rows, click)
        return True

    def dragged(self) -> None:
        self.notice("To select text hold shift while you drag, or start with --no-mouse.")

    def resized(self, size: tuple[int, int]) -> None:
        def tell() -> None:
            for layer in self.layers:
                layer.resized(*size)

        self.later(0, tell)

    def failing(self, error: Exception) -> None:
        log.error("the screen could not be drawn", exc_info=error)

    # Opening the database, and what happens to it.

    def _open(self) -> None:
        self.work.open(self._opened, self._not_opened)

    def _opened(self, opened: Opened) -> None:
        self._outages.opened()
        self._arrived(opened.place)
        self._live.start()
        self._keeper.open(opened.drafts)
        if opened.backup:
            self.notice(f"Upgraded this database; a copy of the old one is {opened.backup}.")

    def _not_opened(self, error: Exception) -> None:
        if isinstance(error, DatabaseUnavailable):
            self._outages.failed(error, self._open, "open")
            return
        self.fatal = error
        self.quit()

    def _arrived(self, place: Place) -> None:
        self.place = place
        self.layers.clear()
        self.push(SessionsScreen(self))

    def _somebody_wrote(self) -> None:
        uppermost_screen(self.layers).changed()
        if self.provider == "local":
            # What that writes is noticed in its turn; without it things are as they were.
            self.submit(lambda store: store.adopt(), lambda _: None, key="adopt", failed=_logged)


def _logged(error: Exception) -> bool:
    log.warning("what an older program has written could not be filed: %s", error)
    return True
