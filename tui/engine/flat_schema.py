"""JSON schemas as lists of alternatives, with `$ref`, `allOf`, `anyOf` and `oneOf` resolved.

A keyword that says something about the answer and cannot be enforced is refused. Any other keyword is an
annotation, as https://json-schema.org/draft/2020-12 has it, and is ignored.
"""

import json
import math
from typing import Any, cast

from tui.engine.pattern import PatternError, read_pattern
from tui.engine.schema_document import (
    Schema,
    SchemaError,
    joined_place,
    keyword_error,
    position,
    referenced_place,
)
from tui.sentences import reason
from tui.text import clean_line

MAX_DEPTH = 40
"""Largest depth of nested schemas."""
MAX_SCHEMAS = 5_000
"""Largest number of schemas that are looked at."""
MAX_ALTERNATIVES = 200
"""Largest number of alternatives at one place."""
MAX_COUNT = 1_000
"""Largest `maxLength` or `maxItems` and the like: the engine unrolls repetitions."""

TYPES = ("object", "array", "string", "number", "integer", "boolean", "null")
_KEYWORD_TYPES = {
    **dict.fromkeys(("properties", "required", "additionalProperties"), "object"),
    **dict.fromkeys(("items", "prefixItems", "minItems", "maxItems"), "array"),
    **dict.fromkeys(("minLength", "maxLength", "pattern"), "string"),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), "number"),
}
"""Keywords that are enforced, and the type that they say something about."""
_UNENFORCEABLE = {
    **dict.fromkeys(("patternProperties", "propertyNames", "minProperties", "maxProperties"), "object"),
    **dict.fromkeys(("dependentRequired", "dependentSchemas", "dependencies"), "object"),
    "unevaluatedProperties": "object",
    **dict.fromkeys(("contains", "uniqueItems", "unevaluatedItems"), "array"),
    "multipleOf": "number",
    **dict.fromkeys(("not", "if", "$dynamicRef", "$recursiveRef"), ""),
}
"""Keywords that cannot be enforced, and the type that they say something about; empty for any."""
_COUNT_RANGES = (("minLength", "maxLength"), ("minItems", "maxItems"))
_LOWEST = ("minLength", "minItems", "minimum", "exclusiveMinimum")
_HIGHEST = ("maxLength", "maxItems", "maximum", "exclusiveMaximum")


