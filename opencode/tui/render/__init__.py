"""From messages to plain data that says what they look like; no widgets, no urwid."""

from __future__ import annotations
