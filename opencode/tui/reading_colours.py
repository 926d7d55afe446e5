"""Colours of what is read: Markdown, code, differences, hits of a search. `theme` adds them."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["READING", "READING_FILLED"]

# name: (mono, dark 16, dark 256, light 16, light 256)
READING: Mapping[str, tuple[str, str, str, str, str]] = {
    "md.heading": (
        "bold,underline",
        "light cyan,bold",
        "#8cf,bold",
        "dark blue,bold",
        "#05a,bold",
    ),
    "md.emphasis": ("italics", "white,italics", "g85,italics", "black,italics", "g15,italics"),
    "md.deleted": (
        "strikethrough",
        "light gray,strikethrough",
        "g62,strikethrough",
        "black,strikethrough",
        "g38,strikethrough",
    ),
    "md.link": (
        "underline",
        "light cyan,underline",
        "#5df,underline",
        "dark blue,underline",
        "#05a,underline",
    ),
    "md.quote": (
        "italics",
        "light gray,italics",
        "g70,italics",
        "black,italics",
        "g30,italics",
    ),
    "syntax.keyword": ("bold", "light magenta", "#d9f", "dark magenta", "#808"),
    "syntax.string": ("default", "light green", "#9d8", "dark red", "#060"),
    "syntax.comment": (
        "italics",
        "light gray,italics",
        "g60,italics",
        "black,italics",
        "g38,italics",
    ),
    "syntax.number": ("default", "light cyan", "#6dd", "dark blue", "#066"),
    "syntax.name": ("default", "light cyan", "#8bf", "dark blue", "#05a"),
    "syntax.type": ("default", "yellow", "#dc8", "black", "#640"),
    "diff.add": ("bold", "light green", "#8d8", "dark blue", "#060"),
    "diff.remove": ("underline", "light red", "#f88", "dark red", "#a00"),
    "diff.hunk": ("default", "light cyan", "#5df", "dark blue", "#066"),
    "diff.head": ("bold", "white,bold", "#fff,bold", "black,bold", "#000,bold"),
}

# name: (mono, dark 16 fg and bg, dark 256, light 16, light 256)
READING_FILLED: Mapping[
    str, tuple[str, tuple[str, str], tuple[str, str], tuple[str, str], tuple[str, str]]
] = {
    "match": (
        "standout",
        ("black", "yellow"),
        ("#000", "#dd8"),
        ("black", "yellow"),
        ("#000", "#fe8"),
    ),
    "match.current": (
        "standout,bold",
        ("black", "light magenta"),
        ("#000", "#f8f"),
        ("white", "dark magenta"),
        ("#fff", "#808"),
    ),
}