class SchemaFlattener:
    """Resolves the schemas within one schema."""

    def __init__(self, root: Schema) -> None:
        self._root = root
        self._count = 0
        self._own_bases = _schemas_with_id(root)
        self._lists: dict[int, tuple[Any, list[Any] | None]] = {}

    def alternatives(self, schema: Any, place: str, references: tuple[str, ...] = ()) -> list[Schema]:
        """Return what a value may be, as schemas of plain keywords; empty where nothing can follow it.

        `references` are those that led here from the same value.

        Raises:
            SchemaError: it is no schema, or says something that cannot be enforced.
        """
        self._count += 1
        if self._count > MAX_SCHEMAS or len(references) > MAX_DEPTH:
            raise SchemaError(reason("engine.schema_too_large"))
        if isinstance(schema, bool):
            return [{}] if schema else []
        if not isinstance(schema, dict):
            raise SchemaError(reason("engine.schema_place_no_object", place=position(place)))
        node = cast("Schema", schema)
        _check_keywords(node, place)
        result = [{key: node[key] for key in node if key in _KEYWORD_TYPES or key in ("type", "format")}]
        if "enum" in node:
            result[0]["enum"] = node["enum"]
        if "const" in node:
            result = self._both(result, [{"enum": [node["const"]]}], place)
        if "$ref" in node:
            target_place, target = self._target(node, place, references)
            inner = self.alternatives(target, target_place, (*references, str(node["$ref"])))
            result = self._both(result, inner, place)
        for number, part in enumerate(node.get("allOf", [])):
            inner = self.alternatives(part, joined_place(place, f"allOf[{number}]"), references)
            result = self._both(result, inner, place)
        if "anyOf" in node:
            groups = self._groups(node, "anyOf", place, references)
            result = self._both(result, [option for group in groups for option in group], place)
        if "oneOf" in node:
            groups = [
                self._both(result, group, place) for group in self._groups(node, "oneOf", place, references)
            ]
            self._check_disjoint(groups, place)
            result = [option for group in groups for option in group]
        return [option for option in result if self._has_value(option, place)]

    def _groups(
        self, node: Schema, keyword: str, place: str, references: tuple[str, ...]
    ) -> list[list[Schema]]:
        return [
            self.alternatives(part, joined_place(place, f"{keyword}[{number}]"), references)
            for number, part in enumerate(node[keyword])
        ]

    def _target(self, node: Schema, place: str, references: tuple[str, ...]) -> tuple[str, Any]:
        reference = node["$ref"]
        if not isinstance(reference, str):
            raise keyword_error("$ref", place, reason("engine.reference_no_text"))
        if id(node) in self._own_bases:
            raise keyword_error("$ref", place, reason("engine.reference_other_base"))
        if reference in references:
            raise keyword_error("$ref", place, reason("engine.reference_to_itself"))
        try:
            target_place, target = referenced_place(self._root, reference)
        except KeyError as error:
            raise keyword_error("$ref", place, reason("engine.reference_nowhere")) from error
        if not isinstance(target, dict | bool):
            raise keyword_error("$ref", place, reason("engine.reference_no_schema"))
        return target_place, cast("Any", target)

    # Two schemas for the same value

    def _both(self, first: list[Schema], second: list[Schema], place: str) -> list[Schema]:
        """Return the alternatives of a value that follows both."""
        result: list[Schema] = []
        for base in first:
            for right in second:
                option = _merged(base, right, place)
                if option is not None and option not in result:
                    result.append(option)
                if len(result) > MAX_ALTERNATIVES:
                    raise SchemaError(reason("engine.schema_too_large"))
        return result

    def _has_value(self, schema: Schema, place: str) -> bool:
        """Leave in an enum only values that follow the other keywords; False where there is none."""
        if "enum" not in schema:
            return True
        keywords = {key: value for key, value in schema.items() if key not in ("enum", "format")}
        if "pattern" in keywords:
            raise keyword_error("pattern", place, reason("engine.keyword_beside", keyword="enum"))
        schema["enum"] = [value for value in schema["enum"] if self._follows_option(value, keywords, place)]
        return bool(schema["enum"])

    def follows(self, value: Any, schema: Any, place: str) -> bool:
        """Return whether a value follows a schema."""
        return any(self._follows_option(value, option, place) for option in self.alternatives(schema, place))

    def _follows_option(self, value: Any, schema: Schema, place: str) -> bool:
        if "enum" in schema and not any(equal(value, listed) for listed in schema["enum"]):
            return False
        if "type" in schema and not any(_is_type(value, kind) for kind in types_of(schema)):
            return False
        if isinstance(value, dict):
            return self._follows_object(cast("Schema", value), schema, place)
        if isinstance(value, list):
            return self._follows_array(cast("list[Any]", value), schema, place)
        if isinstance(value, str):
            if "pattern" in schema:
                raise keyword_error("pattern", place, reason("engine.keyword_beside", keyword="enum"))
            return schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", math.inf)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return (
                schema.get("minimum", -math.inf) <= value <= schema.get("maximum", math.inf)
                and not value <= schema.get("exclusiveMinimum", -math.inf)
                and not value >= schema.get("exclusiveMaximum", math.inf)
            )
        return True

    def _follows_object(self, value: Schema, schema: Schema, place: str) -> bool:
        properties: Schema = schema.get("properties", {})
        more = schema.get("additionalProperties", True)
        return all(name in value for name in schema.get("required", [])) and all(
            self.follows(inner, properties.get(name, more), place) for name, inner in value.items()
        )

    def _follows_array(self, value: list[Any], schema: Schema, place: str) -> bool:
        prefix: list[Any] = schema.get("prefixItems", [])
        items = [*prefix, *[schema.get("items", True)] * max(0, len(value) - len(prefix))]
        return schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", math.inf) and all(
            self.follows(inner, item, place) for inner, item in zip(value, items, strict=False)
        )

    # One alternative and no other

    def _check_disjoint(self, groups: list[list[Schema]], place: str) -> None:
        """Refuse a `oneOf` of which a value that is written might follow two schemas."""
        for number, group in enumerate(groups):
            for other_number, other_group in enumerate(groups):
                if number == other_number:
                    continue
                for written in group:
                    for excluding in other_group:
                        if not self._excludes(written, excluding, place):
                            numbers = sorted((number, other_number))
                            problem = reason("engine.one_of_overlaps", first=numbers[0], second=numbers[1])
                            raise keyword_error("oneOf", place, problem)

    def _excludes(self, written: Schema, excluding: Schema, place: str) -> bool:
        """Return whether no value that is written for one schema follows the other one."""
        if "enum" in written:
            return not any(self.follows(value, excluding, place) for value in written["enum"])
        kinds, other_kinds = set(written_types(written)), set(types_of(excluding))
        if "integer" in other_kinds:
            other_kinds.add("number")
        if "number" in other_kinds and "number" not in kinds and "integer" in kinds:
            kinds.add("number")
        if not kinds & other_kinds:
            return True
        if kinds != {"object"}:
            return False
        properties: Schema = written.get("properties", {})
        is_closed = written.get("additionalProperties", False) is False
        names = {*properties, *written.get("required", [])}
        if is_closed and any(name not in names for name in excluding.get("required", [])):
            return True
        its_properties: Schema = excluding.get("properties", {})
        required = set(written.get("required", []))
        if excluding.get("additionalProperties") is False and required - set(its_properties):
            return True
        return any(
            self._have_no_value(properties.get(name, True), its_properties.get(name, True), place)
            for name in (required | set(excluding.get("required", []))) & set(its_properties)
        )

    def _have_no_value(self, first: Any, second: Any, place: str) -> bool:
        """Return whether both schemas are lists of values that have none in common."""
        values, more_values = self._listed(first, place), self._listed(second, place)
        if values is None or more_values is None:
            return False
        return not any(equal(value, listed) for value in values for listed in more_values)

    def _listed(self, schema: Any, place: str) -> list[Any] | None:
        """Return all values that may follow a schema; None where they are not listed."""
        if id(schema) not in self._lists:
            options = self.alternatives(schema, place)
            are_listed = all("enum" in option for option in options)
            values = [value for option in options for value in option["enum"]] if are_listed else None
            # The schema is kept, since another one could get its id.
            self._lists[id(schema)] = (schema, values)
        return self._lists[id(schema)][1]


