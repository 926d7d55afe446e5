"""Whole sessions as documents, the same from every front end."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Literal

from opencode.models import Session
from opencode.store.rows import session_document
from opencode.store.store import Store
from opencode.store.transcript import Transcript, markdown, title_of

__all__ = ["Form", "document", "file_name", "write_new"]

Form = Literal["json", "markdown"]

SUFFIXES: dict[Form, str] = {"json": ".json", "markdown": ".md"}

NAME_LENGTH = 60


def document(store: Store, session_id: str, form: Form) -> str:
    """Return a session with all its messages, as `session show` prints it."""
    session = store.sessions.get(session_id)
    messages = store.messages.list(session_id)
    files = store.files.list(session_id)
    if form == "json":
        return json.dumps(session_document(session, messages, files), indent=2) + "\n"
    children = store.sessions.children(session_id)
    return "\n".join(markdown(Transcript(session, messages, files, children))) + "\n"


def file_name(session: Session, form: Form) -> str:
    """Return a name for a session's document that any file system takes.

    It is made of the title's letters and digits and the end of the id, which tells sessions of
    the same title apart.
    """
    words = re.findall(r"\w+", title_of(session).lower())
    name = "-".join(words)[:NAME_LENGTH].encode()[: 3 * NAME_LENGTH].decode(errors="ignore")
    tail = "".join(re.findall(r"[0-9A-Za-z]", session.id))[-8:]
    return f"{name.strip('-')}-{tail}{SUFFIXES[form]}".lstrip("-")


def write_new(directory: Path, name: str, content: str) -> Path:
    """Write a file that was not there and return its path; where it was, a number is added.

    Raises:
        OSError: it could not be written; nothing is left behind.
    """
    for path in _names(directory / name):
        try:
            file = path.open("x", encoding="utf-8", newline="\n")
        except FileExistsError:
            continue
        try:
            with file:
                file.write(content)
        except (OSError, ValueError):
            path.unlink(missing_ok=True)
            raise
        return path
    raise AssertionError("there is always another number")


def _names(path: Path) -> Iterator[Path]:
    yield path
    for number in count(2):
        yield path.with_stem(f"{path.stem}-{number}")
