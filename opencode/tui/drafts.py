"""What was typed and is not in the database yet: it stays here until the store has said so."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["Drafts"]


@dataclass(slots=True)
class _Draft:
    text: str = ""
    waiting: dict[str, str] = field(default_factory=dict)
    """Messages on their way, by id."""
    returned: dict[str, str] = field(default_factory=dict)
    """Messages that failed: perhaps they arrived all the same, so they keep their ids."""


class Drafts:
    """A draft for every session, and what was sent; for as long as the program runs."""

    def __init__(self) -> None:
        self.history: list[str] = []
        """What was sent or cleared, the latest last."""
        self._drafts: dict[str, _Draft] = {}

    def text(self, session_id: str) -> str:
        """Return what is typed for a session."""
        return self._of(session_id).text

    def keep(self, session_id: str, text: str) -> None:
        """Take note of what is typed."""
        self._of(session_id).text = text

    def waiting(self, session_id: str) -> int:
        """Return how many messages are on their way."""
        return len(self._of(session_id).waiting)

    def remember(self, text: str) -> None:
        """Add something to the history, where the arrow keys find it again."""
        if text.strip() and self.history[-1:] != [text]:
            self.history.append(text)

    def send(self, session_id: str, text: str, new_id: str) -> tuple[str, bool]:
        """Take note that a message goes out; returns its id, and whether it was tried before.

        The id is `new_id`, unless the same text failed before: it may have arrived, and must not
        arrive twice.
        """
        draft = self._of(session_id)
        id = next((id for id, old in draft.returned.items() if old == text), new_id)
        draft.returned.pop(id, None)
        draft.waiting[id] = text
        draft.text = ""
        self.remember(text)
        return id, id != new_id

    def sent(self, session_id: str, message_id: str) -> None:
        """Take note that the store has the message; a copy that came back as a draft goes."""
        draft = self._of(session_id)
        draft.waiting.pop(message_id, None)
        text = draft.returned.pop(message_id, None)
        if text is not None and draft.text.startswith(text):
            draft.text = draft.text.removeprefix(text).lstrip("\n")

    def failed(self, session_id: str, message_id: str) -> None:
        """Put a message that could not be stored back before what has been typed since."""
        draft = self._of(session_id)
        text = draft.waiting.pop(message_id, None)
        if text is not None:
            draft.returned[message_id] = text
            draft.text = f"{text}\n\n{draft.text}" if draft.text else text

    def _of(self, session_id: str) -> _Draft:
        return self._drafts.setdefault(session_id, _Draft())
