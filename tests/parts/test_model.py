from __future__ import annotations

import copy
import dataclasses
import pickle

import pytest

from opencode.parts import Part, Text, decode_parts, encode_parts
from opencode.parts.decode import KINDS

SPACED = '[ {"type":"text","data":{"text":"a"}} ]'


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_attribute_has_its_member(kind: type[Part]) -> None:
    attributes = {field.name for field in dataclasses.fields(kind)} - {"raw", "extra", "outer"}
    assert {member.name for member in KINDS[kind.kind].members} == attributes


def test_parts_are_immutable_and_small() -> None:
    part = Text("a")
    with pytest.raises(dataclasses.FrozenInstanceError):
        part.text = "b"  # type: ignore[misc]  # that is the test
    assert not hasattr(part, "__dict__")
    assert repr(part) == "Text(text='a')"


def test_copies_know_their_text() -> None:
    parts = decode_parts(SPACED)
    for twin in (copy.copy(parts), copy.deepcopy(parts), pickle.loads(pickle.dumps(parts))):
        assert twin == parts
        assert encode_parts(twin) == SPACED


def test_a_changed_sequence_forgets_the_text() -> None:
    parts = decode_parts(SPACED)
    assert encode_parts(parts[:1]) == '[{"type":"text","data":{"text":"a"}}]'
    assert encode_parts((*parts, Text("b"))).endswith(',{"type":"text","data":{"text":"b"}}]')
