"""What differs between two versions of a file, in one column or in two."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from opencode import text
from opencode.models import Session
from opencode.tui.format import Run, runs_width, shown_title
from opencode.tui.keymap import MOVES
from opencode.tui.render.blocks import Paragraph
from opencode.tui.render.diff import Comparison, Pair, pair_runs
from opencode.tui.screens.base import Command, Host, Layer
from opencode.tui.screens.lines import Lines
from opencode.tui.screens.programs import view
from opencode.tui.screens.write import ask_where
from opencode.tui.tabs import clean_keeping_tabs
from opencode.tui.versions import TreeFile, content, difference
from opencode.tui.widgets.base import Flow
from opencode.tui.widgets.block import Block
from opencode.tui.widgets.listview import ListView
from opencode.tui.widgets.row import Row

__all__ = ["DifferenceScreen"]

NOTHING = -1
"""Stands for the version before the first one."""

OTHERS: Mapping[str, Callable[[int, int], tuple[int, int]]] = {
    "older": lambda old, new: (old - 1, new),
    "newer": lambda old, new: (old + 1, max(old + 2, new)),
    "new-older": lambda old, new: (min(new - 2, old), new - 1),
    "new-newer": lambda old, new: (old, new + 1),
}
"""The two versions that each of the keys for others leads to from two.

One that would overtake the other takes it along.
"""

SIDE_BY_SIDE = 120
"""Columns of the screen from which there are two, unless the user chose."""


class DifferenceScreen(Layer):
    """Shows the first against the last version, then any other two."""

    place = "difference"
    widget: ListView

    def __init__(self, host: Host, session: Session, file: TreeFile) -> None:
        super().__init__(host)
        self._session = session
        self._file = file
        self._new = len(file.versions) - 1
        self._old = 0 if self._new else NOTHING
        self._columns = 0
        self._result = Comparison()
        self._compares: tuple[int, int] | None = None
        """The two versions that the result is of; None until there is one."""
        self._headings: Sequence[int] = ()
        """The items at which the stretches of changes begin."""
        self._lines = Lines()
        self.widget = self._lines.view
        self.widget.placeholder = [[("dim", "loading…")]]

    def commands(self) -> Mapping[str, Command]:
        return {
            "sides": self._toggle,
            **{command: partial(self._choose, command) for command in OTHERS},
            "next": lambda: self._step(1),
            "previous": lambda: self._step(-1),
            "pager": self._view,
            "editor": lambda: self._view(editor=True),
            "write": lambda: ask_where(self, self._file, self._file.versions[self._new]),
        }

    def unavailable(self, command: str) -> str:
        if command == "sides" and self._result.one_sided:
            return "one version is empty, so there is one column"
        if command in OTHERS:
            return self._no_other(*self._other(command))
        if command in {"next", "previous"} and not self._headings:
            return "there are no changes to go to"
        if command in {"next", "previous"} and len(self._headings) == 1:
            return "there is no other change"
        if command in MOVES | {"sides"} and not self._lines.count():
            return "there are no lines here"
        return ""

    def _other(self, command: str) -> tuple[int, int]:
        """Return the two versions that a key for others leads to."""
        return OTHERS[command](self._old, self._new)

    def _no_other(self, old: int, new: int) -> str:
        """Return why two versions cannot be compared, if they are not both there."""
        versions = len(self._file.versions)
        if NOTHING <= old < new < versions:
            return ""
        end = "newer" if new == versions else "older"
        return f"there is no {end} one ({text.plural(versions, 'version')} in all)"

    def move(self, command: str) -> bool:
        return self._lines.view.move(command)

    def header(self) -> tuple[Sequence[Run], Sequence[Run]]:
        old, new = (self._name(number) for number in (self._old, self._new))
        right: list[Run] = [("dim", f"{old} → {new}"), *self._counts()]
        path = text.clean_line(self._file.path)
        room = max(0, self._columns - runs_width(right) - 3)
        return [("title", text.truncate(path, room, side="left"))], right

    def _counts(self) -> Sequence[Run]:
        """Return how many lines came and went; nothing while that is not known."""
        result = self._result
        if self._compares != (self._old, self._new) or not result.has_counts:
            return ()
        added, removed = f"+{result.added:,}", f"−{result.removed:,}"
        return (None, "  "), ("diff.add", added), (None, " "), ("diff.remove", removed)

    def session_title(self) -> str:
        return shown_title(self._session.title)

    def resized(self, columns: int, rows: int) -> None:
        before = self._sides
        self._columns = columns
        if self._sides != before:
            self._show_again()

    def shown(self) -> None:
        self.refresh()

    def refresh(self) -> None:
        versions = self._file.versions
        work = partial(
            difference,
            file=self._file,
            old=None if self._old == NOTHING else versions[self._old],
            new=versions[self._new],
        )
        done = partial(self._compared, (self._old, self._new))
        self.host.submit(work, done, key="difference")

    @property
    def _sides(self) -> bool:
        """Whether there are two columns."""
        chosen = self.host.preferences.side_by_side
        wide = self._columns >= SIDE_BY_SIDE
        return not self._result.one_sided and (wide if chosen is None else chosen)

    def _name(self, number: int) -> str:
        return "nothing" if number == NOTHING else text.clean_line(self._file.versions[number])

    def _choose(self, command: str) -> None:
        self._old, self._new = self._other(command)
        self.refresh()

    def _step(self, direction: int) -> None:
        """Go to the next or the previous stretch of changes."""
        cursor = self.widget.viewport.cursor
        find = bisect_right if direction > 0 else bisect_left
        number = find(self._headings, cursor) - (direction < 0)
        if 0 <= number < len(self._headings):
            self.widget.select(self._headings[number], top=True)
        else:
            self.host.notice(f"That is the {'last' if direction > 0 else 'first'} change.")

    def _toggle(self) -> None:
        self.host.preferences.side_by_side = not self._sides
        self._show_again()

    def _show_again(self) -> None:
        """Show the same in another form; the cursor stays in its stretch of changes."""
        stretch = bisect_right(self._headings, self.widget.viewport.cursor) - 1
        self._show()
        if stretch >= 0:
            self.widget.select(self._headings[stretch], top=True)

    def _compared(self, versions: tuple[int, int], result: Comparison) -> None:
        self._compares, self._result = versions, result
        self.widget.placeholder = [[("dim", result.note)]]
        self._lines.view.viewport.home()
        self._show()

    def _show(self) -> None:
        widgets: list[Flow] = (
            [_pair(pair) for pair in self._result.pairs]
            if self._sides
            else [Block((Paragraph((line,), 1, "any"),)) for line in self._result.lines]
        )
        shown = self._result.pairs if self._sides else self._result.lines
        self._headings = [number for number, line in enumerate(shown) if _is_heading(line)]
        self._lines.show(widgets)

    def _view(self, *, editor: bool = False) -> None:
        file, result = self._file, self._result
        if editor:
            version = file.versions[self._new]
            view(
                self.host,
                lambda store: clean_keeping_tabs(content(store, file, version)),
                file.path,
                editor=True,
            )
        else:
            lines = [words for _, words in result.lines] or [result.note]
            view(self.host, lambda _: "\n".join(lines) + "\n", "text.diff")


def _is_heading(line: Pair | Run) -> bool:
    return isinstance(line, str) or line[0] == "diff.hunk"


def _pair(pair: Pair) -> Flow:
    if isinstance(pair, str):
        return Block((Paragraph((("diff.hunk", pair),), 1, "clip"),))
    return Row(partial(pair_runs, *pair))
