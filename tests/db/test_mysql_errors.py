"""What the numbers of MySQL and MariaDB mean to the user."""

from __future__ import annotations

import re

import pytest
from pymysql.err import InterfaceError, InternalError, OperationalError

from opencode.db import mysql_errors, mysql_meanings
from opencode.db.mysql_errors import Place, translate
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
    StoreError,
)

PLACE = Place("db.example.com", 3306, None, "sessions", "ada")


@pytest.mark.parametrize(
    ("code", "text", "kind", "words"),
    [
        (3, "Error writing file './x' (Errcode: 28 \"No space left\")", ServerFull, "no space"),
        (1021, "Disk full (/tmp/#sql)", ServerFull, "no space"),
        (1026, "Error writing file (errno: 28 - No space left on device)", ServerFull, "no space"),
        (1030, 'Got error 28 "No space left on device" from storage', ServerFull, "no space"),
        (1030, "Got error 168 from storage engine", StoreError, "reports error 1030"),
        (1030, "Got error 128 from storage engine", StoreError, "reports error 1030"),
        (1030, "Got error 28 from storage engine", ServerFull, "no space"),
        (3, "Error writing './app28/x.ibd' (OS errno 13 - Denied)", StoreError, "error 3"),
        (3, "Error writing './a' (OS errno 28 - No space left)", ServerFull, "no space"),
        (1026, "Error writing file './a' (errno: 28)", ServerFull, "no space"),
        (1041, "Out of memory", DatabaseUnavailable, "short of memory"),
        (1135, "Can't create a new thread", DatabaseUnavailable, "short of memory or threads"),
        (1129, "Host 'x' is blocked", DatabaseRefused, "blocked this host"),
        (1130, "Host 'x' is not allowed", DatabaseRefused, "no connections from this host"),
        (1176, "Key 'x' doesn't exist in table", SchemaError, "as the migrations made them"),
        (1193, "Unknown system variable 'x'", DatabaseRefused, "lacks a setting"),
        (1226, "exceeded the 'max_questions' resource", DatabaseUnavailable, "'max_questions'"),
        (1267, "Illegal mix of collations", SchemaError, "as the migrations made them"),
        (1637, "Too many active concurrent", DatabaseUnavailable, "short of memory or threads"),
        (3032, "in offline mode", DatabaseUnavailable, "not ready for work"),
        (3100, "Error on observer", DatabaseUnavailable, "group of servers"),
        (3854, "Cannot convert string", InvalidValue, "cannot store a value"),
        (1040, "Too many connections", DatabaseUnavailable, "too many connections"),
        (1044, "Access denied", DatabaseRefused, "no right to database sessions"),
        (1045, "Access denied", DatabaseRefused, "wrong user or password"),
        (1049, "Unknown database", DatabaseRefused, "there is no database sessions"),
        (1062, "Duplicate entry 'x' for key", AlreadyExists, "there already"),
        (1114, "The table 'messages' is full", ServerFull, "no space"),
        (1118, "Row size too large", InvalidValue, "cannot store a value"),
        (1142, "INSERT command denied", DatabaseRefused, "lacks a privilege"),
        (1146, "Table 'x.sessions' doesn't exist", SchemaError, "not those this program needs"),
        (1153, "Got a packet bigger than", InvalidValue, "larger than the server accepts"),
        (1203, "User ada has more than", DatabaseUnavailable, "too many connections"),
        (1205, "Lock wait timeout exceeded", DatabaseLocked, "held what this change needs"),
        (1213, "Deadlock found", DatabaseLocked, "held what this change needs"),
        (1226, "has exceeded the 'max_user_connections'", DatabaseUnavailable, "too many"),
        (1264, "Out of range value", InvalidValue, "cannot store a value"),
        (1290, "running with the --read-only option", ServerReadOnly, "accepts no writes"),
        (1290, "running with the --skip-grant-tables", StoreError, "reports error 1290"),
        (1317, "Query execution was interrupted", DatabaseUnavailable, "broke a statement off"),
        (1366, "Incorrect string value", InvalidValue, "cannot store a value"),
        (1406, "Data too long for column 'title'", InvalidValue, "column 'title'"),
        (1419, "You do not have the SUPER privilege", DatabaseRefused, "may not create triggers"),
        (1449, "The user specified as a definer", SchemaError, "made the triggers is gone"),
        (1665, "Cannot execute statement", DatabaseRefused, "binary log"),
        (1792, "in a READ ONLY transaction", ServerReadOnly, "accepts no writes"),
        (1836, "Running in read-only mode", ServerReadOnly, "accepts no writes"),
        (2006, "MySQL server has gone away", DatabaseUnavailable, "connection was lost"),
        (2013, "Lost connection", DatabaseUnavailable, "connection was lost"),
        (2013, "([Errno 110] Connection timed out)", DatabaseUnavailable, "connection was lost"),
        (2013, "(The read operation timed out)", DatabaseUnavailable, "within readTimeout"),
        (2026, "SSL is required", DatabaseRefused, "the server offers none"),
        (3159, "insecure transport", DatabaseRefused, "demands encryption"),
        (4031, "disconnected because of inactivity", DatabaseUnavailable, "connection was lost"),
        (9999, "Something\n else", StoreError, "reports error 9999: Something else"),
    ],
)
def test_each_number_has_its_meaning(
    code: int, text: str, kind: type[OpencodeError], words: str
) -> None:
    error = translate(OperationalError(code, text), PLACE)
    assert type(error) is kind
    assert words in error.message
    assert error.message.startswith("db.example.com:3306/sessions: ")
    assert "\n" not in error.message
    assert error.hint


