"""The first screen: the project's sessions, with a preview where there is room."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace

from opencode import text
from opencode.models import Session
from opencode.tui.format import Run, session_heading, shown_title
from opencode.tui.listing import SORTS, Wanted, next_sort
from opencode.tui.screens.actions import new_session, rename_session
from opencode.tui.screens.base import Command, Host, Layer
from opencode.tui.screens.choices import copy_dialog, export_dialog
from opencode.tui.screens.conversation import Conversation
from opencode.tui.screens.delete import DeleteDialog
from opencode.tui.screens.projects import ProjectsScreen
from opencode.tui.screens.session import SessionScreen
from opencode.tui.screens.session_list import SessionList
from opencode.tui.widgets.prompt import Prompt
from opencode.tui.widgets.split import WIDE, Split

__all__ = ["SessionsScreen"]

FILTER_WAIT = 0.12
PREVIEW_WAIT = 0.08
"""Seconds of rest before the database is asked, while keys come quickly."""

PREVIEW_MESSAGES = 30

NEED_SESSION = frozenset({"open", "rename", "delete", "copy", "export", "unfold", "fold"})


class SessionsScreen(Layer):
    """The list of sessions and what can be done from it."""

    place = "sessions"
    widget: Split

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self._list = SessionList(host, on_change=self._list_changed, on_open=self._open)
        self._preview = Conversation(host, "preview", on_open=self._open)
        self.widget = Split(
            self._list.view,
            self._preview.view,
            lambda width: session_heading(width, self._list.shape),
            self._preview_heading,
            on_pane=lambda pane: self._focus_preview(on=pane is self._preview.view),
        )
        self._list.view.placeholder = [[("dim", "loading…")]]
        self._waiting: dict[str, object] = {}
        self._wide = False
        self._others: tuple[int, int] | None = None
        self._focus_preview(on=False)

    def commands(self) -> Mapping[str, Command]:
        return {
            "open": self._open,
            "new": self._new,
            "rename": self._rename,
            "delete": self._delete,
            "filter": self._filter,
            "author": self._filter_author,
            "sort": self._sort,
            "unfold": self._list.unfold,
            "fold": self._fold,
            "copy": lambda: self._with_selected(copy_dialog),
            "export": lambda: self._with_selected(export_dialog),
            "projects": self._projects,
            "pane": lambda: self._focus_preview(on=not self._preview.view.active),
        }

    def unavailable(self, command: str) -> str:
        branch = self._list.branch
        if command in NEED_SESSION and branch is None:
            return "there is no session here"
        if command == "unfold" and branch is not None and not branch.children:
            return "this session started no others"
        if command == "author" and not self._list.shape.author:
            return "only in shared databases"
        if command == "pane" and not self._wide:
            return f"there are two panes from {WIDE} columns on"
        return ""

    def move(self, command: str) -> bool:
        pane = self._preview if self._preview.view.active else self._list
        return pane.move(command)

    def header(self) -> tuple[Sequence[Run], Sequence[Run]]:
        left: list[Run] = [("title", "Sessions")]
        wanted = self._list.wanted
        if wanted.title:
            left += [("dim", "  matching "), ("key", text.clean_line(wanted.title))]
        if wanted.author:
            left += [("dim", "  by "), ("key", text.clean_line(wanted.author))]
        right = self._list.place()
        if self._list.count():
            right.append(("dim", f" · {SORTS[wanted.sort]}"))
        return left, right

    def session_title(self) -> str:
        selected = self._list.selected
        return shown_title(selected.title) if selected else ""

    def shown(self) -> None:
        if self._list.loaded:
            self._list.reload()
        else:
            self._list.load()

    def refresh(self) -> None:
        self._list.reload()
        self._preview.refresh()

    def changed(self) -> None:
        self.refresh()

    def resized(self, columns: int, rows: int) -> None:
        self._wide = columns >= WIDE
        if not self._wide:
            self._focus_preview(on=False)
        self._show_preview()

    def back(self) -> None:
        if self._preview.view.active:
            self._focus_preview(on=False)
        elif self._list.wanted.title or self._list.wanted.author:
            self._apply(title="", author="")
        else:
            self._list.fold()

    def _open(self) -> None:
        selected = self._list.selected
        if selected is not None:
            self.host.push(SessionScreen(self.host, selected, self._list.remove))

    def _new(self) -> None:
        def done(session: Session) -> None:
            self._list.show(session)

        new_session(self, done)

    def _rename(self) -> None:
        selected = self._list.selected
        if selected is not None:
            rename_session(self, selected, self._renamed)

    def _renamed(self, session: Session) -> None:
        self._list.replace(session)
        self._list.reload()

    def _delete(self) -> None:
        selected = self._list.selected
        if selected is not None:
            session_id = selected.id

            def done() -> None:
                self._list.remove(session_id)
                self._list.reload()

            self.host.push(DeleteDialog(self.host, selected, done))

    def _projects(self) -> None:
        self.host.push(ProjectsScreen(self.host))

    def _with_selected(self, dialog: Callable[[Host, Session], Layer]) -> None:
        selected = self._list.selected
        if selected is not None:
            self.host.push(dialog(self.host, selected))

    def _fold(self) -> None:
        self._list.fold()

    def _sort(self) -> None:
        wanted = self._list.wanted
        self._list.load(replace(wanted, sort=next_sort(wanted.sort)))

    def _filter(self) -> None:
        self._ask_filter("/", "title", self._list.wanted.title)

    def _filter_author(self) -> None:
        self._ask_filter("Author:", "author", self._list.wanted.author)

    def _ask_filter(self, label: str, what: str, value: str) -> None:
        """Ask for a part of the title or of the author; the list follows what is typed."""

        def apply(typed: str) -> None:
            self._apply(**{what: typed})

        def accept(typed: str) -> bool:
            if typed.strip() != getattr(self._list.wanted, what):
                apply(typed)
            return True

        self.ask(
            Prompt(
                label,
                value,
                accept=accept,
                change=lambda typed: self._soon("filter", FILTER_WAIT, lambda: apply(typed)),
                cancel=lambda: apply(""),
                moves_list=True,
            )
        )

    def _apply(self, **changes: str) -> None:
        self._stop_waiting("filter")
        selected = self._list.selected
        changes = {name: value.strip() for name, value in changes.items()}
        wanted = Wanted(**{**asdict(self._list.wanted), **changes})
        self._list.load(wanted, select=selected.id if selected else None)

    def _list_changed(self) -> None:
        self.widget.alone = not self._list.count()
        self._place_holder()
        self._show_preview()

    def _place_holder(self) -> None:
        if not self._list.loaded or self._list.count():
            return
        wanted = self._list.wanted
        if wanted.title or wanted.author:
            self._list.view.placeholder = [
                [(None, _nothing_matches(wanted))],
                [("key", "esc"), ("dim", " shows all sessions again")],
            ]
            return
        if self._others is None:
            self._others = (0, 0)
            self.host.submit(lambda store: store.projects.others(), self._counted_others)
        self._list.view.placeholder = self._empty()

    def _counted_others(self, others: tuple[int, int]) -> None:
        self._others = others
        self._place_holder()

    def _empty(self) -> list[list[Run]]:
        place = self.host.place
        if place is None:
            return []
        projects, sessions = self._others or (0, 0)
        lines: list[list[Run]] = [
            [("strong", "No sessions for this project yet.")],
            [("dim", "Looked for project "), (None, text.clean_line(place.project_id))],
        ]
        where: list[Run] = [("dim", "in "), (None, text.clean_line(place.location))]
        if projects:
            others = text.plural(projects, "other project")
            verb = "holds" if projects == 1 else "hold"
            held = f"{others} {verb} {text.plural(sessions, 'session')}"
            where += [("dim", f" ({held}: press "), ("key", "P"), ("dim", ")")]
        return [*lines, where, [(None, " ")], [("key", "n"), ("dim", " starts the first one")]]

    def _focus_preview(self, *, on: bool) -> None:
        self._preview.view.active = on and self._wide
        self._list.view.active = not self._preview.view.active

    def _preview_heading(self) -> list[Run]:
        place = self._preview.place()
        return [("heading", "Messages"), ("dim", "  "), *place] if self._preview.session else []

    def _show_preview(self) -> None:
        """Show what the cursor is on, when it has rested there."""
        selected = self._list.selected
        shown = self._preview.session
        if not self._wide:
            return
        if selected is None:
            self._preview.clear()
        elif shown is None:
            self._preview.show(selected, PREVIEW_MESSAGES)
        elif shown.id != selected.id:
            self._soon("preview", PREVIEW_WAIT, self._preview_selected)

    def _preview_selected(self) -> None:
        if self._list.selected is not None:
            self._preview.show(self._list.selected, PREVIEW_MESSAGES)

    def _soon(self, what: str, seconds: float, do: Command) -> None:
        def rested() -> None:
            self._waiting.pop(what, None)
            do()

        self._stop_waiting(what)
        self._waiting[what] = self.host.later(seconds, rested)

    def _stop_waiting(self, what: str) -> None:
        if what in self._waiting:
            self.host.cancel(self._waiting.pop(what))


def _nothing_matches(wanted: Wanted) -> str:
    title, author = text.clean_line(wanted.title), text.clean_line(wanted.author)
    if not author:
        return f"No session has “{title}” in its title."
    if not title:
        return f"No session is by “{author}”."
    return f"No session by “{author}” has “{title}” in its title."
