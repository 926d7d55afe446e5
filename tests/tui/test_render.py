"""From messages to what they look like, without a screen."""

from __future__ import annotations

import json

import pytest

from opencode.models import Message
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
from opencode.tui.render.blocks import Paragraph, Paragraphs
from opencode.tui.render.compose import HEAD, Item, compose
from opencode.tui.render.markup import (
    CHUNK_LINES,
    MAX_CHARACTERS,
    MAX_LINES,
    capped,
    chunked,
    plain,
    prose,
)
from opencode.tui.render.message import Renderer, render
from tests.tui.driver import NOW
from tests.tui.stores import lines

HOSTILE = "a\x1b]52;c;eA==\x07b\x1b[2Jc\x9b5nd\u202ee\x07f"


def message(
    *parts: Part, seq: int = 1, role: str = "assistant", model: str | None = "gpt-5", at: int = NOW
) -> Message:
    return Message(f"m{seq}", "s", seq, role, parts, model, at, at, None)


def words(paragraphs: Paragraphs) -> str:
    return "\n".join(line_of(paragraph) for paragraph in paragraphs)


def line_of(paragraph: Paragraph) -> str:
    runs = (paragraph.first, *paragraph.runs, *paragraph.echo, *paragraph.tail)
    return "".join(part for _, part in runs)


def items(*messages: Message, complete: bool = True, unfolded: bool = False) -> list[Item]:
    rendered = [render(one) for one in messages]
    return compose(rendered, {}, complete=complete, unfolded=unfolded)


def shown(*messages: Message, **options: bool) -> list[str]:
    return [words(item.paragraphs) for item in items(*messages, **options)]


class TestMarkup:
    def test_code_between_fences_is_framed_with_its_language(self) -> None:
        before, code, after = prose("Look:\n```python title=x\nx = 1\n\ny\n```\nDone")
        assert (words((before,)), words((after,))) == ("Look:", "Done")
        assert (code.frame, code.runs, code.wrap) == (
            "python title=x",
            (("code", "x = 1\n\ny"),),
            "any",
        )

    def test_a_fence_that_is_not_closed_ends_with_the_text(self) -> None:
        (code,) = prose("~~~\nx\n```\ny")
        assert code.runs == (("code", "x\n```\ny"),)

    def test_a_longer_fence_holds_a_shorter_one(self) -> None:
        (code,) = prose("````\n```\nx\n```\n````")
        assert code.runs == (("code", "```\nx\n```"),)

    def test_headings_and_lists(self) -> None:
        heading, bullet, number, rest = prose("## Head\n- one\n  12. two\nrest\n#no\n-no")
        assert heading.runs == (("strong", "## Head"),)
        assert (bullet.first, bullet.rest) == (("dim", "- "), (None, "  "))
        assert number.first == ("dim", "  12. ")
        assert words((rest,)) == "rest\n#no\n-no"

    def test_nothing_is_lost(self) -> None:
        text = lines(500) + "\n" + "x" * 20_000
        assert "".join(words(plain(text, None)).split()) == "".join(text.split())
        assert "".join(words(prose(text)).split()) == "".join(text.split())

    def test_chunks_are_small(self) -> None:
        for chunk in chunked(plain(lines(1_000) + "x" * 50_000, None)):
            assert words(chunk).count("\n") <= CHUNK_LINES
            assert len(words(chunk)) <= 7_000

    @pytest.mark.parametrize(
        ("value", "total", "note"),
        [
            ("one", 1, ""),
            ("\n\none  \ntwo\n\n", 2, ""),
            (
                lines(MAX_LINES + 5),
                MAX_LINES + 5,
                "… 5 more lines not shown here: o opens all of it in the pager",
            ),
            (
                "x" * (MAX_CHARACTERS + 7),
                1,
                "… 7 more characters not shown here: o opens all of it in the pager",
            ),
            (
                "x" * MAX_CHARACTERS + "\n" * 3,
                4,
                "… 3 more lines not shown here: o opens all of it in the pager",
            ),
        ],
    )
    def test_cap(self, value: str, total: int, note: str) -> None:
        content = capped(value)
        assert (content.lines, content.note) == (total, note)
        assert len(content.text) <= MAX_CHARACTERS


