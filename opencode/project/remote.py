"""From the URL of a Git remote to the name of the repository it points to."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NamedTuple

__all__ = ["clean_remote", "normalize_remote"]

DEFAULT_PORTS = {
    "ssh": "22",
    "git+ssh": "22",
    "ssh+git": "22",
    "git": "9418",
    "http": "80",
    "https": "443",
    "git+http": "80",
    "git+https": "443",
    "ftp": "21",
    "ftps": "990",
}

# `helper::address`, as in gitremote-helpers(7).
HELPER = re.compile(r"[A-Za-z0-9][A-Za-z0-9+.-]*::(?P<address>.*)", re.DOTALL)
URL = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<rest>.*)", re.DOTALL)
HOST_AND_PORT = re.compile(r"(?P<host>\[[0-9A-Fa-f:.%\w]+\]|[^\s:/@\[\]]+)(?::(?P<port>\d*))?")
DRIVE = re.compile(r"[A-Za-z]:[/\\]")
# git-clone(1): scp's form, if there is no slash before the first colon.
SCP = re.compile(r"(?:\[(?P<bracket>[^\]/]+)\]|(?P<host>[^:/@\[\]\s]+)):(?P<path>.*)", re.DOTALL)
ESCAPE = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
KEPT_ESCAPES = re.compile(r"[\x00-\x1f/?#\x7f-\x9f]")


class _Location(NamedTuple):
    """A remote taken apart, its account left out; a local path has no host."""

    scheme: str
    host: str
    port: str
    path: str


def normalize_remote(url: str, *, base: Path | None = None) -> str | None:
    """`host[:port]/path` of the repository, the same for all URL forms; None if it has no name.

    A local path gives the name of the directory it points to; a relative one starts at `base`.
    """
    location = _parse(url)
    if location is None:
        return None
    if not location.host:
        return _directory_name(location.path, base)
    host = location.host.lower().rstrip(".")
    port = "" if location.port == DEFAULT_PORTS.get(location.scheme) else location.port
    path = _clean_path(_unescape(location.path))
    return "/".join(filter(None, (f"{host}:{port}" if port else host, path)))


def clean_remote(url: str) -> str | None:
    """The URL for people to see, without account, query and fragment; None if it has no form."""
    location = _parse(url)
    if location is None:
        return None
    if not location.host:
        return location.path
    user = "git@" if re.search(r"(?:^|/)git@", url) else ""
    if not location.scheme:
        return f"{user}{location.host}:{location.path}"
    port = f":{location.port}" if location.port else ""
    return f"{location.scheme}://{user}{location.host}{port}{location.path}"


def _parse(url: str) -> _Location | None:
    url = url.strip()
    helper = HELPER.fullmatch(url)
    if helper:
        # What follows may be a command (ext::) unless it is a URL itself.
        url = helper["address"]
        if not URL.fullmatch(url):
            return None
    found = URL.fullmatch(url)
    if found:
        return _parse_url(found["scheme"].lower(), found["rest"])
    return _parse_scp(url) if url else None


def _parse_url(scheme: str, rest: str) -> _Location | None:
    if scheme == "file":
        return _Location("file", "", "", "/" + _unescape(rest.partition("/")[2]))
    authority, path = _cut(rest)
    found = HOST_AND_PORT.fullmatch(authority.rpartition("@")[2])
    if "@" in path and (not found or path[0] in "?#"):
        # A password with such a character in it, not encoded.
        authority, path = _cut(rest.rpartition("@")[2])
        found = HOST_AND_PORT.fullmatch(authority)
    if not found:
        return None
    path = re.split(r"[?#]", path, maxsplit=1)[0]
    return _Location(scheme, found["host"], found["port"] or "", path)


def _cut(rest: str) -> tuple[str, str]:
    end = re.search(r"[/?#]", rest)
    return (rest[: end.start()], rest[end.start() :]) if end else (rest, "")


def _parse_scp(url: str) -> _Location | None:
    head = url.partition("/")[0]
    if DRIVE.match(url) or url.startswith("\\"):
        return _Location("", "", "", url)
    if ":" not in head:
        # A path, though token@host/path, with its scheme forgotten, looks like one.
        return _Location("", "", "", url[head.rfind("@") + 1 :])
    found = SCP.fullmatch(url[0 if head.startswith("[") else _account_length(head) :])
    if not found:
        return None
    path = re.split(r"[?#]", found["path"], maxsplit=1)[0]
    host, port = found["host"], ""
    if found["bracket"]:
        host, port = _bracketed(found["bracket"].rpartition("@")[2])
    return _Location("", host, port, path)


def _account_length(head: str) -> int:
    """Length of `user@`, and of the `user:password@` that is no form of Git's but is written."""
    account = head.partition(":")[0].rfind("@")
    return (account if account >= 0 else head.rfind("@")) + 1


def _bracketed(text: str) -> tuple[str, str]:
    """`[::1]:path` is an address, `[host:port]:path` an old way to give a port."""
    if text.count(":") > 1:
        return f"[{text}]", ""
    host, _, port = text.partition(":")
    return host, "" if port == "22" else port


def _clean_path(path: str) -> str:
    names: list[str] = []
    for name in path.split("/"):
        if name == "..":
            del names[-1:]
        elif name not in ("", "."):
            names.append(name)
    # ~ alone is the home directory, where scp's relative paths start anyway.
    if names[:1] == ["~"]:
        del names[0]
    return "/".join(names).removesuffix(".git").rstrip("/")


def _unescape(text: str) -> str:
    """Percent-decoded, but for control characters, slashes and what is not UTF-8."""
    return ESCAPE.sub(_unescape_run, text)


def _unescape_run(match: re.Match[str]) -> str:
    run = match.group()
    try:
        decoded = bytes.fromhex(run.replace("%", "")).decode()
    except UnicodeDecodeError:
        return run.upper()
    return KEPT_ESCAPES.sub(_escape, decoded)


def _escape(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match.group().encode())


def _directory_name(path: str, base: Path | None) -> str | None:
    path = path.replace("\\", "/") if DRIVE.match(path) or path.startswith("\\") else path
    if base is not None:
        path = os.path.join(base, path)  # noqa: PTH118  keeps what Path would clean away
    names = _clean_path(os.path.normpath(path)).split("/")
    name = names[-1]
    return None if name in ("", ".", "..") or name.endswith(":") else name
