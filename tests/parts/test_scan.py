from __future__ import annotations

import json

import pytest

from opencode.parts.scan import decode_json, elements, is_shallow, members


def test_elements_come_with_text_and_position() -> None:
    assert list(elements(' [ 1.50 ,{"a": [ ]},"x"]')) == [
        (1.5, "1.50", 3),
        ({"a": []}, '{"a": [ ]}', 9),
        ("x", '"x"', 20),
    ]


def test_members_come_with_text_and_the_last_double_wins() -> None:
    assert members(' { "a" : 1 , "b":{"c" : "}"} , "\\u0061":[ 2 ] } ') == {
        "a": "[ 2 ]",
        "b": '{"c" : "}"}',
    }
    assert members("{ }") == {}


@pytest.mark.parametrize("text", ["1e400", "-1e999", "9" * 601, "-" + "9" * 5_000])
def test_numbers_beyond_reach_are_their_digits(text: str) -> None:
    assert decode_json(text) == text
    json.dumps(decode_json(text), allow_nan=False)


@pytest.mark.parametrize("text", ["1.0", "-0", "1E5", "18446744073709551616", "9" * 600])
def test_other_numbers_are_numbers(text: str) -> None:
    assert decode_json(text) == json.loads(text)


def test_levels_are_counted() -> None:
    assert is_shallow("a", 0)
    assert not is_shallow([], 0)
    assert is_shallow({"a": [1, {"b": 2}]}, 3)
    assert not is_shallow({"a": [1, {"b": 2}]}, 2)