@pytest.mark.parametrize(
    "error",
    [
        InterfaceError(0, ""),
        OperationalError(2006, "MySQL server has gone away (BrokenPipeError(32, 'Broken pipe'))"),
        OperationalError(2006, "MySQL server has gone away (TimeoutError('timed out'))"),
    ],
)
def test_no_message_names_a_class_of_python(error: Exception) -> None:
    message = translate(error, PLACE).message
    assert "connection was lost" in message
    assert not re.search(r"[a-z]Error|\bError\(", message)


def test_every_text_can_be_filled_in() -> None:
    for code in mysql_meanings.BY_CODE:
        error = translate(OperationalError(code, "{detail} of {braces}"), PLACE)
        left = re.findall(r"\{(\w+)\}", error.message.replace("{detail} of {braces}", ""))
        assert not left
        assert "{" not in error.hint


@pytest.mark.parametrize(
    "error",
    [
        InterfaceError(0, ""),
        InternalError("Packet sequence number wrong - got 2 expected 1"),
        OperationalError(2006, "gone"),
        OperationalError(2013, "lost"),
        OperationalError(1053, "Server shutdown in progress"),
        OperationalError(1927, "Connection was killed"),
        OperationalError(3169, "The session was killed"),
    ],
)
def test_a_lost_connection_is_known_as_such(error: Exception) -> None:
    assert mysql_errors.is_lost(error)
    assert mysql_errors.leaves_commit_unknown(error)
    assert not mysql_errors.must_rerun(error)


def test_a_limit_by_the_hour_is_not_tried_again() -> None:
    def over(resource: str) -> OperationalError:
        return OperationalError(1226, f"User 'ada' has exceeded the '{resource}' resource")

    assert mysql_errors.is_transient_connect(over("max_user_connections"))
    assert not mysql_errors.is_transient_connect(over("max_connections_per_hour"))


@pytest.mark.parametrize("code", [1044, 1045, 1049, 1062, 1064, 1142, 1290, 1419])
def test_what_time_does_not_heal(code: int) -> None:
    error = OperationalError(code, "x")
    assert not mysql_errors.is_lost(error)
    assert not mysql_errors.must_rerun(error)
    assert not mysql_errors.is_transient_connect(error)
    assert not mysql_errors.leaves_commit_unknown(error)


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (PLACE, "db.example.com:3306/sessions"),
        (Place("::1", 3307, None, "s", "u"), "[::1]:3307/s"),
        (Place("localhost", 3306, "/run/mysqld.sock", "s", "u"), "unix(/run/mysqld.sock)/s"),
    ],
)
def test_places(place: Place, text: str) -> None:
    assert str(place) == text
