"""JSON schemas: what is refused before native code sees it, and that replies follow what is taken."""

import json
from typing import Any

import pytest

from tui.engine.schema import check_schema
from tui.services.sentences import sentence

PERSON = {
    "title": "A person",
    "type": "object",
    "properties": {
        "name": {"type": "string", "maxLength": 12},
        "año": {"type": "integer"},
        "kind": {"enum": ['a"b', "c\\d", "e"]},
        "tags": {"type": "array", "items": {"enum": ["x", "y"]}, "minItems": 1, "maxItems": 2},
        "born": {"type": "string", "format": "date"},
    },
    "required": ["name", "kind", "tags"],
}


@pytest.mark.parametrize(
    ("schema", "says"),
    [
        ("{", "not JSON"),
        ("", "line 1, column 1"),
        ("[1]", "has to be a JSON object"),
        ('{"minimum": NaN}', "not JSON"),
        ('{"type": "text"}', "type at the top has to be one of"),
        ('{"type": []}', "has to be one of"),
        ('{"type": "array", "uniqueItems": true}', "uniqueItems at the top cannot be enforced"),
        (
            '{"type":"object","properties":{"a":{"pattern":"(?=x)"}}}',
            "pattern at properties.a cannot be enforced from (?= on",
        ),
        (
            '{"pattern": "^[a-z]+-[a-z]+$", "maxLength": 5}',
            "maxLength at the top cannot be enforced beside pattern",
        ),
        ('{"type": "number", "minimum": 0.5}', "minimum at the top has to be a whole number"),
        ('{"minimum": "0"}', "minimum at the top has to be a number"),
        ('{"prefixItems": [{}, {"not": {}}]}', "not at prefixItems[1] cannot be enforced"),
        (
            '{"properties": {"a": {"$ref": "#/$defs/x"}}, "$defs": {"x": {"if": {}, "then": {}}}}',
            "if at $defs.x",
        ),
        (
            '{"properties": {"a": {"$id": "b", "$ref": "#"}}}',
            "$ref at properties.a is within an $id of its own",
        ),
        ('{"properties": []}', "properties at the top has to be"),
        ('{"properties": {"a": 1}}', "at properties.a has to be a JSON object"),
        ('{"properties": {"a": false}, "required": ["a"]}', "no answer can follow"),
        ('{"required": ["b"], "additionalProperties": false}', "no answer can follow"),
        ('{"type": "integer", "minimum": 3, "maximum": 2}', "no answer can follow"),
        ('{"enum": ["a"], "type": "integer"}', "no answer can follow"),
        ('{"enum": []}', "has to be a list with something in it"),
        ('{"anyOf": {}}', "has to be a list with something in it"),
        ('{"type": "string", "maxLength": 100000}', "from 0 to 1,000"),
        ('{"type": "string", "maxLength": true}', "from 0 to 1,000"),
        ('{"type": "array", "minItems": 3, "maxItems": 2}', "smaller than minItems"),
        ('{"$ref": "#/$defs/a"}', "leads nowhere"),
        ('{"$ref": "https://example.org/a"}', "leads nowhere"),
        ('{"$ref": "#"}', "leads back to itself"),
        (
            '{"$ref": "#/$defs/a", "$defs":'
            ' {"a": {"anyOf": [{"$ref": "#/$defs/b"}]}, "b": {"$ref": "#/$defs/a"}}}',
            "leads back to itself",
        ),
        ('{"$ref": "#/properties", "properties": {"type": {}}}', "type at properties has to be one of"),
        ('{"enum": ["a"], "pattern": "a"}', "pattern at the top cannot be enforced beside enum"),
        ('{"items": ' * 60 + "{}" + "}" * 60, "nested too deeply"),
        ('{"items": ' * 5000 + "{}" + "}" * 5000, "not JSON that can be read"),
        ('{"description": "' + "x" * 70_000 + '"}', "at most 65,536"),
        ('{"const": "\\ud800"}', "not JSON that can be read"),
    ],
)
def test_unenforceable_schema_is_refused_with_the_place(schema: str, says: str) -> None:
    problem = check_schema(schema)
    assert problem is not None
    assert says in sentence(problem)
    assert sentence(problem).endswith(".")


@pytest.mark.parametrize("schema", [PERSON, {}, {"type": ["string", "null"]}, {"const": None}])
def test_enforceable_schema_is_accepted(schema: dict[str, Any]) -> None:
    assert check_schema(json.dumps(schema)) is None


@pytest.mark.parametrize(
    "schema",
    [
        {
            "type": "string",
            "x-order": 1,
            "nullable": True,
            "format": "email",
            "contentMediaType": "text/plain",
        },
        {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": "a",
            "$comment": "b",
            "readOnly": True,
        },
        {"type": "object", "properties": {"n": {"deprecated": True, "examples": [1], "default": None}}},
        {"properties": {"n": {"allOf": [{"type": "integer"}], "title": "N"}}, "patternProperties": {}},
        {"type": "string", "uniqueItems": True, "not": False, "minimum": 0.5},
        {"type": "array", "prefixItems": [{"type": "number"}, {"$ref": "#/prefixItems/0"}], "items": False},
    ],
)
def test_annotations_and_keywords_without_effect_are_ignored(schema: dict[str, Any]) -> None:
    assert check_schema(json.dumps(schema)) is None
