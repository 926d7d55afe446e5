"""Taking passwords and keys out of text: of errors and log records, which people pass on."""

from __future__ import annotations

import re

__all__ = ["redact"]

# user:password@ of a URL, also of one whose password should have been escaped; host:port/path@v1
# is none.
URL_CREDENTIALS = re.compile(
    r"(?P<scheme>\b[a-z][a-z0-9+.-]*://)(?:[^\s/?#@:]*:(?!\d+[/?#])\S*|[^\s/?#]*)@", re.IGNORECASE
)
# user:password@tcp(host:port)/database, the form of Go's driver; the password may hold an @.
GO_DSN = re.compile(r"(?<![\w.-])(?P<user>[^\s:/@'\"]+):\S*@(?=(?:tcp|unix)\()")
# "password": "…" and password=…, but not the prose "password: not set".
ASSIGNMENT = re.compile(
    r"(?P<name>\b\w*(?:password|passwd|secret|token|api_?key)(?:[\"']\s*:|\s*=)\s*)"
    r"(?:b?\"(?:[^\"\\]|\\.)*\"|b?'(?:[^'\\]|\\.)*'|[^\s,;&)}\]]+)",
    re.IGNORECASE,
)
HIDDEN = "***"


def redact(text: str) -> str:
    """`text` with the passwords of URLs, DSNs and `password=…` replaced by `***`."""
    text = GO_DSN.sub(rf"\g<user>:{HIDDEN}@", text)
    text = URL_CREDENTIALS.sub(rf"\g<scheme>{HIDDEN}@", text)
    return ASSIGNMENT.sub(rf"\g<name>{HIDDEN}", text)