class TestMessages:
    def test_all_text_is_cleaned(self) -> None:
        parts: list[Part] = [
            Text(HOSTILE),
            Reasoning(HOSTILE),
            ToolCall("c", HOSTILE, f'{{"{HOSTILE[:1]}": "x"}}'),
            ToolCall("d", "bash", HOSTILE),
            ToolResult("x", HOSTILE, HOSTILE),
            ImageURL(HOSTILE),
            Binary(HOSTILE, HOSTILE, b""),
            Unknown(HOSTILE, HOSTILE),
            Broken(HOSTILE, HOSTILE),
            Finish(HOSTILE),
        ]
        one = message(*parts, role=HOSTILE, model=HOSTILE)
        for unfolded in (False, True):
            for text in shown(one, unfolded=unfolded):
                assert not set(text) & {"\x1b", "\x07", "\x9b", "\u202e"}

    @pytest.mark.parametrize("reason", ["", "stop", "end_turn", "tool_use"])
    def test_usual_ends_are_silent(self, reason: str) -> None:
        assert shown(message(Text("x"), Finish(reason))) == ["▾ assistant · gpt-5 · 02:40\nx"]

    @pytest.mark.parametrize("reason", ["max_tokens", "canceled", "error", "permission_denied"])
    def test_unusual_ends_are_told(self, reason: str) -> None:
        assert shown(message(Text("x"), Finish(reason)))[1] == f"ended: {reason}"

    def test_pictures_within_the_message(self) -> None:
        (_, picture) = shown(message(Text("x"), ImageURL("data:image/png;base64,AAAA")))
        assert picture == "image · image/png · 3 B"

    def test_thoughts(self) -> None:
        (head, thought, secret) = shown(
            message(Reasoning("One\nTwo"), Reasoning("", redacted=True, data="x"))
        )
        assert head == "▾ assistant · gpt-5 · 02:40"
        assert thought == "▸ thinking · 2 lines · One"
        assert secret == "thinking, readable by its provider only"

    @pytest.mark.parametrize(
        ("source", "summary"),
        [
            ('{"command": "ls -la"}', "bash  ls -la"),
            ('{"x": 1, "note": "words"}', "bash  words"),
            ('{"x": 1}', 'bash  {"x": 1}'),
            ("{}", "bash"),
            ("", "bash"),
            ('{"command": "cut off', 'bash  {"command": "cut off'),
            ('{"command": "two\\nlines"}', "bash  two lines"),
            ("[1, 2]", "bash  [1, 2]"),
        ],
    )
    def test_what_a_call_is_about(self, source: str, summary: str) -> None:
        line = shown(message(ToolCall("c", "bash", source)))[1]
        assert line.removeprefix("▸ ").removeprefix("▾ ") == f"{summary} · interrupted · no result"

    def test_rendering_is_remembered_until_the_message_changes(self) -> None:
        renderer = Renderer(remembered=2, characters=1_000)
        one, two = message(Text("1")), message(Text("2"), seq=2)
        first = renderer([one, two])
        assert [a is b for a, b in zip(first, renderer([one, two]), strict=True)] == [True, True]
        (changed,) = renderer([message(Text("changed"))])
        assert changed is not first[0]
        renderer([message(seq=3), message(seq=4)])
        assert renderer([two])[0] is not first[1]
        (again,) = renderer([two])
        (large,) = renderer([message(Text("x" * 1_001), seq=5)])
        assert renderer([two])[0] is not again
        assert renderer([message(Text("x" * 1_001), seq=5)])[0] is not large


