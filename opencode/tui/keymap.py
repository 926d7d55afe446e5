"""Every key of the interface, as data: the footer, the help and docs/keys.md are made from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import NamedTuple

__all__ = [
    "BINDINGS",
    "MOUSE",
    "MOVES",
    "PLACES",
    "Binding",
    "Context",
    "Hint",
    "Place",
    "command_for",
    "hints",
    "key_for",
    "key_label",
]


class Context(NamedTuple):
    """A part of the interface that gives keys their meaning."""

    name: str
    title: str
    """As a heading in the help."""
    where: str
    """As a word in the documentation."""


class Binding(NamedTuple):
    """A command and the keys that mean it in one context; the first key is the one shown."""

    command: str
    keys: tuple[str, ...]
    context: str
    does: str
    hint: str = ""
    """One or two words for the footer."""


class Place(NamedTuple):
    """A screen, dialog or input: the contexts a key is looked up in, and the footer's commands.

    A footer entry of several commands joined by `+` shows their keys side by side and the hint of
    the first.
    """

    contexts: tuple[str, ...]
    footer: tuple[str, ...]
    words: Mapping[str, str] = {}
    """What the footer calls commands here that have another hint elsewhere."""


class Hint(NamedTuple):
    """An entry of the footer: keys that stand side by side, and what they do."""

    keys: tuple[str, ...]
    words: str

    @property
    def label(self) -> str:
        """The keys as they are shown."""
        return "/".join(map(key_label, self.keys))


CONTEXTS = (
    Context("sessions", "Sessions", "list"),
    Context("session", "A session", "session"),
    Context("stranded", "A session deleted elsewhere", "session deleted elsewhere"),
    Context("files", "Files", "files"),
    Context("difference", "Differences", "differences"),
    Context("projects", "Projects", "projects"),
    Context("help", "This help", "help"),
    Context("copy", "Copying", "copy dialog"),
    Context("replace", "Replacing a file", "replace dialog"),
    Context("renamed", "Replacing a title", "title dialog"),
    Context("delete", "Deleting", "delete dialog"),
    Context("copying", "Copying", "copy dialog"),
    Context("exporting", "Exporting", "export dialog"),
    Context("failure", "Database out of reach", "error panel"),
    Context("offline", "Database lost", "error panel"),
    Context("leaving", "Too small a screen", "too small a screen"),
    Context("input", "Typing", "inputs"),
    Context("compose", "Writing a message", "message"),
    Context("move", "Moving", "lists, text"),
    Context("all", "Everywhere but while typing", "all but inputs"),
    Context("always", "Always", "all"),
)

BINDINGS = (
    Binding("open", ("enter",), "sessions", "open the session", "open"),
    Binding("new", ("n", "ctrl n"), "sessions", "new session", "new"),
    Binding("rename", ("r", "f2"), "sessions", "rename the session", "rename"),
    Binding("delete", ("d", "delete"), "sessions", "delete the session, after asking", "delete"),
    Binding("filter", ("/",), "sessions", "filter by title as you type", "filter"),
    Binding("author", ("a",), "sessions", "filter by author", "author"),
    Binding("sort", ("s",), "sessions", "sort by last activity, created, cost", "sort"),
    Binding("unfold", ("right", "+"), "sessions", "show the sub-sessions", "sub-sessions"),
    Binding("fold", ("-",), "sessions", "hide the sub-sessions (so does ←)"),
    Binding("copy", ("y", "c"), "sessions", "copy id or title…", "copy"),
    Binding("export", ("E",), "sessions", "export as JSON or Markdown…", "export"),
    Binding("projects", ("P",), "sessions", "look at another project", "project"),
    Binding("pane", ("tab", "shift tab"), "sessions", "list or preview (wide screens)", "pane"),
    Binding("next", ("n",), "session", "next message or hit", "message"),
    Binding("previous", ("N",), "session", "previous message or hit"),
    Binding("next-message", ("]",), "session", "next message"),
    Binding("previous-message", ("[",), "session", "previous message"),
    Binding("find", ("/",), "session", "find in all messages; esc ends it", "find"),
    Binding("fold", ("enter",), "session", "unfold or fold what the cursor is on", "fold"),
    Binding("fold-all", ("z",), "session", "unfold or fold everything", "fold all"),
    Binding("sub-session", (">",), "session", "open the session that this call started", "below"),
    Binding("files", ("f",), "session", "files of the session and those below it", "files"),
    Binding("copy", ("y", "c"), "session", "copy message, code, output or id", "copy"),
    Binding("pager", ("o",), "session", "show in $PAGER", "pager"),
    Binding("editor", ("O",), "session", "show in $EDITOR; changes are not kept"),
    Binding("rename", ("r", "f2"), "session", "rename the session", "rename"),
    Binding("delete", ("d", "delete"), "session", "delete the session, after asking", "delete"),
    Binding("write", ("i", "a"), "session", "write a message", "write"),
    Binding("export", ("E",), "session", "export as JSON or Markdown…", "export"),
    Binding("copy-text", ("y", "c"), "stranded", "copy what you typed", "copy text"),
    Binding("move-text", ("s",), "stranded", "put what you typed in a new session", "new session"),
    Binding("write", ("i", "a"), "stranded", "look at what you typed", "your text"),
    Binding("discard", ("d", "delete"), "stranded", "throw away what you typed", "throw away"),
    Binding("compare", ("enter",), "files", "compare its versions", "compare"),
    Binding("pager", ("o",), "files", "show the last version in $PAGER", "pager"),
    Binding("editor", ("O",), "files", "show it in $EDITOR; changes are not kept"),
    Binding("write", ("w",), "files", "write the last version to disk", "write"),
    Binding("sides", ("s",), "difference", "side by side, or one column", "side by side"),
    Binding("older", ("[",), "difference", "compare from an older version", "from"),
    Binding("newer", ("]",), "difference", "compare from a newer version"),
    Binding("new-older", ("{",), "difference", "compare to an older version", "to version"),
    Binding("new-newer", ("}",), "difference", "compare to a newer version"),
    Binding("next", ("n",), "difference", "next change", "change"),
    Binding("previous", ("N",), "difference", "previous change"),
    Binding("pager", ("o",), "difference", "show the differences in $PAGER", "pager"),
    Binding("editor", ("O",), "difference", "show the version in $EDITOR; changes are not kept"),
    Binding("write", ("w",), "difference", "write the version to disk", "write"),
    Binding("choose", ("enter",), "projects", "show the project's sessions", "choose"),
    Binding("back", ("?", "f1", "q", "esc", "left", "enter"), "help", "close the help", "close"),
    Binding("copy-this", ("enter", "y"), "copy", "copy what the cursor is on", "copy"),
    Binding("confirm", ("y",), "replace", "replace the file", "replace"),
    Binding("cancel", ("enter", "n", "esc", "q", "left"), "replace", "keep typing", "keep typing"),
    Binding("confirm", ("y",), "renamed", "replace the other title", "replace"),
    Binding("cancel", ("enter", "n", "esc", "q", "left"), "renamed", "keep typing", "keep typing"),
    Binding("confirm", ("y",), "delete", "delete", "delete"),
    Binding("cancel", ("enter", "n", "esc", "q", "left"), "delete", "cancel", "cancel"),
    Binding("copy-id", ("i", "y"), "copying", "copy the id", "id"),
    Binding("copy-title", ("t",), "copying", "copy the title", "title"),
    Binding("cancel", ("esc", "n", "q", "left"), "copying", "cancel", "cancel"),
    Binding("export-markdown", ("m",), "exporting", "write Markdown, to read", "Markdown"),
    Binding("export-json", ("j",), "exporting", "write JSON, with everything", "JSON"),
    Binding("cancel", ("esc", "n", "q", "left"), "exporting", "cancel", "cancel"),
    Binding("retry", ("r", "R", "f5"), "failure", "try again now", "retry now"),
    Binding("log", ("l",), "failure", "show the log", "show log"),
    Binding("dismiss", ("esc", "left"), "offline", "look at what is loaded", "close"),
    Binding("quit", ("q",), "failure", "quit", "quit"),
    Binding("accept", ("enter",), "input", "accept", "ok"),
    Binding("cancel", ("esc",), "input", "cancel; in the filter: clear it", "cancel"),
    Binding("accept", ("enter",), "compose", "send the message", "send"),
    Binding(
        "new-line", ("meta enter", "ctrl o"), "compose", "line break (or \\ before enter)", "line"
    ),
    Binding("editor", ("ctrl e",), "compose", "write it in $VISUAL or $EDITOR", "editor"),
    Binding("cancel", ("esc",), "compose", "leave; what is typed stays", "close"),
    Binding("down", ("j", "down"), "move", "line down", "line"),
    Binding("up", ("k", "up"), "move", "line up"),
    Binding("half-page-down", ("ctrl d",), "move", "half a page down"),
    Binding("half-page-up", ("ctrl u",), "move", "half a page up"),
    Binding("page-down", (" ", "page down"), "move", "page down", "page"),
    Binding("page-up", ("b", "page up"), "move", "page up"),
    Binding("first", ("g", "home"), "move", "first"),
    Binding("last", ("G", "end"), "move", "last", "end"),
    Binding("back", ("esc", "left"), "all", "clear the filter, close, go back", "back"),
    Binding("refresh", ("R", "f5"), "all", "read again from the database", "refresh"),
    Binding("log", ("l",), "all", "show the log"),
    Binding("palette", (":", "ctrl p"), "all", "find a command and do it", "palette"),
    Binding("help", ("?", "f1"), "all", "show the keys", "help"),
    Binding("quit", ("q",), "all", "go back; from the list of sessions: quit", "quit"),
    Binding("quit", ("q",), "leaving", "quit", "quit"),
    Binding("interrupt", ("ctrl c",), "always", "clear what is typed, else quit; twice: quit"),
)

MOVES = frozenset(binding.command for binding in BINDINGS if binding.context == "move")

_SHARED = ("move", "all", "always")

PLACES: Mapping[str, Place] = {
    "sessions": Place(
        ("sessions", *_SHARED),
        (
            *("open", "new", "rename", "delete", "filter", "copy", "palette"),
            *("projects", "sort", "export", "quit", "unfold", "help"),
        ),
    ),
    "filtered": Place(
        ("sessions", *_SHARED),
        (
            *("open", "back", "filter", "new", "rename", "delete", "copy"),
            *("palette", "projects", "sort", "export", "unfold", "help"),
        ),
        {"back": "show all"},
    ),
    "session": Place(
        ("session", *_SHARED),
        (
            *("back", "down+up", "next+previous", "fold", "write", "find"),
            *("copy", "pager", "files", "palette", "rename", "delete", "export", "help"),
        ),
    ),
    "found": Place(
        ("session", *_SHARED),
        (
            *("back", "next+previous", "down+up", "find", "fold", "write"),
            *("copy", "pager", "files", "palette", "rename", "delete", "export", "help"),
        ),
        {"next": "hit", "back": "end search"},
    ),
    "gone": Place(_SHARED, ("back", "down+up", "help")),
    "stranded": Place(
        ("stranded", *_SHARED),
        ("back", "copy-text", "move-text", "write", "discard", "down+up", "help"),
    ),
    "projects": Place(("projects", *_SHARED), ("choose", "back", "refresh", "help")),
    "log": Place(_SHARED, ("back", "down+up", "refresh", "help")),
    "opening": Place(("all", "always"), ("quit",)),
    "unseen": Place(("leaving", "always"), ("quit",)),
    "help": Place(("help", "move", "always"), ("back", "down+up")),
    "files": Place(("files", *_SHARED), ("compare", "back", "down+up", "pager", "write", "help")),
    "difference": Place(
        ("difference", *_SHARED),
        (
            *("back", "sides", "older+newer", "new-older+new-newer", "next+previous"),
            *("write", "pager", "down+up", "help"),
        ),
    ),
    "replace": Place(("replace", "always"), ("cancel", "confirm")),
    "renamed": Place(("renamed", "always"), ("cancel", "confirm")),
    "copy": Place(("copy", *_SHARED), ("copy-this", "down+up", "back", "help")),
    "delete": Place(("delete", "always"), ("cancel", "confirm")),
    "copying": Place(("copying", "always"), ("copy-id", "copy-title", "cancel")),
    "exporting": Place(("exporting", "always"), ("export-markdown", "export-json", "cancel")),
    "palette": Place(("move", "always"), ("down+up",)),
    "failure": Place(("failure", "offline", "always"), ("retry", "log", "dismiss", "quit")),
    "retrying": Place(("failure", "offline", "always"), ("log", "dismiss", "quit")),
    "unopened": Place(("failure", "always"), ("retry", "log", "quit")),
    "reopening": Place(("failure", "always"), ("log", "quit")),
    "compose": Place(("compose", "always"), ("accept", "new-line", "editor", "cancel")),
    "unsendable": Place(("compose", "always"), ("cancel", "new-line", "editor")),
    "input": Place(("input", "always"), ("accept", "cancel")),
}

MOUSE = (
    ("wheel", "scrolls what is under it"),
    ("click", "selects, or does the key that stands there"),
    ("double click", "opens, unfolds"),
    ("a heading", "Updated, Created, Cost: a click sorts"),
    ("beside a box", "a click closes it"),
    ("shift-drag", "selects text, as without the mouse"),
)

_LABELS = {
    " ": "space",
    "delete": "Del",
    "down": "↓",
    "end": "End",
    "home": "Home",
    "left": "←",
    "page down": "PgDn",
    "page up": "PgUp",
    "right": "→",
    "shift tab": "shift-tab",
    "up": "↑",
}


def key_label(key: str) -> str:
    """Return a key as people write it: `ctrl-n`, `PgDn`, `F2`."""
    if key.startswith("meta "):
        return f"alt-{key_label(key.removeprefix('meta '))}"
    if key.startswith("ctrl "):
        return key.replace(" ", "-")
    if len(key) > 1 and key[0] == "f" and key[1:].isdigit():
        return key.upper()
    return _LABELS.get(key, key)


@cache
def _keys_of(place: str) -> Mapping[str, str]:
    contexts = PLACES[place].contexts
    return {
        key: binding.command
        for context in reversed(contexts)
        for binding in BINDINGS
        if binding.context == context
        for key in binding.keys
    }


def command_for(place: str, key: str) -> str | None:
    """Return what a key means at a place, None when nothing."""
    return _keys_of(place).get(key)


def key_for(place: str, command: str) -> str:
    """Return the key that is shown for a command at a place."""
    contexts = PLACES[place].contexts
    return next(
        key_label(binding.keys[0])
        for binding in BINDINGS
        if binding.command == command and binding.context in contexts
    )


def hints(place: str, unavailable: Callable[[str], str] = lambda _: "") -> list[Hint]:
    """Return what the footer of a place offers, in order of importance.

    `unavailable` tells why a command cannot be done now; those are left out.
    """
    words = PLACES[place].words
    entries = [
        (entry[0], tuple(one.keys[0] for one in entry if not unavailable(one.command)))
        for entry in _footer(place)
    ]
    return [Hint(keys, words.get(one.command, one.hint)) for one, keys in entries if keys]


@cache
def _footer(place: str) -> list[list[Binding]]:
    bound: dict[str, Binding] = {}
    for context in PLACES[place].contexts:
        for binding in BINDINGS:
            if binding.context == context:
                bound.setdefault(binding.command, binding)
    return [[bound[name] for name in entry.split("+")] for entry in PLACES[place].footer]


def bindings_in(contexts: tuple[str, ...]) -> list[tuple[Context, list[Binding]]]:
    """Return the bindings of some contexts under their headings, for the help."""
    by_name = {context.name: context for context in CONTEXTS}
    return [
        (by_name[name], [binding for binding in BINDINGS if binding.context == name])
        for name in contexts
        if any(binding.context == name for binding in BINDINGS)
    ]
