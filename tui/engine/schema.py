"""JSON schemas that a reply can be held to, checked before any of it reaches native code.

What cannot be enforced while the model writes is refused and not passed over: a promise that is not kept is
worse than none. The keywords are those of https://json-schema.org/draft/2020-12.
"""

import json
from collections.abc import Iterator
from typing import Any, cast

from tui.sentences import Reason, ReasonedError, reason
from tui.text import clean_line

Schema = dict[str, Any]

MAX_CHARACTERS = 65_536
"""Longest schema, in characters."""
MAX_DEPTH = 40
"""Deepest nesting of schemas."""
MAX_SCHEMAS = 2_000
"""Most schemas inside a schema."""
MAX_COUNT = 1_000
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


class SchemaError(ReasonedError):
    """The schema cannot be used; the reason says where, why, and what to do."""


def check_schema(text: str) -> Reason | None:
    """Return what is wrong with a schema; None when a reply can be held to it."""
    try:
        parse_schema(text)
    except SchemaError as error:
        return error.reason
    return None


def parse_schema(text: str) -> Schema:
    """The schema that a text holds.

    Raises:
        SchemaError: it is no JSON, no schema, or asks for what cannot be enforced.
    """
    if len(text) > MAX_CHARACTERS:
        raise SchemaError(reason("engine.schema_too_long", characters=len(text), limit=MAX_CHARACTERS))
    try:
        found: Any = json.loads(text, parse_constant=_no_constant)
        text.encode()
        json.dumps(found, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        raise SchemaError(
            reason("engine.schema_not_json", error=error.msg, line=error.lineno, column=error.colno)
        ) from error
    except (RecursionError, ValueError) as error:
        raise SchemaError(reason("engine.schema_unreadable")) from error
    if not isinstance(found, dict):
        raise SchemaError(reason("engine.schema_no_object"))
    schema = cast("Schema", found)
    for count, (place, each, depth) in enumerate(_walk(schema)):
        if depth > MAX_DEPTH or count > MAX_SCHEMAS:
            raise SchemaError(reason("engine.schema_too_large"))
        _check(schema, place, each)
    return schema


def referenced_schema(root: Schema, reference: str) -> Any:
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


def alternatives(schema: Schema) -> list[Any] | None:
    """The schemas of which one has to hold; None where there is no such choice."""
    found = schema.get("anyOf", schema.get("oneOf"))
    return None if found is None else list(found)


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _walk(schema: Any, place: str = "", depth: int = 0) -> Iterator[tuple[str, Any, int]]:
    """Each schema inside a schema, itself first, with the way to it."""
    yield place, schema, depth
    if not isinstance(schema, dict) or depth > MAX_DEPTH:
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
    where = (
        reason("engine.schema_at", path=clean_line(place)[:80]) if place else reason("engine.schema_at_top")
    )
    if isinstance(schema, bool):
        if not schema and not place.endswith("additionalProperties"):
            raise SchemaError(reason("engine.schema_false", place=where))
        return
    if not isinstance(schema, dict):
        raise SchemaError(reason("engine.schema_place_no_object", place=where))
    wrong = _wrong(root, cast("Schema", schema))
    if wrong is not None:
        key, why = wrong
        raise SchemaError(
            reason("engine.schema_keyword", keyword=clean_line(key)[:40], place=where, problem=why)
        )


def _wrong(root: Schema, schema: Schema) -> tuple[str, Reason] | None:
    """The first keyword that is wrong, and why, as the end of a sentence."""
    for key in schema:
        if key not in _KNOWN and key not in _NOTES:
            return key, reason("engine.keyword_unenforceable")
    return (
        _wrong_kind(schema) or _wrong_values(schema) or _wrong_count(schema) or _wrong_reference(root, schema)
    )


def _wrong_kind(schema: Schema) -> tuple[str, Reason] | None:
    given = schema.get("type", [])
    types: list[Any] = cast("list[Any]", given) if isinstance(given, list) else [given]
    if "type" in schema and (not types or any(each not in TYPES for each in types)):
        return "type", reason("engine.keyword_not_one_of", values=", ".join(TYPES))
    for key in ("properties", "$defs", "definitions"):
        if not isinstance(schema.get(key, {}), dict):
            return key, reason("engine.keyword_no_schemas")
    required = schema.get("required", [])
    known = schema.get("properties", {})
    if not isinstance(required, list) or any(
        not isinstance(name, str) for name in cast("list[Any]", required)
    ):
        return "required", reason("engine.keyword_no_names")
    missing = [name for name in cast("list[str]", required) if name not in known]
    if missing:
        return "required", reason("engine.keyword_not_a_property", name=clean_line(missing[0])[:40])
    return None


def _wrong_values(schema: Schema) -> tuple[str, Reason] | None:
    for key in ("enum", "anyOf", "oneOf"):
        if key in schema and (not isinstance(schema[key], list) or not schema[key]):
            return key, reason("engine.keyword_empty")
    if "anyOf" in schema and "oneOf" in schema:
        return "oneOf", reason("engine.keyword_beside", keyword="anyOf")
    for key in ("anyOf", "oneOf", "$ref", "enum", "const"):
        beside = [
            each for each in schema if each != key and each in _KNOWN - {"type", "$defs", "definitions"}
        ]
        if key in schema and beside:
            return beside[0], reason("engine.keyword_beside", keyword=key)
    return None


def _wrong_count(schema: Schema) -> tuple[str, Reason] | None:
    for least, most in _COUNTS:
        for key in (least, most):
            value = schema.get(key, 0)
            if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_COUNT:
                return key, reason("engine.keyword_no_count", limit=MAX_COUNT)
        if most in schema and schema.get(least, 0) > schema[most]:
            return most, reason("engine.keyword_smaller", keyword=least)
    return None


def _wrong_reference(root: Schema, schema: Schema) -> tuple[str, Reason] | None:
    """A reference that leads nowhere, or that leads back to itself before a single character is written."""
    waiting: list[Any] = [schema]
    seen: list[str] = []
    while waiting:
        at = waiting.pop()
        if not isinstance(at, dict):
            continue
        node = cast("Schema", at)
        found = alternatives(node)
        waiting += found if isinstance(found, list) else []
        reference = node.get("$ref")
        if reference is None:
            continue
        if not isinstance(reference, str):
            return "$ref", reason("engine.reference_no_text")
        try:
            target = referenced_schema(root, reference)
        except KeyError:
            return "$ref", reason("engine.reference_nowhere")
        if reference in seen or target is schema:
            return "$ref", reason("engine.reference_to_itself")
        if not isinstance(target, dict | bool):
            return "$ref", reason("engine.reference_no_schema")
        seen.append(reference)
        waiting.append(target)
    return None
