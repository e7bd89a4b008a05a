"""JSON schemas that a reply can be held to, checked before any of it reaches native code.

What cannot be enforced while the model writes is refused and not passed over: a promise that is not kept is
worse than none. The keywords are those of https://json-schema.org/draft/2020-12.
"""

import json
from collections.abc import Iterator
from typing import Any, cast

from tui.i18n import _
from tui.text import clean_line

Schema = dict[str, Any]

CHARACTERS_MOST = 65_536
"""Longest schema, in characters."""
DEPTH_MOST = 40
"""Deepest nesting of schemas."""
NODES_MOST = 2_000
"""Most schemas inside a schema."""
COUNT_MOST = 1_000
"""Largest `maxLength` or `maxItems` and the like: the engine unrolls repetitions."""

TYPES = ("object", "array", "string", "number", "integer", "boolean", "null")
FORMATS = ("date", "time", "date-time", "uuid")
"""Formats that are enforced; others say what is meant, and so they do here."""
_COUNTS = (("minLength", "maxLength"), ("minItems", "maxItems"))
_NOTES = frozenset(
    (
        *("title", "description", "default", "examples", "format", "$schema", "$id", "$comment"),
        *("deprecated", "readOnly", "writeOnly"),
    )
)
"""Keywords that say what is meant and hold nothing back."""
_KNOWN = frozenset(
    (
        *("type", "enum", "const", "anyOf", "oneOf", "$ref", "$defs", "definitions"),
        *("properties", "required", "additionalProperties", "items"),
        *("minLength", "maxLength", "minItems", "maxItems"),
    )
)
"""Keywords that are enforced."""


class SchemaError(Exception):
    """The schema cannot be used; the text is a sentence that says where, why, and what to do."""


def check_schema(text: str) -> str | None:
    """What is wrong with a schema, one sentence; None when a reply can be held to it."""
    try:
        parse_schema(text)
    except SchemaError as error:
        return str(error)
    return None


