from __future__ import annotations

import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    decode_parts,
    encode_parts,
    parts_json,
)

DEEP = "[" * 200 + "]" * 200


def column(kind: str, data: str) -> str:
    return f'[{{"type":"{kind}","data":{data}}}]'


def decoded(kind: str, data: str) -> Part:
    (part,) = decode_parts(column(kind, data))
    return part


@pytest.mark.parametrize(
    ("kind", "data", "part"),
    [
        ("text", '{"text":"a\\u003cb"}', Text("a<b")),
        ("reasoning", '{"thinking":"hm"}', Reasoning("hm")),
        ("reasoning", '{"thinking":"hm","signature":""}', Reasoning("hm", "")),
        (
            "reasoning",
            '{"thinking":"","signature":"s","redacted":true,"data":"xyz"}',
            Reasoning("", "s", redacted=True, data="xyz"),
        ),
        ("image_url", '{"url":"https://a/b"}', ImageURL("https://a/b")),
        ("image_url", '{"url":"u","detail":"low"}', ImageURL("u", "low")),
        ("binary", '{"Path":"a","MIMEType":"m","Data":"AP8="}', Binary("a", "m", b"\x00\xff")),
        ("binary", '{"Path":"a","MIMEType":"m","Data":""}', Binary("a", "m", b"")),
        ("binary", '{"Path":"a","MIMEType":"m","Data":null}', Binary("a", "m", None)),
        (
            "tool_call",
            '{"id":"i","name":"n","input":"{}","type":"function","finished":false}',
            ToolCall("i", "n", "{}", "function", finished=False),
        ),
        (
            "tool_call",
            '{"id":"i","name":"n","input":"","type":"","finished":true,"thought_signature":"t"}',
            ToolCall("i", "n", "", "", thought_signature="t"),
        ),
        (
            "tool_result",
            '{"tool_call_id":"i","name":"n","content":"c","metadata":"{}","is_error":true}',
            ToolResult("i", "n", "c", "{}", is_error=True),
        ),
        (
            "tool_result",
            '{"type":"image","tool_call_id":"i","name":"","content":"c","metadata":"","is_error":false}',
            ToolResult("i", "", "c", type="image"),
        ),
        ("finish", '{"reason":"end_turn","time":1770757919}', Finish("end_turn", 1770757919)),
    ],
)
def test_every_known_type(kind: str, data: str, part: Part) -> None:
    text = column(kind, data)
    assert decode_parts(text) == (part,)
    assert encode_parts([part]) == text


@pytest.mark.parametrize(
    ("kind", "part"),
    [
        ("text", Text("")),
        ("reasoning", Reasoning("")),
        ("image_url", ImageURL("")),
        ("binary", Binary("", "", None)),
        ("tool_call", ToolCall("", "", "", "", finished=False)),
        ("tool_result", ToolResult("", "", "")),
        ("finish", Finish("", 0)),
    ],
)
def test_missing_members_are_zero_as_in_go(kind: str, part: Part) -> None:
    assert decoded(kind, "{}") == part


def test_null_is_zero_as_in_go() -> None:
    assert decoded("tool_result", '{"content":null,"is_error":null}') == ToolResult("", "", "")


@pytest.mark.parametrize(
    ("kind", "data", "reason"),
    [
        ("shell_command", '{"command": "ls", "exit_code": 0}', "unknown type"),
        ("tool_search", "null", "unknown type"),
        ("", "{}", "unknown type"),
        ("text", '{"text":5}', "data.text is not a string"),
        ("text", "[]", "data is not an object"),
        ("text", '"a"', "data is not an object"),
        ("finish", '{"reason":"","time":1.0}', "data.time is not a 64-bit integer"),
        ("finish", '{"reason":"","time":true}', "data.time is not a 64-bit integer"),
        ("finish", f'{{"time":{2**63}}}', "data.time is not a 64-bit integer"),
        ("finish", f'{{"time":{"9" * 5000}}}', "data.time is not a 64-bit integer"),
        ("tool_call", '{"finished":1}', "data.finished is not true or false"),
        ("binary", '{"Data":"a"}', "data.Data is not base64"),
        ("binary", '{"Data":"ä==="}', "data.Data is not base64"),
        ("binary", '{"Data":[1]}', "data.Data is not base64"),
        ("text", f'{{"text":"","x":{DEEP}}}', "nested too deeply"),
    ],
)
def test_what_is_not_understood_is_kept_word_for_word(kind: str, data: str, reason: str) -> None:
    part = decoded(kind, data)
    assert part == Unknown(kind, data, reason)
    assert encode_parts([dataclasses.replace(part)]) == column(kind, data)


