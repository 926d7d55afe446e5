"""What messages are made of, and how that stands in the database.

`decode_parts` reads the column `parts` and never fails; `encode_parts` writes it, byte for byte
what was read where nothing was changed. Change a part with `dataclasses.replace`.
"""

from __future__ import annotations

from opencode.parts.decode import decode_parts
from opencode.parts.encode import encode_parts
from opencode.parts.model import (
    Binary,
    Broken,
    Finish,
    ImageURL,
    Part,
    Reasoning,
    Text,
    ToolCall,
    ToolResult,
    Unknown,
)
from opencode.parts.views import inline_kind, inline_size, is_ordinary_end, parts_json, plain_text

__all__ = [
    "Binary",
    "Broken",
    "Finish",
    "ImageURL",
    "Part",
    "Reasoning",
    "Text",
    "ToolCall",
    "ToolResult",
    "Unknown",
    "decode_parts",
    "encode_parts",
    "inline_kind",
    "inline_size",
    "is_ordinary_end",
    "parts_json",
    "plain_text",
]
