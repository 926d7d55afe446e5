"""Messages and hints for errors of MySQL and MariaDB, by their numbers.

`{place}`, `{user}`, `{database}` and `{detail}` are filled in; none of them holds a password.
"""

from __future__ import annotations

from dataclasses import dataclass

from opencode.errors import (
    AlreadyExists,
    DatabaseLocked,
    DatabaseRefused,
    DatabaseUnavailable,
    InvalidValue,
    OpencodeError,
    SchemaError,
    ServerFull,
    ServerReadOnly,
)

__all__ = [
    "BY_CODE",
    "EXPIRED",
    "FULL",
    "HUNG_UP",
    "LOGIN_METHOD",
    "LOST",
    "NOT_MYSQL",
    "NOT_YET_VALID",
    "NO_ANSWER",
    "NO_ANSWER_OF_NAMES",
    "NO_LISTENER",
    "NO_PERMISSION",
    "NO_ROUTE",
    "NO_SOCKET",
    "PLAIN_LOGIN",
    "QUIET",
    "QUOTA",
    "READ_ONLY",
    "SILENT",
    "TLS_FAILED",
    "UNKNOWN_HOST",
    "UNREACHABLE",
    "WRONG_CA",
    "WRONG_NAME",
    "Meaning",
]


@dataclass(frozen=True, slots=True)
class Meaning:
    """The error to raise, with its texts."""

    kind: type[OpencodeError]
    message: str
    hint: str


_ADDRESS = "sessionProvider.mysql.host and port"
_WAIT = "try again in a moment"

