"""Reading one configuration file: JSON in UTF-8, with `//` comments."""

from __future__ import annotations

import json
import re
import stat
from pathlib import Path
from typing import TypeAlias

from opencode.errors import ConfigError, Problem

__all__ = ["JSONObject", "read_object"]

JSONObject: TypeAlias = dict[str, object]

# A string (so that // inside one is left alone), or a comment.
TOKEN = re.compile(r'"(?:[^"\\\n]|\\.)*"|//[^\n]*')


class Object(JSONObject):
    """A JSON object that remembers which of its keys were given more than once."""

    repeated: tuple[str, ...] = ()


def read_object(path: Path) -> JSONObject | None:
    """The object in the file, None when there is no such file, {} when it is empty.

    Raises ConfigError with one problem, which never quotes the file: it may hold a password.
    """
    text = _read_text(path)
    if text is None:
        return None
    text = TOKEN.sub(_blank_comment, text)
    if not text.strip():
        return {}
    try:
        document = json.loads(text, object_pairs_hook=_make_object)
    except json.JSONDecodeError as error:
        raise _broken(path, text, error) from None
    except RecursionError:
        raise _problem(path, "the JSON is nested too deeply", "simplify it") from None
    except ValueError:
        # CPython refuses to convert integers of more than 4300 digits.
        raise _problem(path, "the JSON holds a number that is too long", "shorten it") from None
    if not isinstance(document, dict):
        raise _problem(path, "must hold a JSON object", 'put the settings between "{" and "}"')
    return document


def _read_text(path: Path) -> str | None:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            kind = "a directory" if stat.S_ISDIR(status.st_mode) else "not a regular file"
            raise _problem(path, f"is {kind}", "put a JSON file there or move it away")
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        if path.is_symlink():
            raise _problem(path, "is a link to nowhere", "correct or remove it") from None
        return None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise _problem(path, f"cannot be read: {reason}", "make it readable") from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _problem(path, f"line {line} is not UTF-8", "save the file as UTF-8") from None


def _blank_comment(match: re.Match[str]) -> str:
    # Blanks of the same length keep the columns in error messages right.
    found = match.group()
    return " " * len(found) if found.startswith("//") else found


def _make_object(pairs: list[tuple[str, object]]) -> Object:
    made = Object(pairs)
    if len(made) < len(pairs):
        keys = [key for key, _ in pairs]
        made.repeated = tuple(dict.fromkeys(key for key in keys if keys.count(key) > 1))
    return made


def _broken(path: Path, text: str, error: json.JSONDecodeError) -> ConfigError:
    position, message = error.pos, error.msg[:1].lower() + error.msg[1:]
    remedy = "correct the JSON"
    before = text[:position].rstrip()
    following = text[position : position + 2]
    if position >= len(text.rstrip()):
        message, remedy = "the file ends too early", 'a "}", "]" or quote is missing'
    elif before.endswith(",") and following[:1] in ("}", "]"):
        position = len(before) - 1
        message, remedy = f'a comma before "{following[0]}"', "remove the comma"
    elif following == "/*" or following.startswith("#"):
        message, remedy = "a comment that JSON does not know", "begin comments with //"
    elif following.startswith("'"):
        message, remedy = "a single quote", "use double quotes"
    where = json.JSONDecodeError(message, text, position)
    return _problem(
        path, f"broken JSON at line {where.lineno}, column {where.colno}: {message}", remedy
    )


def _problem(path: Path, message: str, remedy: str) -> ConfigError:
    return ConfigError([Problem(str(path), "", message, remedy)])
