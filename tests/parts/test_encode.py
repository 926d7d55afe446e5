from __future__ import annotations

import dataclasses
import math
import re
from typing import Any

import pytest

from opencode.errors import InvalidValue
from opencode.parts import (
    Binary,
    Broken,
    Finish,
    ImageURL,
    Part,
    Text,
    ToolCall,
    Unknown,
    decode_parts,
    encode_parts,
)
from opencode.parts.model import Known


def test_go_writes_the_same_bytes(go_columns: list[str]) -> None:
    for text in go_columns:
        parts = decode_parts(text)
        fresh = [dataclasses.replace(part) for part in parts]
        assert all(isinstance(part, Known) and part.raw is None for part in fresh)
        assert tuple(fresh) == parts
        assert encode_parts(fresh) == encode_parts(parts) == text


def test_characters_are_escaped_as_go_does() -> None:
    every = "".join(map(chr, range(0x20))) + '"\\/\x7f<>&\u2027\u2028\u2029é日😀\x85'
    assert encode_parts([Text(every)]) == (
        '[{"type":"text","data":{"text":"'
        r"\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000b\f\r\u000e\u000f"
        r"\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d"
        r"\u001e\u001f"
        r"\"\\/"
        "\x7f"
        r"\u003c\u003e\u0026"
        "\u2027"
        r"\u2028\u2029"
        'é日😀\x85"}}]'
    )


def test_empty_values() -> None:
    assert encode_parts([]) == "[]"
    assert encode_parts([ImageURL("u")]) == '[{"type":"image_url","data":{"url":"u"}}]'
    assert encode_parts([Binary("", "m", None)]) == (
        '[{"type":"binary","data":{"Path":"","MIMEType":"m","Data":null}}]'
    )


def test_a_changed_part_is_written_anew_and_its_neighbours_are_not() -> None:
    text = '[ {"type": "text", "data": {"text": "a"}}, {"type": "x", "data": 1.0} ]'
    first, second = decode_parts(text)
    assert isinstance(first, Text)
    changed = dataclasses.replace(first, text="b")
    assert encode_parts([changed, second]) == (
        '[{"type":"text","data":{"text":"b"}},{"type": "x", "data": 1.0}]'
    )


def test_members_of_other_versions_outlive_a_change() -> None:
    text = (
        '[{"id":7,"type":"tool_call","data":{"id":"i","name":"n","input":"","started": 1e400,'
        '"finished":false},"_meta":[ ]}]'
    )
    (part,) = decode_parts(text)
    assert isinstance(part, ToolCall)
    assert encode_parts([dataclasses.replace(part, finished=True)]) == (
        '[{"type":"tool_call","data":{"id":"i","name":"n","input":"","type":"","finished":true,'
        '"started":1e400},"id":7,"_meta":[ ]}]'
    )


def test_equality_ignores_the_text_but_not_further_members() -> None:
    parts = [
        decode_parts(text)[0]
        for text in (
            '[{"type":"text","data":{"text":"a"}}]',
            '[{"data": {"text": "\\u0061"}, "type": "text"}]',
        )
    ]
    assert parts[0] == parts[1] == Text("a")
    assert len({*parts, Text("a")}) == 1
    assert decode_parts('[{"type":"text","data":{"text":"a","b":1}}]') != (Text("a"),)


@pytest.mark.parametrize(
    ("parts", "error"),
    [
        ([Text("\ud83d alone")], "part 1: text holds half a surrogate pair at character 1"),
        ([Text("a"), Text("b\udc00")], "part 2: text holds half a surrogate pair at character 2"),
        ([Unknown("\ud800", "1")], "part 1: type holds half a surrogate pair"),
        ([Unknown("x", '"\ud800"')], "part 1: data holds half a surrogate pair"),
        ([Unknown("x", "NaN")], "part 1: data is not JSON text: not JSON: NaN"),
        ([Unknown("x", "{")], "part 1: data is not JSON text"),
        ([Unknown("x", '1,"y":2')], "part 1: data is not JSON text"),
        ([Text("a", extra=(("x", "oops"),))], "part 1: x is not JSON text"),
        ([Broken("x", "?"), Text("a")], "a message whose parts cannot be read cannot be changed"),
        ([Broken("x", "?"), Broken("y", "?")], "cannot be changed"),
    ],
)
def test_what_cannot_be_stored_is_refused(parts: list[Part], error: str) -> None:
    with pytest.raises(InvalidValue, match=re.escape(error)):
        encode_parts(parts)


NOT_A_STRING: Any = 5
NOT_FINITE: Any = math.inf
NOT_BYTES: Any = "AAAA"
NOT_PARTS: Any = ["text"]


@pytest.mark.parametrize(
    ("parts", "error"),
    [
        ([Text(NOT_A_STRING)], "part 1: text is not a string: 5"),
        ([Finish("stop", NOT_FINITE)], "part 1: time is not a 64-bit integer: inf"),
        ([Finish("stop", time=True)], "part 1: time is not a 64-bit integer: True"),
        ([Finish("stop", 2**63)], "part 1: time is not a 64-bit integer: 92233"),
        ([Binary("a", "b", NOT_BYTES)], "part 1: data is not bytes: 'AAAA'"),
        ([Unknown(NOT_A_STRING, "1")], "part 1: type is not a string: 5"),
        ([Unknown("x", NOT_A_STRING)], "part 1: data is not JSON text"),
        (NOT_PARTS, "part 1: str is not a message part"),
        ("text", "part 1: str is not a message part"),
    ],
)
def test_wrong_types_are_refused(parts: list[Part], error: str) -> None:
    with pytest.raises(InvalidValue, match=re.escape(error)):
        encode_parts(parts)