UNREACHABLE = Meaning(
    DatabaseUnavailable,
    "{place}: no answer from the host: {detail}",
    f"check {_ADDRESS}; a firewall that drops packets looks like this too",
)
SILENT = Meaning(
    DatabaseUnavailable,
    "{place}: the server accepts the connection and then says nothing: {detail}",
    f"check {_ADDRESS}: is it MySQL that listens there? An overloaded server looks like this too",
)
UNKNOWN_HOST = Meaning(
    DatabaseRefused,
    "{place}: there is no host named {detail}",
    "check sessionProvider.mysql.host, and whether a VPN must be up",
)
NO_ANSWER_OF_NAMES = Meaning(
    DatabaseUnavailable,
    "{place}: the name {detail} cannot be looked up for now",
    "check the network",
)
NO_LISTENER = Meaning(
    DatabaseUnavailable,
    "{place}: nothing listens on this port",
    f"check {_ADDRESS}, and that the server is running",
)
NO_SOCKET = Meaning(
    DatabaseUnavailable,
    "{place}: no server at this socket",
    "check sessionProvider.mysql.socket, and that the server is running",
)
NO_PERMISSION = Meaning(
    DatabaseRefused,
    "{place}: this user may not connect there: {detail}",
    "check the permissions of the socket and its directory",
)
NO_ROUTE = Meaning(
    DatabaseUnavailable, "{place}: the host cannot be reached: {detail}", f"check {_ADDRESS}"
)
LOST = Meaning(DatabaseUnavailable, "{place}: the connection was lost ({detail})", _WAIT)
NO_ANSWER = Meaning(
    DatabaseUnavailable,
    "{place}: no answer within readTimeout ({detail})",
    f"{_WAIT}; where statements take that long, raise sessionProvider.mysql.readTimeout",
)
QUIET = Meaning(DatabaseUnavailable, "{place}: no answer within {detail}", _WAIT)
HUNG_UP = Meaning(
    DatabaseUnavailable,
    "{place}: the server ended the connection while it was being made ({detail})",
    f"{_WAIT}; if it goes on, look into the server's log",
)
NOT_MYSQL = Meaning(
    DatabaseRefused,
    "{place}: what answers there does not speak MySQL's protocol",
    f"check {_ADDRESS}; 33060 is another protocol's port",
)
TLS_FAILED = Meaning(
    DatabaseRefused,
    "{place}: no encrypted connection could be agreed on: {detail}",
    "check the TLS versions of the server, and sessionProvider.mysql.tls",
)
WRONG_CA = Meaning(
    DatabaseRefused,
    "{place}: the server's certificate is not trusted: {detail}",
    "set sessionProvider.mysql.tls.ca to the certificate of the server's authority",
)
WRONG_NAME = Meaning(
    DatabaseRefused,
    "{place}: the server's certificate is for another name: {detail}",
    "use the name in the certificate as sessionProvider.mysql.host, or tls.mode verify-ca "
    "where names cannot match",
)
NOT_YET_VALID = Meaning(
    DatabaseRefused,
    "{place}: the server's certificate is not valid yet",
    "check this machine's clock; else have the certificate renewed",
)
EXPIRED = Meaning(
    DatabaseRefused,
    "{place}: the server's certificate has expired",
    "have it renewed; also check this machine's clock",
)
READ_ONLY = Meaning(
    ServerReadOnly,
    "{place}: the server accepts no writes ({detail})",
    "is it a replica, or a failover under way? Try again, or use the primary's address",
)
FULL = Meaning(
    ServerFull,
    "{place}: no space left on the server ({detail})",
    "nothing was changed; its administrator must make space",
)
_TOO_MANY = Meaning(
    DatabaseUnavailable,
    "{place}: the server has too many connections ({detail})",
    "try again, lower sessionProvider.mysql.maxConnections, or raise the server's limit",
)
QUOTA = Meaning(
    DatabaseUnavailable,
    "{place}: user {user} has used up what the account may do in an hour ({detail})",
    "try again when the hour is over, or have the account's limit raised",
)
_SHORT = Meaning(
    DatabaseUnavailable,
    "{place}: the server is short of memory or threads ({detail})",
    f"{_WAIT}; if it goes on, its administrator must give it more or lower its load",
)
_GROUP = Meaning(
    DatabaseUnavailable,
    "{place}: the group of servers did not take the change ({detail})",
    f"{_WAIT}; if it goes on, its administrator must look at the group's members and at "
    "group_replication_transaction_size_limit",
)
_PRIVILEGE = Meaning(
    DatabaseRefused,
    "{place}: user {user} lacks a privilege: {detail}",
    "daily use needs SELECT, INSERT, UPDATE and DELETE on {database}.*; "
    "an account for migrations can be given as OPENCODE_MYSQL_MIGRATION_DSN",
)
_PASSWORD = Meaning(
    DatabaseRefused,
    "{place}: wrong user or password: {detail}",
    "check sessionProvider.mysql.username and the password, and that the account may connect "
    "from this host and without a client certificate",
)
PLAIN_LOGIN = Meaning(
    DatabaseRefused,
    "{place}: wrong user or password, or not without encryption: {detail}",
    "set sessionProvider.mysql.tls.mode to required, where the account demands encryption; "
    "else check sessionProvider.mysql.username and the password",
)
_BLOCKED = Meaning(
    DatabaseRefused,
    "{place}: the server has blocked this host after many failed connections ({detail})",
    "its administrator can unblock it: FLUSH HOSTS or mysqladmin flush-hosts, on MySQL 8.4 and "
    "newer TRUNCATE TABLE performance_schema.host_cache; then find what fails",
)
_HOST_REFUSED = Meaning(
    DatabaseRefused,
    "{place}: the server takes no connections from this host: {detail}",
    "the server's administrator must allow this host for the account",
)
_ACCOUNT = Meaning(
    DatabaseRefused,
    "{place}: user {user} cannot log in: {detail}",
    "the server's administrator must unlock the account or renew its password",
)
LOGIN_METHOD = Meaning(
    DatabaseRefused,
    "{place}: user {user} must log in by a method this program does not have: {detail}",
    "use an account with caching_sha2_password or mysql_native_password, and encryption",
)
_PACKET = Meaning(
    InvalidValue,
    "{place}: a value is larger than the server accepts ({detail})",
    "store less, or have max_allowed_packet raised on the server",
)
_VALUE = Meaning(
    InvalidValue, "{place}: the server cannot store a value ({detail})", "shorten or correct it"
)
_LOCKED = Meaning(
    DatabaseLocked,
    "{place}: other clients held what this change needs for too long ({detail})",
    _WAIT,
)
_SCHEMA = Meaning(
    SchemaError,
    "{place}: the tables are not those this program needs ({detail})",
    "opencode db status shows which migrations are missing",
)
_CHANGED = Meaning(
    SchemaError,
    "{place}: the tables are not as the migrations made them ({detail})",
    "somebody has changed an index or a collation: put back what migrations/mysql says",
)
_STOPPED = Meaning(
    DatabaseUnavailable, "{place}: the server broke a statement off ({detail})", _WAIT
)