def types_of(schema: Schema) -> list[str]:
    """Return the types that a schema allows."""
    kinds = schema.get("type", ["object", "array", "string", "number", "boolean", "null"])
    return cast("list[str]", kinds) if isinstance(kinds, list) else [str(kinds)]


def written_types(schema: Schema) -> list[str]:
    """Return the types that are written: those that the keywords say something about, where none is named."""
    if "type" in schema:
        return types_of(schema)
    kinds = [_KEYWORD_TYPES[key] for key in schema if key in _KEYWORD_TYPES]
    return list(dict.fromkeys(kinds)) or types_of(schema)


def equal(first: Any, second: Any) -> bool:
    """Return whether two JSON values are the same; 1 is 1.0, but not true."""
    if isinstance(first, bool) or isinstance(second, bool):
        return first is second
    if isinstance(first, dict) and isinstance(second, dict):
        base, right = cast("Schema", first), cast("Schema", second)
        return base.keys() == right.keys() and all(equal(base[name], right[name]) for name in base)
    if isinstance(first, list) and isinstance(second, list):
        items, more_items = cast("list[Any]", first), cast("list[Any]", second)
        return len(items) == len(more_items) and all(map(equal, items, more_items))
    are_numbers = isinstance(first, int | float) and isinstance(second, int | float)
    are_alike = type(cast("object", first)) is type(cast("object", second))
    return (are_numbers or are_alike) and bool(first == second)


