"""JSON schema as a document: its text, its places, and what a reference in it refers to."""

import json
from typing import Any, cast
from urllib.parse import unquote

from tui.sentences import Reason, ReasonedError, reason
from tui.text import clean_line

Schema = dict[str, Any]

MAX_CHARACTERS = 65_536
"""Longest schema, in characters."""


class SchemaError(ReasonedError):
    """The schema cannot be used; the reason says where, why, and what to do."""


def read_document(text: str) -> Schema:
    """Return the JSON object that a text contains.

    Raises:
        SchemaError: it is no JSON, or no object.
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
    return cast("Schema", value)


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def referenced_place(root: Schema, reference: str) -> tuple[str, Any]:
    """Return the place and the schema that a `$ref` such as `#/$defs/name` refers to.

    Raises:
        KeyError: there is nothing at that place in this schema.
    """
    base, _, pointer = reference.partition("#")
    if base and base != str(root.get("$id", "")).removesuffix("#"):
        raise KeyError(reference)
    if pointer and not pointer.startswith("/"):
        raise KeyError(reference)
    node: Any = root
    place = ""
    for part in pointer.split("/")[1:]:
        name = unquote(part).replace("~1", "/").replace("~0", "~")
        if isinstance(node, list) and name.isascii() and name.isdigit():
            items = cast("list[Any]", node)
            if int(name) >= len(items) or name != str(int(name)):
                raise KeyError(reference)
            node, place = items[int(name)], f"{place}[{name}]"
        elif isinstance(node, dict):
            node, place = cast("Schema", node)[name], joined_place(place, name)
        else:
            raise KeyError(reference)
    return place, node


def joined_place(place: str, name: str) -> str:
    """Return the place of a name within another place."""
    return f"{place}.{name}" if place else name


def position(place: str) -> Reason:
    """Return a place in words."""
    if not place:
        return reason("engine.schema_at_top")
    return reason("engine.schema_at", path=clean_line(place)[:80])


def keyword_error(keyword: str, place: str, problem: Reason) -> SchemaError:
    """Return the error for one keyword at a place; `problem` is the end of a sentence."""
    return SchemaError(
        reason(
            "engine.schema_keyword", keyword=clean_line(keyword)[:40], place=position(place), problem=problem
        )
    )