def parse_schema(text: str) -> Schema:
    """The schema that a text holds.

    Raises:
        SchemaError: it is no JSON, no schema, or asks for what cannot be enforced.
    """
    if len(text) > CHARACTERS_MOST:
        message = _("The schema is {count} characters long; at most {most} are taken.")
        raise SchemaError(message.format(count=f"{len(text):,}", most=f"{CHARACTERS_MOST:,}"))
    try:
        found: Any = json.loads(text, parse_constant=_no_constant)
        text.encode()
        json.dumps(found, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        message = _("The schema is not JSON: {why} at line {line}, column {column}.")
        raise SchemaError(message.format(why=error.msg, line=error.lineno, column=error.colno)) from error
    except (RecursionError, ValueError) as error:
        raise SchemaError(_("The schema is not JSON that can be read.")) from error
    if not isinstance(found, dict):
        raise SchemaError(_('The schema has to be a JSON object, such as {{"type": "object"}}.').format())
    schema = cast("Schema", found)
    for count, (place, each, depth) in enumerate(_walk(schema)):
        if depth > DEPTH_MOST or count > NODES_MOST:
            raise SchemaError(_("The schema is nested too deeply or too large; make it simpler."))
        _check(schema, place, each)
    return schema


def resolve(root: Schema, reference: str) -> Any:
    """What a `$ref` such as `#/$defs/name` stands for.

    Raises:
        KeyError: there is nothing at that place.
    """
    if reference != "#" and not reference.startswith("#/"):
        raise KeyError(reference)
    at: Any = root
    for part in reference[2:].split("/") if len(reference) > 2 else ():
        name = part.replace("~1", "/").replace("~0", "~")
        if not isinstance(at, dict):
            raise KeyError(reference)
        at = cast("Schema", at)[name]
    return at


def choices(schema: Schema) -> list[Any] | None:
    """The schemas of which one has to hold; None where there is no such choice."""
    found = schema.get("anyOf", schema.get("oneOf"))
    return None if found is None else list(found)


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _walk(schema: Any, place: str = "", depth: int = 0) -> Iterator[tuple[str, Any, int]]:
    """Each schema inside a schema, itself first, with the way to it."""
    yield place, schema, depth
    if not isinstance(schema, dict) or depth > DEPTH_MOST:
        return
    node = cast("Schema", schema)
    for key in ("properties", "$defs", "definitions"):
        if isinstance(table := node.get(key), dict):
            for name, inner in cast("Schema", table).items():
                yield from _walk(inner, _join(place, f"{key}.{name}"), depth + 1)
    for key in ("anyOf", "oneOf"):
        if isinstance(inner := node.get(key), list):
            for number, each in enumerate(cast("list[Any]", inner)):
                yield from _walk(each, _join(place, f"{key}[{number}]"), depth + 1)
    for key in ("items", "additionalProperties"):
        if key in node:
            yield from _walk(node[key], _join(place, key), depth + 1)


def _join(place: str, part: str) -> str:
    return f"{place}.{part}" if place else part


def _check(root: Schema, place: str, schema: Any) -> None:
    where = _("at {place}").format(place=clean_line(place)[:80]) if place else _("at the top")
    if isinstance(schema, bool):
        if not schema and not place.endswith("additionalProperties"):
            raise SchemaError(
                _("The schema {where} is false, which no answer can follow.").format(where=where)
            )
        return
    if not isinstance(schema, dict):
        raise SchemaError(_("The schema {where} has to be a JSON object.").format(where=where))
    wrong = _wrong(root, cast("Schema", schema))
    if wrong is not None:
        key, why = wrong
        message = _("The schema's {key} {where} {why}.")
        raise SchemaError(message.format(key=clean_line(key)[:40], where=where, why=why))


def _wrong(root: Schema, schema: Schema) -> tuple[str, str] | None:
    """The first keyword that is wrong, and why, as the end of a sentence."""
    for key in schema:
        if key not in _KNOWN and key not in _NOTES:
            return key, _("cannot be enforced while the model writes; leave it out and say it in the prompt")
    return (
        _wrong_kind(schema) or _wrong_values(schema) or _wrong_count(schema) or _wrong_reference(root, schema)
    )


def _wrong_kind(schema: Schema) -> tuple[str, str] | None:
    given = schema.get("type", [])
    types: list[Any] = cast("list[Any]", given) if isinstance(given, list) else [given]
    if "type" in schema and (not types or any(each not in TYPES for each in types)):
        return "type", _("has to be one of {types}").format(types=", ".join(TYPES))
    for key in ("properties", "$defs", "definitions"):
        if not isinstance(schema.get(key, {}), dict):
            return key, _("has to be a JSON object of schemas by name")
    required = schema.get("required", [])
    known = schema.get("properties", {})
    if not isinstance(required, list) or any(
        not isinstance(name, str) for name in cast("list[Any]", required)
    ):
        return "required", _("has to be a list of names")
    missing = [name for name in cast("list[str]", required) if name not in known]
    if missing:
        return "required", _("names {name}, which is not in properties").format(
            name=clean_line(missing[0])[:40]
        )
    return None


def _wrong_values(schema: Schema) -> tuple[str, str] | None:
    for key in ("enum", "anyOf", "oneOf"):
        if key in schema and (not isinstance(schema[key], list) or not schema[key]):
            return key, _("has to be a list with something in it")
    if "anyOf" in schema and "oneOf" in schema:
        return "oneOf", _("cannot be enforced beside anyOf; keep one of them")
    for key in ("anyOf", "oneOf", "$ref", "enum", "const"):
        beside = [
            each for each in schema if each != key and each in _KNOWN - {"type", "$defs", "definitions"}
        ]
        if key in schema and beside:
            return beside[0], _("cannot be enforced beside {key}; keep one of them").format(key=key)
    return None


def _wrong_count(schema: Schema) -> tuple[str, str] | None:
    for least, most in _COUNTS:
        for key in (least, most):
            value = schema.get(key, 0)
            if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= COUNT_MOST:
                return key, _("has to be a whole number from 0 to {most}").format(most=f"{COUNT_MOST:,}")
        if most in schema and schema.get(least, 0) > schema[most]:
            return most, _("is smaller than {least}").format(least=least)
    return None


def _wrong_reference(root: Schema, schema: Schema) -> tuple[str, str] | None:
    """A reference that leads nowhere, or that leads back to itself before a single character is written."""
    waiting: list[Any] = [schema]
    seen: list[str] = []
    while waiting:
        at = waiting.pop()
        if not isinstance(at, dict):
            continue
        node = cast("Schema", at)
        found = choices(node)
        waiting += found if isinstance(found, list) else []
        reference = node.get("$ref")
        if reference is None:
            continue
        if not isinstance(reference, str):
            return "$ref", _("has to be a text such as #/$defs/name")
        try:
            target = resolve(root, reference)
        except KeyError:
            return "$ref", _("leads nowhere; it has to be like #/$defs/name, in this schema")
        if reference in seen or target is schema:
            return "$ref", _("leads back to itself")
        if not isinstance(target, dict | bool):
            return "$ref", _("does not lead to a schema")
        seen.append(reference)
        waiting.append(target)
    return None
