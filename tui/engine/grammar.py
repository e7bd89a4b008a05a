"""Grammar of a JSON schema in llama.cpp's GBNF notation, which the engine then follows.

The notation is described in llama.cpp's `grammars/README.md`.
"""

import json
import math
import re
from typing import Any

from tui.engine.flat_schema import MAX_DEPTH, SchemaFlattener, check_pattern, key_of, written_types
from tui.engine.number_ranges import integer_range, number_range
from tui.engine.pattern import read_pattern
from tui.engine.schema_document import Schema, SchemaError, joined_place, position
from tui.sentences import reason

FORMATS = ("date", "time", "date-time", "uuid")
"""Formats that are enforced; other formats are only notes."""
MAX_RULES = 10_000

_SPACE = r'| " " | "\n" [ \t]{0,20}'
"""Between tokens. Bounded, because a model that may write white space for ever sometimes does."""
_SPACE_BEFORE_MARK = '" "?'
"""Before a colon and a comma, where nobody breaks a line."""
_FORMER_SPACE = re.compile(r"\n{1,2}[ \t]{0,20}([:,])|\n\n")
"""Line breaks that only earlier versions allowed; in JSON they stand between tokens and never in a string."""
_LEAP = '("0" [48] | [2468] [048] | [13579] [26])'
_DATE = (
    '([0-9]{4} "-" (("0" [13578] | "1" [02]) "-" ("0" [1-9] | [12] [0-9] | "3" [01])'
    ' | ("0" [469] | "11") "-" ("0" [1-9] | [12] [0-9] | "30")'
    ' | "02-" ("0" [1-9] | "1" [0-9] | "2" [0-8]))'
    f' | ([0-9]{{2}} {_LEAP} | ("00" | {_LEAP}) "00") "-02-29")'
)
_TIME = (
    '([01] [0-9] | "2" [0-3]) ":" [0-5] [0-9] ":" [0-5] [0-9] ("." [0-9]{3})?'
    ' ("Z" | [+-] ([01] [0-9] | "2" [0-3]) ":" [0-5] [0-9])'
)
_HEX = "[0-9a-fA-F]"
_ESCAPE = (
    r'(["\\/bfnrt] | "u" ([0-9a-cA-CefEF] [0-9a-fA-F]{3} | [dD] [0-7] [0-9a-fA-F]{2}'
    r' | [dD] [89abAB] [0-9a-fA-F]{2} "\\u" [dD] [c-fC-F] [0-9a-fA-F]{2}))'
)
"""After a backslash; two escapes that are one character belong together, and half of one is none."""
_PRIMITIVES = {
    "char": r'[^"\\\x7F\x00-\x1F] | "\\" ' + _ESCAPE,
    "string": r'"\"" char* "\""',
    "integer": '"-"? ("0" | [1-9] [0-9]{0,15})',
    "number": 'integer ("." [0-9]{1,15})? ([eE] [-+]? [0-9]{1,3})?',
    "boolean": '"true" | "false"',
    "null": '"null"',
    "value": "object | array | string | number | boolean | null",
    "object": r'"{" ws (string sp ":" ws value (sp "," ws string sp ":" ws value)*)? ws "}"',
    "array": r'"[" ws (value (sp "," ws value)*)? ws "]"',
    "date": rf'"\"" {_DATE} "\""',
    "time": rf'"\"" {_TIME} "\""',
    "date-time": rf'"\"" {_DATE} "T" {_TIME} "\""',
    "uuid": r'"\"" ' + ' "-" '.join(f"{_HEX}{{{count}}}" for count in (8, 4, 4, 4, 12)) + r' "\""',
}


def grammar_of(schema: Schema) -> str:
    """Return rules, one a line, whose `root` is any JSON text that follows the schema.

    Objects have their properties in the schema's order, and further ones only where `additionalProperties`
    asks for them: a model that may add any property seldom stops in time. Where no type is named, the value
    is of the type that the keywords are about.

    Raises:
        SchemaError: it is no schema, says something that cannot be enforced, or nothing can follow it.
    """
    writer = _Writer(schema)
    try:
        root = writer.rule_of(schema, "", 0)
    except RecursionError as error:
        raise SchemaError(reason("engine.schema_too_large")) from error
    if root is None:
        raise SchemaError(reason("engine.schema_false", place=position("")))
    rules = {"root": root, "ws": _SPACE, "sp": _SPACE_BEFORE_MARK, **_PRIMITIVES, **writer.rules}
    return "\n".join(f"{name} ::= {body}" for name, body in rules.items()) + "\n"


