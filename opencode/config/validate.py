"""Checking what a configuration file, a variable or a caller gives against the table of fields."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable

from opencode.config.fields import FILE_FIELDS, SECTIONS, Field, Scalar
from opencode.config.jsonc import JSONObject
from opencode.errors import Problem

__all__ = ["Checked", "check", "nearest"]

# Sections of the Go OpenCode, which reads the same file.
FOREIGN_KEYS = frozenset(
    {
        *("$schema", "agents", "autoCompact", "contextPaths", "debug", "debugLSP", "lsp"),
        *("mcpServers", "providers", "shell", "tui", "wd"),
    }
)
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
ARTICLES = {"string": "a string", "integer": "a whole number", "number": "a number"}


class Checked:
    """What a file says: `values` by dotted key (None takes an earlier file's value back)."""

    def __init__(self, document: JSONObject, where: str) -> None:
        self.values: dict[str, Scalar] = {}
        self.problems: list[Problem] = []
        self.warnings: list[str] = []
        self._where = where
        self._section("", document)

    def _section(self, path: str, node: JSONObject) -> None:
        for name in getattr(node, "repeated", ()):
            key = _join(path, name)
            if key in SECTIONS or key in FILE_FIELDS or path:
                self._complain(key, "is given more than once", "keep one of them")
        for name, value in node.items():
            key = _join(path, name)
            if key in SECTIONS:
                self._subsection(key, value)
            elif key in FILE_FIELDS:
                self._value(FILE_FIELDS[key], value)
            elif path:
                known = _names_in(path)
                self._complain(key, "is not a setting", _suggestion(name, known))
            else:
                self._foreign(name)

    def _subsection(self, key: str, value: object) -> None:
        if value is None:
            inside = (field for field in FILE_FIELDS if field.startswith(f"{key}."))
            self.values.update(dict.fromkeys(inside))
        elif isinstance(value, dict):
            self._section(key, value)
        else:
            message = f"must be an object, but is {_shown(value)}"
            self._complain(key, message, f"known settings: {', '.join(_names_in(key))}")

    def _value(self, field: Field, value: object) -> None:
        if value is None:
            self.values[field.key] = None
            return
        checked, problem = check(field, value, where=self._where, name=field.key)
        if problem:
            self.problems.append(problem)
        else:
            self.values[field.key] = checked

    def _foreign(self, name: str) -> None:
        if name in FOREIGN_KEYS:
            return
        meant = nearest(name, _names_in(""))
        if meant:
            self.warnings.append(
                f"{self._where}: {_printable(name)} is not a setting of this program "
                f"and is ignored; did you mean {meant}?"
            )

    def _complain(self, key: str, message: str, remedy: str) -> None:
        self.problems.append(Problem(self._where, _printable(key), message, remedy))


def check(
    field: Field, value: object, *, where: str, name: str
) -> tuple[Scalar, None] | tuple[None, Problem]:
    """The value as the program uses it, or what is wrong with it; secrets are never quoted."""
    match value:
        case str() if field.kind == "string":
            text = value if field.secret else value.strip()
            complaint = _text_complaint(field, text)
            result: Scalar = text
        case bool() if field.kind == "boolean":
            complaint, result = None, value
        case int() | float() if field.kind in ("integer", "number") and not isinstance(value, bool):
            result = int(value) if isinstance(value, float) and value.is_integer() else value
            complaint = _number_complaint(field, result)
        case _:
            complaint = _type_complaint(field, value)
            result = None
    if complaint:
        message, remedy = complaint
        return None, Problem(where, name, message, remedy)
    return result, None


def nearest(name: str, known: Iterable[str], *, likeness: float = 0.75) -> str | None:
    """The known name that `name` was probably meant to be; case and separators do not count."""
    # Slow to import, and needed for mistakes only.
    from difflib import get_close_matches

    plain = {_plain(candidate): candidate for candidate in known}
    found = get_close_matches(_plain(name), plain, n=1, cutoff=likeness)
    return plain[found[0]] if found else None


def _suggestion(name: str, known: list[str]) -> str:
    meant = nearest(name, known, likeness=0.5)
    return f"did you mean {meant}?" if meant else f"known settings: {', '.join(known)}"


def _text_complaint(field: Field, text: str) -> tuple[str, str] | None:
    complaint = None
    if any("\ud800" <= character <= "\udfff" for character in text):
        complaint = "holds a lone surrogate", "write it in UTF-8"
    elif field.choices and text not in field.choices:
        options = ", ".join(field.choices[:-1]) + f" or {field.choices[-1]}"
        what = "provider type" if field.key == "sessionProvider.type" else "value"
        complaint = f"unknown {what} {_shown(text)}", f"use {options}"
    elif field.secret:
        complaint = None
    elif not text:
        complaint = "is empty", "give it a value or remove it"
    elif field.maximum and len(text) > field.maximum:
        complaint = f"has {len(text)} characters", f"use at most {field.maximum}"
    elif CONTROLS.search(text):
        complaint = "holds control characters", "remove them"
    elif field.pattern and not re.fullmatch(field.pattern, text):
        complaint = "has the wrong form", f"give {field.pattern_about}"
    return complaint


def _number_complaint(field: Field, value: float) -> tuple[str, str] | None:
    low, high = field.minimum or 0, field.maximum or 0
    if field.kind == "integer":
        if isinstance(value, int) and low <= value <= high:
            return None
        return f"is {value}", f"use a whole number from {low} to {high}"
    if math.isfinite(value) and low < value <= high:
        return None
    return f"is {value}", f"use a number of seconds more than {low}, at most {high}"


def _type_complaint(field: Field, value: object) -> tuple[str, str]:
    wanted = "true or false" if field.kind == "boolean" else ARTICLES[field.kind]
    given = _kind_of(value) if field.secret else _shown(value)
    remedy = f"give {wanted}"
    if isinstance(value, str) and field.kind != "string" and not field.secret:
        try:
            bare = json.loads(value)
        except ValueError:
            bare = None
        if not isinstance(check(field, bare, where="", name="")[1], Problem):
            remedy = f"write it without quotes: {value.strip()}"
    return f"must be {wanted}, but is {given}", remedy


def _shown(value: object) -> str:
    """A value for an error message: short, escaped, and never what may hold an address."""
    text = json.dumps(value) if isinstance(value, str | int | float) else ""
    if not text or len(text) > 40 or re.search(r"[@/]", text):
        return _kind_of(value)
    return f"the string {text}" if isinstance(value, str) and not _is_word(value) else text


def _is_word(text: str) -> bool:
    return text.replace("-", "").isalpha() and text not in ("true", "false", "null")


def _kind_of(value: object) -> str:
    names = {bool: "true or false", str: "a string", int: "a number", float: "a number"}
    kinds = {dict: "an object", list: "a list", type(None): "null"}
    return (names | kinds).get(type(value), "an object")


def _names_in(path: str) -> list[str]:
    prefix = f"{path}." if path else ""
    keys = (key for key in (*SECTIONS, *FILE_FIELDS) if key.startswith(prefix))
    return [key[len(prefix) :] for key in keys if "." not in key[len(prefix) :]]


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _printable(name: str) -> str:
    return name if name.isprintable() and len(name) <= 80 else json.dumps(name[:80])
