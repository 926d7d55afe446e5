"""Which way a text takes to the clipboard, and what is said of it."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from opencode.tui import clipboard

TEXT = "a title – 日本語 \033]0;evil\a\nsecond line"


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty directory as PATH, no terminal, and no variable that tells of a clipboard."""
    directory = tmp_path / "bin"
    directory.mkdir()
    monkeypatch.setenv("PATH", str(directory))
    monkeypatch.setenv("TERM", "xterm-256color")
    for name in ("TMUX", "STY", "WAYLAND_DISPLAY", "DISPLAY", "SSH_CONNECTION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(clipboard, "TERMINAL", tmp_path / "missing" / "tty")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return directory


def program(directory: Path, name: str, *, status: int = 0) -> Path:
    """A program that keeps its arguments and what it is given."""
    got = directory / f"{name}.got"
    path = directory / name
    path.write_text(
        f'#!/bin/sh\necho "$@" > {got}.args\n/bin/cat > {got}\nexit {status}\n', encoding="utf-8"
    )
    path.chmod(0o755)
    return got


def test_tmux_comes_first(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMUX", "/tmp/tmux-1000/default,1,0")
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    got, unused = program(programs, "tmux"), program(programs, "wl-copy")
    assert clipboard.copy(TEXT, "the id") == "Copied the id through tmux."
    assert got.read_text(encoding="utf-8") == TEXT
    assert Path(f"{got}.args").read_text().split() == ["load-buffer", "-w", "-"]
    assert not unused.exists()


def test_what_fails_is_followed_by_the_next_way(
    programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMUX", "/gone")
    monkeypatch.setenv("DISPLAY", ":0")
    program(programs, "tmux", status=1)
    got = program(programs, "xclip")
    assert clipboard.copy(TEXT, "the id") == "Copied the id with xclip."
    assert got.read_text(encoding="utf-8") == TEXT


def test_programs_without_their_display_are_left_alone(programs: Path) -> None:
    for name in ("wl-copy", "xclip", "xsel"):
        program(programs, name)
    assert [words for words, _ in clipboard.ways({"TERM": "xterm"})] == [
        "Asked the terminal to copy {} (OSC 52)."
    ]


def test_the_terminal_is_asked_in_one_sequence(
    programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = tmp_path / "tty"
    terminal.touch()
    monkeypatch.setattr(clipboard, "TERMINAL", terminal)
    assert clipboard.copy(TEXT, "{} of it") == "Asked the terminal to copy {} of it (OSC 52)."
    sequence = terminal.read_bytes()
    assert sequence.startswith(b"\033]52;c;")
    assert base64.b64decode(sequence[7:-1]).decode() == TEXT
    assert sequence.endswith(b"\a")


def test_over_ssh_the_terminal_is_nearer_than_the_machines_clipboard(programs: Path) -> None:
    program(programs, "xclip")
    environ = {"TERM": "xterm", "DISPLAY": ":0", "SSH_CONNECTION": "1 2 3 4"}
    assert ["OSC 52" in words for words, _ in clipboard.ways(environ)] == [True, False]


@pytest.mark.parametrize("environ", [{"TERM": "linux"}, {"TERM": "screen", "STY": "1"}, {}])
def test_terminals_that_know_no_clipboard_are_not_asked(
    programs: Path, environ: dict[str, str]
) -> None:
    assert not list(clipboard.ways(environ))


def test_without_any_clipboard_there_is_a_file_for_the_user_alone(programs: Path) -> None:
    said = clipboard.copy(TEXT, "the id")
    assert said.startswith("No clipboard was found; the id is in ")
    file = Path(said.rpartition(" ")[2].removesuffix("."))
    assert file.read_text(encoding="utf-8") == TEXT
    assert file.stat().st_mode & 0o777 == 0o600


def test_what_is_too_long_for_terminals_is_not_cut(
    programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = tmp_path / "tty"
    terminal.touch()
    monkeypatch.setattr(clipboard, "TERMINAL", terminal)
    assert "the id is in" in clipboard.copy("x" * 100_000, "the id")
    assert terminal.read_bytes() == b""
