"""Tool calls and their results: one line that says what happened, and everything below it."""

from __future__ import annotations

import json
from itertools import chain

from opencode import text
from opencode.parts import ToolCall, ToolResult
from opencode.tui.format import Run
from opencode.tui.render.blocks import Entry, Paragraph, Paragraphs
from opencode.tui.render.diff import diff_runs, is_diff
from opencode.tui.render.markup import Capped, capped, chunked, left_out, note_line, plain
from opencode.tui.render.runs import pieces_of

__all__ = ["call_entry", "left_out_of_call", "result_entry", "tool_line"]

INDENT = 5
GUTTER = "│ "

SHORT = 6
"""A result of so many lines is shown whole."""
FAILED_LINES = 3
"""What is shown of an error even when it is longer."""
SUMMARY = 300
"""Characters of a summary at most; it is clipped at the pane's edge anyway."""

# The argument that says what a call is about, by custom of the agents' tools.
PATHS = ("file_path", "filePath", "path")
TELLING = (
    *("command", *PATHS, "pattern", "query", "url", "description"),
    *("prompt", "question", "skill", "name", "task_id", "id"),
)


def call_entry(part: ToolCall) -> Entry:
    """Return a call without its result, which `compose` adds."""
    name = text.clean_line(part.name).strip() or "tool"
    arguments = _arguments(part.input)
    summary = text.clean_line(_telling(arguments, part.input)[: SUMMARY * 4])[:SUMMARY]
    runs: list[Run] = [("tool", name)]
    if summary.strip():
        runs += [(None, "  "), (None, summary.strip())]
    return Entry(
        "call",
        chunks=chunked(_input(arguments, part.input)),
        folded=True,
        call_id=part.id,
        summary=tuple(runs),
        on_path=summary in _paths(arguments),
    )


def left_out_of_call(part: ToolCall) -> str:
    """Return what is too long of a call's input to be shown."""
    arguments = _arguments(part.input)
    values = [part.input] if arguments is None else map(_value, arguments.values())
    return "\n".join(filter(None, map(left_out, values)))


def result_entry(part: ToolResult) -> Entry:
    """Return what a tool answered; it stands alone only when its call is not there."""
    content = capped(part.content)
    empty = not content.text.strip()
    output = () if empty else _output(content.text)
    if content.note:
        output = (*output, _note(content.note))
    change = _change(part.metadata)
    if change:
        output = (*output, *_output(change.text), *([_note(change.note)] if change.note else []))
    short = content.lines <= SHORT and len(content.text) < 80 * SHORT
    preview: Paragraphs = ()
    if not empty and short and not change:
        preview = output
    elif part.is_error:
        first = content.text.split("\n", FAILED_LINES)[:FAILED_LINES]
        head = "\n".join(first)[: 80 * FAILED_LINES]
        more = content.lines - head.count("\n") - 1
        rest = f"… {text.plural(more, 'more line')}: enter expands, o opens the pager"
        preview = (*_output(head), *([_note(rest)] if more else []))
    size = "no output" if empty else text.plural(content.lines, "line")
    name = text.clean_line(part.name).strip()
    return Entry(
        "result",
        chunks=chunked(output),
        folded=True,
        call_id=part.tool_call_id,
        summary=(
            *([("tool", name), (None, "  ")] if name else []),
            *([("error", "failed"), ("dim", " · ")] if part.is_error else []),
            ("dim", size),
            *(_tally(change.text) if change else ()),
        ),
        preview=preview,
    )


def tool_line(
    summary: tuple[Run, ...],
    state: tuple[Run, ...],
    *,
    folded: bool,
    time: str,
    on_path: bool = False,
) -> Paragraph:
    """Return the one line of a call or a result, with the time at its right end.

    Of what it says only the tool's name does not stand below it too.
    """
    glyph = "▸ " if folded else "▾ "
    return Paragraph(
        summary[:1],
        3,
        "clip",
        first=("dim", glyph),
        echo=summary[1:],
        keeps_end=on_path,
        tail=(("dim", " · "), *state) if state else (),
        right=("dim", f" {time}"),
    )


def _output(words: str) -> Paragraphs:
    """Return lines with a gutter at their left, in colours when they are a unified diff."""
    if not is_diff(words):
        return plain(words, "output", indent=INDENT, gutter=GUTTER)
    bar: Run = ("border", GUTTER)
    return tuple(
        Paragraph(piece, INDENT, "any", first=bar, rest=bar)
        for piece in pieces_of(diff_runs(words, "output"))
    )


def _change(metadata: str) -> Capped | None:
    """Return the diff that tools for editing leave beside what they say."""
    value = (_arguments(metadata) or {}).get("diff") if '"diff"' in metadata else None
    return capped(value) if isinstance(value, str) and is_diff(value) else None


def _tally(diff: str) -> tuple[Run, ...]:
    names = [name for name, _ in diff_runs(diff, None)]
    added, removed = names.count("diff.add"), names.count("diff.remove")
    return (
        ("dim", " · "),
        ("diff.add", f"+{added:,}"),
        (None, " "),
        ("diff.remove", f"−{removed:,}"),
    )


def _note(words: str) -> Paragraph:
    return note_line(words, INDENT)


def _arguments(source: str) -> dict[str, object] | None:
    try:
        value = json.loads(source)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _telling(arguments: dict[str, object] | None, source: str) -> str:
    if arguments is None:
        return source.strip()
    for name in TELLING:
        value = arguments.get(name)
        if isinstance(value, str) and value.strip():
            return value.strip()
    strings = (value for value in arguments.values() if isinstance(value, str) and value.strip())
    return next(strings, source if arguments else "").strip()


def _paths(arguments: dict[str, object] | None) -> list[object]:
    return [(arguments or {}).get(name) for name in PATHS]


def _input(arguments: dict[str, object] | None, source: str) -> Paragraphs:
    if arguments is None:
        content = capped(source).text
        return plain(content, None, indent=INDENT) if content.strip() else ()
    return tuple(chain.from_iterable(_argument(name, value) for name, value in arguments.items()))


def _value(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _argument(name: str, value: object) -> Paragraphs:
    content = capped(_value(value))
    label = text.clean_line(name)
    rest = (_note(f"  {content.note}"),) if content.note else ()
    if content.lines == 1 and not content.note:
        return (Paragraph((("label", f"{label}: "), (None, content.text)), INDENT),)
    body = plain(content.text, None, indent=INDENT + 2)
    return (Paragraph((("label", f"{label}:"),), INDENT), *body, *rest)
