from __future__ import annotations

import pytest

from opencode.parts import (
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
from opencode.store.blocks import Block, blocks
from opencode.store.transcript import Transcript, facts, markdown, message_heading, message_lines
from tests.cli.factories import EVIL, HOSTILE, make_file, make_message, make_session

EVERY_KIND: list[tuple[Part, Block | None]] = [
    (Text("Hello"), Block("", "Hello")),
    (Text(""), None),
    (Reasoning("Hm"), Block("thinking", "Hm")),
    (Reasoning("", redacted=True), Block("thinking (only its provider can read it)")),
    (Reasoning(""), None),
    (ToolCall("1", "bash", '{"a": 1}'), Block("tool call: bash", '{"a": 1}', literal=True)),
    (ToolResult("1", "bash", "out"), Block("tool result: bash", "out", literal=True)),
    (ToolResult("1", "", "no", is_error=True), Block("tool error", "no", literal=True)),
    (ImageURL("https://x/y.png"), Block("image: https://x/y.png")),
    (
        ImageURL(f"data:image/png;base64,{'A' * 2000}"),
        Block("image: image/png within the message, 1.5 kB"),
    ),
    (Binary("a.png", "image/png", b"123"), Block("file: a.png (image/png, 3 B)")),
    (Binary("a.bin", "", None), Block("file: a.bin (0 B)")),
    (Finish("stop"), None),
    (Finish("canceled"), Block("ended: canceled")),
    (Unknown("tool_search", '{"q": 1}'), Block("tool_search (unknown type)", '{"q": 1}', True)),
    (Broken("[{", "no JSON"), Block("broken: no JSON", "[{", literal=True)),
]


@pytest.mark.parametrize(("part", "block"), EVERY_KIND)
def test_every_kind_of_part_has_its_block(part: Part, block: Block | None) -> None:
    assert blocks([part]) == ([block] if block else [])


def test_a_message_heading_says_who_and_when() -> None:
    message = make_message(seq=3, role="assistant", model="gpt-5")
    assert message_heading(message) == "3 · assistant · gpt-5 · 2023-11-14T22:13:20+00:00"


def test_labelled_text_is_indented() -> None:
    message = make_message(Text("Let me see."), ToolCall("1", "bash", "ls\n-l"))
    assert list(message_lines(message)) == [
        "Let me see.",
        "",
        "[tool call: bash]",
        "  ls",
        "  -l",
    ]


def transcript(*parts: Part) -> Transcript:
    return Transcript(make_session(), [make_message(*parts)], [make_file()], [])


def test_facts_leave_out_nothing_that_is_there() -> None:
    shown = dict(facts(transcript()))
    assert shown["files"] == "1 (1 version)"
    assert shown["tokens"] == "1.5k (1.0k in, 500 out)"
    assert shown["cost"] == "$0.25"
    assert shown["parent"] == shown["sub-sessions"] == ""


def test_markdown() -> None:
    document = "\n".join(markdown(transcript(Text("Look:"), Reasoning("a\nb"))))
    assert document.startswith("# Fix the pool\n\n- id: 0197a3c2-7b1e")
    assert "\n## 1 · user · 2023-11-14T22:13:20+00:00\n\nLook:\n\n**thinking**\n\n> a\n> b\n" in (
        document
    )
    assert document.endswith("\n## Files\n\n- `src/pool.py` initial")


def test_a_fence_is_longer_than_those_inside() -> None:
    document = "\n".join(markdown(transcript(ToolResult("1", "cat", "```sh\nls\n```"))))
    assert "**tool result: cat**\n\n````\n```sh\nls\n```\n````" in document


def test_hostile_text_comes_out_clean() -> None:
    hostile = Transcript(
        make_session(title=HOSTILE, author=HOSTILE),
        [
            make_message(Text(HOSTILE), ToolCall("1", HOSTILE, HOSTILE), role=HOSTILE),
            make_message(Unknown(HOSTILE, HOSTILE), Broken(HOSTILE, HOSTILE), model=HOSTILE),
        ],
        [make_file(path=HOSTILE, version=HOSTILE)],
        [],
    )
    lines = [*markdown(hostile), *message_lines(hostile.messages[0])]
    lines += map(message_heading, hostile.messages)
    text = "\n".join(lines)
    assert "日本" in text
    assert not [evil for evil in EVIL if evil in text]
