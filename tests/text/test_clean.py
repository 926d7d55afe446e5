from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencode.text import clean_line, clean_text

FORBIDDEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)

BENIGN = [
    "plain text",
    "Grüße, naïve café, e\u0301",
    "日本語のタイトルでも桁がそろう",
    "葛\U000e0100飾区",
    "مرحبا بالعالم",
    "بِسْمِ ٱللَّهِ ٱلرَّحْمَٰنِ",
    "می\u200cخواهم",
    "שָׁלוֹם יְרוּשָׁלַיִם",
    "हिन्दी क्ष क्\u200dष श्री",
    "ന്\u200d",
    "ශ්\u200dරී ලංකා",
    "ภาษาไทย ก็ไม่",
    "བོད་སྐད་ ཧཱུྃ",
    "tiếng Việt, tie\u0302\u0301ng Vie\u0323\u0302t",
    "👨\u200d👩\u200d👧\u200d👦 🕵️\u200d♀️ 👩🏽\u200d🚀 ❤️ ☺︎ 1️⃣ #️⃣ 🇩🇪 🏴\u200d☠️",
    "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "─│┌┐ ▶ ✓ ⠋ \ue0b0 ∑∫",
]

SEQUENCES = {
    "colour": "\x1b[1;31m",
    "private mode": "\x1b[?1049h",
    "intermediate": "\x1b[2 q",
    "unfinished CSI": "\x1b[12;",
    "8-bit CSI": "\x9b31m",
    "title": "\x1b]0;evil\x07",
    "clipboard": "\x1b]52;c;ZXZpbA==\x1b\\",
    "link": "\x1b]8;;https://evil.example\x1b\\",
    "8-bit OSC": "\x9d0;evil\x9c",
    "8-bit OSC with BEL": "\x9d0;evil\x07",
    "DCS": "\x1bPq#0;2\x1b\\",
    "8-bit DCS": "\x90evil\x9c",
    "APC": "\x1b_Gf=100;AAAA\x1b\\",
    "8-bit APC": "\x9fevil\x1b\\",
    "PM": "\x1b^evil\x1b\\",
    "8-bit PM": "\x9eevil\x9c",
    "SOS": "\x1bXevil\x1b\\",
    "8-bit SOS": "\x98evil\x9c",
    "screen's title": "\x1bkevil\x1b\\",
    "reset": "\x1bc",
    "character set": "\x1b(0",
    "keypad": "\x1b=",
    "string terminator": "\x1b\\",
}


@pytest.mark.parametrize("text", BENIGN)
def test_benign_text_survives(text: str) -> None:
    assert clean_line(text) == clean_text(text) == text


@pytest.mark.parametrize("sequence", SEQUENCES.values(), ids=SEQUENCES)
@pytest.mark.parametrize("clean", [clean_line, clean_text])
def test_sequences_are_dropped(clean: Callable[[str], str], sequence: str) -> None:
    assert clean(f"é{sequence}Ω") == "éΩ"
    assert clean(f"{sequence}{sequence}") == ""


@pytest.mark.parametrize("introducer", ["\x1b]", "\x1bP", "\x1b_", "\x1b^", "\x1bX"])
def test_an_endless_string_hides_its_line_only(introducer: str) -> None:
    assert clean_text(f"a{introducer}evil\r\nb{introducer}evil") == "a\nb"
    assert clean_line(f"a{introducer}evil\nb") == "a b"
    assert clean_line(f"a{introducer}evil\x1b[31mred") == "ared"


def test_text_in_a_wrong_encoding_is_no_sequence() -> None:
    mojibake = "“Hello” world".encode().decode("latin-1")
    assert clean_line(mojibake) == "â<80><9c>Helloâ<80><9d> world"


def test_other_controls_become_visible() -> None:
    assert clean_line("\x00\x07\x08\x0e\x1a\x7f") == "␀␇␈␎␚␡"
    assert clean_line("\x80\x9b\x9c") == "<80><9b><9c>"
    assert clean_line("\x1b") == "␛"
    assert clean_line("\x1b\x1b[0m[31m") == "␛[31m"
    assert clean_line("\x1bé") == "␛é"


@pytest.mark.parametrize(
    "line_break", ["\n", "\r\n", "\r", "\v", "\f", "\x85", "\u2028", "\u2029"], ids=repr
)
def test_line_breaks(line_break: str) -> None:
    text = f"a{line_break}b{line_break}"
    assert clean_line(text) == "a b "
    assert clean_text(text) == "a\nb\n"


