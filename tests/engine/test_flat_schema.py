"""Alternatives of a schema, and what is refused."""

import json
from typing import Any

import pytest

from tests.engine.gbnf import Grammar
from tui.engine.flat_schema import SchemaFlattener, equal
from tui.engine.grammar import grammar_of
from tui.engine.schema import check_schema
from tui.services.sentences import sentence


def accepted(schema: Any, *values: Any) -> list[bool]:
    grammar = Grammar(grammar_of(schema))
    return [grammar.matches(json.dumps(value, ensure_ascii=False)) for value in values]


def test_references_siblings_and_all_of_are_combined() -> None:
    schema = {
        "$defs": {"P": {"type": "object", "properties": {"x": {"type": "integer"}}, "required": ["x"]}},
        "allOf": [{"$ref": "#/$defs/P"}, {"properties": {"x": {"minimum": 3}, "y": {"type": "null"}}}],
        "required": ["y"],
    }
    values = [{"x": 3, "y": None}, {"x": 2, "y": None}, {"x": 3}]
    assert accepted(schema, *values) == [True, False, False]
    sibling = {"$defs": {"N": {"type": "number"}}, "$ref": "#/$defs/N", "maximum": 5, "description": "few"}
    assert accepted(sibling, 5, 4.5, 6) == [True, True, False]


def test_any_of_is_combined_with_the_keywords_beside_it() -> None:
    schema = {
        "type": "object",
        "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
        "anyOf": [{"required": ["a"]}, {"required": ["b"]}],
    }
    assert accepted(schema, {"a": ""}, {"b": ""}, {"a": "", "b": ""}, {}) == [True, True, True, False]


def test_enum_keeps_only_the_values_that_the_other_keywords_allow() -> None:
    assert accepted({"type": "integer", "enum": ["a", 1, 2.5, True], "minimum": 0}, "a", 1, 2.5, True) == [
        False, True, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("options", "is_taken"),
    [
        ([{"type": "string"}, {"type": "null"}], True),
        ([{"type": "integer"}, {"type": "number"}], False),
        ([{"const": 1}, {"const": "a"}], True),
        ([{"enum": [1, 2]}, {"enum": [2, 3]}], False),
        (
            [
                {"type": "object", "properties": {"kind": {"const": "a"}}, "required": ["kind"]},
                {"type": "object", "properties": {"kind": {"const": "b"}}, "required": ["kind"]},
            ],
            True,
        ),
        (
            [
                {"type": "object", "properties": {"a": {}}, "required": ["a"]},
                {"type": "object", "properties": {"b": {}}, "required": ["b"]},
            ],
            True,
        ),
        ([{"type": "object", "properties": {"a": {}}}, {"type": "object", "properties": {"b": {}}}], False),
    ],
)
def test_one_of_is_accepted_if_no_answer_follows_two_schemas(options: list[Any], is_taken: bool) -> None:
    problem = check_schema(json.dumps({"oneOf": options}))
    assert (problem is None) is is_taken
    if problem is not None:
        assert "could follow two of its schemas, 0 and 1" in sentence(problem)


def test_recursion_through_all_of_ends() -> None:
    node = {"allOf": [{"$ref": "#/$defs/B"}, {"properties": {"next": {"$ref": "#"}}}]}
    schema = {**node, "$defs": {"B": {"type": "object", "properties": {"v": {"type": "integer"}}}}}
    assert accepted(schema, {"v": 1, "next": {"v": 2}}, {"v": 1, "next": 2}) == [True, False]
    same = {"type": "object", "allOf": [{"properties": {"x": {"$ref": "#"}}}] * 2}
    assert accepted(same, {"x": {"x": {}}}, {"x": 1}) == [True, False]


def test_numbers_and_booleans_are_distinguished() -> None:
    assert equal(1, 1.0)
    assert not equal(1, True)
    assert not equal([0], [False])
    assert equal({"a": [1]}, {"a": [1.0]})


def test_no_value_follows_the_schema_false() -> None:
    assert SchemaFlattener({}).alternatives(False, "") == []
