"""What an interface costs that urwid's own widgets make: rows of text in a ListBox, nothing else.

`python -m benchmarks.bare_urwid FILE LIMIT [SESSION]`: the latest LIMIT sessions of a database, or
the messages of one session. `/` keeps the rows with a 7 in them, `a` shows all again.
"""

from __future__ import annotations

import sqlite3
import sys

import urwid

SESSIONS = "SELECT title FROM sessions WHERE project_id = 'bench' ORDER BY updated_at DESC LIMIT ?"
MESSAGES = "SELECT parts FROM messages WHERE session_id = ? ORDER BY seq LIMIT ?"


def main() -> None:
    """Show the rows."""
    file, limit, *session = sys.argv[1:]
    query = (MESSAGES, (*session, limit)) if session else (SESSIONS, (limit,))
    texts = [text for (text,) in sqlite3.connect(file).execute(*query)]
    rows = [urwid.AttrMap(urwid.SelectableIcon(text, 0), None, "focus") for text in texts]
    walker = urwid.SimpleFocusListWalker(rows)
    header = urwid.Text("")

    def moved() -> None:
        header.set_text(f"{(walker.focus or 0) + 1:,} of {len(walker):,}")

    def unhandled(key: str | tuple[str, int, int, int]) -> None:
        if key == "/":
            walker[:] = [row for row, text in zip(rows, texts, strict=True) if "7" in text]
        elif key == "a":
            walker[:] = rows

    urwid.connect_signal(walker, "modified", moved)
    moved()
    top: urwid.Widget = urwid.Frame(urwid.ListBox(walker), header)
    urwid.MainLoop(top, [("focus", "standout", "")], unhandled_input=unhandled).run()


if __name__ == "__main__":
    main()