def test_line_breaks_are_counted() -> None:
    assert clean_text("a\r\n\n\r\rb") == "a\n\n\n\nb"
    assert clean_text("a\r\x1b[0m\nb") == "a\nb"


def test_tabs() -> None:
    assert clean_line("a\tb\t") == "a b "
    assert clean_text("a\tb\n\tc") == "a   b\n    c"
    assert clean_text("a\tb", tab_size=8) == "a       b"


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("user\u202egnp.exe", "usergnp.exe"),
        ("\u2066a\u2069\u200e\u200f\u061cb", "ab"),
        ("pass\u200bword\u2060\ufeff\u00ad", "password"),
        ("a\u200db\u200cc", "abc"),
        ("a\ufe0f1\ufe0f", "a1"),
        ("😀" + "\ufe0f" * 50, "😀\ufe0f"),
        ("😀\U000e0061\U000e0062", "😀"),
        ("\U000e0041hidden\U000e0042", "hidden"),
        ("🏴\U000e0061\U000e0062\U000e007f", "🏴"),
        ("ک\u200c\u200c\u200d", "ک\u200c"),
        ("👩\u200d", "👩"),
        ("👩\u200d\u200d👩", "👩\u200d👩"),
        ("\u3164\uffa0x", "x"),
        ("a" + "\u0301" * 100 + "b", "a" + "\u0301" * 6 + "b"),
        ("ก" + "\u0e47" * 100, "ก" + "\u0e47" * 6),
        ("ب" + ("\u064e" * 6 + "\u200d") * 9, "ب" + "\u064e" * 6 + "\u200d"),
        ("a\ud800b\udfff", "a\ufffdb\ufffd"),
        ("\ufdd0\ufffe\U0010ffff", "\ufffd\ufffd\ufffd"),
    ],
)
def test_what_hides_or_reorders_or_floods_is_dropped(text: str, cleaned: str) -> None:
    assert clean_line(text) == clean_text(text) == cleaned


def hostile_text() -> st.SearchStrategy[str]:
    """Text made of what the rules speak about, in any order."""
    pieces = [
        *SEQUENCES.values(),
        *("\x1b", "\x9b", "\x9d", "\x90", "\x9c", "\x07", "[", "]", "\\", "P", "k", "3", "m", ";"),
        *("\n", "\r", "\t", "\v", "\x85", "\u2028", "\x00", "\x7f", " ", "a", "1"),
        *("\u200b", "\u200c", "\u200d", "\ufe0f", "\ufe0e", "\u20e3", "\u202e", "\u3164"),
        *("\U000e0100", "\U000e0061", "\U000e007f", "\U0001f3f4", BENIGN[-2][1:]),
        *("\u0301", "\u0301\u0301\u0301", "\u064e", "\u094d", "ب", "क", "漢", "！", "\u0600"),
        *("👩", "🏽", "❤", "©", "🇩", "\ud800", "\uffff", "\u1160", "\u180b"),
    ]
    return st.lists(st.sampled_from(pieces) | st.characters(), max_size=30).map("".join)


@given(hostile_text())
def test_a_clean_line_has_nothing_dangerous(text: str) -> None:
    line = clean_line(text)
    assert not FORBIDDEN.search(line)
    assert "\n" not in line
    assert clean_line(line) == line


@given(hostile_text())
def test_clean_text_has_nothing_dangerous(text: str) -> None:
    clean = clean_text(text)
    assert not FORBIDDEN.search(clean)
    assert clean_text(clean) == clean
    assert clean_line(clean) == clean.replace("\n", " ")


@given(st.text(alphabet=st.characters(codec="ascii", exclude_categories=["Cc"])))
def test_printable_ascii_stays(text: str) -> None:
    assert clean_line(text) == clean_text(text) == text


@pytest.mark.parametrize(
    "piece",
    ["\x1b]", "\x1bP", "\x1bk", "\x9d", "\x9b1", "\x1b[1;", "\u0301", "\u200d", "ب\u200d", "\r"],
    ids=ascii,
)
def test_hostile_text_takes_linear_time(piece: str) -> None:
    def seconds(size: int) -> float:
        text = piece * size
        start = time.process_time()
        clean_text(text)
        return time.process_time() - start

    seconds(1_000)
    # Quadratic work would take 64 times as long, and minutes.
    assert seconds(160_000) < 30 * max(seconds(20_000), 0.002)
