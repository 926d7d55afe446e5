"""One session: its messages, to read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from opencode.models import Session
from opencode.tui.copying import words_at
from opencode.tui.format import Run, runs_width, shown_title, title_line
from opencode.tui.loading import Glimpse
from opencode.tui.screens.actions import rename_session
from opencode.tui.screens.base import Command, Host, Layer
from opencode.tui.screens.choices import export_dialog
from opencode.tui.screens.conversation import Conversation
from opencode.tui.screens.copy import CopyDialog
from opencode.tui.screens.delete import DeleteDialog
from opencode.tui.screens.files import FilesScreen
from opencode.tui.screens.find import Find
from opencode.tui.screens.gone import Gone
from opencode.tui.screens.programs import view
from opencode.tui.screens.writing import Writing
from opencode.tui.widgets.composer import Composer, WithFoot

if TYPE_CHECKING:
    import urwid

__all__ = ["SessionScreen"]


FOLDED: Sequence[Run] = (
    ("key", "enter"),
    ("dim", " expands · "),
    ("key", "o"),
    ("dim", " pager"),
)


class SessionScreen(Layer):
    """Shows the end of a session first; `deleted` is called when it was deleted from here."""

    place = "session"
    widget: WithFoot

    def __init__(
        self,
        host: Host,
        session: Session,
        deleted: Callable[[str], None],
        glimpse: Glimpse | None = None,
    ) -> None:
        """`glimpse`: what is shown until the session is read."""
        super().__init__(host)
        self._columns = 0
        self._first = session
        self._glimpse = glimpse
        self._deleted = deleted
        self._conversation = Conversation(
            host, "session", hint=FOLDED, on_open=self._fold, on_gone=self._gone_or_not
        )
        self._pane = self._conversation.pane
        self._gone = Gone(self, lambda: self.session, self._moved)
        self._writing = Writing(self, lambda: self.session, self._sending, self._lose)
        self.widget = WithFoot(self._pane.view, self._foot, self._click_foot)
        self._below: dict[str, Session] = {}
        self._find = Find(host, self._conversation, self._searched)

    @property
    def session(self) -> Session:
        """The session as it was when it was read last."""
        return self._conversation.session or self._first

    def commands(self) -> Mapping[str, Command]:
        if self._conversation.gone:
            return {} if self.place == "gone" else {**self._gone.commands(), "write": self.write}
        return {
            "next": lambda: self._step(1),
            "previous": lambda: self._step(-1),
            "find": lambda: self._find.ask(self),
            "next-message": lambda: self._pane.step_message(1),
            "previous-message": lambda: self._pane.step_message(-1),
            "fold": self._fold,
            "fold-all": self._pane.fold_all,
            "sub-session": self._open_below,
            "files": lambda: self.host.push(FilesScreen(self.host, self.session)),
            "copy": self._copy,
            "pager": self._view,
            "editor": lambda: self._view(editor=True),
            "rename": self._rename,
            "delete": self._delete,
            "write": self.write,
            "export": lambda: self.host.push(export_dialog(self.host, self.session)),
        }

    def unavailable(self, command: str) -> str:
        if self._find.active and command in {"next", "previous"}:
            return self._find.unavailable()
        if command == "sub-session" and self._child() is None:
            if self._below:
                return "the cursor is not on a call that started one"
            return "this session started no others"
        return self._conversation.unavailable(command)

    def move(self, command: str) -> bool:
        return self._conversation.move(command)

    def header(self) -> tuple[Sequence[Run], Sequence[Run]]:
        place = [*self._find.runs(), *self._pane.place()]
        if self._conversation.gone:
            place += [("dim", " · "), ("error", "deleted")]
        author = self.session.author if self.host.provider == "remote" else None
        room = self._columns - 2 - 1 - runs_width(place)
        return title_line(self.session.title, author, room), place

    def resized(self, columns: int, rows: int) -> None:
        self._columns = columns

    def foot_rows(self, columns: int, rows: int) -> int:
        foot = self.widget.foot(columns, rows)
        return foot.rows() if foot else 0

    def session_title(self) -> str:
        return shown_title(self.session.title)

    def shown(self) -> None:
        if self._conversation.session is None:
            self._begin()
            self._writing.remind()
        else:
            # What others wrote while another screen was on top was told to that one.
            self._conversation.refresh()
        self._look_below()

    def _begin(self) -> None:
        glimpse, self._glimpse = self._glimpse, None
        if glimpse is not None:
            self._conversation.begin(glimpse)
        else:
            self._conversation.show(self._first)

    def refresh(self) -> None:
        self._conversation.refresh()
        self._look_below()

    def changed(self) -> None:
        self.refresh()

    def back(self) -> None:
        if self._find.active:
            self._find.clear()
        else:
            super().back()

    def _fold(self) -> None:
        self._pane.fold()

    def left(self) -> None:
        if self._conversation.gone:
            self._gone.leave()

    def write(self) -> None:
        """Have a message typed."""
        self._writing.open(sendable=not self._conversation.gone)

    def _sending(self) -> Command:
        """Return what to do once a message is in the database: go there, or leave who moved."""
        stood = self._pane.cursor_key()

        def arrived() -> None:
            if self._pane.cursor_key() == stood or self._pane.view.reads_end():
                self._conversation.show_end()
            else:
                self._conversation.refresh()

        return arrived

    def _foot(self, columns: int, most: int) -> urwid.Canvas | None:
        if isinstance(self.prompt, Composer):
            return self.prompt.box(columns, most, self._writing.note())
        return self._gone.box(columns, most) if self._conversation.gone else None

    def _click_foot(self, column: int, row: int) -> bool:
        return isinstance(self.prompt, Composer) and self.prompt.click_box(column, row)

    def _lose(self) -> None:
        self._conversation.lose()
        self._gone.settle()

    def _gone_or_not(self) -> None:
        self._writing.allow(sending=not self._conversation.gone)
        if self._conversation.gone:
            self._find.clear()
            self._gone.settle()
        else:
            self.place = "session"

    def _searched(self) -> None:
        if not self._conversation.gone:
            self.place = "found" if self._find.active else "session"

    def _moved(self, session: Session) -> None:
        """Go on in another session, which has got what was typed here."""
        screen = SessionScreen(self.host, session, self._deleted)
        self.host.pop(self)
        self.host.push(screen)
        screen.write()

    def _step(self, direction: int) -> None:
        if self._find.active:
            self._find.step(direction)
        else:
            self._pane.step_message(direction)

    def _look_below(self) -> None:
        session_id = self._first.id

        def done(children: Sequence[Session]) -> None:
            self._below = {child.id: child for child in children}
            self._pane.mark_below(frozenset(self._below))

        self.host.submit(
            lambda store: store.sessions.children(session_id), done, key="session.below"
        )

    def _child(self) -> Session | None:
        """Return the session that the call under the cursor started, or the only one there is."""
        only = next(iter(self._below.values())) if len(self._below) == 1 else None
        return self._below.get(self._pane.call_id(), only)

    def _open_below(self) -> None:
        child = self._child()
        if child is not None:
            self.host.push(SessionScreen(self.host, child, lambda _: None))

    def _copy(self) -> None:
        self.host.push(CopyDialog(self.host, self.session, self._pane.spot()))

    def _view(self, *, editor: bool = False) -> None:
        spot = self._pane.spot()
        if spot is not None:
            view(self.host, partial(words_at, spot=spot), editor=editor)

    def _rename(self) -> None:
        rename_session(self, self.session, self._renamed)

    def _renamed(self, session: Session) -> None:
        self._conversation.session = session

    def _delete(self) -> None:
        session = self.session

        def done() -> None:
            self.host.pop(self)
            self._deleted(session.id)

        self.host.push(DeleteDialog(self.host, session, done))
