"""The JSON Schema of a configuration file, for editors."""

from __future__ import annotations

from opencode.config.fields import FILE_FIELDS, SECTIONS, Field

__all__ = ["json_schema"]


def json_schema() -> dict[str, object]:
    """A schema (draft 2020-12) of our sections; those of the Go OpenCode are let through."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Configuration of opencode (.opencode.json)",
        "type": "object",
        "properties": _properties(""),
        "additionalProperties": True,
    }


def _properties(section: str) -> dict[str, object]:
    properties: dict[str, object] = {}
    for key, about in SECTIONS.items():
        parent, _, name = key.rpartition(".")
        if parent == section:
            properties[name] = {
                "description": about,
                "type": ["object", "null"],
                "properties": _properties(key),
                "additionalProperties": False,
            }
    for key, field in FILE_FIELDS.items():
        parent, _, name = key.rpartition(".")
        if parent == section:
            properties[name] = _property(field)
    return properties


def _property(field: Field) -> dict[str, object]:
    schema: dict[str, object] = {"description": field.about, "type": [field.kind, "null"]}
    if field.default is not None:
        schema["default"] = field.default
    if field.choices:
        schema["enum"] = [*field.choices, None]
    elif field.kind == "string" and not field.secret:
        schema["pattern"] = r"\S"
    if field.pattern:
        schema["pattern"] = rf"^\s*(?:{field.pattern})\s*$"
    if field.kind == "string" and field.maximum:
        schema["maxLength"] = field.maximum
    if field.kind == "integer":
        schema |= {"minimum": field.minimum, "maximum": field.maximum}
    if field.kind == "number":
        schema |= {"exclusiveMinimum": field.minimum, "maximum": field.maximum}
    return schema