_NOT_READY = Meaning(
    DatabaseUnavailable, "{place}: the server is not ready for work ({detail})", _WAIT
)

BY_CODE: dict[int, Meaning] = {
    **dict.fromkeys((1021, 1114), FULL),
    **dict.fromkeys((1040, 1203, 1226), _TOO_MANY),
    **dict.fromkeys((1045, 1698), _PASSWORD),
    **dict.fromkeys((1037, 1041, 1135, 1637), _SHORT),
    **dict.fromkeys((1047, 3032), _NOT_READY),
    **dict.fromkeys((1176, 1267), _CHANGED),
    1129: _BLOCKED,
    1130: _HOST_REFUSED,
    **dict.fromkeys((1820, 1862, 3118, 3955, 4151), _ACCOUNT),
    **dict.fromkeys((1251, 1524, 2054, 2059, 2061), LOGIN_METHOD),
    **dict.fromkeys((1142, 1143, 1227, 1370), _PRIVILEGE),
    **dict.fromkeys((1153, 1301, 2020), _PACKET),
    **dict.fromkeys((1118, 1264, 1265, 1366, 1406, 3140, 3854), _VALUE),
    **dict.fromkeys((1020, 1180, 1205, 1213, 1412, 3101), _LOCKED),
    **dict.fromkeys((1054, 1146, 1305, 1364), _SCHEMA),
    **dict.fromkeys((1317, 1969, 3024), _STOPPED),
    1044: Meaning(
        DatabaseRefused,
        "{place}: user {user} has no right to database {database}, or there is none",
        "have an administrator create it and GRANT SELECT, INSERT, UPDATE, DELETE on it; "
        "check sessionProvider.mysql.database",
    ),
    1049: Meaning(
        DatabaseRefused,
        "{place}: there is no database {database}",
        "check sessionProvider.mysql.database, or CREATE DATABASE {database}",
    ),
    1062: Meaning(
        AlreadyExists, "{place}: the same is there already ({detail})", "use another id or name"
    ),
    1193: Meaning(
        DatabaseRefused,
        "{place}: the server lacks a setting that this program needs ({detail})",
        "use MySQL or MariaDB; what only speaks their protocol will not do",
    ),
    1419: Meaning(
        DatabaseRefused,
        "{place}: user {user} may not create triggers while the server keeps a binary log",
        "set log_bin_trust_function_creators=1 there, give OPENCODE_MYSQL_MIGRATION_DSN an account "
        "with SUPER, or have the administrator apply what opencode db migrate --dry-run prints",
    ),
    1449: Meaning(
        SchemaError,
        "{place}: the account that made the triggers is gone ({detail})",
        "have it created again, with SELECT, UPDATE and TRIGGER on {database}.*; it may be locked",
    ),
    1665: Meaning(
        DatabaseRefused,
        "{place}: the server's binary log has a form that READ COMMITTED cannot be used with",
        "set binlog_format to ROW or MIXED on the server",
    ),
    2026: Meaning(
        DatabaseRefused,
        "{place}: encryption is demanded, and the server offers none",
        "enable TLS on the server; where the network is trusted, "
        "set sessionProvider.mysql.tls.mode to preferred",
    ),
    3100: _GROUP,
    3159: Meaning(
        DatabaseRefused,
        "{place}: the server demands encryption",
        "set sessionProvider.mysql.tls.mode to required or verify-identity",
    ),
}
