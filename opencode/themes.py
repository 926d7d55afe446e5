"""The names of the interface's themes, as options and configurations have them."""

from __future__ import annotations

from typing import Final

__all__ = ["THEMES"]

THEMES: Final = ("auto", "dark", "light", "mono")