def _is_type(value: Any, kind: str) -> bool:
    if kind in ("number", "integer"):
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return is_number and (kind == "number" or float(value).is_integer())
    return isinstance(
        value, {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}[kind]
    )


def _merged(first: Schema, second: Schema, place: str) -> Schema | None:
    """Return a schema for what follows both; None where nothing does."""
    result = {**first, **second}
    if "type" in first and "type" in second:
        kinds, more_kinds = types_of(first), types_of(second)
        common = [
            kind for kind in kinds if kind in more_kinds or (kind == "integer" and "number" in more_kinds)
        ]
        common += (
            ["integer"] if "number" in kinds and "integer" in more_kinds and "integer" not in common else []
        )
        if not common:
            return None
        result["type"] = common
    if "enum" in first and "enum" in second:
        result["enum"] = [
            value for value in first["enum"] if any(equal(value, listed) for listed in second["enum"])
        ]
    for keys, choose in ((_LOWEST, max), (_HIGHEST, min)):
        for key in keys:
            if key in first and key in second:
                result[key] = choose(first[key], second[key])
    if first.get("pattern", result.get("pattern")) != result.get("pattern"):
        raise keyword_error("pattern", place, reason("engine.keyword_beside", keyword="pattern"))
    _merge_objects(first, second, result)
    _merge_arrays(first, second, result)
    return result


def _merge_objects(first: Schema, second: Schema, result: Schema) -> None:
    names = dict.fromkeys((*first.get("properties", {}), *second.get("properties", {})))
    if names:
        result["properties"] = {name: _all_of(_of(first, name), _of(second, name)) for name in names}
    if "required" in first and "required" in second:
        result["required"] = list(dict.fromkeys((*first["required"], *second["required"])))
    if "additionalProperties" in first and "additionalProperties" in second:
        result["additionalProperties"] = _all_of(
            first["additionalProperties"], second["additionalProperties"]
        )


def _of(schema: Schema, name: str) -> Any:
    """Return what a schema says about a property."""
    properties: Schema = schema.get("properties", {})
    return properties[name] if name in properties else schema.get("additionalProperties", True)


def _merge_arrays(first: Schema, second: Schema, result: Schema) -> None:
    prefixes: list[list[Any]] = [first.get("prefixItems", []), second.get("prefixItems", [])]
    count = max(map(len, prefixes))
    if count:
        rows = [
            [*prefix, *[schema.get("items", True)] * (count - len(prefix))]
            for prefix, schema in zip(prefixes, (first, second), strict=True)
        ]
        result["prefixItems"] = [_all_of(base, right) for base, right in zip(*rows, strict=True)]
    if "items" in first and "items" in second:
        result["items"] = _all_of(first["items"], second["items"])


def _all_of(first: Any, second: Any) -> Any:
    if first is False or second is False:
        return False
    if first is True or first == second:
        return second
    return first if second is True else {"allOf": [first, second]}


# Checks of one schema


def _check_keywords(node: Schema, place: str) -> None:
    for check in (_check_type, _check_enforceable, _check_lists, _check_counts, _check_bounds):
        check(node, place)
    if "pattern" in node and "string" in types_of(node):
        check_pattern(node, place)


def _check_enforceable(node: Schema, place: str) -> None:
    types = types_of(node)
    if "integer" in types:
        types = [*types, "number"]
    for key, kind in _UNENFORCEABLE.items():
        if key in node and (not kind or kind in types) and not _says_nothing(node, key):
            raise keyword_error(key, place, reason("engine.keyword_unenforceable"))


def _says_nothing(node: Schema, key: str) -> bool:
    value = node[key]
    if key == "if":
        return "then" not in node and "else" not in node
    if key == "multipleOf":
        return value == 1 and "number" not in types_of(node)
    nothing: dict[str, tuple[Any, ...]] = {
        "uniqueItems": (False,),
        "minProperties": (0,),
        "not": (False,),
        "unevaluatedProperties": (True, {}),
        "unevaluatedItems": (True, {}),
        "propertyNames": (True, {}),
    }
    if key in ("patternProperties", "dependentRequired", "dependentSchemas", "dependencies"):
        return value == {}
    return any(
        value == nothing_said and type(value) is type(nothing_said) for nothing_said in nothing.get(key, ())
    )


