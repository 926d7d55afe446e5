"""A MySQL server, account and options in one text: Go's form, or a URL.

Go's form is that of github.com/go-sql-driver/mysql, `[user[:password]@][net[(addr)]]/[db][?par=…]`.
Nothing in it is percent-encoded but the database and the parameters, so the password may hold any
character: the last `/` ends the address, the last `@` before it ends the password, and the first
`:` begins it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from opencode.config.fields import FIELDS, MYSQL, Scalar
from opencode.config.model import TLSMode
from opencode.config.server import Secret
from opencode.config.validate import check, nearest

__all__ = ["DSN", "BrokenDSN", "parse_dsn", "redact_dsn"]

URL = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<rest>.*)", re.DOTALL)
SCHEMES = ("mysql", "mariadb")
GO_ADDRESS = re.compile(
    r"(?P<net>\w*)(?:\((?P<address>.*)\))?/(?P<database>[^/?]*)(?:\?(?P<query>.*))?", re.DOTALL
)
HOST_AND_PORT = re.compile(r"(?P<host>\[[^\]]*\]|[^:\[\]]*)(?::(?P<port>[0-9]{1,5}))?")
GO_TAIL = re.compile(r"(?:tcp[46]?|unix)\([^()@]*\)(?:/[^?]*)?")
PARAMETER = re.compile(r"[A-Za-z_][\w.-]{0,40}")

# What `tls` and `ssl-mode` say in Go's driver, in MySQL's own URIs, and here.
TLS_MODES = {
    **{mode.value: mode for mode in TLSMode},
    "true": TLSMode.VERIFY_IDENTITY,
    "false": TLSMode.DISABLED,
    "skip-verify": TLSMode.REQUIRED,
}
MODE_PARAMETERS = ("tls", "ssl-mode")
PATH_PARAMETERS = {"socket": "socket", "ssl-ca": "ca", "ssl-cert": "cert", "ssl-key": "key"}
TIME_PARAMETERS = {
    "timeout": "connection_timeout",
    "readTimeout": "read_timeout",
    "writeTimeout": "write_timeout",
}
# They tune Go's driver and have no meaning, or one answer only, here.
IGNORED_PARAMETERS = frozenset(
    {
        *("allowAllFiles", "allowCleartextPasswords", "allowFallbackToPlaintext"),
        *("allowNativePasswords", "allowOldPasswords", "charset", "checkConnLiveness"),
        *("clientFoundRows", "collation", "columnsWithAlias", "compress"),
        *("connectionAttributes", "interpolateParams", "loc", "maxAllowedPacket"),
        *("multiStatements", "parseTime", "rejectReadOnly", "serverPubKey", "timeTruncate"),
    }
)
PARAMETERS = (*MODE_PARAMETERS, *PATH_PARAMETERS, *TIME_PARAMETERS, *sorted(IGNORED_PARAMETERS))

# Go's time.ParseDuration.
DURATION = re.compile(r"(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|ms|s|m|h)")
UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class DSN:
    """What a DSN says; None where it says nothing. Times are in seconds."""

    username: str | None = None
    password: Secret | None = None
    host: str | None = None
    port: int | None = None
    socket: str | None = None
    database: str | None = None
    tls: TLSMode | None = None
    ca: str | None = None
    cert: str | None = None
    key: str | None = None
    connection_timeout: float | None = None
    read_timeout: float | None = None
    write_timeout: float | None = None


class BrokenDSN(ValueError):
    """A DSN that cannot be read; neither text holds any part of a password."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


@dataclass(slots=True)
class _Parts:
    """A DSN taken apart and decoded, before its parts are checked."""

    username: str | None = None
    password: str | None = field(default=None, repr=False)
    host: str | None = None
    port: str | None = None
    socket: str | None = None
    database: str = ""
    parameters: list[tuple[str, str]] = field(default_factory=list)


def parse_dsn(text: str) -> DSN:
    """Read either form. Raises BrokenDSN, with the DSN redacted."""
    try:
        url = URL.fullmatch(text)
        if url and url["scheme"].lower() in SCHEMES:
            parts = _split_url(url["rest"])
        else:
            parts = _split_go(text, is_url=url is not None)
        return _check(parts)
    except BrokenDSN as error:
        message = f"{error.message}, in {redact_dsn(text)}"
        raise BrokenDSN(message, error.remedy) from None


def redact_dsn(text: str) -> str:
    """What of a DSN, broken or not, is no password for certain; the rest is `…`.

    In a URL whose password was not encoded, anything may belong to it.
    """
    url = URL.fullmatch(text)
    scheme = f"{url['scheme']}://" if url and url["scheme"].lower() in SCHEMES else ""
    _, at, tail = text[len(scheme) :].rpartition("@")
    address, query, _ = tail.partition("?")
    shown = f"{address}{query and '?…'}" if not scheme and GO_TAIL.fullmatch(address) else "…"
    return f"{scheme}{at and '***@'}{shown}"


def _split_go(text: str, *, is_url: bool) -> _Parts:
    remedy = "write user:password@tcp(host:3306)/database or mysql://user:password@host/database"
    slash = text.rfind("/")
    if slash < 0:
        raise BrokenDSN("there is no / before the database", remedy)
    account, at, address = text[: text.rfind("@", 0, slash) + 1], "", text
    if account:
        account, at, address = account[:-1], "@", text[len(account) :]
    found = GO_ADDRESS.fullmatch(address)
    if not found or (found["net"] and found["address"] is None and found["net"] not in _NETS):
        problem = "the scheme is not mysql" if is_url else "the address has the wrong form"
        raise BrokenDSN(problem, remedy)
    parts = _Parts(database=_decode(found["database"], "database"))
    if at:
        user, colon, password = account.partition(":")
        parts.username = user or None
        parts.password = password if colon else None
    _set_address(parts, found["net"], found["address"])
    parts.parameters = _split_query(found["query"] or "")
    return parts


