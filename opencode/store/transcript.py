"""A session to read: as plain text and as Markdown."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from opencode.models import FileSummary, Message, Session
from opencode.store.blocks import Block, blocks
from opencode.text import age, clean_line, clean_text, count, money, plural, timestamp, tokens

__all__ = ["Transcript", "facts", "markdown", "message_heading", "message_lines", "title_of"]

BACKTICKS = re.compile(r"`+")


@dataclass(frozen=True, slots=True)
class Transcript:
    """A session with all that belongs to it."""

    session: Session
    messages: Sequence[Message]
    files: Sequence[FileSummary]
    children: Sequence[Session]


def title_of(session: Session) -> str:
    """The title, or what stands for one."""
    return session.title.strip() or "(untitled)"


def facts(transcript: Transcript) -> list[tuple[str, str]]:
    """Names and values that describe a session; a value is empty where there is none."""
    session = transcript.session
    paths = len({file.path for file in transcript.files})
    return [
        ("id", session.id),
        ("project", session.project_id),
        ("parent", session.parent_session_id or ""),
        ("author", session.author or ""),
        ("created", timestamp(session.created_at)),
        ("updated", f"{timestamp(session.updated_at)} ({_ago(session.updated_at)})"),
        ("messages", count(session.message_count)),
        ("tokens", _tokens(session)),
        ("cost", money(session.cost)),
        ("files", f"{count(paths)} ({plural(len(transcript.files), 'version')})" if paths else ""),
        ("sub-sessions", count(len(transcript.children)) if transcript.children else ""),
    ]


def message_heading(message: Message) -> str:
    """Who spoke when: `3 · assistant · gpt-5 · 2026-01-19T14:02:03+01:00`."""
    said = (str(message.seq), message.role, message.model or "", timestamp(message.created_at))
    return " · ".join(clean_line(word) for word in said if word)


def message_lines(message: Message) -> Iterator[str]:
    """What a message says, cleaned; labels in brackets, what they label below them, indented."""
    for index, block in enumerate(blocks(message.parts)):
        if index:
            yield ""
        if block.label:
            yield f"[{clean_line(block.label)}]"
        indent = "  " if block.label else ""
        if block.text:
            yield from (f"{indent}{line}".rstrip() for line in _body(block).split("\n"))


def markdown(transcript: Transcript) -> Iterator[str]:
    """The session as a Markdown document, cleaned, line by line or more."""
    yield f"# {clean_line(title_of(transcript.session))}"
    yield ""
    for name, value in facts(transcript):
        if value:
            yield f"- {name}: {clean_line(value)}"
    for message in transcript.messages:
        yield ""
        yield f"## {message_heading(message)}"
        for block in blocks(message.parts):
            yield ""
            yield _markdown_block(block)
    if transcript.files:
        yield ""
        yield "## Files"
        yield ""
        for file in transcript.files:
            yield f"- {_code(file.path)} {clean_line(file.version)}"


def _markdown_block(block: Block) -> str:
    label = f"**{clean_line(block.label)}**" if block.label else ""
    body = _body(block) if block.text else ""
    if block.literal and body:
        # The fence must be longer than any within.
        longest = max(map(len, BACKTICKS.findall(body)), default=0)
        fence = "`" * max(3, longest + 1)
        body = f"{fence}\n{body}\n{fence}"
    elif block.label and body:
        body = "\n".join(f"> {line}".rstrip() for line in body.split("\n"))
    return "\n\n".join(text for text in (label, body) if text)


def _body(block: Block) -> str:
    return clean_text(block.text).strip("\n")


def _code(value: str) -> str:
    value = clean_line(value)
    ticks = "`" * (max(map(len, BACKTICKS.findall(value)), default=0) + 1)
    return f"{ticks}{value}{ticks}"


def _tokens(session: Session) -> str:
    sent, received = session.prompt_tokens, session.completion_tokens
    if not sent and not received:
        return ""
    return f"{tokens(sent + received)} ({tokens(sent)} in, {tokens(received)} out)"


def _ago(seconds: int) -> str:
    """`2m ago`, `now`, or a date."""
    shown = age(seconds, time.time())
    return f"{shown} ago" if shown[-1:] in {"m", "h", "d"} else shown