@pytest.mark.parametrize(
    ("element", "reason"),
    [
        ("5", "not an object"),
        ('"text"', "not an object"),
        ("null", "not an object"),
        ('[{"type":"text"}]', "not an object"),
        ("{}", "type is missing"),
        ('{"data":{"text":"a"}}', "type is missing"),
        ('{"type": 3, "data": {}}', "type is not a string"),
    ],
)
def test_an_element_without_a_type_is_unknown_as_a_whole(element: str, reason: str) -> None:
    text = f'[{{"type":"text","data":{{"text":"a"}}}},{element}]'
    parts = decode_parts(text)
    assert parts == (Text("a"), Unknown("", element, reason))
    assert encode_parts(list(parts)) == text


def test_data_is_missing() -> None:
    assert decode_parts('[{"type":"x"}]') == (Unknown("x", "null"),)
    assert decode_parts('[{"type":"text"}]') == (Unknown("text", "null", "data is not an object"),)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "line 1, column 1: expecting an array"),
        ("null", "line 1, column 1: expecting an array"),
        ('{"type":"text"}', "line 1, column 1: expecting an array"),
        ("[", "line 1, column 2: expecting value"),
        ("[1", "line 1, column 3: expecting ',' or ']'"),
        ("[1,]", "line 1, column 4: expecting value"),
        ("[] ]", "line 1, column 4: extra data"),
        ("[\n NaN]", "line 2, column 2: not JSON: NaN"),
        ("[-Infinity]", "line 1, column 2: not JSON: -Infinity"),
        ('[{"type":"text","data":{"text":"a', "line 1, column 32: unterminated string starting at"),
        ('["\n"]', "line 1, column 3: invalid control character at"),
        ("\ufeff[]", "line 1, column 1: expecting an array"),
        ("[" * 100_000, "nested too deeply"),
        ('[{"a":' * 50_000, "nested too deeply"),
    ],
)
def test_no_json_array_is_broken_and_kept(text: str, error: str) -> None:
    parts = decode_parts(text)
    assert parts == (Broken(text, error),)
    assert encode_parts(parts) == encode_parts(list(parts)) == text


ODD_COLUMNS = [
    "[]",
    " [\n]\t",
    "[ 1 , 2 ]",
    '[{"type":"text","type":"finish","data":{"time":1,"time":2}}]',
    '[ { "data" : { "text" : "a" } , "type" : "text" } ]',
    '[{"type":"text","data":{"text":"\\ud800 \\u0061 \\/ \u2028"}}]',
    '[{"type":"x","data":[1e400,-1e400,1.0,1E5,-0,0.1000000000000000055,' + "9" * 5000 + "]}]",
    '[{"type":"text","data":{"text":"a","hidden":true},"id":7}]',
]


@pytest.mark.parametrize("text", ODD_COLUMNS)
def test_odd_columns_come_back_byte_for_byte(text: str) -> None:
    assert encode_parts(decode_parts(text)) == text


def json_values() -> st.SearchStrategy[object]:
    floats = st.floats(allow_nan=False, allow_infinity=False)
    leaves = st.none() | st.booleans() | st.integers() | floats | st.text()
    branches = st.lists(leaves, max_size=3) | st.dictionaries(st.text(), leaves, max_size=3)
    return leaves | branches | st.lists(branches, max_size=2)


def elements() -> st.SearchStrategy[object]:
    kinds = st.sampled_from(
        ["text", "reasoning", "image_url", "binary", "tool_call", "tool_result", "finish", "x"]
    )
    keys = st.sampled_from(
        ["text", "thinking", "url", "Data", "id", "type", "finished", "content", "time", "more"]
    )
    data = st.dictionaries(keys, json_values())
    element = st.fixed_dictionaries(
        {"type": kinds, "data": data}, optional={"outer": json_values()}
    )
    return element | json_values()


@given(st.text())
def test_any_text_comes_back(text: str) -> None:
    assert encode_parts(decode_parts(text)) == text


@given(st.text(alphabet='[]{}":,\\ \ntypedaxu0189.eE+-"'))
def test_any_text_that_looks_like_json_comes_back(text: str) -> None:
    assert encode_parts(decode_parts(text)) == text


@given(st.lists(elements()), st.sampled_from([None, 1]), st.booleans())
def test_any_json_comes_back(values: list[object], indent: int | None, ascii_only: bool) -> None:
    text = json.dumps(values, indent=indent, ensure_ascii=ascii_only)
    parts = decode_parts(text)
    assert encode_parts(parts) == text
    assert json.loads(encode_parts(list(parts))) == values
    assert len(parts_json(parts)) == len(values)


@given(st.lists(elements()))
def test_what_is_written_anew_is_read_as_the_same(values: list[object]) -> None:
    parts = decode_parts(json.dumps(values))
    fresh = [dataclasses.replace(part) for part in parts if not is_untyped(part)]
    assert decode_parts(encode_parts(fresh)) == tuple(fresh)


def is_untyped(part: Part) -> bool:
    """Whether it was an element that cannot be told apart from its `data` any more."""
    return isinstance(part, Unknown) and part.reason in {
        "not an object",
        "type is missing",
        "type is not a string",
    }