def _check_type(node: Schema, place: str) -> None:
    if "type" in node:
        kinds: Any = node["type"]
        kinds = cast("list[Any]", kinds) if isinstance(kinds, list) else [kinds]
        if not kinds or any(kind not in TYPES for kind in kinds):
            raise keyword_error("type", place, reason("engine.keyword_not_one_of", values=", ".join(TYPES)))
    if not isinstance(node.get("properties", {}), dict):
        raise keyword_error("properties", place, reason("engine.keyword_no_schemas"))
    required: Any = node.get("required", [])
    if not isinstance(required, list) or any(
        not isinstance(name, str) for name in cast("list[Any]", required)
    ):
        raise keyword_error("required", place, reason("engine.keyword_no_names"))


def _check_lists(node: Schema, place: str) -> None:
    for key in ("enum", "anyOf", "oneOf", "allOf", "prefixItems"):
        if key in node and (not isinstance(node[key], list) or not node[key]):
            raise keyword_error(key, place, reason("engine.keyword_empty"))
    for key in ("items", "additionalProperties"):
        if key in node and not isinstance(node[key], dict | bool):
            where = position(joined_place(place, key))
            raise SchemaError(reason("engine.schema_place_no_object", place=where))


def _check_counts(node: Schema, place: str) -> None:
    for minimum, maximum in _COUNT_RANGES:
        for key in (minimum, maximum):
            value: Any = node.get(key, 0)
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            if not is_number or value != int(value) or not 0 <= value <= MAX_COUNT:
                raise keyword_error(key, place, reason("engine.keyword_no_count", limit=MAX_COUNT))
            if key in node:
                node[key] = int(value)
        if maximum in node and node.get(minimum, 0) > node[maximum]:
            raise keyword_error(maximum, place, reason("engine.keyword_smaller", keyword=minimum))


def _check_bounds(node: Schema, place: str) -> None:
    for key in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
        if key not in node:
            continue
        value: Any = node[key]
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise keyword_error(key, place, reason("engine.keyword_no_number"))
        if not math.isfinite(value) or abs(value) >= 10**15:
            raise keyword_error(key, place, reason("engine.keyword_number_too_large"))
        if value != int(value) and "number" in types_of(node):
            raise keyword_error(key, place, reason("engine.keyword_not_whole"))


def check_pattern(node: Schema, place: str) -> None:
    """Refuse a pattern that cannot be followed, also beside the bounds of the length."""
    minimum, maximum = node.get("minLength", 0), node.get("maxLength")
    if not isinstance(node["pattern"], str):
        raise keyword_error("pattern", place, reason("engine.keyword_no_pattern"))
    try:
        pattern = read_pattern(node["pattern"], minimum, maximum)
    except PatternError as error:
        part = clean_line(str(error))[:20]
        raise keyword_error("pattern", place, reason("engine.pattern_unenforceable", part=part)) from error
    is_long = maximum is not None and (pattern.maximum is None or pattern.maximum > maximum)
    if is_long or pattern.minimum < minimum:
        key = "maxLength" if is_long else "minLength"
        raise keyword_error(key, place, reason("engine.keyword_beside", keyword="pattern"))


def _schemas_with_id(root: Schema) -> set[int]:
    """Return the objects in a schema whose references are relative to an `$id` below the top."""
    result: set[int] = set()
    waiting: list[tuple[Any, bool]] = [(root, False)]
    while waiting:
        value, is_own = waiting.pop()
        if isinstance(value, dict):
            node = cast("Schema", value)
            is_own = is_own or (node is not root and isinstance(node.get("$id"), str))
            if is_own:
                result.add(id(node))
            waiting += [(inner, is_own) for inner in node.values()]
        elif isinstance(value, list):
            waiting += [(inner, is_own) for inner in cast("list[Any]", value)]
    return result


def key_of(schemas: list[Schema]) -> str:
    """Return a text by which equal schemas are known."""
    return json.dumps(schemas)
