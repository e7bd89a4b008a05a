"""Replies of the real engine that follow the grammar of a JSON schema."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.gbnf import Grammar
from tests.engine.requests import ask, user
from tui.engine.client import Engine
from tui.engine.grammar import as_written_now, grammar_of
from tui.engine.options import LoadSettings
from tui.engine.protocol import Finished
from tui.engine.schema import check_schema, parse_schema
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


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def smollm(smollm2: Path) -> AsyncIterator[Engine]:
    engine = await Engine.start()
    await engine.load(smollm2, LoadSettings(context=2048))
    yield engine
    await engine.close()


def follows(value: Any, schema: Any, root: Any) -> bool:
    """Whether a value follows a schema, of the keywords that are taken; a second opinion on the grammar."""
    if schema is True or not schema:
        return True
    if "$ref" in schema:
        target = root
        for part in schema["$ref"].split("/")[1:]:
            target = target[part]
        return follows(value, target, root)
    if "const" in schema:
        return value == schema["const"]
    if "enum" in schema:
        return value in schema["enum"]
    if "anyOf" in schema:
        return any(follows(value, option, root) for option in schema["anyOf"])
    kinds = {
        "object": dict,
        "array": list,
        "string": str,
        "integer": int,
        "number": (int, float),
        "boolean": bool,
        "null": type(None),
    }
    if "type" in schema and not isinstance(value, kinds[schema["type"]]):
        return False
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        return all(name in value for name in schema.get("required", [])) and all(
            follows(item, properties[name], root)
            if name in properties
            else bool(schema.get("additionalProperties"))
            for name, item in value.items()
        )
    if isinstance(value, list):
        least, longest = schema.get("minItems", 0), schema.get("maxItems", 1000)
        return least <= len(value) <= longest and all(
            follows(item, schema.get("items"), root) for item in value
        )
    if isinstance(value, str):
        return schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", 1000)
    return True


TREE = {
    "$defs": {
        "node": {
            "type": "object",
            "properties": {
                "value": {"type": "integer"},
                "next": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]},
            },
            "required": ["value", "next"],
        }
    },
    "$ref": "#/$defs/node",
}
OPTIONAL = {
    "type": "object",
    "properties": {"a": {"const": 1}, "b": {"const": 2}, "c": {"const": 3}},
    "required": ["b"],
}


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("schema", [PERSON, TREE, OPTIONAL, {"type": "boolean"}, {"enum": ["yes", "no"]}])
async def test_a_reply_follows_its_schema(smollm: Engine, schema: dict[str, Any]) -> None:
    answer = await ask(
        smollm,
        user("Tell me about a person, as JSON."),
        json_schema=json.dumps(schema),
        temperature=1.5,
        seed=1,
        repeat_penalty=1.1,
        max_tokens=150,
    )
    if answer.finished.reason == "end":
        assert follows(json.loads(answer.text), schema, schema), answer.text
    else:
        # Only a schema without an end may reach the limit.
        assert schema in (TREE,)


@pytest.mark.asyncio(loop_scope="module")
async def test_wrong_schema_is_reported_and_the_next_prompt_is_answered(smollm: Engine) -> None:
    failed = (await ask(smollm, user("Hello"), json_schema='{"type": "text"}')).failed
    assert failed.kind == "schema"
    assert "has to be one of" in sentence(failed.reason)

    assert (await ask(smollm, user("Hello"), max_tokens=3)).text


NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=6)
LEAVES = st.one_of(
    st.builds(lambda value: {"const": value}, st.one_of(NAMES, st.integers(), st.booleans(), st.none())),
    st.builds(lambda values: {"enum": values}, st.lists(NAMES, min_size=1, max_size=3)),
    st.sampled_from([{"type": kind} for kind in ("string", "integer", "number", "boolean", "null")]),
    st.builds(lambda longest: {"type": "string", "maxLength": longest}, st.integers(0, 50)),
    st.just({"type": "string", "format": "date"}),
    st.just({}),
)


def objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    def build(properties: dict[str, Any], more: bool, needed: int) -> dict[str, Any]:
        required = list(properties)[:needed]
        return {
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": more,
        }

    return st.builds(
        build, st.dictionaries(NAMES, inner, max_size=3), st.booleans(), st.integers(0, 3)
    ) | st.builds(
        lambda item, least, more: {
            "type": "array",
            "items": item,
            "minItems": least,
            "maxItems": least + more,
        },
        inner,
        st.integers(0, 3),
        st.integers(0, 3),
    )


@pytest.mark.asyncio(loop_scope="module")
async def test_the_engine_reads_every_grammar_that_is_written(smollm: Engine) -> None:
    """Schemas of every shape with names of every character; a bad grammar would be told as one."""
    schemas: list[Any] = []

    @settings(max_examples=40, deadline=None, database=None, derandomize=True)
    @given(st.recursive(LEAVES, objects, max_leaves=6))
    def gather(schema: Any) -> None:
        schemas.append(schema)

    gather()
    assert len(schemas) > 30
    for schema in schemas:
        text = json.dumps(schema)
        assert check_schema(text) is None, text
        assert "root ::= " in grammar_of(parse_schema(text))
        end = (await ask(smollm, user("JSON"), json_schema=text, max_tokens=2)).end
        assert isinstance(end, Finished) or "no token for" in sentence(end.reason), (text, end)


LIST = {"type": "array", "items": {"enum": ["añejo", "new", 12, -0.5]}, "minItems": 2, "maxItems": 6}


@pytest.mark.parametrize("cut", [1, 3, 5, 8, 13, 20])
@pytest.mark.parametrize("schema", [PERSON, LIST], ids=["person", "list"])
@pytest.mark.asyncio(loop_scope="module")
async def test_cut_reply_continues_by_the_same_schema(smollm: Engine, schema: Any, cut: int) -> None:
    text = json.dumps(schema)
    question = user("Tell me about Ana, a baker: name, kind and tags.")
    first = await ask(smollm, question, json_schema=text, max_tokens=cut, temperature=0.9, seed=cut)
    more = await ask(
        smollm,
        question,
        json_schema=text,
        continued_text=first.text,
        max_tokens=120,
        temperature=0.9,
        seed=cut,
    )
    assert more.prompt.follows_schema, first.text
    assert more.finished.reason == "end"
    assert follows(json.loads(first.text + more.text), schema, schema), (first.text, more.text)


@pytest.mark.parametrize("end", range(2, 56, 4))
@pytest.mark.asyncio(loop_scope="module")
async def test_interrupted_json_continues_from_any_place(smollm: Engine, end: int) -> None:
    """At every letter, in the middle of names, escapes, numbers and characters of several bytes."""
    schema = {
        "type": "object",
        "properties": {"ñame": {"type": "string", "maxLength": 20}, "n": {"enum": [-12.5e3, 7]}},
        "required": ["ñame", "n"],
    }
    written = '{"ñame": "Zoë \\"Z\\" \\u00e9\\n🦊 ok", "n": -12500.0}'
    begun = written[:end]
    more = await ask(
        smollm,
        user("Who?"),
        json_schema=json.dumps(schema),
        continued_text=begun,
        max_tokens=80,
        temperature=0.5,
        seed=end,
    )
    assert more.prompt.follows_schema
    assert more.finished.reason == "end", begun + more.text
    assert follows(json.loads(begun + more.text), schema, schema), begun + more.text


LINES = '{\n  "name": "Ana ,\\n\\n: b",\n  "kind": "e", "tags": [\n"x" , "y"\n ]\n}'


@pytest.mark.parametrize("gap", ["\n\n", "\n \n", "  ", "\t"])
def test_blank_lines_between_tokens_are_not_allowed(gap: str) -> None:
    grammar = Grammar(grammar_of(PERSON))
    compact = '{"name":"Ana","kind":"e","tags":["x"]}'
    assert grammar.matches(LINES)
    assert grammar.matches(compact)
    marks = [index for index, letter in enumerate(compact) if letter in "{:,["]
    for index in marks:
        assert grammar.matches(f"{compact[: index + 1]}\n  {compact[index + 1 :]}")
        assert not grammar.matches(f"{compact[: index + 1]}{gap}{compact[index + 1 :]}")
        # Nor is a line that begins with a colon or a comma.
        if compact[index] in ":,":
            assert not grammar.matches(f"{compact[:index]}\n{compact[index:]}")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ('{\n\n"name"\n\n  :\n\n"A"\n, ', '{\n"name":\n"A", '),
        (LINES, LINES),
        ('{"name": "a  ', '{"name": "a  '),
        ("", ""),
    ],
)
def test_a_text_of_an_earlier_version_is_brought_to_what_is_allowed(text: str, written: str) -> None:
    assert as_written_now(text) == written


@pytest.mark.asyncio(loop_scope="module")
async def test_an_answer_with_blank_lines_of_an_earlier_version_goes_on(smollm: Engine) -> None:
    begun = '{\n\n"name"\n:\n\n"Ana"\n\n,'
    more = await ask(
        smollm, user("Who?"), json_schema=json.dumps(PERSON), continued_text=begun, max_tokens=120
    )
    assert more.prompt.follows_schema
    assert follows(json.loads(begun + more.text), PERSON, PERSON)
    assert "\n\n" not in more.text


@pytest.mark.parametrize("cut", range(1, 10))
@pytest.mark.asyncio(loop_scope="module")
async def test_cut_inside_a_character_leaves_no_part_of_it(smollm: Engine, cut: int) -> None:
    written = "🦊漢🦊"
    schema = json.dumps({"const": written})
    first = await ask(smollm, user("Foxes"), json_schema=schema, max_tokens=cut)
    assert json.dumps(written, ensure_ascii=False).startswith(first.text), first.text
    more = await ask(smollm, user("Foxes"), json_schema=schema, continued_text=first.text, max_tokens=40)
    assert json.loads(first.text + more.text) == written


@pytest.mark.parametrize(
    "begun",
    ["The person is called Ana", '{"title": ', '[{"name"', '{"name": "Ana"}}', "{'name'", "{ \n\n\n\n"],
)
@pytest.mark.asyncio(loop_scope="module")
async def test_reply_that_breaks_the_schema_continues_without_it_and_reports_it(
    smollm: Engine, begun: str
) -> None:
    more = await ask(smollm, user("Who?"), json_schema=json.dumps(PERSON), continued_text=begun, max_tokens=8)
    assert not more.prompt.follows_schema
    assert more.metrics.generated_tokens > 0
    free = await ask(smollm, user("Who?"), continued_text=begun, max_tokens=8)
    assert more.text == free.text


@pytest.mark.asyncio(loop_scope="module")
async def test_complete_json_is_not_continued(smollm: Engine) -> None:
    begun = '{"name": "Ana", "kind": "e", "tags": ["x"]}'
    more = await ask(smollm, user("Who?"), json_schema=json.dumps(PERSON), continued_text=begun)
    assert (more.text, more.finished.reason, more.prompt.follows_schema) == ("", "end", True)