class TestCompose:
    def test_results_are_shown_with_their_calls(self) -> None:
        call = message(ToolCall("c", "bash", '{"command": "ls"}'))
        result = message(ToolResult("c", "", "a\nb"), seq=2, role="tool", model=None)
        assert shown(call, result) == [
            "▾ assistant · gpt-5 · 02:40",
            "▸ bash  ls · 2 lines\n│ a\nb",
        ]
        assert shown(result) == ["▸ result · 2 lines\n│ a\nb"]

    def test_the_name_of_a_tool_is_not_said_twice(self) -> None:
        call = message(ToolCall("c", "bash", '{"command": "ls"}'))
        for name, told in (("bash", ""), ("shell", "shell  ")):
            result = message(ToolResult("c", name, "a"), seq=2, role="tool", model=None)
            assert shown(call, result)[1] == f"▸ bash  ls · {told}1 line\n│ a"

    def test_an_error_shows_its_beginning(self) -> None:
        call = message(ToolCall("c", "bash", "{}"))
        result = message(ToolResult("c", "", lines(50), is_error=True), seq=2, role="tool")
        assert shown(call, result)[1] == (
            "▸ bash · failed · 50 lines\n"
            "│ line 1 of the output\nline 2 of the output\nline 3 of the output\n"
            "… 47 more lines: enter expands, o opens the pager"
        )

    def test_a_message_without_words_is_not_called_empty_when_it_goes_on(self) -> None:
        silent, thought = message(), message(Reasoning("Hm."), seq=2)
        assert shown(silent, thought)[0] == "▾ assistant · gpt-5 · 02:40"
        assert shown(silent, message(Text("x"), seq=2))[0].endswith("· empty")
        assert shown(silent)[0].endswith("· empty")

    def test_diffs_in_results_have_colours(self) -> None:
        diff = "@@ -1 +1,2 @@\n-old\n+new\n+more"
        call = message(ToolCall("c", "edit", '{"path": "a.py"}'))
        result = message(ToolResult("c", "", diff), seq=2, role="tool")
        (item,) = items(call, result, unfolded=False)[1:]
        names = {name for paragraph in item.paragraphs for name, _ in paragraph.runs}
        assert {"diff.hunk", "diff.add", "diff.remove"} <= names
        assert shown(call, result)[1] == f"▸ edit  a.py · 4 lines\n│ {diff}"

    def test_the_diff_beside_what_a_tool_for_editing_says(self) -> None:
        metadata = json.dumps({"diff": "@@ -1 +1 @@\n-old\n+new\x1b[2J\n+more", "additions": 2})
        call = message(ToolCall("c", "edit", '{"path": "a.py"}'))
        result = message(ToolResult("c", "", "done", metadata), seq=2, role="tool")
        assert shown(call, result)[1] == "▸ edit  a.py · 1 line · +2 −1"
        unfolded = shown(call, result, unfolded=True)[1]
        assert unfolded.endswith("│ done\n│ @@ -1 +1 @@\n-old\n+new\n+more")
        for other in ('{"diff": 3}', '{"diff": "no"}', '"diff"'):
            result = message(ToolResult("c", "", "done", other), seq=2, role="tool")
            assert shown(call, result)[1] == "▸ edit  a.py · 1 line\n│ done"

    def test_calls_that_started_a_session_say_so(self) -> None:
        call = message(ToolCall("c", "task", '{"prompt": "look"}'))
        (_, item) = compose([render(call)], {}, below={"c"})
        assert words(item.paragraphs) == (
            "▸ task  look · interrupted · no result · > opens its session"
        )

    def test_a_call_that_may_yet_be_answered_is_not_called_unanswered(self) -> None:
        call = message(ToolCall("c", "bash", "{}"))
        assert shown(call)[1].endswith("no result")
        assert shown(call, complete=False)[1] == "▾ bash"

    def test_one_head_for_a_turn_of_tools(self) -> None:
        turn = [message(ToolCall(str(n), "bash", "{}"), seq=n) for n in range(1, 4)]
        other = message(ToolCall("9", "bash", "{}"), seq=4, model="gpt-6")
        heads = [item.key[0] for item in items(*turn, other) if item.head]
        assert heads == [1, 4]

    def test_days_stand_above_their_first_message(self) -> None:
        day = 86_400
        composed = items(
            message(Text("1"), at=NOW - day), message(Text("2"), seq=2), message(Text("3"), seq=3)
        )
        leads = [words(item.lead).strip() for item in composed]
        assert leads == ["── Sunday, 1 February 2026 ──", "── Monday, 2 February 2026 ──", ""]
        assert composed[2].lead

    @pytest.mark.parametrize("moment", [2**62, -(2**62), 0])
    def test_impossible_times(self, moment: int) -> None:
        assert shown(message(Text("x"), at=moment))

    def test_keys_ascend(self) -> None:
        composed = items(
            message(Text(lines(300)), Reasoning("x"), ToolCall("c", "bash", "{}")),
            message(seq=2),
            message(ToolResult("c", "", lines(300)), seq=3, role="tool"),
            unfolded=True,
        )
        keys = [item.key for item in composed]
        assert keys == sorted(set(keys))

    def test_folding_a_message_hides_all_of_it(self) -> None:
        rendered = [render(message(Text("one\ntwo"), Reasoning("x"), ToolCall("c", "b", "{}")))]
        (item,) = compose(rendered, {(1, HEAD): True})
        assert words(item.paragraphs).startswith("▸ assistant · gpt-5 · 02:40 · ")
        assert item.folded

    def test_no_messages(self) -> None:
        assert compose([], {}) == []
