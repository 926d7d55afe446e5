"""Every command there is here, found by a few letters; what cannot be done now says why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from opencode import text
from opencode.tui.format import Run
from opencode.tui.fuzzy import Match, match
from opencode.tui.keymap import PLACES, bindings_in, key_label
from opencode.tui.screens.base import Host, Layer
from opencode.tui.screens.lines import Lines
from opencode.tui.widgets.dialog import Overlay, boxed
from opencode.tui.widgets.prompt import Prompt
from opencode.tui.widgets.row import Row

__all__ = ["Entry", "PaletteDialog", "entries", "found"]

COLUMNS = 76
KEYS = 9
MIN_DOES = 16
"""Columns of a command beside the reason why it cannot be done."""
MAX_ROWS = 16

LEFT_OUT = frozenset({"palette", "interrupt"})

HANDICAP = 6
"""Points taken off."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A command of the palette; `reason` is why it cannot be done now.

    Those that everybody does by their keys, such as moving, are `minor`.
    """

    command: str
    does: str
    keys: str
    reason: str
    minor: bool = False


def entries(layer: Layer) -> list[Entry]:
    """Return the commands of a layer's place, each once, nearest context first."""
    known: dict[str, Entry] = {}
    for context, bindings in bindings_in(PLACES[layer.place].contexts):
        for binding in bindings:
            if binding.command not in LEFT_OUT:
                entry = Entry(
                    binding.command,
                    binding.does,
                    key_label(binding.keys[0]),
                    layer.unavailable(binding.command),
                    minor=context.name == "move",
                )
                known.setdefault(binding.command, entry)
    return list(known.values())


def found(typed: str, among: list[Entry]) -> list[tuple[Entry, Match]]:
    """Return the entries that match, the best first.

    What cannot be done now counts a bit less, and so does what is minor.
    """
    matches = [(entry, hit) for entry in among if (hit := match(typed, entry.does)) is not None]
    return sorted(
        matches,
        key=lambda pair: (bool(pair[0].reason) + pair[0].minor) * HANDICAP - pair[1].score,
    )


class PaletteDialog(Layer):
    """A list over the screen; what is typed stands in the footer."""

    place = "palette"
    is_overlay = True

    def __init__(self, host: Host, below: Layer, run: Callable[[str], object]) -> None:
        super().__init__(host)
        self._entries = entries(below)
        self._found: list[tuple[Entry, Match]] = []
        self._lines = Lines(on_click=self._clicked)
        self.widget = self._lines.view
        self._below = below
        self._run = run
        self.ask(
            Prompt(":", accept=self._accept, change=self._filter, cancel=self.back, moves_list=True)
        )
        self._filter("")

    def move(self, command: str) -> bool:
        return self._lines.view.move(command)

    def overlay(self, columns: int, rows: int) -> Overlay:
        width = max(1, min(COLUMNS, columns - 4))
        height = max(1, min(MAX_ROWS, len(self._entries), rows - 2))
        return Overlay(boxed("Commands", self._lines.view.render((width, height))), pane=True)

    def _filter(self, typed: str) -> None:
        self._found = found(typed, self._entries)
        self._lines.show([Row(partial(_row, entry, hit)) for entry, hit in self._found])
        self._lines.view.placeholder = [[("dim", "No command has these letters.")]]
        self._lines.view.viewport.home()

    def _clicked(self) -> None:
        self._accept("")

    def _accept(self, _: str) -> bool:
        if not self._found:
            return False
        entry = self._found[self._lines.view.viewport.cursor][0]
        if entry.reason:
            self.host.notice(f"Not now: {entry.reason}.", "warning")
            return False
        self.back()
        if self.host.layers[-1] is self._below:
            self._run(entry.command)
        return True


def _row(entry: Entry, hit: Match, width: int) -> list[Run]:
    keys = text.pad(entry.keys, KEYS, "right") if width >= 2 * KEYS else ""
    room = max(0, width - text.width(keys) - 1)
    if entry.reason:
        # The reason is what matters; of the command its beginning will do.
        does = text.truncate(entry.does, max(MIN_DOES, room - text.width(f" · {entry.reason}")))
        words = text.pad(text.truncate(f"{does} · {entry.reason}", room), room + 1)
        return [("dim", words), ("dim", keys)]
    shown = text.truncate(entry.does, room)
    runs: list[Run] = [
        ("key" if place in hit.positions else None, letter) for place, letter in enumerate(shown)
    ]
    return [*runs, (None, " " * (room + 1 - text.width(shown))), ("dim", keys)]
