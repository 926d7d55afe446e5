"""Values with defaults, for what a test does not care about."""

from __future__ import annotations

from typing import Any

from opencode.models import FileSummary, Message, Session
from opencode.parts import Part, Text

HOSTILE = "a\x1b]52;c;ZXZpbA==\x07b\x1b[2Jc\x1b]8;;http://evil\x1b\\d\x9b31me\u202ef\u200bg 日本"
"""Text that writes the clipboard, clears the screen, hides a link, colours, turns lines around."""

EVIL = ("\x1b", "\x07", "\x9b", "\u202e", "\u200b")


def make_session(**columns: Any) -> Session:
    defaults: dict[str, Any] = {
        "id": "0197a3c2-7b1e-7000-8000-000000000001",
        "project_id": "github.com/acme/app",
        "parent_session_id": None,
        "title": "Fix the pool",
        "message_count": 2,
        "prompt_tokens": 1000,
        "completion_tokens": 500,
        "cost": 0.25,
        "summary_message_id": None,
        "author": "ada",
        "updated_at": 1_700_000_100,
        "created_at": 1_700_000_000,
    }
    return Session(**defaults | columns)


def make_message(*parts: Part, **columns: Any) -> Message:
    defaults: dict[str, Any] = {
        "id": "0197a3c2-7b1e-7000-8000-000000000002",
        "session_id": "0197a3c2-7b1e-7000-8000-000000000001",
        "seq": 1,
        "role": "user",
        "model": None,
        "created_at": 1_700_000_000,
        "updated_at": 1_700_000_000,
        "finished_at": None,
    }
    return Message(parts=parts or (Text("Hello"),), **defaults | columns)


def make_file(**columns: Any) -> FileSummary:
    defaults: dict[str, Any] = {
        "id": "0197a3c2-7b1e-7000-8000-000000000003",
        "session_id": "0197a3c2-7b1e-7000-8000-000000000001",
        "path": "src/pool.py",
        "version": "initial",
        "created_at": 1_700_000_000,
        "updated_at": 1_700_000_000,
    }
    return FileSummary(**defaults | columns)
