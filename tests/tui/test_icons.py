"""Icons only where the terminal is likely to have them."""

from __future__ import annotations

import pytest

from opencode import text
from opencode.tui.format import project_line
from opencode.tui.icons import PROVIDER_ICONS, has_icons


@pytest.mark.parametrize("term", ["xterm-256color", "tmux-256color", "screen", "alacritty"])
def test_terminal_emulators_get_icons(term: str) -> None:
    assert has_icons(term, "UTF-8")
    assert not has_icons(term, "ascii")


@pytest.mark.parametrize("term", ["linux", "dumb", "vt100", "cons25"])
def test_consoles_get_words_only(term: str) -> None:
    assert not has_icons(term, "utf-8")


@pytest.mark.parametrize("provider", ["local", "remote"])
def test_an_icon_follows_the_word_and_takes_one_column(provider: str) -> None:
    assert text.width(PROVIDER_ICONS[provider]) == 1
    shown = "".join(part for _, part in project_line("acme", provider, 60, icons=True))
    assert shown == f"Project: acme | Provider: {provider} {PROVIDER_ICONS[provider]}"
    narrow = "".join(part for _, part in project_line("x" * 90, provider, 40, icons=True))
    assert text.width(narrow) == 40
