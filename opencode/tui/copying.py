"""What can be copied or viewed of a place in a session; read by jobs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from opencode import text
from opencode.parts import Reasoning, Text, ToolCall, ToolResult, plain_text
from opencode.tui.render.markdown import code_blocks
from opencode.tui.tabs import clean_keeping_tabs

if TYPE_CHECKING:
    from opencode.models import Message, Session
    from opencode.store import Store

__all__ = ["Choice", "Spot", "choices", "words_at"]

CODE_LABEL = 40


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the cursor stands: parts as (message's id, number); none on a head of its own."""

    message_id: str
    parts: tuple[tuple[str, int], ...] = ()
    """Of a tool call and its result, or a thought; empty where the whole message is meant."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to copy; `words` is clean."""

    label: str
    words: str


def choices(store: Store, session: Session, spot: Spot | None) -> list[Choice]:
    """Return what can be copied, the likeliest first."""
    found: list[Choice] = []
    if spot is not None:
        message = store.messages.get(spot.message_id)
        found += [_of_part(store, *place) for place in reversed(spot.parts)]
        found += [choice for choice in _of_message(message) if choice not in found]
        found.append(Choice("message id", text.clean_line(message.id)))
    found += [
        Choice("session title", text.clean_line(session.title)),
        Choice("session id", text.clean_line(session.id)),
    ]
    return [choice for choice in found if choice.words.strip()]


def words_at(store: Store, spot: Spot) -> str:
    """Return the text of a message, of a tool call with its result, or of a thought, clean."""
    if not spot.parts:
        return clean_keeping_tabs(plain_text(store.messages.get(spot.message_id).parts))
    return "\n\n".join(_of_part(store, *place).words for place in spot.parts)


def _of_part(store: Store, message_id: str, number: int) -> Choice:
    part = store.messages.get(message_id).parts[number]
    words = clean_keeping_tabs(plain_text((part,)))
    match part:
        case ToolCall(name=name):
            return Choice(f"call of {text.clean_line(name)}", words)
        case Reasoning():
            return Choice(f"thinking · {_size(words)}", words)
        case ToolResult():
            return Choice(f"output · {_size(words)}", words)
    return Choice("part", words)


def _of_message(message: Message) -> Sequence[Choice]:
    said = clean_keeping_tabs(plain_text(message.parts, Text))
    thought = clean_keeping_tabs(plain_text(message.parts, Reasoning))
    found = [Choice(f"message · {_size(said)}", said)]
    for language, code in code_blocks(said):
        words = code.rstrip("\n")
        first = words.strip().partition("\n")[0]
        label = f"code {text.clean_line(language)}".strip()
        found.append(Choice(f"{label} · {_size(words)} · {first[:CODE_LABEL]}", words))
    return [*found, Choice(f"thinking · {_size(thought)}", thought)]


def _size(words: str) -> str:
    return text.plural(words.count("\n") + 1, "line")
