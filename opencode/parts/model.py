"""What a message is made of, as values.

The formats are those of the Go OpenCode (`internal/message/content.go`) and of its later versions.
Attributes are named like the members of `data`, in snake case; `kind` is the name of the format,
which stands beside `data` as `type`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import ClassVar, Self

__all__ = [
    "Binary",
    "Broken",
    "Finish",
    "ImageURL",
    "Known",
    "Member",
    "Members",
    "Part",
    "Parts",
    "Reasoning",
    "Text",
    "ToolCall",
    "ToolResult",
    "Unknown",
]

Members = tuple[tuple[str, str], ...]
"""Members of a JSON object that have no attribute here: (name, value as JSON text)."""


@dataclass(frozen=True, slots=True)
class Member:
    """How one attribute of a part stands in `data`."""

    name: str
    """The attribute."""
    key: str
    """The member's name in JSON."""
    form: type[str | bool | int | bytes]
    """The type of a value; bytes are base64 in JSON."""
    zero: str | int | None
    """What a missing or null member means."""
    omit: bool = False
    """Whether the member is left out when it is zero."""


def _text(name: str, key: str = "") -> Member:
    return Member(name, key or name, str, "")


def _optional(name: str, form: type[str | bool] = str) -> Member:
    return Member(name, name, form, None, omit=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One element of a message's `parts`; compared by value, whatever its text looked like."""

    kind: ClassVar[str]

    raw: str | None = field(default=None, init=False, repr=False, compare=False)
    """The element's text where it was read from; None for a part that is new or was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known(Part):
    """A part of a format this program reads."""

    members: ClassVar[tuple[Member, ...]]
    """In the order in which Go writes them."""

    extra: Members = field(default=(), repr=False)
    """Further members of `data`, which other versions wrote; kept when the part is changed."""
    outer: Members = field(default=(), repr=False)
    """Further members beside `type` and `data`."""


@dataclass(frozen=True, slots=True)
class Text(Known):
    """What somebody wrote."""

    kind: ClassVar[str] = "text"
    members: ClassVar[tuple[Member, ...]] = (_text("text"),)

    text: str


@dataclass(frozen=True, slots=True)
class Reasoning(Known):
    """What a model thought; when `redacted`, only the provider can read it (`data`)."""

    kind: ClassVar[str] = "reasoning"
    members: ClassVar[tuple[Member, ...]] = (
        _text("thinking"),
        _optional("signature"),
        _optional("redacted", bool),
        _optional("data"),
    )

    thinking: str
    signature: str | None = None
    redacted: bool | None = None
    data: str | None = None


@dataclass(frozen=True, slots=True)
class ImageURL(Known):
    """A picture elsewhere, or within a `data:` URL."""

    kind: ClassVar[str] = "image_url"
    members: ClassVar[tuple[Member, ...]] = (
        _text("url"),
        Member("detail", "detail", str, "", omit=True),
    )

    url: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Binary(Known):
    """An attached file; None is Go's nil."""

    kind: ClassVar[str] = "binary"
    members: ClassVar[tuple[Member, ...]] = (
        _text("path", "Path"),
        _text("mime_type", "MIMEType"),
        Member("data", "Data", bytes, None),
    )

    path: str
    mime_type: str
    data: bytes | None


@dataclass(frozen=True, slots=True)
class ToolCall(Known):
    """A model's wish to run a tool; `input` is JSON text, cut short while it is streamed in."""

    kind: ClassVar[str] = "tool_call"
    members: ClassVar[tuple[Member, ...]] = (
        _text("id"),
        _text("name"),
        _text("input"),
        _text("type"),
        Member("finished", "finished", bool, zero=False),
        _optional("thought_signature"),
    )

    id: str
    name: str
    input: str
    type: str = "function"
    finished: bool = True
    thought_signature: str | None = None


@dataclass(frozen=True, slots=True)
class ToolResult(Known):
    """What a tool answered; `metadata` is text in a form of the tool's own, mostly JSON."""

    kind: ClassVar[str] = "tool_result"
    members: ClassVar[tuple[Member, ...]] = (
        _optional("type"),
        _text("tool_call_id"),
        _text("name"),
        _text("content"),
        _text("metadata"),
        Member("is_error", "is_error", bool, zero=False),
    )

    tool_call_id: str
    name: str
    content: str
    metadata: str = ""
    is_error: bool = False
    type: str | None = None
    """`text` or `image`, in later versions."""


@dataclass(frozen=True, slots=True)
class Finish(Known):
    """Why a message ended, and when in Unix seconds; 0 in messages of users and tools."""

    kind: ClassVar[str] = "finish"
    members: ClassVar[tuple[Member, ...]] = (
        _text("reason"),
        Member("time", "time", int, 0),
    )

    reason: str
    time: int = 0


@dataclass(frozen=True, slots=True)
class Unknown(Part):
    """A part of a format this program does not read, kept word for word."""

    kind: ClassVar[str] = "unknown"

    type: str
    """Its `type`; empty when the element has none, or is no object."""
    data: str
    """JSON text: of its `data`, or of the whole element when there is no type."""
    reason: str = "unknown type"
    """Why it is not read; differs from the default when a known type holds what it must not."""
    outer: Members = ()
    """Further members beside `type` and `data`."""


@dataclass(frozen=True, slots=True)
class Broken(Part):
    """A whole column that is no JSON array, kept word for word; then it is the only part."""

    kind: ClassVar[str] = "broken"

    text: str
    error: str


class Parts(tuple[Part, ...]):  # noqa: SLOT001  tuples cannot have slots with something in them
    """The parts of one message as they were read, with the column's text as `source`."""

    source: str | None

    def __new__(cls, parts: Iterable[Part] = (), source: str | None = None) -> Self:
        self = super().__new__(cls, parts)
        self.source = source
        return self
