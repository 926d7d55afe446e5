"""What an error of MySQL, MariaDB or the way there means to the person who ran into it."""

from __future__ import annotations

import re
import socket
import ssl
from dataclasses import dataclass

from pymysql.err import InterfaceError, InternalError, MySQLError, OperationalError

from opencode.db import mysql_meanings as meanings
from opencode.db.mysql_meanings import Meaning
from opencode.errors import OpencodeError, StoreError

__all__ = [
    "MySQLError",
    "NoAnswer",
    "Place",
    "error_code",
    "is_duplicate",
    "is_lost",
    "is_transient_connect",
    "leaves_commit_unknown",
    "must_rerun",
    "quiet",
    "silent",
    "timed_out",
    "translate",
    "translate_connect",
]

# The connection is gone.
_LOST = frozenset(
    {
        *(2006, 2013, 2055),  # noticed here
        *(1053, 1152, 1158, 1159, 1160, 1161, 1184),  # shutdown, or a network error, there
        *(1927, 3169),  # killed: MariaDB's number, MySQL's number
        4031,  # idle for longer than wait_timeout
    }
)
# The whole transaction may succeed when it is run again.
_RERUN = frozenset(
    {
        *(1205, 1213),  # lock wait, deadlock
        1020,  # a row changed since it was read (MariaDB 11.6)
        1412,  # a table was altered meanwhile
        *(1180, 3101),  # refused by the other members of a cluster
    }
)
_LOST_IN_QUERY = 2013
_INTERRUPTED = frozenset({1317, 1969, 3024})
_TRANSIENT_CONNECT = frozenset({1037, 1040, 1041, 1047, 1135, 1203, 1226, 2002, 2003, 3032}) | _LOST
_ACCESS_DENIED = 1045
_OVER_A_LIMIT = 1226
_AT_A_TIME = "max_user_connections"
"""The one of an account's limits that is not by the hour."""

# X509_V_ERR_… of OpenSSL.
_CERTIFICATE_NOT_YET_VALID = 9
_CERTIFICATE_EXPIRED = 10
_NAME_MISMATCH = frozenset({62, 64})

_NO_SPACE = re.compile(r"\berr(?:or|no|code):? 28\b|No space left|quota exceeded", re.IGNORECASE)
_PYTHON_ERROR = re.compile(r"\(\w+\((?:\d+, )?['\"](?P<text>.*?)['\"]\)\)")
"""As PyMySQL writes it into its error 2006."""


class NoAnswer(OperationalError):
    """None came within the time limit; the connection is closed, the server may be at work yet."""

    def __init__(self, seconds: float) -> None:
        """The number is the one that the driver gives it."""
        super().__init__(_LOST_IN_QUERY, f"timed out after {seconds:g} s")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Place:
    """Where a database is and who asks, for messages; holds no password."""

    host: str
    port: int
    socket: str | None
    database: str
    username: str

    @property
    def server(self) -> str:
        """`host:port`, `[::1]:port` or `unix(/path)`."""
        if self.socket is not None:
            return f"unix({self.socket})"
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.server}/{self.database}"


def error_code(error: BaseException) -> int:
    """Return the number of an error of server or driver; 0 when it has none."""
    code = error.args[0] if isinstance(error, MySQLError) and error.args else 0
    return code if isinstance(code, int) else 0


def is_lost(error: BaseException) -> bool:
    """Whether the connection is gone, and a new one may do better."""
    if isinstance(error, InterfaceError | InternalError) and not error_code(error):
        # Used after it was lost; or packets out of order, upon which PyMySQL has closed it.
        return True
    return error_code(error) in _LOST


def timed_out(error: BaseException) -> bool:
    """Whether the connection was given up because no answer came within the limit for reading.

    Keepalive's end of a connection is none of these: "[Errno 110] Connection timed out".
    """
    text = _text(error)  # the words of Python's TimeoutError
    return error_code(error) == _LOST_IN_QUERY and "timed out" in text and "Errno" not in text


def must_rerun(error: BaseException) -> bool:
    """Whether the transaction cannot go on, and may succeed when run again as a whole."""
    return error_code(error) in _RERUN


def leaves_commit_unknown(error: BaseException) -> bool:
    """Whether a COMMIT that ended so may have happened all the same."""
    return is_lost(error) or error_code(error) in _INTERRUPTED


def is_duplicate(error: BaseException) -> bool:
    """Whether a row with this key was there already."""
    return error_code(error) == 1062


def is_transient_connect(error: BaseException) -> bool:
    """Whether connecting may succeed in a moment, with nothing changed."""
    cause = _original(error)
    if isinstance(cause, ssl.SSLError):
        return isinstance(cause, ssl.SSLEOFError | ssl.SSLZeroReturnError)
    if isinstance(cause, socket.gaierror):
        return cause.errno == socket.EAI_AGAIN
    if isinstance(cause, PermissionError):
        return False
    if error_code(error) == _OVER_A_LIMIT:
        return _AT_A_TIME in _text(error)
    return error_code(error) in _TRANSIENT_CONNECT


