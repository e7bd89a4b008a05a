"""The public JSON Schema Test Suite, run against our grammars: `python -m tests.engine.schema_suite`.

Of each schema that is taken, the grammar must accept the valid instances that can be written in its order,
and refuse the invalid ones. Anything else is *wrong*. A valid instance that a grammar does not write on
purpose is *not written*: names in another order, or names that no keyword asks for; a type that no keyword is
about; more items than `prefixItems` asks for; a number in another notation; a rare form of a date or time.

Schemas of a dialect of their own are not run: `$schema` is an annotation here. Of the formats those are run
that are enforced.
"""

import json
import re
import sys
import tarfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from tests.engine.gbnf import Grammar
from tui.engine.grammar import FORMATS, grammar_of
from tui.engine.schema_document import SchemaError
from tui.sentences import Reason

ARCHIVE = Path(__file__).parent / "json_schema_suite" / "draft2020-12.tar.gz"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
KINDS = {
    "properties": "object", "required": "object", "additionalProperties": "object", "items": "array",
    "prefixItems": "array", "minItems": "array", "maxItems": "array", "minLength": "string",
    "maxLength": "string", "pattern": "string", "minimum": "number", "maximum": "number",
    "exclusiveMinimum": "number", "exclusiveMaximum": "number",
}  # fmt: skip


class Group(NamedTuple):
    """A schema of the suite with its instances."""

    file: str
    description: str
    schema: Any
    tests: list[dict[str, Any]]


def groups() -> Iterator[Group]:
    """Yield the schemas of the suite."""
    with tarfile.open(ARCHIVE) as archive:
        for member in archive:
            name = member.name.removeprefix("tests/draft2020-12/").removesuffix(".json")
            if not member.name.endswith(".json") or (
                "/format/" in name and name.split("/")[-1] not in FORMATS
            ):
                continue
            file = archive.extractfile(member)
            assert file is not None
            for group in json.load(file):
                if isinstance(group["schema"], dict) and group["schema"].get("$schema", DIALECT) != DIALECT:
                    continue
                yield Group(name, group["description"], group["schema"], group["tests"])


def text_of(value: Any) -> str:
    """Return an instance as a model would write it."""
    return json.dumps(value, ensure_ascii=False)


# What a value has to follow, by the specification


def parts_of(schema: Any, root: Any) -> list[list[dict[str, Any]]]:
    """Return for each alternative of a schema the plain schemas that all apply."""
    if isinstance(schema, bool):
        return [[]] if schema else []
    groups: list[list[list[dict[str, Any]]]] = [[[schema]]]
    if "$ref" in schema:
        groups.append(parts_of(target_of(schema["$ref"], root), root))
    groups += [parts_of(part, root) for part in schema.get("allOf", [])]
    for key in ("anyOf", "oneOf"):
        if key in schema:
            groups.append([option for part in schema[key] for option in parts_of(part, root)])
    result: list[list[dict[str, Any]]] = [[]]
    for group in groups:
        result = [[*start, *end] for start in result for end in group]
    return result


def target_of(reference: str, root: Any) -> Any:
    node = root
    from urllib.parse import unquote

    for part in reference.partition("#")[2].split("/")[1:]:
        name = unquote(part).replace("~1", "/").replace("~0", "~")
        node = node[int(name)] if isinstance(node, list) else node[name]
    return node


def applying(parts: list[dict[str, Any]], name: str) -> Any:
    applied = []
    for part in parts:
        if name in part.get("properties", {}):
            applied.append(part["properties"][name])
        elif "additionalProperties" in part:
            applied.append(part["additionalProperties"])
    return {"allOf": applied} if applied else True


def applying_item(parts: list[dict[str, Any]], index: int) -> Any:
    applied = []
    for part in parts:
        prefix = part.get("prefixItems", [])
        if index < len(prefix):
            applied.append(prefix[index])
        elif "items" in part:
            applied.append(part["items"])
    return {"allOf": applied} if applied else True


def is_written(value: Any, schema: Any, root: Any) -> bool:
    """Return whether a valid value is one that a grammar writes, in its order and notation."""
    return any(_is_written(value, parts, root) for parts in parts_of(schema, root))