_NETS = {"tcp": "127.0.0.1", "tcp4": "127.0.0.1", "tcp6": "[::1]", "unix": "/tmp/mysql.sock"}  # noqa: S108


def _set_address(parts: _Parts, net: str, address: str | None) -> None:
    if not net and not address:
        return
    if (net or "tcp") not in _NETS:
        raise BrokenDSN("the network is neither tcp nor unix", "write tcp(host:3306)")
    address = address or _NETS[net]
    if net == "unix":
        parts.socket = address
    else:
        parts.host, parts.port = _split_host(address)


def _split_url(rest: str) -> _Parts:
    end = min((at for at in map(rest.find, "/?#") if at >= 0), default=len(rest))
    authority, path = rest[:end], rest[end:]
    remedy = "percent-encode the password: @ as %40, / as %2F, ? as %3F, # as %23, % as %25"
    if "@" in path or "#" in path:
        raise BrokenDSN("a character that must be percent-encoded", remedy)
    account, at, address = authority.rpartition("@")
    path, _, query = path.partition("?")
    parts = _Parts(database=_decode(path.removeprefix("/"), "database"))
    if "/" in path[1:]:
        raise BrokenDSN("the database holds a /", remedy)
    if at:
        user, colon, password = account.partition(":")
        parts.username = _decode(user, "user") or None
        parts.password = _decode(password, "password") if colon else None
    if address.lower().startswith("%2f"):
        parts.socket = _decode(address, "socket")
    elif address:
        parts.host, parts.port = _split_host(address)
    parts.parameters = _split_query(query)
    return parts


def _split_host(address: str) -> tuple[str, str]:
    found = HOST_AND_PORT.fullmatch(address)
    if not found or not found["host"]:
        raise BrokenDSN("host and port have the wrong form", "write host:3306 or [::1]:3306")
    return _decode(found["host"], "host").strip("[]"), found["port"] or "3306"


def _split_query(query: str) -> list[tuple[str, str]]:
    pairs = [part.partition("=") for part in query.split("&") if part]
    return [(name, _decode(value, "parameter")) for name, _, value in pairs]


def _decode(text: str, what: str) -> str:
    if "%" not in text:
        return text
    # Slow to import, and needed for few.
    from urllib.parse import unquote

    if re.search(r"%(?![0-9A-Fa-f]{2})", text):
        raise BrokenDSN(f"the {what} holds a % that encodes nothing", "write % as %25")
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise BrokenDSN(f"the {what} is not UTF-8", "percent-encode it as UTF-8") from None


def _check(parts: _Parts) -> DSN:
    options = _parameters(parts.parameters)
    socket = options.pop("socket", None) or parts.socket
    return DSN(
        username=_checked("username", parts.username),
        password=None if parts.password is None else Secret(parts.password),
        host=None if socket else _checked("host", parts.host),
        port=None if socket or parts.port is None else _port(parts.port),
        socket=_checked("socket", socket),
        database=_checked("database", parts.database or None),
        tls=TLSMode(options["tls"]) if "tls" in options else None,
        ca=_checked("tls.ca", options.get("ca")),
        cert=_checked("tls.cert", options.get("cert")),
        key=_checked("tls.key", options.get("key")),
        **{name: float(options[name]) for name in TIME_PARAMETERS.values() if name in options},
    )


def _checked(name: str, value: str | None) -> str | None:
    if value is None:
        return None
    checked, problem = check(FIELDS[f"{MYSQL}.{name}"], value, where="", name="")
    if problem:
        raise BrokenDSN(f"the {name} {problem.message}", problem.remedy)
    return str(checked)


def _port(text: str) -> int:
    if not 1 <= int(text) <= 65_535:
        raise BrokenDSN("the port is out of range", "use 1 to 65535")
    return int(text)


def _parameters(pairs: list[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in pairs:
        if name in IGNORED_PARAMETERS:
            continue
        key, read = _parameter(name, value)
        if found.setdefault(key, read) != read:
            raise BrokenDSN(f"the parameter {name} contradicts another one", "keep one of them")
    return found


def _parameter(name: str, value: str) -> tuple[str, str]:
    if name in MODE_PARAMETERS:
        mode = TLS_MODES.get(value.lower().replace("_", "-"))
        if mode is None:
            raise BrokenDSN(f"unknown value of {name}", f"use one of {', '.join(TLS_MODES)}")
        return "tls", mode.value
    if name in PATH_PARAMETERS:
        return PATH_PARAMETERS[name], value
    if name in TIME_PARAMETERS:
        return TIME_PARAMETERS[name], str(_seconds(name, value))
    known = PARAMETER.fullmatch(name)
    meant = nearest(name, PARAMETERS) if known else None
    remedy = f"did you mean {meant}?" if meant else "remove it"
    raise BrokenDSN(f"unknown parameter {name}" if known else "a parameter without name", remedy)


def _seconds(name: str, text: str) -> float:
    pieces = DURATION.findall(text)
    if not pieces or "".join(pieces) != text:
        raise BrokenDSN(f"{name} is not a duration", "write it like 30s, 500ms or 1m30s")
    total = 0.0
    for piece in pieces:
        number = piece.rstrip("nuµmsh")
        total += float(number) * UNITS[piece[len(number) :]]
    checked: Scalar
    checked, problem = check(FIELDS[f"{MYSQL}.readTimeout"], total, where="", name="")
    if problem:
        raise BrokenDSN(f"{name} {problem.message}", problem.remedy)
    return float(checked or 0)
