r"""Making text safe to print.

In order: escape sequences go (ECMA-48 in their 7-bit and 8-bit forms, finished or not); line
breaks become one kind; other control characters become visible (`\x07` as `␇`, `\x9b` as `<9b>`);
in text beyond ASCII, what cannot be text becomes U+FFFD, and invisible characters go where they
mean nothing (opencode.text.invisible).
"""

from __future__ import annotations

import re

__all__ = ["clean_line", "clean_text"]

BREAKS = r"\n\r\v\f\x85\u2028\u2029"

# Strings (OSC, DCS, APC, PM, SOS, and screen's titles, ESC k) end with ST or BEL. One that does not
# ends with its line, so that it hides no more than that. An 8-bit introducer without an end is not
# taken for one: text in a wrong encoding is full of them (”, read as Latin-1, ends in \x9d).
STRING = rf"[^\x07\x1b\x9c{BREAKS}]*+"
CSI = r"[0-?]*+[ -/]*+"
SEQUENCE = (
    r"[\x1b\x90\x98\x9b\x9d-\x9f](?:"
    r"(?<=\x1b)(?:"
    rf"\[{CSI}[@-~]?"
    rf"|[\]PX^_]{STRING}(?:\x07|\x9c|\x1b\\)?"
    rf"|k{STRING}(?:\x9c|\x1b\\)"
    r"|[ -/]*+[0-~]|[ -/]++"
    r")"
    rf"|(?<=\x9b){CSI}[@-~]"
    rf"|(?<=[\x90\x98\x9d-\x9f])[^\x07\x1b\x80-\x9f{BREAKS}]*+(?:\x07|\x9c|\x1b\\)"
    r")"
)
OTHER_BREAK = re.compile(r"[\r\v\f\x85\u2028\u2029](?:(?<=\r)\n)?")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
CONTROL_OR_TAB = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")


def clean_line(text: str) -> str:
    """The text on one line: a line break or a tab is a space."""
    if text.isascii() and text.isprintable():
        return text
    return _clean(text).replace("\n", " ").replace("\t", " ")


def clean_text(text: str, tab_size: int = 4) -> str:
    r"""The text with `\n` as its only line break, and spaces up to the next tab stop for tabs."""
    if text.isascii() and not CONTROL_OR_TAB.search(text):
        return text
    return _clean(text).expandtabs(tab_size)


def _clean(text: str) -> str:
    r"""The text with no control characters but `\n` and `\t`."""
    if CONTROL.search(text):
        text = OTHER_BREAK.sub("\n", re.sub(SEQUENCE, "", text))
        for control in set(CONTROL.findall(text)):
            text = text.replace(control, _picture(ord(control)))
    elif not text.isascii():
        text = OTHER_BREAK.sub("\n", text)
    if text.isascii():
        return text
    from opencode.text.extenders import clean_unicode

    return clean_unicode(text)


def _picture(code: int) -> str:
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else f"<{code:02x}>"