def _is_written(value: Any, parts: list[dict[str, Any]], root: Any) -> bool:
    listed = [part.get("enum", [part.get("const")]) for part in parts if {"enum", "const"} & {*part}]
    if listed:
        return all(text_of(value) in [text_of(other_value) for other_value in values] for values in listed)
    named = [part["type"] for part in parts if "type" in part]
    kinds = [{kind} if isinstance(kind, str) else {*kind} for kind in named]
    if not kinds:
        implied = {KINDS[key] for part in parts for key in part if key in KINDS}
        implied |= {"string" for part in parts if part.get("format") in FORMATS}
        kinds = [implied] if implied else []
    if not all(kind_of(value) & allowed for allowed in kinds):
        return False
    if isinstance(value, dict):
        return _is_object_written(value, parts, root)
    if isinstance(value, list):
        count = max((len(part.get("prefixItems", [])) for part in parts), default=0)
        least = max((part.get("minItems", 0) for part in parts), default=0)
        if count and len(value) > count >= least and not any("items" in part for part in parts):
            return False
        return all(is_written(item, applying_item(parts, index), root) for index, item in enumerate(value))
    if isinstance(value, str):
        return not any(part.get("format") in FORMATS for part in parts)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        is_bounded = any(KINDS.get(key) == "number" for part in parts for key in part)
        is_integer = any("integer" in allowed and "number" not in allowed for allowed in kinds)
        form = r"-?\d{1,16}" if is_integer else r"-?\d{1,16}(\.\d{1,15})?"
        form += "" if is_bounded or is_integer else r"(e[-+]?\d{1,3})?"
        return re.fullmatch(form, text_of(value)) is not None
    return True


def _is_object_written(value: dict[str, Any], parts: list[dict[str, Any]], root: Any) -> bool:
    if not any(KINDS.get(key) == "object" for part in parts for key in part):
        return True
    names = dict.fromkeys(name for part in parts for name in part.get("properties", {}))
    names.update(dict.fromkeys(name for part in parts for name in part.get("required", [])))
    order = list(names)
    positions = [order.index(name) if name in names else len(order) for name in value]
    if positions != sorted(positions):
        return False
    if len(order) in positions and not any("additionalProperties" in part for part in parts):
        return False
    return all(is_written(inner, applying(parts, name), root) for name, inner in value.items())


def kind_of(value: Any) -> set[str]:
    if isinstance(value, bool):
        return {"boolean"}
    if isinstance(value, (int, float)):
        return {"number", "integer"} if float(value).is_integer() else {"number"}
    return {{dict: "object", list: "array", str: "string", type(None): "null"}[type(value)]}


class Outcome(NamedTuple):
    """What became of one schema."""

    group: Group
    refusal: Reason | None
    right: int = 0
    not_written: int = 0
    wrong: tuple[str, ...] = ()


def outcome_of(group: Group) -> Outcome:
    """Run the instances of a schema against its grammar."""
    if not isinstance(group.schema, dict):
        return Outcome(group, Reason("engine.schema_no_object"))
    try:
        grammar = Grammar(grammar_of(json.loads(json.dumps(group.schema))))
    except SchemaError as error:
        return Outcome(group, error.reason)
    right = not_written = 0
    wrong: list[str] = []
    for test in group.tests:
        if grammar.matches(text_of(test["data"])) == test["valid"]:
            right += 1
        elif test["valid"] and not is_written(test["data"], group.schema, group.schema):
            not_written += 1
        else:
            wrong.append(f"{group.file}: {group.description}: {test['description']}: {text_of(test['data'])}")
    return Outcome(group, None, right, not_written, tuple(wrong))


def code_of(refusal: Reason) -> str:
    """Return why a schema was refused: the code, with the keyword where one is to blame."""
    problem = refusal.facts.get("problem")
    keyword = refusal.facts.get("keyword", "")
    return f"{keyword} ({problem.code})" if isinstance(problem, Reason) else refusal.code


def main() -> int:
    """Print the table and return 1 where something is wrong."""
    outcomes = [outcome_of(group) for group in groups()]
    print(f"{'file':<40}{'enforced':>9}{'refused':>9}{'right':>7}{'not written':>13}{'wrong':>7}")
    files = dict.fromkeys(outcome.group.file for outcome in outcomes)
    for file in (*files, ""):
        rows = [outcome for outcome in outcomes if file in ("", outcome.group.file)]
        refused = sum(row.refusal is not None for row in rows)
        print(
            f"{file or 'all':<40}{len(rows) - refused:>9}{refused:>9}{sum(row.right for row in rows):>7}"
            f"{sum(row.not_written for row in rows):>13}{sum(len(row.wrong) for row in rows):>7}"
        )
    print("\nrefused for:")
    for code, count in Counter(code_of(row.refusal) for row in outcomes if row.refusal).most_common():
        print(f"{count:>5}  {code}")
    wrong = [line for row in outcomes for line in row.wrong]
    print("\n".join(["", "wrong:", *wrong] if wrong else []))
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
