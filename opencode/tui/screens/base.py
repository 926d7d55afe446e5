"""What screens and dialogs have in common, and what the program offers them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, NamedTuple, Protocol, TypeVar

from opencode.tui.drafts import Drafts
from opencode.tui.format import Run
from opencode.tui.widgets.base import Box

if TYPE_CHECKING:
    from opencode.store import Store
    from opencode.tui.log import LogTail
    from opencode.tui.outside import Outside
    from opencode.tui.widgets.dialog import Overlay
    from opencode.tui.widgets.prompt import Prompt

__all__ = ["Command", "Host", "Layer", "Place", "Preferences", "uppermost_screen"]

T = TypeVar("T")

Command = Callable[[], None]


class Place(NamedTuple):
    """Where the program is: what the status block and the empty list say."""

    project_id: str
    provider: str
    """`local` or `remote`."""
    location: str
    """A file, or a server; never with a password."""


@dataclass(slots=True)
class Preferences:
    """What the user chose on one screen and means for all that follow."""

    side_by_side: bool | None = None
    """Whether differences are shown in two columns; None leaves it to the screen's width."""


class Host(Protocol):
    """The program, as its screens see it; all calls are made on the thread of the event loop."""

    log: LogTail
    outside: Outside
    place: Place | None
    """None until the database is open."""
    layers: list[Layer]
    """Screens and dialogs, the topmost last; never empty once the program has started."""
    drafts: Drafts
    """What was typed for each session and is not stored yet."""
    preferences: Preferences

    @property
    def provider(self) -> str:
        """`local` or `remote`; known before the database is open, empty when it is not."""

    @property
    def icons(self) -> bool:
        """Whether the terminal can show signs that few fonts have."""

    def submit(
        self,
        work: Callable[[Store], T],
        done: Callable[[T], None],
        *,
        key: str | None = None,
        failed: Callable[[Exception], bool] | None = None,
    ) -> None:
        """Have the store asked; `failed` returns whether it has dealt with the error."""

    def aside(
        self,
        work: Callable[[], T],
        done: Callable[[T], None],
        *,
        key: str | None = None,
        failed: Callable[[Exception], bool] | None = None,
    ) -> None:
        """Have something done that needs no database, and waits for none: files, programs."""

    def forget(self, key: str) -> None:
        """Drop the results of jobs with this key."""

    def watch(
        self,
        look: Callable[[Store], T],
        known: T,
        seconds: float,
        noticed: Callable[[T], None],
        *,
        failed: Callable[[Exception], bool],
        again: Command,
    ) -> None:
        """Have the store looked at in the background until that gives something else, or fails.

        `failed` returns whether it has dealt with the error; else `again` is what is done when the
        user wants to have it tried again.
        """

    def await_return(self, seconds: float, back: Command) -> None:
        """Have it looked in the background whether a database that was lost is there again."""

    def look_for_return(self, back: Command) -> None:
        """Have it looked for that at once."""

    def unwatch(self) -> None:
        """Look no more."""

    def later(self, seconds: float, callback: Command) -> object:
        """Call back after a while; returns a handle for `cancel`."""

    def cancel(self, handle: object) -> None:
        """Do not call back."""

    def push(self, layer: Layer) -> None:
        """Show a screen or a dialog on top."""

    def pop(self, layer: Layer) -> None:
        """Leave a screen or a dialog, and all that is on top of it."""

    def notice(self, words: str, attribute: str = "notice") -> None:
        """Say something in the footer until the next key."""

    def switch_project(self, project_id: str) -> None:
        """Look at another project of the same database."""

    def quit(self) -> None:
        """End the program."""

    def now(self) -> float:
        """Return the time of day in Unix seconds."""


class Layer:
    """A screen, or a dialog over one.

    Screens have a `widget` for the space between header and footer; dialogs draw themselves in
    `overlay`, those that are a list in a border have a `widget` too.
    """

    place: str
    """Its entry in the key map."""
    is_overlay: ClassVar[bool] = False
    quits: ClassVar[bool] = False
    """Whether `q` ends the program here, though there is a layer below."""
    widget: Box

    def __init__(self, host: Host) -> None:
        self.host = host
        self.prompt: Prompt | None = None

    def commands(self) -> Mapping[str, Command]:
        """Return what the keys of its place do; those for moving come through `move`."""
        return {}

    def unavailable(self, command: str) -> str:
        """Return why a command cannot be done now; nothing when it can."""
        return ""

    def move(self, command: str) -> bool:
        """Do a command for moving; whether it was one."""
        return False

    def header(self) -> tuple[Sequence[Run], Sequence[Run]]:
        """Return what stands at the two ends of the first row."""
        return (), ()

    def foot_rows(self, columns: int, rows: int) -> int:
        """Return how many of the pane's rows hold something at its foot that must be seen."""
        return 0

    def session_title(self) -> str | None:
        """Return the title for the status block; None leaves that to the layer below."""
        return None

    def overlay(self, columns: int, rows: int) -> Overlay:
        """Draw the dialog, in no more than these columns and rows."""
        raise NotImplementedError

    def shown(self) -> None:
        """Do what is due when it comes to the top, at first and again."""

    def left(self) -> None:
        """Do what is due when it was left for what is below it."""

    def refresh(self) -> None:
        """Read everything again because the user asked for it."""

    def changed(self) -> None:
        """Read again because somebody else wrote to the database."""

    def resized(self, columns: int, rows: int) -> None:
        """Take note of the size of the whole screen."""

    def back(self) -> None:
        """Go one step back."""
        self.host.pop(self)

    def ask(self, prompt: Prompt) -> None:
        """Show a line for typing in the footer."""
        self.prompt = prompt


def uppermost_screen(layers: Sequence[Layer]) -> Layer:
    """Return the screen that is shown, be there boxes over it or not."""
    return next(layer for layer in reversed(layers) if not layer.is_overlay)
