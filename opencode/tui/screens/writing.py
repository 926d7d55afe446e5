"""Adding a message to a session by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from opencode import text
from opencode.errors import NotFound
from opencode.models import Session
from opencode.parts import Text
from opencode.tui.folded import folded_if_large, refolded, unfolded
from opencode.tui.format import Run, shown_title
from opencode.tui.screens.base import Command, Layer
from opencode.tui.screens.programs import edit
from opencode.tui.tabs import clean_keeping_tabs
from opencode.tui.widgets.composer import Composer

if TYPE_CHECKING:
    from opencode.models import Message
    from opencode.store import Store

__all__ = ["Writing"]

UNSENDABLE = "unsendable"


class Writing:
    """The prompt of one session; its text is kept until the store has the message."""

    def __init__(
        self,
        layer: Layer,
        session: Callable[[], Session],
        sending: Callable[[], Command],
        gone: Command,
    ) -> None:
        """`sending` returns what is to be called when the message is in the database.

        `gone` is called when the session turns out to be deleted.
        """
        self._layer = layer
        self._host = layer.host
        self._drafts = layer.host.drafts
        self._session = session
        self._sending = sending
        self._gone = gone
        self._composer: Composer | None = None
        """The prompt while it is open."""

    def open(self, *, sendable: bool = True) -> None:
        """Show the prompt with what was typed before."""
        session = self._session()
        session_id = session.id
        self._composer = Composer(
            self._drafts.open(session_id, session.project_id),
            self._drafts.history,
            accept=self._accept,
            change=lambda value: self._drafts.keep(session_id, value),
            cancel=lambda: self._left(session_id),
            edit=self._edit,
            remember=self._drafts.remember,
            put_aside=lambda value: self._drafts.put_aside(session_id, value),
        )
        self._layer.ask(self._composer)
        if not sendable:
            self._composer.place = UNSENDABLE

    def allow(self, *, sending: bool) -> None:
        """Take note that the session is gone, or there after all; the text stays where it is."""
        if self._composer is not None:
            self._composer.place = "compose" if sending else UNSENDABLE
            if not sending:
                self._host.notice(
                    "This session was deleted elsewhere. Your text is kept; esc shows what can be"
                    " done with it.",
                    "error",
                )

    def remind(self) -> None:
        """Say that something was typed here and not sent."""
        if self._drafts.text(self._session().id).strip():
            self._host.notice("There is a draft here: i shows it.")

    def note(self) -> Sequence[Run]:
        """Return what there is to say about messages on their way."""
        waiting = self._drafts.waiting(self._session().id)
        runs: list[Run] = []
        if self._unsendable():
            runs.append(("error", "· deleted elsewhere "))
        if waiting:
            runs.append(("notice", f"· {text.plural(waiting, 'message')} on the way "))
        if self._drafts.trouble:
            runs.append(("warning", f"· not kept on disk: {self._drafts.trouble} "))
        return runs

    def _unsendable(self) -> bool:
        return self._composer is not None and self._composer.place == UNSENDABLE

    def _left(self, session_id: str) -> None:
        unsendable = self._unsendable()
        self._composer = None
        if unsendable:
            self._gone()
        elif self._drafts.text(session_id).strip():
            self._host.notice(
                "The draft is kept."
                if not self._drafts.trouble
                else f"The draft stays while the program runs: {self._drafts.trouble}."
            )

    def _accept(self, value: str) -> bool:
        """Send what is typed; the prompt stays for the next message."""
        composer = self._composer
        if composer is None or composer.continued():
            return False
        if self._unsendable():
            self._left(self._session().id)
            return True
        if not value.strip():
            self._host.notice("There is nothing to send yet.", "warning")
            return False
        self._send(value.strip("\n"))
        composer.show(self._drafts.text(self._session().id))
        return False

    def _send(self, value: str) -> None:
        from opencode.store.ids import new_id

        session_id = self._session().id
        message_id, tried = self._drafts.send(session_id, value, new_id())
        arrived = self._sending()

        def work(store: Store) -> Message:
            nonlocal tried
            if tried:
                try:
                    return store.messages.get(message_id)
                except NotFound:
                    pass
            tried = True
            parts = [Text(unfolded(value))]
            return store.messages.append(session_id, role="user", parts=parts, id=message_id)

        def done(_: Message) -> None:
            self._drafts.sent(session_id, message_id)
            self._show_draft(session_id)
            arrived()

        def failed(error: Exception) -> bool:
            self._drafts.failed(session_id, message_id)
            self._show_draft(session_id)
            return isinstance(error, NotFound) and self._lost(session_id)

        self._host.submit(work, done, failed=failed)

    def _lost(self, session_id: str) -> bool:
        """Have it told that the session is gone, wherever the user is by now."""
        if self._layer in self._host.layers:
            self._gone()
        else:
            self._drafts.lose(session_id)
            self._host.notice(
                f"“{shown_title(self._session().title)}” was deleted elsewhere; your message is"
                " kept: ↑ in any message prompt brings it back.",
                "error",
            )
        return True

    def _show_draft(self, session_id: str) -> None:
        composer = self._composer
        wanted = self._drafts.text(session_id)
        if composer is not None and composer.draft != wanted:
            composer.show(wanted)

    def _edit(self) -> None:
        """Give the terminal to the user's editor, and go on with what it leaves."""
        composer = self._composer
        if composer is None:
            return

        def done(edited: str) -> None:
            before = composer.value
            if edited != unfolded(before):
                words = refolded(clean_keeping_tabs(edited), before)
                composer.replace(folded_if_large(words))

        edit(self._host, lambda: unfolded(composer.value), done)