def as_written_now(text: str) -> str:
    """Return the beginning of a JSON text as the grammar lets it be written, so that it can be continued."""
    return _FORMER_SPACE.sub(lambda match: match[1] or "\n", text)


class _Writer:
    """Collects the rules of a schema; each schema inside it has a numbered one."""

    def __init__(self, root: Schema) -> None:
        self._schemas = SchemaFlattener(root)
        self._names: dict[str, str | None] = {}
        self.rules: dict[str, str] = {}

    def rule_of(self, schema: Any, place: str, depth: int) -> str | None:
        """Return the name of the rule for a schema; None where nothing can follow it."""
        if depth > MAX_DEPTH or len(self.rules) > MAX_RULES:
            raise SchemaError(reason("engine.schema_too_large"))
        options = self._schemas.alternatives(schema, place)
        if options == [{}]:
            return "value"
        key = key_of(options)
        if key not in self._names:
            # It is named before it is written, as it may contain itself.
            name = self._names[key] = self._add("")
            bodies = [self._body(option, place, depth + 1) for option in options]
            written = list(dict.fromkeys(body for body in bodies if body is not None))
            self.rules[name] = " | ".join(written)
            if not written:
                self._names[key] = None
                # A rule without a body would be none; nothing leads to this one.
                self.rules[name] = '"null"'
        return self._names[key]

    def _add(self, body: str) -> str:
        name = f"r{len(self.rules)}"
        self.rules[name] = body
        return name

    def _body(self, schema: Schema, place: str, depth: int) -> str | None:
        if "enum" in schema:
            return " | ".join(_literal(value) for value in schema["enum"]) or None
        if not schema.keys() - {"format"}:
            return str(schema["format"]) if schema.get("format") in FORMATS else "value"
        bodies = [self._typed(kind, schema, place, depth) for kind in written_types(schema)]
        return " | ".join(body for body in bodies if body is not None) or None

    def _typed(self, kind: str, schema: Schema, place: str, depth: int) -> str | None:
        match kind:
            case "object" if schema.keys() & {"properties", "additionalProperties", "required"}:
                return self._object(schema, place, depth)
            case "array" if schema.keys() & {"items", "prefixItems", "minItems", "maxItems"}:
                return self._array(schema, place, depth)
            case "string":
                return _string(schema, place)
            case "integer" | "number":
                return _number(kind, schema)
            case _:
                return kind

    def _array(self, schema: Schema, place: str, depth: int) -> str | None:
        prefix: list[Any] = schema.get("prefixItems", [])
        minimum, maximum = schema.get("minItems", 0), schema.get("maxItems")
        items: list[str] = []
        for number, part in enumerate(prefix[:maximum]):
            item = self.rule_of(part, joined_place(place, f"prefixItems[{number}]"), depth)
            if item is None:
                maximum = number
                break
            items.append(item)
        # After `prefixItems` there are more items only where the schema asks for them.
        more = schema.get("items", not prefix or minimum > len(prefix))
        more_item = self.rule_of(more, joined_place(place, "items"), depth)
        if more_item is None:
            maximum = min(len(items), math.inf if maximum is None else maximum)
        if maximum is not None and minimum > maximum:
            return None
        return self._items(items, more_item, int(minimum), None if maximum is None else int(maximum))

    def _items(self, items: list[str], more: str | None, minimum: int, maximum: int | None) -> str:
        """Chain rules from the last item back; each may be the last one from `minimum` on."""
        count = len(items)
        following = '""'
        if more is not None and (maximum is None or maximum > count):
            first = max(minimum - count, 0)
            highest = "" if maximum is None else maximum - count
            if not count:
                highest = "" if maximum is None else maximum - 1
                inner = f'{more} (sp "," ws {more}){{{max(minimum - 1, 0)},{highest}}}'
                return f'"[" ws {inner} ws "]"' if minimum else f'"[" ws ({inner})? ws "]"'
            following = f'(sp "," ws {more}){{{first},{highest}}}'
        for number in reversed(range(count)):
            comma = 'sp "," ws ' if number else ""
            following = f"{comma}{items[number]} {following}"
            if number >= minimum:
                following = f"({following})?"
            following = self._add(following)
        return f'"[" ws {following} ws "]"'

    def _object(self, schema: Schema, place: str, depth: int) -> str | None:
        """Chain rules from the last property back: `first` while none is written, `following` after one."""
        required: list[str] = schema.get("required", [])
        more = schema.get("additionalProperties", False)
        properties: Schema = dict(schema.get("properties", {}))
        for name in required:
            properties.setdefault(name, schema.get("additionalProperties", True))
        pairs: list[tuple[str, str]] = []
        for name, inner in properties.items():
            value = self.rule_of(inner, joined_place(place, f"properties.{name}"), depth)
            if value is not None:
                pairs.append((name, value))
            elif name in required:
                return None
        value = self.rule_of(more, joined_place(place, "additionalProperties"), depth)
        first, following = self._additional(list(properties), value)
        for name, value in reversed(pairs):
            pair = self._add(f'{_literal(name)} sp ":" ws {value}')
            if name in required:
                first = self._add(f"{pair} {following}")
                following = self._add(f'sp "," ws {pair} {following}')
            else:
                first = self._add(f"{pair} {following} | {first}")
                following = self._add(f'(sp "," ws {pair})? {following}')
        return f'"{{" ws {first} ws "}}"'

    def _additional(self, names: list[str], value: str | None) -> tuple[str, str]:
        """Return the rules for further properties: with none written yet, and after one."""
        if value is None:
            return self._add('""'), self._add('""')
        name = self._add(rf'"\"" {self._other_name(names)}') if names else "string"
        pair = self._add(f'{name} sp ":" ws {value}')
        repetition = f'(sp "," ws {pair})*'
        return self._add(f"({pair} {repetition})?"), self._add(repetition)

    def _other_name(self, names: list[str], depth: int = 0) -> str:
        """Return the rule of a name, from the character `depth` on, that is none of these, and its quote.

        The character that tells it apart is written as itself: an escape may stand for any.
        """
        branches: dict[str, list[str]] = {}
        for name in names:
            if len(name) > depth:
                branches.setdefault(name[depth], []).append(name)
        chars = [character for character in branches if character not in '"\\' and character >= " "]
        excluded = "".join(f"\\U{ord(character):08X}" for character in chars)
        parts = [rf'[^"\\\x7F\x00-\x1F{excluded}] char* "\""']
        for character in chars:
            parts.append(f"{_text_literal(character)} {self._other_name(branches[character], depth + 1)}")
        if all(len(name) > depth for name in names):
            parts.append(r'"\""')
        return self._add(" | ".join(parts))


