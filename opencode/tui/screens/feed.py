"""A session's messages, read by jobs into the window of a transcript."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial

from opencode.models import Session
from opencode.tui import loading
from opencode.tui.loading import Glimpse, LoadMessages, Messages, Stretch
from opencode.tui.render.blocks import Rendered
from opencode.tui.render.message import Renderer
from opencode.tui.screens.base import Host
from opencode.tui.transcript import Transcript
from opencode.tui.window import Side

__all__ = ["Feed"]


class Feed:
    """Has messages read: an end of the session, what follows, what is around a place, what is new.

    A later wish makes an earlier one stale, but for the pages that the window grows by.
    """

    def __init__(
        self,
        host: Host,
        key: str,
        render: Renderer,
        transcript: Transcript,
        keeping: Callable[[], AbstractContextManager[None]],
        failed: Callable[[Exception], bool],
    ) -> None:
        """Inside `keeping` the window changes while the reader stays where he is.

        `failed` returns whether it has dealt with an error of reading on, or again.
        """
        self._host = host
        self._key = key
        self._render = render
        self._transcript = transcript
        self._window = transcript.window
        self._keeping = keeping
        self._failed = failed

    def forget(self) -> None:
        """Take no interest in what was asked for any more."""
        self._host.forget(self._key)

    def read(
        self,
        session: Session,
        load: LoadMessages,
        done: Callable[[Session], None],
        failed: Callable[[Exception], bool],
    ) -> None:
        """Read an end of a session in place of what there is; `done` gets it as it is now."""

        def arrived(messages: Messages) -> None:
            self._take(messages)
            done(messages.session)

        work = partial(load, render=self._render, session_id=session.id)
        self._host.submit(work, arrived, key=self._key, failed=failed)

    def begin(self, glimpse: Glimpse) -> None:
        """Begin with what another pane has read; before a `reload` nothing is read on from it."""
        self._render.learn(glimpse.render, (one.id for one in glimpse.messages.stretch.items))
        self._take(glimpse.messages)
        self._window.hold()

    def reload(
        self,
        session: Session,
        following: Callable[[], AbstractContextManager[None]],
        done: Callable[[Session, int], None],
    ) -> None:
        """Read what is loaded again, and what was added at the end; `done` gets how many.

        `following` is to this what `keeping` is to the rest.
        """
        window = self._window
        first, loaded = window.items[0].seq, len(window.items)
        work = partial(
            loading.reload_messages,
            render=self._render,
            session_id=session.id,
            first=first,
            loaded=loaded,
            ends=window.ends,
        )

        def arrived(messages: Messages) -> None:
            if (window.items[0].seq, len(window.items)) != (first, loaded):
                # A page that had been asked for before came meanwhile.
                self.reload(messages.session, following, done)
                return
            stretch = messages.stretch
            added = self._transcript.count_after(stretch.items, self._transcript.last_seq())
            with following():
                window.total = messages.session.message_count
                window.replace(
                    stretch.items, starts=window.starts, ends=stretch.ends, offset=window.offset
                )
                done(messages.session, added)

        self._host.submit(work, arrived, key=self._key, failed=self._failed)

    def read_around(self, session: Session, seq: int, done: Callable[[], object]) -> None:
        """Read a message, and those before and after it, in place of what there is."""

        def arrived(stretch: Stretch[Rendered]) -> None:
            items, starts, ends = stretch
            offset = self._transcript.offset_of(items[0].seq) if items else None
            with self._keeping():
                self._window.replace(items, starts=starts, ends=ends, offset=offset)
            done()

        work = partial(loading.messages_around, render=self._render, session_id=session.id, seq=seq)
        self._host.submit(work, arrived, key=self._key, failed=self._failed)

    def follow(self, session: Session, first: int, last: int) -> None:
        """Read on where the reader comes near an end of the window; he sees its items so far."""
        for side in self._window.wanted(first, last):
            self._read_on(session, side)

    def _take(self, messages: Messages) -> None:
        stretch = messages.stretch
        self._window.total = messages.session.message_count
        self._window.replace(stretch.items, starts=stretch.starts, ends=stretch.ends)
        self._transcript.update()

    def _read_on(self, session: Session, side: Side) -> None:
        window = self._window
        generation = window.generation
        edge = window.edge(side).seq
        load = loading.messages_before if side == "before" else loading.messages_after

        def arrived(stretch: Stretch[Rendered]) -> None:
            if window.arrived(side, generation):
                with self._keeping():
                    window.grow(side, stretch.items, starts=stretch.starts, ends=stretch.ends)

        def failed(error: Exception) -> bool:
            window.arrived(side, generation)
            return self._failed(error)

        work = partial(load, render=self._render, session_id=session.id, seq=edge)
        self._host.submit(work, arrived, key=f"{self._key}.{side}", failed=failed)
