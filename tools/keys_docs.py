"""docs/keys.md, from the key map."""

from __future__ import annotations

from opencode.tui.keymap import CONTEXTS, MOUSE, bindings_in, key_label

__all__ = ["keys_markdown"]


def keys_markdown() -> str:
    """Return docs/keys.md."""
    lines = [
        "# Keys of the interface",
        "",
        "Press `?` in the interface to see those that hold where you are.",
        "",
        "| key | also | where | does |",
        "|---|---|---|---|",
    ]
    for context, bindings in bindings_in(tuple(context.name for context in CONTEXTS)):
        for binding in bindings:
            first, *others = (f"`{_escaped(key_label(key))}`" for key in binding.keys)
            lines.append(f"| {first} | {' '.join(others)} | {context.where} | {binding.does} |")
    lines += [
        "",
        "While typing, the keys of readline work: `ctrl-a` and `ctrl-e`, `ctrl-w`, `ctrl-u`,",
        "`ctrl-k`, `ctrl-y`. Pasted text is never taken for keys.",
        "",
        "| mouse | does |",
        "|---|---|",
        *(f"| {what} | {does} |" for what, does in MOUSE),
        "",
        "`--no-mouse` leaves the mouse to the terminal, to select text with.",
    ]
    return "\n".join(lines) + "\n"


def _escaped(label: str) -> str:
    return label.replace("|", "\\|")
