"""What was typed and is not in the database yet: it stays here until the store has said so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

from opencode.tui.folded import unfolded

__all__ = ["Drafts", "Kept"]

MAX_ASIDE = 50
"""Texts of one session that were put aside and outlive the program."""


class Kept(NamedTuple):
    """A draft as it outlives the program: messages that were on their way are part of its text."""

    session_id: str
    project_id: str
    text: str = ""
    messages: Mapping[str, str] = MappingProxyType({})
    """Those that perhaps arrived, by id."""
    aside: tuple[str, ...] = ()
    """What was typed before and was neither sent nor cleared, the latest last."""

    @property
    def empty(self) -> bool:
        """Whether there is nothing to keep."""
        return not self.text.strip() and not self.aside


@dataclass(slots=True)
class _Draft:
    project_id: str = ""
    text: str = ""
    waiting: dict[str, str] = field(default_factory=dict)
    """Messages on their way, by id."""
    returned: dict[str, str] = field(default_factory=dict)
    """Messages that failed: perhaps they arrived all the same, so they keep their ids."""
    aside: tuple[str, ...] = ()
    """Texts that another one took the place of."""


class Drafts:
    """A draft for every session, and what was sent."""

    def __init__(self, changed: Callable[[str], None] = lambda _: None) -> None:
        """`changed` is called with the id of a session whose draft is another one now."""
        self._changed = changed
        self.trouble = ""
        """Why drafts cannot be kept in files for now; nothing when they can."""
        self.history: list[str] = []
        """What was sent or cleared, the latest last."""
        self._drafts: dict[str, _Draft] = {}
        self._lost: set[str] = set()
        """Sessions that are gone while a draft of theirs is still there."""

    def open(self, session_id: str, project_id: str) -> str:
        """Return what is typed for a session of this project."""
        draft = self._of(session_id)
        draft.project_id = project_id
        return draft.text

    def text(self, session_id: str) -> str:
        """Return what is typed for a session."""
        return self._of(session_id).text

    def keep(self, session_id: str, text: str) -> None:
        """Take note of what is typed."""
        self._of(session_id).text = text
        self._changed(session_id)

    def put_aside(self, session_id: str, text: str) -> None:
        """Take note that a draft gives way to another one; the history has it, for long."""
        if text.strip():
            draft = self._of(session_id)
            draft.aside = (*draft.aside, text)[-MAX_ASIDE:]
            self.remember(text)
            self._changed(session_id)

    def waiting(self, session_id: str) -> int:
        """Return how many messages are on their way."""
        return len(self._of(session_id).waiting)

    def unsent(self) -> int:
        """Return how many messages were sent off and are not known to have arrived, or not to."""
        waiting = sum(len(draft.waiting) for draft in self._drafts.values())
        back = (draft for id, draft in self._drafts.items() if id not in self._lost)
        return waiting + sum(len(draft.returned) for draft in back)

    def remember(self, text: str) -> None:
        """Add something to the history, where the arrow keys find it again."""
        if text.strip() and self.history[-1:] != [text]:
            self.history.append(text)

    def send(self, session_id: str, text: str, new_id: str) -> tuple[str, bool]:
        """Take note that a message goes out; returns its id, and whether it was tried before.

        It is the draft or something older, which leaves the draft as it is.
        The id is `new_id`, unless the same text failed before: it may have arrived, and must not
        arrive twice.
        """
        draft = self._of(session_id)
        id = next((id for id, old in draft.returned.items() if old == text), new_id)
        draft.returned.pop(id, None)
        draft.waiting[id] = text
        if unfolded(draft.text).strip("\n") == unfolded(text):
            draft.text = ""
        draft.aside = tuple(other for other in draft.aside if other.strip("\n") != text)
        self.remember(text)
        self._changed(session_id)
        for lost in [id for id in self._lost if self.text(id).strip() == text.strip()]:
            self.discard(lost)
        return id, id != new_id

    def sent(self, session_id: str, message_id: str) -> None:
        """Take note that the store has the message; a copy that came back as a draft goes."""
        draft = self._of(session_id)
        draft.waiting.pop(message_id, None)
        text = draft.returned.pop(message_id, None)
        if text is not None and draft.text.startswith(text):
            draft.text = draft.text.removeprefix(text).lstrip("\n")
        self._changed(session_id)

    def failed(self, session_id: str, message_id: str) -> None:
        """Put a message that could not be stored back before what has been typed since.

        Where several fail they stand in the order in which they were sent.
        """
        draft = self._of(session_id)
        text = draft.waiting.pop(message_id, None)
        if text is not None:
            before = _joined(draft.returned.values())
            draft.returned[message_id] = text
            if before and draft.text.startswith(before):
                since = draft.text.removeprefix(before).lstrip("\n")
                draft.text = _joined((before, text, since))
            else:
                draft.text = _joined((text, draft.text))
            self._changed(session_id)

    def lose(self, session_id: str) -> None:
        """Take note that a session is gone: the history has its draft too, which stays.

        It goes when the same text is sent elsewhere.
        """
        words = self.text(session_id)
        if words.strip():
            self._lost.add(session_id)
            self.remember(words)

    def discard(self, session_id: str) -> None:
        """Throw a draft away; the history has it."""
        draft = self._of(session_id)
        self._lost.discard(session_id)
        if draft.text or draft.aside:
            self.remember(draft.text)
            draft.text, draft.aside = "", ()
            draft.returned.clear()
            self._changed(session_id)

    def kept(self, session_id: str) -> Kept:
        """Return a draft as it should come back when the program is started again."""
        draft = self._of(session_id)
        text = _joined((*draft.waiting.values(), draft.text))
        messages = {**draft.returned, **draft.waiting}
        return Kept(session_id, draft.project_id, text, messages, draft.aside)

    def restore(self, kept: Kept) -> None:
        """Take a draft that was kept, unless there is another one by now."""
        draft = self._of(kept.session_id)
        draft.aside = (*kept.aside, *draft.aside)[-MAX_ASIDE:]
        for text in kept.aside:
            self.remember(text)
        if not draft.text and not draft.waiting:
            draft.project_id, draft.text = kept.project_id, kept.text
            draft.returned = {**kept.messages, **draft.returned}

    def _of(self, session_id: str) -> _Draft:
        return self._drafts.setdefault(session_id, _Draft())


def _joined(texts: Iterable[str]) -> str:
    return "\n\n".join(text for text in texts if text)
