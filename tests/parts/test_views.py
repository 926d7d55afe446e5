from __future__ import annotations

import json

import pytest

from opencode.parts import (
    Binary,
    Finish,
    ImageURL,
    Reasoning,
    Text,
    ToolCall,
    ToolResult,
    Unknown,
    decode_parts,
    inline_kind,
    inline_size,
    is_ordinary_end,
    parts_json,
    plain_text,
)


def test_the_export_holds_what_the_database_holds(go_columns: list[str]) -> None:
    for text in go_columns:
        assert parts_json(decode_parts(text)) == json.loads(text)


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        '[{"type":"text","data":{"text":"\\u003c\\ud800\\u0000","hidden":[1.5]},"id":1}]',
        '[{"type":"new","data":{"a":[1,2.50,1e5,null,{"b":"\\u2028"}]},"id":2}]',
        '[{"type":"text","data":{"text":5}}]',
        '[{"type":"","data":[]}]',
    ],
)
def test_the_export_is_word_for_word(text: str) -> None:
    assert parts_json(decode_parts(text)) == json.loads(text)


def test_the_export_of_new_parts() -> None:
    assert parts_json([Text("<ä>"), Unknown("x", "[1]", outer=(("id", "7"),))]) == [
        {"type": "text", "data": {"text": "<ä>"}},
        {"type": "x", "data": [1], "id": 7},
    ]


def test_the_export_of_what_is_no_part() -> None:
    assert parts_json(decode_parts('[5,{"data":1}]')) == [
        {"type": "", "data": 5},
        {"type": "", "data": {"data": 1}},
    ]
    assert parts_json(decode_parts('[{"type":"x"}]')) == [{"type": "x", "data": None}]


def test_the_export_of_a_broken_column() -> None:
    assert parts_json(decode_parts('[{"type')) == [
        {
            "type": "broken",
            "data": {
                "text": '[{"type',
                "error": "line 1, column 3: unterminated string starting at",
            },
        }
    ]


@pytest.mark.parametrize("levels", [101, 300, 900, 5_000])
def test_the_export_can_always_be_written(levels: int) -> None:
    deep = "[" * levels + "]" * levels
    for kind in ("x", "text"):
        text = f'[{{"type":"{kind}","data":{{"text":"a","more":{deep},"number":1e400}}}}]'
        exported = json.dumps(parts_json(decode_parts(text)), allow_nan=False)
        assert deep in exported


def test_plain_text_of_every_type() -> None:
    parts = [
        Text("hello"),
        Reasoning("hm"),
        Reasoning("", redacted=True),
        ImageURL("https://a/b.png"),
        Binary("a.png", "image/png", b"123"),
        Binary("", "image/png", None),
        ToolCall("i", "bash", '{"command":"ls"}'),
        ToolResult("i", "bash", "a\nb"),
        Finish("stop"),
        Unknown("x", '{"y":1}'),
    ]
    assert plain_text(parts).split("\n\n") == [
        "hello",
        "hm",
        "https://a/b.png",
        "a.png image/png 3 bytes",
        "image/png 0 bytes",
        'bash {"command":"ls"}',
        "a\nb",
        '{"y":1}',
    ]
    assert plain_text(parts, Text) == "hello"
    assert plain_text(parts, Text, Reasoning) == "hello\n\nhm"
    assert plain_text(decode_parts("oops")) == "oops"


@pytest.mark.parametrize(
    ("reason", "ordinary"),
    [("", True), ("stop", True), ("end_turn", True), ("tool_use", True), ("canceled", False)],
)
def test_an_ordinary_end_is_no_news(reason: str, ordinary: bool) -> None:
    assert is_ordinary_end(Finish(reason)) is ordinary


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://example.com/a.png", None),
        ("data:image/png;base64,AAAA", "image/png"),
        ("data:image/svg+xml,<svg/>", "image/svg+xml"),
        ("data:,a;b", ""),
    ],
)
def test_a_picture_inside_its_url_has_a_media_type(url: str, kind: str | None) -> None:
    assert inline_kind(url) == kind


@pytest.mark.parametrize(
    ("url", "size"),
    [
        ("data:image/png;base64,", 0),
        ("data:image/png;base64,QQ==", 1),
        ("data:image/png;base64,QUI=", 2),
        ("data:image/png;base64,QUJD", 3),
        ("data:image/png;base64,QUJDRA", 4),
        ("data:image/svg+xml,%3Csvg/%3E", 6),
    ],
)
def test_a_picture_inside_its_url_is_as_large_as_it_is_unpacked(url: str, size: int) -> None:
    assert inline_size(url) == size
