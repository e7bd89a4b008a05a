"""Grammar of a JSON schema in llama.cpp's GBNF notation, which the engine then follows.

The notation is described in llama.cpp's `grammars/README.md`. The schema has been checked (`schema.py`).
"""

import json
from typing import Any, cast

from tui.engine.schema import Schema, alternatives, referenced_schema

_SPACE = r'| " " | "\n"{1,2} [ \t]{0,20}'
"""Bounded, because a model that may write white space for ever sometimes does."""
_DATE = '[0-9]{4} "-" ("0" [1-9] | "1" [0-2]) "-" ("0" [1-9] | [12] [0-9] | "3" [01])'
_TIME = (
    '([01] [0-9] | "2" [0-3]) ":" [0-5] [0-9] ":" [0-5] [0-9] ("." [0-9]{3})?'
    ' ("Z" | [+-] ([01] [0-9] | "2" [0-3]) ":" [0-5] [0-9])'
)
_HEX = "[0-9a-fA-F]"
_PRIMITIVES = {
    "char": r'[^"\\\x7F\x00-\x1F] | "\\" (["\\/bfnrt] | "u" [0-9a-fA-F]{4})',
    "string": r'"\"" char* "\""',
    "integer": '"-"? ("0" | [1-9] [0-9]{0,15})',
    "number": 'integer ("." [0-9]{1,15})? ([eE] [-+]? [0-9]{1,3})?',
    "boolean": '"true" | "false"',
    "null": '"null"',
    "value": "object | array | string | number | boolean | null",
    "object": r'"{" ws (string ws ":" ws value (ws "," ws string ws ":" ws value)*)? ws "}"',
    "array": r'"[" ws (value (ws "," ws value)*)? ws "]"',
    "date": rf'"\"" {_DATE} "\""',
    "time": rf'"\"" {_TIME} "\""',
    "date-time": rf'"\"" {_DATE} "T" {_TIME} "\""',
    "uuid": r'"\"" ' + ' "-" '.join(f"{_HEX}{{{count}}}" for count in (8, 4, 4, 4, 12)) + r' "\""',
}


def grammar_of(schema: Schema) -> str:
    """Return rules, one a line, whose `root` is any JSON text that follows the schema.

    Objects have their properties in the schema's order, and further ones only where `additionalProperties`
    asks for them: a model that may add any property seldom stops in time.
    """
    writer = _Writer(schema)
    root = writer.rule_of(schema)
    rules = {"root": root, "ws": _SPACE, **_PRIMITIVES, **writer.rules}
    return "\n".join(f"{name} ::= {body}" for name, body in rules.items()) + "\n"


class _Writer:
    """Collects the rules of a schema; each schema inside it has a numbered one."""

    def __init__(self, root: Schema) -> None:
        self._root = root
        self._references: dict[str, str] = {}
        self.rules: dict[str, str] = {}

    def rule_of(self, schema: Any) -> str:
        """Return the name of the rule for a schema."""
        if schema is True or not schema:
            return "value"
        node = cast("Schema", schema)
        if "$ref" in node:
            return self._reference(str(node["$ref"]))
        return self._add(self._body(node))

    def _add(self, body: str) -> str:
        name = f"r{len(self.rules)}"
        self.rules[name] = body
        return name

    def _reference(self, reference: str) -> str:
        """Return the rule of a reference; it is named before it is written, as it may refer to itself."""
        if reference not in self._references:
            name = self._references[reference] = self._add("")
            self.rules[name] = self.rule_of(referenced_schema(self._root, reference))
        return self._references[reference]

    def _body(self, schema: Schema) -> str:
        if "const" in schema:
            return _literal(schema["const"])
        if "enum" in schema:
            return " | ".join(_literal(value) for value in schema["enum"])
        schemas = alternatives(schema)
        if schemas is not None:
            return " | ".join(self.rule_of(alternative) for alternative in schemas)
        type_value = schema.get("type") or _implied_type(schema)
        types = cast("list[str]", type_value) if isinstance(type_value, list) else [str(type_value)]
        return " | ".join(self._typed(kind, schema) for kind in types)

    def _typed(self, kind: str, schema: Schema) -> str:
        if kind == "object" and ("properties" in schema or "additionalProperties" in schema):
            return self._object(schema)
        if kind == "array" and ("items" in schema or "minItems" in schema or "maxItems" in schema):
            return self._array(schema)
        if kind == "string" and ("minLength" in schema or "maxLength" in schema):
            minimum, maximum = schema.get("minLength", 0), schema.get("maxLength", "")
            return rf'"\"" char{{{minimum},{maximum}}} "\""'
        if kind == "string" and schema.get("format") in ("date", "time", "date-time", "uuid"):
            return str(schema["format"])
        return kind

    def _array(self, schema: Schema) -> str:
        item = self.rule_of(schema.get("items", True))
        minimum, maximum = schema.get("minItems", 0), schema.get("maxItems")
        if maximum == 0:
            return '"[" ws "]"'
        repetition = f'(ws "," ws {item}){{{max(minimum - 1, 0)},{"" if maximum is None else maximum - 1}}}'
        inner = f"{item} {repetition}"
        return f'"[" ws {inner} ws "]"' if minimum else f'"[" ws ({inner})? ws "]"'

    def _object(self, schema: Schema) -> str:
        """Chain rules from the last property back: `first` while none is written, `following` after one."""
        required: list[str] = schema.get("required", [])
        first, following = self._additional(schema.get("additionalProperties", False))
        for name, inner in reversed(list(schema.get("properties", {}).items())):
            pair = self._add(f'{_literal(name)} ws ":" ws {self.rule_of(inner)}')
            if name in required:
                first = self._add(f"{pair} {following}")
                following = self._add(f'ws "," ws {pair} {following}')
            else:
                first = self._add(f"{pair} {following} | {first}")
                following = self._add(f'(ws "," ws {pair})? {following}')
        return f'"{{" ws {first} ws "}}"'

    def _additional(self, allowed: Any) -> tuple[str, str]:
        """Return the rules for further properties: with none written yet, and after one."""
        if allowed is False:
            return self._add('""'), self._add('""')
        pair = self._add(f'string ws ":" ws {self.rule_of(allowed)}')
        repetition = f'(ws "," ws {pair})*'
        return self._add(f"({pair} {repetition})?"), self._add(repetition)


def _implied_type(schema: Schema) -> str:
    """Return the type that the keywords imply where none is named."""
    if "properties" in schema or "additionalProperties" in schema:
        return "object"
    if "items" in schema or "minItems" in schema or "maxItems" in schema:
        return "array"
    if "minLength" in schema or "maxLength" in schema:
        return "string"
    return "value"


def _literal(value: Any) -> str:
    """Return the GBNF literal of a JSON value."""
    text = json.dumps(value, ensure_ascii=False)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