def _string(schema: Schema, place: str) -> str | None:
    minimum, maximum = schema.get("minLength", 0), schema.get("maxLength")
    if maximum is not None and minimum > maximum:
        return None
    if "pattern" in schema:
        check_pattern(schema, place)
        return read_pattern(schema["pattern"], minimum, maximum).rule
    if "minLength" in schema or "maxLength" in schema:
        return rf'"\"" char{{{minimum},{"" if maximum is None else maximum}}} "\""'
    return str(schema["format"]) if schema.get("format") in FORMATS else "string"


def _number(kind: str, schema: Schema) -> str | None:
    bounds = [schema.get(key) for key in ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum")]
    minimum, above, maximum, below = bounds
    if bounds == [None] * 4:
        return kind
    if kind == "integer":
        lowest = [math.ceil(minimum)] if minimum is not None else []
        lowest += [math.floor(above) + 1] if above is not None else []
        highest = [math.floor(maximum)] if maximum is not None else []
        highest += [math.ceil(below) - 1] if below is not None else []
        return _grouped(integer_range(max(lowest, default=None), min(highest, default=None)))
    is_above = above is not None and (minimum is None or above >= minimum)
    is_below = below is not None and (maximum is None or below <= maximum)
    low, high = above if is_above else minimum, below if is_below else maximum
    return _grouped(
        number_range(
            None if low is None else int(low),
            None if high is None else int(high),
            above=is_above,
            below=is_below,
        )
    )


def _grouped(rule: str | None) -> str | None:
    return None if rule is None else f"({rule})"


def _literal(value: Any) -> str:
    """Return the GBNF literal of a JSON value."""
    return _text_literal(json.dumps(value, ensure_ascii=False))


def _text_literal(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
