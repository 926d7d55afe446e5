"""The first screen: the project's sessions, with a preview where there is room.

A start waits for what is imported here; what only a key leads to is imported by that, or by `late`
as soon as there is time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from opencode.models import Session
from opencode.tui.format import Run, session_heading, shown_title, sort_at, with_more
from opencode.tui.keymap import MOVES
from opencode.tui.listing import SORTS, next_sort
from opencode.tui.screens import late
from opencode.tui.screens.ages import Ages
from opencode.tui.screens.base import Command, Host, Layer
from opencode.tui.screens.emptiness import Emptiness
from opencode.tui.screens.filtering import Filtering
from opencode.tui.screens.preview import Preview
from opencode.tui.screens.session_list import SessionList
from opencode.tui.widgets.split import WIDE, Split

__all__ = ["SessionsScreen"]

NEED_SESSION = frozenset({"open", "rename", "delete", "copy", "export", "unfold", "fold", "pane"})
"""Commands for the session the cursor is on."""

NEED_SESSIONS = MOVES | {"filter", "author", "sort"}
"""Commands for the list as a whole, which an empty one has no use for."""

CHANGE_FILTER = frozenset({"filter", "author"})
"""Those of them that can bring sessions back when a filter leaves none."""


class SessionsScreen(Layer):
    """The list of sessions and what can be done from it."""

    place = "sessions"
    widget: Split

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self._columns = 0
        self._list = SessionList(host, on_change=self._list_changed, on_open=self._open)
        self._preview = Preview(host, on_open=self._open)
        self._ages = Ages(self, self._list.times)
        self._filtering = Filtering(self, self._list)
        self._emptiness = Emptiness(host, self._place_holder)
        self.widget = Split(
            self._list.view,
            lambda width: session_heading(width, self._list.shape),
            self._preview.heading,
            on_pane=lambda pane: self._focus_preview(on=pane is not self._list.view),
            on_heading=self._heading_clicked,
        )
        self._complete = False
        """Whether all there is to this screen is there, or on its way."""
        self._list.view.placeholder = [[("dim", "loading…")]]
        self._focus_preview(on=False)

    def commands(self) -> Mapping[str, Command]:
        return {
            "open": self._open,
            "new": self._new,
            "rename": self._rename,
            "delete": self._delete,
            "filter": self._filtering.ask_title,
            "author": self._filtering.ask_author,
            "sort": lambda: self._list.sort(next_sort(self._list.wanted.sort)),
            "unfold": self._list.unfold,
            "fold": self._fold,
            "copy": self._copy,
            "export": self._export,
            "projects": self._projects,
            "pane": lambda: self._focus_preview(on=not self._preview.active),
        }

    def unavailable(self, command: str) -> str:
        if command == "author" and not self._list.shape.author:
            return "only in shared databases"
        if command == "back" and not self._can_go_back():
            return "there is nothing to go back to; q quits"
        if command == "pane" and not self._preview.room:
            return f"there are two panes from {WIDE} columns on"
        if command in MOVES and self._preview.active:
            return self._preview.unavailable(command)
        return self._lacking(command) or self._out_of_place(command)

    def _lacking(self, command: str) -> str:
        """Return which sessions a command lacks."""
        if self._list.branch is not None or command not in NEED_SESSION | NEED_SESSIONS:
            return ""
        if not self._list.loaded:
            return "the list is still being read" if command in NEED_SESSION else ""
        if not self._filtering.active:
            return "there is no session here; n starts one"
        return "" if command in CHANGE_FILTER else "no session is found; esc shows all again"

    def _out_of_place(self, command: str) -> str:
        """Return why the session with the cursor is not one for a command."""
        branch = self._list.branch
        if command == "unfold" and branch is not None and branch.unfolded:
            return "its sub-sessions are shown"
        if command == "unfold" and branch is not None and not branch.children:
            return "this session started no others"
        if command == "fold" and not self._can_fold():
            return "there is nothing to hide here"
        return ""

    def _can_fold(self) -> bool:
        branch = self._list.branch
        return branch is not None and (branch.unfolded or branch.depth > 0)

    def _can_go_back(self) -> bool:
        return self._preview.active or self._filtering.active or self._can_fold()

    def move(self, command: str) -> bool:
        return (self._preview if self._preview.active else self._list).move(command)

    def header(self) -> tuple[Sequence[Run], Sequence[Run]]:
        left: list[Run] = [("title", "Sessions"), *self._filtering.heading()]
        right = self._list.place()
        if self._list.count():
            order = f" · {SORTS[self._list.wanted.sort]}"
            right = with_more(left, right, [("dim", order)], self._columns)
        return left, right

    def session_title(self) -> str:
        selected = self._list.selected
        return shown_title(selected.title) if selected else ""

    def shown(self) -> None:
        if self._list.loaded:
            self.refresh()
        else:
            self._list.load()

    def refresh(self) -> None:
        self._list.reload()
        self._preview.refresh()

    def changed(self) -> None:
        self.refresh()

    def resized(self, columns: int, rows: int) -> None:
        self._columns = columns
        self._preview.room = columns >= WIDE
        if not self._preview.room:
            self._focus_preview(on=False)
        self._preview.show(self._list.selected)

    def back(self) -> None:
        if self._preview.active:
            self._focus_preview(on=False)
        elif self._filtering.active:
            self._filtering.clear()
        else:
            self._list.fold()

    def _open(self) -> None:
        from opencode.tui.screens.session import SessionScreen

        selected = self._list.selected
        if selected is not None:
            glimpse = self._preview.glimpse(selected)
            self.host.push(SessionScreen(self.host, selected, self._list.remove, glimpse))

    def _new(self) -> None:
        from opencode.tui.screens.actions import new_session

        def done(session: Session) -> None:
            self._list.show(session)

        new_session(self, done)

    def _rename(self) -> None:
        from opencode.tui.screens.actions import rename_session

        selected = self._list.selected
        if selected is not None:
            rename_session(self, selected, self._renamed)

    def _renamed(self, session: Session) -> None:
        self._list.replace(session)
        self._list.reload()

    def _delete(self) -> None:
        from opencode.tui.screens.delete import DeleteDialog

        selected = self._list.selected
        if selected is not None:
            session_id = selected.id

            def done() -> None:
                self._list.remove(session_id)
                self._list.reload()

            self.host.push(DeleteDialog(self.host, selected, done))

    def _copy(self) -> None:
        from opencode.tui.screens.choices import copy_dialog

        self._with_selected(copy_dialog)

    def _export(self) -> None:
        from opencode.tui.screens.choices import export_dialog

        self._with_selected(export_dialog)

    def _projects(self) -> None:
        from opencode.tui.screens.projects import ProjectsScreen

        self.host.push(ProjectsScreen(self.host))

    def _with_selected(self, dialog: Callable[[Host, Session], Layer]) -> None:
        selected = self._list.selected
        if selected is not None:
            self.host.push(dialog(self.host, selected))

    def _fold(self) -> None:
        self._list.fold()

    def _heading_clicked(self, column: int, columns: int) -> None:
        sort = sort_at(column, columns, self._list.shape)
        if sort is not None and not self.unavailable("sort"):
            self._list.sort(sort)

    def _list_changed(self) -> None:
        self.place = "filtered" if self._filtering.active else "sessions"
        self.widget.alone = not self._list.count()
        self._place_holder()
        self._preview.show(self._list.selected)
        self._ages.look()
        if self._list.loaded and not self._complete:
            self._complete = True
            late.load(self.host, self._add_preview)

    def _add_preview(self) -> None:
        self.widget.right = self._preview.build()

    def _place_holder(self) -> None:
        if self._list.loaded and not self._list.count():
            filtered = self._filtering.active
            words = self._filtering.nothing_found() if filtered else self._emptiness.lines()
            self._list.view.placeholder = words

    def _focus_preview(self, *, on: bool) -> None:
        self._preview.active = on
        self._list.view.active = not self._preview.active
