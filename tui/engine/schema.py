"""JSON schemas that a reply can be made to follow, checked before any of it reaches native code.

A keyword that cannot be enforced while the model writes is refused, not ignored: a promise that is not kept
is worse than none. The keywords are those of https://json-schema.org/draft/2020-12.
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
"""Largest depth of nested schemas."""
MAX_SCHEMAS = 2_000
"""Largest number of schemas inside a schema."""
MAX_COUNT = 1_000
"""Largest `maxLength` or `maxItems` and the like: the engine unrolls repetitions."""

TYPES = ("object", "array", "string", "number", "integer", "boolean", "null")
FORMATS = ("date", "time", "date-time", "uuid")
"""Formats that are enforced; other formats are only notes."""
_COUNT_RANGES = (("minLength", "maxLength"), ("minItems", "maxItems"))
_ANNOTATIONS = frozenset(
    (
        *("title", "description", "default", "examples", "format", "$schema", "$id", "$comment"),
        *("deprecated", "readOnly", "writeOnly"),
    )
)
"""Keywords that are only notes and enforce nothing."""
_ENFORCED = frozenset(
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
    """Return the problem of a schema; None when a reply can be made to follow it."""
    try:
        parse_schema(text)
    except SchemaError as error:
        return error.reason
    return None


def parse_schema(text: str) -> Schema:
    """Return the schema that a text contains.

    Raises:
        SchemaError: it is no JSON, no schema, or has keywords that cannot be enforced.
    """
    if len(text) > MAX_CHARACTERS:
        raise SchemaError(reason("engine.schema_too_long", characters=len(text), limit=MAX_CHARACTERS))
    try:
        value: Any = json.loads(text, parse_constant=_refuse_constant)
        text.encode()
        json.dumps(value, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        raise SchemaError(
            reason("engine.schema_not_json", error=error.msg, line=error.lineno, column=error.colno)
        ) from error
    except (RecursionError, ValueError) as error:
        raise SchemaError(reason("engine.schema_unreadable")) from error
    if not isinstance(value, dict):
        raise SchemaError(reason("engine.schema_no_object"))
    schema = cast("Schema", value)
    for count, (place, node, depth) in enumerate(_walk(schema)):
        if depth > MAX_DEPTH or count > MAX_SCHEMAS:
            raise SchemaError(reason("engine.schema_too_large"))
        _check(schema, place, node)
    return schema


def referenced_schema(root: Schema, reference: str) -> Any:
    """Return the schema that a `$ref` such as `#/$defs/name` refers to.

    Raises:
        KeyError: there is nothing at that place.
    """
    if reference != "#" and not reference.startswith("#/"):
        raise KeyError(reference)
    node: Any = root
    for part in reference[2:].split("/") if len(reference) > 2 else ():
        name = part.replace("~1", "/").replace("~0", "~")
        if not isinstance(node, dict):
            raise KeyError(reference)
        node = cast("Schema", node)[name]
    return node


def alternatives(schema: Schema) -> list[Any] | None:
    """Return the schemas of `anyOf` or `oneOf`; None where there are none."""
    schemas = schema.get("anyOf", schema.get("oneOf"))
    return None if schemas is None else list(schemas)


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _walk(schema: Any, place: str = "", depth: int = 0) -> Iterator[tuple[str, Any, int]]:
    """Yield each schema inside a schema, itself first, with its path and depth."""
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
            for number, alternative in enumerate(cast("list[Any]", inner)):
                yield from _walk(alternative, _join(place, f"{key}[{number}]"), depth + 1)
    for key in ("items", "additionalProperties"):
        if key in node:
            yield from _walk(node[key], _join(place, key), depth + 1)


def _join(place: str, part: str) -> str:
    return f"{place}.{part}" if place else part


def _check(root: Schema, place: str, schema: Any) -> None:
    position = (
        reason("engine.schema_at", path=clean_line(place)[:80]) if place else reason("engine.schema_at_top")
    )
    if isinstance(schema, bool):
        if not schema and not place.endswith("additionalProperties"):
            raise SchemaError(reason("engine.schema_false", place=position))
        return
    if not isinstance(schema, dict):
        raise SchemaError(reason("engine.schema_place_no_object", place=position))
    problem = _problem(root, cast("Schema", schema))
    if problem is not None:
        key, why = problem
        raise SchemaError(
            reason("engine.schema_keyword", keyword=clean_line(key)[:40], place=position, problem=why)
        )


def _problem(root: Schema, schema: Schema) -> tuple[str, Reason] | None:
    """Return the first keyword with a problem, and the problem as the end of a sentence."""
    for key in schema:
        if key not in _ENFORCED and key not in _ANNOTATIONS:
            return key, reason("engine.keyword_unenforceable")
    return (
        _type_problem(schema)
        or _value_problem(schema)
        or _count_problem(schema)
        or _reference_problem(root, schema)
    )


def _type_problem(schema: Schema) -> tuple[str, Reason] | None:
    type_value = schema.get("type", [])
    types: list[Any] = cast("list[Any]", type_value) if isinstance(type_value, list) else [type_value]
    if "type" in schema and (not types or any(name not in TYPES for name in types)):
        return "type", reason("engine.keyword_not_one_of", values=", ".join(TYPES))
    for key in ("properties", "$defs", "definitions"):
        if not isinstance(schema.get(key, {}), dict):
            return key, reason("engine.keyword_no_schemas")
    required = schema.get("required", [])
    properties = schema.get("properties", {})
    if not isinstance(required, list) or any(
        not isinstance(name, str) for name in cast("list[Any]", required)
    ):
        return "required", reason("engine.keyword_no_names")
    missing = [name for name in cast("list[str]", required) if name not in properties]
    if missing:
        return "required", reason("engine.keyword_not_a_property", name=clean_line(missing[0])[:40])
    return None


def _value_problem(schema: Schema) -> tuple[str, Reason] | None:
    for key in ("enum", "anyOf", "oneOf"):
        if key in schema and (not isinstance(schema[key], list) or not schema[key]):
            return key, reason("engine.keyword_empty")
    if "anyOf" in schema and "oneOf" in schema:
        return "oneOf", reason("engine.keyword_beside", keyword="anyOf")
    for key in ("anyOf", "oneOf", "$ref", "enum", "const"):
        conflicts = [
            name for name in schema if name != key and name in _ENFORCED - {"type", "$defs", "definitions"}
        ]
        if key in schema and conflicts:
            return conflicts[0], reason("engine.keyword_beside", keyword=key)
    return None


def _count_problem(schema: Schema) -> tuple[str, Reason] | None:
    for minimum, maximum in _COUNT_RANGES:
        for key in (minimum, maximum):
            value = schema.get(key, 0)
            if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_COUNT:
                return key, reason("engine.keyword_no_count", limit=MAX_COUNT)
        if maximum in schema and schema.get(minimum, 0) > schema[maximum]:
            return maximum, reason("engine.keyword_smaller", keyword=minimum)
    return None


def _reference_problem(root: Schema, schema: Schema) -> tuple[str, Reason] | None:
    """Find a reference that leads nowhere, or back to itself before a single character is written."""
    waiting: list[Any] = [schema]
    seen: list[str] = []
    while waiting:
        value = waiting.pop()
        if not isinstance(value, dict):
            continue
        node = cast("Schema", value)
        waiting += alternatives(node) or []
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
