"""What developers run: generate code and documentation, check what must not drift."""

from __future__ import annotations

from pathlib import Path

__all__ = ["PROJECT"]

PROJECT = Path(__file__).resolve().parent.parent