def translate(error: BaseException, place: Place) -> OpencodeError:
    """Return the error to raise, `from` the one given, for a statement that failed."""
    code = error_code(error)
    detail = _text(error)
    if timed_out(error):
        detail = f"{error.seconds:g} s" if isinstance(error, NoAnswer) else detail
        return _fill(meanings.NO_ANSWER, place, detail)
    if is_lost(error):
        return _fill(meanings.LOST, place, detail)
    meaning = _by_text(code, detail) or meanings.BY_CODE.get(code)
    if meaning is not None:
        return _fill(meaning, place, detail)
    return StoreError(
        f"{place}: the server reports error {code}: {detail}", hint="details are in the log"
    )


def translate_connect(error: BaseException, place: Place, *, plain: bool = False) -> OpencodeError:
    """Return the error to raise, `from` the one given, for a connection that failed.

    `plain`: it was not encrypted, because that was not asked for.
    """
    cause = _original(error)
    if isinstance(cause, OSError):
        return _from_cause(cause, place)
    if isinstance(error, RuntimeError):  # the package `cryptography` is not installed
        return _fill(meanings.LOGIN_METHOD, place, str(error))
    if not error_code(error):
        return _fill(meanings.NOT_MYSQL, place, "")
    if plain and error_code(error) == _ACCESS_DENIED:  # the server says no more to REQUIRE SSL
        return _fill(meanings.PLAIN_LOGIN, place, _text(error))
    if timed_out(error):
        return _fill(meanings.SILENT, place, _text(error))
    if is_lost(error):
        return _fill(meanings.HUNG_UP, place, _text(error))
    return translate(error, place)


def quiet(place: Place, seconds: float) -> OpencodeError:
    """Return the error for a server that has stopped answering, for those who give up soon."""
    return _fill(meanings.QUIET, place, f"{seconds:.3g} seconds")


def silent(place: Place, seconds: float, *, accepted: bool) -> OpencodeError:
    """Return the error for a connection that was not ready in time."""
    meaning = meanings.SILENT if accepted else meanings.UNREACHABLE
    return _fill(meaning, place, f"waited {seconds:.3g} seconds")


def _original(error: BaseException) -> BaseException | None:
    """What PyMySQL wrapped into its error 2003."""
    original = getattr(error, "original_exception", None)
    return original if isinstance(original, BaseException) else None


def _text(error: BaseException) -> str:
    """The server's own words, on one line."""
    text = str(error.args[1]) if len(error.args) > 1 else str(error)
    return _PYTHON_ERROR.sub(r"(\g<text>)", " ".join(text.split())) or "it was closed"


def _fill(meaning: Meaning, place: Place, detail: str) -> OpencodeError:
    values = {
        "place": str(place),
        "user": place.username,
        "database": place.database,
        "detail": detail,
    }
    return meaning.kind(meaning.message.format_map(values), hint=meaning.hint.format_map(values))


def _by_text(code: int, detail: str) -> Meaning | None:
    """Codes whose text alone tells what is the matter."""
    if code in {3, 1026, 1030} and _NO_SPACE.search(detail):
        return meanings.FULL
    if code == _OVER_A_LIMIT and _AT_A_TIME not in detail:
        return meanings.QUOTA
    if code == 1290 and "read" not in detail.lower():
        return None
    return meanings.READ_ONLY if code in {1290, 1792, 1836} else None


def _from_cause(cause: OSError, place: Place) -> OpencodeError:
    """The error to raise for what the operating system or TLS reports."""
    if isinstance(cause, ssl.SSLError):
        return _fill(_tls_meaning(cause), place, _reason(cause))
    if isinstance(cause, socket.gaierror):
        for_now = cause.errno == socket.EAI_AGAIN
        meaning = meanings.NO_ANSWER_OF_NAMES if for_now else meanings.UNKNOWN_HOST
        return _fill(meaning, place, place.host)
    return _fill(_os_meaning(cause, place), place, cause.strerror or str(cause))


def _tls_meaning(error: ssl.SSLError) -> Meaning:
    if not isinstance(error, ssl.SSLCertVerificationError):
        return meanings.TLS_FAILED
    if error.verify_code == _CERTIFICATE_NOT_YET_VALID:
        return meanings.NOT_YET_VALID
    if error.verify_code == _CERTIFICATE_EXPIRED:
        return meanings.EXPIRED
    return meanings.WRONG_NAME if error.verify_code in _NAME_MISMATCH else meanings.WRONG_CA


def _reason(error: ssl.SSLError) -> str:
    message = getattr(error, "verify_message", "") or error.reason or str(error)
    return str(message).rstrip(".")


def _os_meaning(error: OSError, place: Place) -> Meaning:
    if isinstance(error, PermissionError):
        return meanings.NO_PERMISSION
    if place.socket is not None:
        return meanings.NO_SOCKET
    if isinstance(error, ConnectionRefusedError):
        return meanings.NO_LISTENER
    if isinstance(error, TimeoutError):
        return meanings.UNREACHABLE
    return meanings.HUNG_UP if isinstance(error, ConnectionError) else meanings.NO_ROUTE
